"""Repairs about a device's standing: what to do with a suspect or a newcomer.

Home Assistant lets only administrators in. Each choice is settled at once, for the
identity that the dialog was opened about, and is audited with the user.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from homeassistant.components.repairs import RepairsFlowResult
from homeassistant.components.repairs.const import FlowType
from homeassistant.config_entries import SOURCE_RECONFIGURE, SubentryFlowContext
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError

from ..common.const import SUBENTRY_DEVICE
from ..common.errors import RevokedNotStoredError
from ..device.coordinator import DeviceCoordinator
from ..flows.admin import async_require_administrator
from ..hub import Hub
from .base import HubRepairFlow


class TrustFlow(HubRepairFlow):
    """A menu; each choice is settled at once."""

    menu: tuple[str, ...]

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Explain, and offer what can be done."""
        data = self.data or {}
        return self.async_show_menu(
            step_id="init",
            menu_options=list(self.menu),
            description_placeholders={
                "name": str(data.get("name")),
                "code": str(data.get("code")),
            },
        )

    async def async_step_release(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Trust the device again."""
        return await self._async_settle(
            lambda hub, device, user: hub.security.trust.async_release(device, user)
        )

    async def async_step_approve(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Trust the device."""
        return await self._async_settle(
            lambda hub, device, user: hub.security.trust.async_approve(device, user)
        )

    async def async_step_revoke(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Lock the device out."""
        return await self._async_settle(
            lambda hub, device, user: hub.async_revoke(device.subentry_id, user)
        )

    async def async_step_reenrol(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Go on to the device's reconfiguration, which offers a new token."""
        return await self._async_settle(self._async_reenrol)

    async def _async_reenrol(
        self, hub: Hub, device: DeviceCoordinator, user_id: str | None
    ) -> RepairsFlowResult:
        flow = await self.hass.config_entries.subentries.async_init(
            (hub.entry.entry_id, SUBENTRY_DEVICE),
            context=SubentryFlowContext(
                source=SOURCE_RECONFIGURE, subentry_id=device.subentry_id
            ),
        )
        if flow["type"] is FlowResultType.ABORT:
            return self.async_abort(reason="hub_not_loaded")
        # The issue stays until the new registration has ended the quarantine.
        return self.async_abort(
            reason="reconfigure",
            next_flow=(FlowType.CONFIG_SUBENTRIES_FLOW, flow["flow_id"]),
        )

    async def _async_settle(
        self,
        settle: Callable[
            [Hub, DeviceCoordinator, str | None],
            Awaitable[RepairsFlowResult | None],
        ],
    ) -> RepairsFlowResult:
        if (hub := self.hub()) is None:
            return self.async_abort(reason="hub_not_loaded")
        user_id = await async_require_administrator(
            self.hass, hub.entry, f"repair {self.issue_id}"
        )
        data = self.data or {}
        device = hub.coordinators.get(str(data.get("subentry_id")))
        if device is None:
            return self.async_abort(reason="device_gone")
        if device.identity != data.get("identity"):
            # For another board nothing was decided: the code shown was not its code.
            return self.async_abort(reason="changed_meanwhile")
        try:
            result = await settle(hub, device, user_id)
        except RevokedNotStoredError:
            return self.async_abort(reason="revoked_not_stored")
        except HomeAssistantError:
            return self.async_abort(reason="not_stored")
        return self.async_create_entry(data={}) if result is None else result


class QuarantineFlow(TrustFlow):
    """A device that seems to have a clone."""

    menu = ("reenrol", "release", "revoke")


class ApprovalFlow(TrustFlow):
    """A device that has registered and is not trusted yet."""

    menu = ("approve", "revoke")
