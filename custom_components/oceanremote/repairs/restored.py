"""One decision about all devices of a hub that came back from a backup."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from homeassistant.components.repairs import RepairsFlowResult
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
from homeassistant.helpers.translation import async_get_exception_message
import voluptuous as vol

from ..common.const import DOMAIN
from ..device.coordinator import DeviceCoordinator
from ..flows.admin import async_require_administrator
from ..hub import Hub
from ..trust.restored import day_text, moment_text
from .base import HubRepairFlow

FIELD_ALL: Final = "all_devices"
FIELD_DEVICES: Final = "devices"


class RestoredFlow(HubRepairFlow):
    """Every device that waits, with a tick of its own; none is ticked at first.

    A tick holds for the board that the page was shown for.
    """

    _identities: Mapping[str, str] = MappingProxyType({})

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Begin with the list."""
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Show the list; trust what is ticked, and let the rest wait."""
        if (hub := self.hub()) is None:
            return self.async_abort(reason="hub_not_loaded")
        user_id = await async_require_administrator(
            self.hass, hub.entry, f"repair {self.issue_id}"
        )
        if user_input is None:
            return self._show(hub, {})
        if user_input.get(FIELD_ALL):
            ticked = dict(self._identities)
        else:
            ticked = {
                enrolment_id: self._identities[enrolment_id]
                for enrolment_id in user_input.get(FIELD_DEVICES, [])
            }
        if not ticked:
            return self._show(hub, {"base": "nothing_ticked"})
        try:
            confirmed = await hub.security.trust.async_confirm(ticked, user_id)
        except HomeAssistantError:
            return self.async_abort(reason="not_stored")
        if not (waiting := len(hub.security.restored.waiting())):
            return self.async_create_entry(data={})
        # Aborted, the issue stays for those that wait.
        return self.async_abort(
            reason="some_wait",
            description_placeholders={
                "confirmed": str(confirmed),
                "waiting": str(waiting),
            },
        )

    def _show(self, hub: Hub, errors: dict[str, str]) -> RepairsFlowResult:
        devices = hub.security.restored.waiting()
        self._identities = {
            device.enrolment_id: device.identity
            for device in devices
            if device.identity is not None
        }
        options = [
            SelectOptionDict(value=device.enrolment_id, label=_label(device))
            for device in devices
        ]
        schema = vol.Schema(
            {
                vol.Optional(FIELD_DEVICES, default=[]): SelectSelector(
                    SelectSelectorConfig(
                        options=options, multiple=True, mode=SelectSelectorMode.LIST
                    )
                ),
                vol.Optional(FIELD_ALL, default=False): BooleanSelector(),
            }
        )
        return self.async_show_form(
            step_id="confirm",
            data_schema=schema,
            errors=errors,
            description_placeholders={
                "when": hub.security.restored.backup_at,
                "count": str(len(devices)),
            },
        )


def _label(device: DeviceCoordinator) -> str:
    """Return a device's name with what helps to recognise it."""
    record = device.record
    stored = None if record is None else record.seen_at
    placeholders = {
        "name": device.name,
        "enrolled": day_text(None if record is None else record.enrolled_at),
        "seen": moment_text(stored if device.last_seen is None else device.last_seen),
    }
    key = "restored_device_online" if device.connected else "restored_device"
    return async_get_exception_message(DOMAIN, key, placeholders)
