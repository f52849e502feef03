"""Valves of a device."""

from typing import override

from homeassistant.components.valve import (
    ValveDeviceClass,
    ValveEntity,
    ValveEntityFeature,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import DescribedEntity, DeviceSource, async_setup_platform, known_or_none
from .protocol.domains import Domain
from .protocol.domains.valve import (
    ValveCommand,
    ValveOperation,
    ValveProperties,
    ValveState,
)
from .protocol.entities import EntityDescriptor

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[DeviceSource],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the valves."""
    async_setup_platform(entry, async_add_entities, {Domain.VALVE: DeviceValve})


class DeviceValve(DescribedEntity[ValveState, ValveProperties], ValveEntity):
    """A valve that the device described."""

    @override
    def _adopt(self, descriptor: EntityDescriptor[ValveProperties]) -> None:
        super()._adopt(descriptor)
        valve = descriptor.properties
        features = ValveEntityFeature.OPEN | ValveEntityFeature.CLOSE
        if valve.supports_stop:
            features |= ValveEntityFeature.STOP
        if valve.supports_position:
            features |= ValveEntityFeature.SET_POSITION
        self._attr_supported_features = features
        self._attr_reports_position = valve.supports_position
        self._attr_assumed_state = valve.assumed_state
        self._attr_device_class = known_or_none(
            ValveDeviceClass, descriptor.device_class
        )

    @override
    def _show(self, value: ValveState | None) -> None:
        position = None if value is None else value.position
        operation = None if value is None else value.operation
        self._attr_is_closed = None if position is None else position == 0.0
        self._attr_current_valve_position = (
            None if position is None else round(position * 100)
        )
        self._attr_is_opening = operation is ValveOperation.OPENING
        self._attr_is_closing = operation is ValveOperation.CLOSING

    @override
    async def async_open_valve(self) -> None:
        """Open it, and return when the device has heard."""
        context = self._context
        await self._async_command(context, ValveCommand(position=1.0))

    @override
    async def async_close_valve(self) -> None:
        """Close it, and return when the device has heard."""
        context = self._context
        await self._async_command(context, ValveCommand(position=0.0))

    @override
    async def async_set_valve_position(self, position: int) -> None:
        """Move it, and return when the device has heard."""
        context = self._context
        await self._async_command(context, ValveCommand(position=position / 100))

    @override
    async def async_stop_valve(self) -> None:
        """Stop it, and return when the device has heard."""
        context = self._context
        await self._async_command(context, ValveCommand(stop=True))

    @override
    async def async_toggle(self) -> None:
        """Toggle it: as the device does if it can, which knows where it was going."""
        context = self._context
        if self.descriptor.properties.supports_toggle:
            await self._async_command(context, ValveCommand(toggle=True))
        else:
            await super().async_toggle()
