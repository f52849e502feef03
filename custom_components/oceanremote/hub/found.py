"""Devices that the vault knows and Home Assistant's list does not.

Home Assistant saves a new subentry a second later, and its list may be older than the
vault. So a missing subentry is no removal: that is in the vault before it counts. An
enrolment that is still open gets its subentry back; about a device that has proved
itself a person decides.
"""

from collections.abc import Iterable
import time
from types import MappingProxyType
from typing import Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..admission.decoys import OWNER as DECOY_OWNER
from ..audit.record import SecurityLog
from ..common.boards import Board
from ..common.const import (
    CONF_BOARD,
    CONF_ENROLMENT_ID,
    CONF_NODE_NAME,
    DOMAIN,
    SUBENTRY_DEVICE,
)
from ..policy.audit.kinds import AuditKind
from ..protocol import format_mac
from ..trust.unwritten import async_noting_unwritten
from ..vault import Vault, changes
from ..vault.changes import standing
from ..vault.errors import NotYetOnDisk, VaultWriteError
from ..vault.records import DeviceRecord, EnrolmentRecord
from ..vault.translate import translated_errors

ISSUE_FOUND: Final = "found"


class FoundDevices:
    """Waits for a person's decision about devices without a subentry."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, vault: Vault, log: SecurityLog
    ) -> None:
        """Nothing is found before `async_start`."""
        self._hass = hass
        self._entry = entry
        self._vault = vault
        self._log = log
        self._found: set[str] = set()

    def __contains__(self, enrolment_id: str) -> bool:
        """Whether nobody has decided about a device yet."""
        return enrolment_id in self._found

    async def async_start(self) -> None:
        """Compare the vault with the list; raises VaultError."""
        now = time.time()
        known = {DECOY_OWNER} | {
            subentry.data[CONF_ENROLMENT_ID]
            for subentry in self._entry.subentries.values()
            if CONF_ENROLMENT_ID in subentry.data
        }
        kept = set(known)
        for record in self._vault.devices.values():
            if record.enrolment_id in known or record.orphaned:
                continue
            if record.trusted:
                self._found.add(record.enrolment_id)
                kept.add(record.enrolment_id)
            elif _is_open(record, now):
                self._add_subentry(record)
                kept.add(record.enrolment_id)
        await self._async_drop_others(kept)
        self._show()

    async def _async_drop_others(self, kept: set[str]) -> None:
        """Let the vault forget enrolments that are over; nobody comes in by them."""
        gone = standing.unknown_ids(self._vault.devices, kept)
        try:
            await self._vault.apply(changes.reconcile(kept))
        except VaultWriteError as err:
            self._log.note(AuditKind.STORAGE, "not forgotten yet", detail=str(err))
            return
        for enrolment_id in gone:
            self._log.note(
                AuditKind.REVOKED, "its subentry is gone", enrolment_id=enrolment_id
            )

    def records(self) -> list[DeviceRecord]:
        """Return the devices that nobody has decided about, by name."""
        devices = self._vault.devices
        found = [devices[one] for one in self._found if one in devices]
        return sorted(found, key=lambda record: name_of(record).casefold())

    @callback
    def adopt(self, enrolment_ids: Iterable[str], user_id: str | None) -> None:
        """Put devices on the list again, as they stand."""
        for enrolment_id in self._found.intersection(enrolment_ids):
            self._found.discard(enrolment_id)
            self._add_subentry(self._vault.devices[enrolment_id])
            self._log.note(
                AuditKind.REPLACED,
                "its subentry was made again",
                enrolment_id=enrolment_id,
                user_id=user_id,
            )
        self._show()

    @translated_errors
    async def async_revoke(
        self, enrolment_ids: Iterable[str], user_id: str | None
    ) -> None:
        """Revoke devices for good; raises a translated error.

        RevokedNotStoredError says that all of them are, and not all of it is on disk.
        """
        refusal: NotYetOnDisk | None = None
        for enrolment_id in self._found.intersection(enrolment_ids):
            removal = self._vault.apply(changes.remove(enrolment_id))
            refused = await async_noting_unwritten(removal, self._log, enrolment_id)
            refusal = refused or refusal
            self._found.discard(enrolment_id)
            self._log.note(
                AuditKind.REVOKED,
                "by an administrator",
                enrolment_id=enrolment_id,
                user_id=user_id,
            )
        self._show()
        if refusal is not None:
            raise refusal

    def _add_subentry(self, record: DeviceRecord) -> None:
        enrolment = record.enrolment or EnrolmentRecord(
            title=name_of(record), board=Board.ESP32.value, node_name=""
        )
        data = {CONF_ENROLMENT_ID: record.enrolment_id, CONF_BOARD: enrolment.board}
        if enrolment.node_name:
            data[CONF_NODE_NAME] = enrolment.node_name
        self._hass.config_entries.async_add_subentry(
            self._entry,
            ConfigSubentry(
                data=MappingProxyType(data),
                subentry_type=SUBENTRY_DEVICE,
                title=enrolment.title,
                unique_id=None,
            ),
        )

    def _show(self) -> None:
        if not self._found:
            ir.async_delete_issue(self._hass, DOMAIN, ISSUE_FOUND)
            return
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            ISSUE_FOUND,
            is_fixable=True,
            severity=ir.IssueSeverity.ERROR,
            translation_key=ISSUE_FOUND,
            translation_placeholders={"count": str(len(self._found))},
            data={"entry_id": self._entry.entry_id},
        )


def name_of(record: DeviceRecord) -> str:
    """Return the name that a device was added with, else its MAC address."""
    if record.enrolment is not None:
        return record.enrolment.title
    return record.enrolment_id if record.mac is None else format_mac(record.mac)


def _is_open(record: DeviceRecord, now: float) -> bool:
    """Whether a board may still register for what was added."""
    registration = record.registration
    if record.enrolment is None or registration is None or registration.used:
        return False
    return record.pending is not None or not registration.is_over(now)
