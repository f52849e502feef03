"""Issues that a person must decide on or act upon, and the flows that settle them.

An issue about a device rests on a claim that was not proved: it changes nothing by
itself, and there is at most one of each kind per device.
"""

from types import MappingProxyType
from typing import Any, Final

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.components.repairs.const import FlowType
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigEntryState,
    SubentryFlowContext,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
import voluptuous as vol

from ..admission.monitor import SecurityMonitor
from ..common.const import CONF_ENROLMENT_ID, DOMAIN, SUBENTRY_DEVICE
from ..flows.admin import async_require_administrator
from ..policy.audit import Actor, Outcome
from ..policy.kinds import AuditKind
from ..protocol import ProtocolError, RefusalReason, format_mac
from ..trust.issues import ISSUE_APPROVAL, ISSUE_QUARANTINED
from ..trust.restored import ISSUE_RESTORED
from ..vault import Vault, key_path_for, vault_path
from ..vault.errors import VaultDamaged, VaultError, VaultKeyMissing, VaultMissing
from .restored import RestoredFlow
from .trust import ApprovalFlow, QuarantineFlow

ISSUE_VAULT: Final = "vault"
ISSUE_SAME_MAC: Final = "same_mac"
ISSUE_LOST_DEVICE: Final = "lost_device"

DATA_ENTRY: Final = "entry_id"
DATA_SUBENTRY: Final = "subentry_id"
DATA_HOLDER: Final = "holder_subentry_id"

_VAULT_KEYS: Final = MappingProxyType(
    {
        VaultMissing: "vault_missing",
        VaultKeyMissing: "vault_key_missing",
        VaultDamaged: "vault_damaged",
    }
)


@callback
def async_create_vault_issue(
    hass: HomeAssistant, entry: ConfigEntry, err: VaultError
) -> None:
    """Tell a person that the vault cannot be opened, and that nothing is lost yet."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        _issue_id(ISSUE_VAULT, entry.entry_id),
        is_fixable=False,
        severity=ir.IssueSeverity.ERROR,
        translation_key=_VAULT_KEYS.get(type(err), "vault_unavailable"),
        translation_placeholders={
            "path": str(vault_path(hass)),
            "key_path": str(key_path_for(hass, entry)),
            "reason": str(err),
        },
    )


@callback
def async_delete_vault_issue(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """The vault is open."""
    ir.async_delete_issue(hass, DOMAIN, _issue_id(ISSUE_VAULT, entry.entry_id))


@callback
def async_delete_all_issues(hass: HomeAssistant) -> None:
    """The hub is removed: nothing is left to decide or to act upon."""
    registry = ir.async_get(hass)
    for domain, issue_id in tuple(registry.issues):
        if domain == DOMAIN:
            registry.async_delete(domain, issue_id)


@callback
def async_handle_refusal(
    hass: HomeAssistant,
    entry: ConfigEntry,
    vault: Vault,
    device_id: str,
    reason: RefusalReason,
    claimed_mac: bytes | None,
) -> None:
    """Ask a person where a refused registration leaves something to decide.

    `device_id` is the device whose registration token was used. A MAC that is active
    under another device: replace or keep? A used token, shown by the very board that
    used it: the board was reset, it needs a new one.
    """
    subentry_id = _subentry_of(entry, device_id)
    record = vault.devices.get(device_id)
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
        holder_id = None if holder is None else _subentry_of(entry, holder.device_id)
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
        ir.async_delete_issue(hass, DOMAIN, _issue_id(kind, subentry_id))


async def async_create_fix_flow(
    hass: HomeAssistant,
    issue_id: str,
    data: dict[str, str | int | float | None] | None,
) -> RepairsFlow:
    """Return the flow that settles an issue."""
    if issue_id == ISSUE_RESTORED:
        return RestoredFlow()
    if issue_id.startswith(ISSUE_QUARANTINED):
        return QuarantineFlow()
    if issue_id.startswith(ISSUE_APPROVAL):
        return ApprovalFlow()
    if issue_id.startswith(ISSUE_SAME_MAC):
        return SameMacFlow()
    return LostDeviceFlow()


class SameMacFlow(RepairsFlow):
    """A board that is active under one device registers for another."""

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Offer to replace the device or to keep it."""
        return self.async_show_menu(
            step_id="init",
            menu_options=["replace", "keep"],
            description_placeholders=_placeholders(self),
        )

    async def async_step_replace(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Let the open registration take the board over at its next attempt."""
        return await self._async_settle(replace=True)

    async def async_step_keep(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Withdraw the registration token that the board tries to use."""
        return await self._async_settle(replace=False)

    async def _async_settle(self, *, replace: bool) -> RepairsFlowResult:
        entry = _loaded_entry(self)
        if entry is None:
            return self.async_abort(reason="hub_not_loaded")
        user_id = await async_require_administrator(
            self.hass, entry, f"repair {self.issue_id}"
        )
        vault: Vault = entry.runtime_data.hub.vault
        device_id = _device_of(entry, self.data, DATA_SUBENTRY)
        holder_id = _device_of(entry, self.data, DATA_HOLDER)
        if device_id is None or holder_id is None:
            return self.async_create_entry(data={})
        try:
            if replace:
                await vault.allow_replacement(device_id, holder_id)
            else:
                await vault.void_registration(device_id)
        except VaultError, ProtocolError:
            return self.async_abort(reason="vault_write_failed")
        security: SecurityMonitor = entry.runtime_data.hub.security
        security.record(
            AuditKind.REPLACED if replace else AuditKind.REGISTRATION_REFUSED,
            Outcome.DONE,
            Actor(user=user_id, device=device_id),
            what=(
                "may take over the board of another device"
                if replace
                else "registration token withdrawn: the board stays another device"
            ),
            holder=holder_id,
        )
        return self.async_create_entry(data={})


class LostDeviceFlow(RepairsFlow):
    """A board that has lost its identity shows a registration token it has used."""

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Begin with the explanation."""
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Explain, then go on to the device's reconfiguration."""
        if user_input is None:
            return self.async_show_form(
                step_id="confirm",
                data_schema=vol.Schema({}),
                description_placeholders=_placeholders(self),
            )
        entry = _loaded_entry(self)
        if entry is None:
            return self.async_abort(reason="hub_not_loaded")
        await async_require_administrator(self.hass, entry, f"repair {self.issue_id}")
        subentry_id = (self.data or {}).get(DATA_SUBENTRY)
        if subentry_id not in entry.subentries:
            return self.async_create_entry(data={})
        flow = await self.hass.config_entries.subentries.async_init(
            (entry.entry_id, SUBENTRY_DEVICE),
            context=SubentryFlowContext(
                source=SOURCE_RECONFIGURE, subentry_id=str(subentry_id)
            ),
        )
        if flow["type"] is FlowResultType.ABORT:
            return self.async_abort(reason="hub_not_loaded")
        return self.async_create_entry(
            data={}, next_flow=(FlowType.CONFIG_SUBENTRIES_FLOW, flow["flow_id"])
        )


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
        _issue_id(ISSUE_SAME_MAC, subentry_id),
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
        _issue_id(ISSUE_LOST_DEVICE, subentry_id),
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=ISSUE_LOST_DEVICE,
        translation_placeholders={"name": entry.subentries[subentry_id].title},
        data={DATA_ENTRY: entry.entry_id, DATA_SUBENTRY: subentry_id},
    )


def _issue_id(kind: str, subject: str) -> str:
    return f"{kind}_{subject}"


def _subentry_of(entry: ConfigEntry, device_id: str) -> str | None:
    for subentry_id, subentry in entry.subentries.items():
        if subentry.data.get(CONF_ENROLMENT_ID) == device_id:
            return subentry_id
    return None


def _device_of(entry: ConfigEntry, data: dict[str, Any] | None, key: str) -> str | None:
    """Return the device id of the subentry that an issue names, if it is there."""
    subentry = entry.subentries.get(str((data or {}).get(key)))
    return None if subentry is None else subentry.data.get(CONF_ENROLMENT_ID)


def _loaded_entry(flow: RepairsFlow) -> ConfigEntry | None:
    entry_id = str((flow.data or {}).get(DATA_ENTRY))
    entry = flow.hass.config_entries.async_get_entry(entry_id)
    if entry is None or entry.state is not ConfigEntryState.LOADED:
        return None
    return entry


def _placeholders(flow: RepairsFlow) -> dict[str, str] | None:
    issue = ir.async_get(flow.hass).async_get_issue(DOMAIN, flow.issue_id)
    return None if issue is None else issue.translation_placeholders
