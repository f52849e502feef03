"""The flows that settle what a registration left open."""

from typing import Any

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.components.repairs.const import FlowType
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigEntryState,
    SubentryFlowContext,
)
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
import voluptuous as vol

from ..audit.trail import AuditTrail
from ..common.const import CONF_ENROLMENT_ID, DOMAIN, SUBENTRY_DEVICE
from ..flows.admin import async_require_administrator
from ..policy.audit.kinds import AuditKind
from ..policy.audit.record import Actor, Outcome
from ..protocol import ProtocolError
from ..trust.registration_issues import DATA_ENTRY, DATA_HOLDER, DATA_SUBENTRY
from ..vault import Vault, changes
from ..vault.errors import VaultError


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
        enrolment_id = _device_of(entry, self.data, DATA_SUBENTRY)
        holder_id = _device_of(entry, self.data, DATA_HOLDER)
        if enrolment_id is None or holder_id is None:
            return self.async_create_entry(data={})
        try:
            if replace:
                await vault.apply(changes.allow_replacement(enrolment_id, holder_id))
            else:
                await vault.apply(changes.void_registration(enrolment_id))
        except VaultError, ProtocolError:
            return self.async_abort(reason="vault_write_failed")
        trail: AuditTrail = entry.runtime_data.hub.security.trail
        trail.record(
            AuditKind.REPLACED if replace else AuditKind.REGISTRATION_REFUSED,
            Outcome.DONE,
            Actor(user=user_id, device=enrolment_id),
            what=(
                "may take over the board of another device"
                if replace
                else "registration token withdrawn: the board stays another device"
            ),
            holder=holder_id,
        )
        return self.async_create_entry(data={})


class LostDeviceFlow(RepairsFlow):
    """A board that lost its identity presents a registration token it already used."""

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Begin with the explanation."""
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Explain, then continue with the device's reconfiguration."""
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


def _device_of(entry: ConfigEntry, data: dict[str, Any] | None, key: str) -> str | None:
    """Return the enrolment id of the subentry that an issue names, if it is there."""
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
