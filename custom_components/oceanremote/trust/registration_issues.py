"""Issues about registrations that leave something to decide.

An issue about a device rests on a claim that was not proved: it changes nothing by
itself, and there is at most one of each kind per device.
"""

from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..common.const import CONF_ENROLMENT_ID, DOMAIN
from ..protocol import RefusalReason, format_mac
from ..vault import Vault
from .issue_ids import issue_id_of

ISSUE_SAME_MAC: Final = "same_mac"
ISSUE_LOST_DEVICE: Final = "lost_device"

DATA_ENTRY: Final = "entry_id"
DATA_SUBENTRY: Final = "subentry_id"
DATA_HOLDER: Final = "holder_subentry_id"


@callback
def async_handle_refusal(
    hass: HomeAssistant,
    entry: ConfigEntry,
    vault: Vault,
    enrolment_id: str,
    reason: RefusalReason,
    claimed_mac: bytes | None,
) -> None:
    """Ask a person where a refused registration leaves something to decide.

    `enrolment_id` is the device whose registration token was used. A MAC that is active
    under another device: replace or keep? A used token, shown by the very board that
    used it: the board was reset, it needs a new one.
    """
    subentry_id = _subentry_of(entry, enrolment_id)
    record = vault.devices.get(enrolment_id)
    if subentry_id is None or record is None or claimed_mac is None:
        return
    if reason is RefusalReason.MAC_ACTIVE_ELSEWHERE:
        holder = next(
            (
                other
                for other in vault.devices.values()
                if other.trusted and other.mac == claimed_mac
            ),
            None,
        )
        holder_id = None if holder is None else _subentry_of(entry, holder.enrolment_id)
        if holder_id is not None:
            _create_same_mac_issue(hass, entry, subentry_id, holder_id, claimed_mac)
    elif (
        reason is RefusalReason.TOKEN_USED
        and record.trusted
        and record.mac == claimed_mac
    ):
        _create_lost_device_issue(hass, entry, subentry_id)


@callback
def async_delete_device_issues(
    hass: HomeAssistant, entry: ConfigEntry, subentry_id: str
) -> None:
    """The device has proved itself, or is gone: nothing is left to decide."""
    for kind in (ISSUE_SAME_MAC, ISSUE_LOST_DEVICE):
        ir.async_delete_issue(hass, DOMAIN, issue_id_of(kind, subentry_id))


def _create_same_mac_issue(
    hass: HomeAssistant,
    entry: ConfigEntry,
    subentry_id: str,
    holder_id: str,
    mac: bytes,
) -> None:
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id_of(ISSUE_SAME_MAC, subentry_id),
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=ISSUE_SAME_MAC,
        translation_placeholders={
            "name": entry.subentries[subentry_id].title,
            "holder": entry.subentries[holder_id].title,
            "mac": format_mac(mac),
        },
        data={
            DATA_ENTRY: entry.entry_id,
            DATA_SUBENTRY: subentry_id,
            DATA_HOLDER: holder_id,
        },
    )


def _create_lost_device_issue(
    hass: HomeAssistant, entry: ConfigEntry, subentry_id: str
) -> None:
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id_of(ISSUE_LOST_DEVICE, subentry_id),
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=ISSUE_LOST_DEVICE,
        translation_placeholders={"name": entry.subentries[subentry_id].title},
        data={DATA_ENTRY: entry.entry_id, DATA_SUBENTRY: subentry_id},
    )


def _subentry_of(entry: ConfigEntry, enrolment_id: str) -> str | None:
    for subentry_id, subentry in entry.subentries.items():
        if subentry.data.get(CONF_ENROLMENT_ID) == enrolment_id:
            return subentry_id
    return None
