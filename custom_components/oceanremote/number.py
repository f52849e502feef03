"""Numbers of a device."""

from typing import Final, override

from homeassistant.components.number import (
    DEFAULT_MAX_VALUE,
    DEFAULT_MIN_VALUE,
    NumberDeviceClass,
    NumberEntity,
    NumberMode,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import DescribedEntity, DeviceSource, async_setup_platform, known_or_none
from .protocol.domains import Domain
from .protocol.domains.number import (
    NumberCommand,
    NumberMode as DescribedMode,
    NumberProperties,
)
from .protocol.entities import EntityDescriptor

PARALLEL_UPDATES = 0

_MODES: Final = {
    DescribedMode.AUTO: NumberMode.AUTO,
    DescribedMode.BOX: NumberMode.BOX,
    DescribedMode.SLIDER: NumberMode.SLIDER,
}


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[DeviceSource],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the numbers."""
    async_setup_platform(entry, async_add_entities, {Domain.NUMBER: DeviceNumber})


class DeviceNumber(DescribedEntity[float, NumberProperties], NumberEntity):
    """A number that the device described."""

    @override
    def _adopt(self, descriptor: EntityDescriptor[NumberProperties]) -> None:
        super()._adopt(descriptor)
        self._attr_device_class = known_or_none(
            NumberDeviceClass, descriptor.device_class
        )
        self._attr_native_unit_of_measurement = descriptor.unit
        number = descriptor.properties
        self._attr_mode = _MODES[number.mode]
        smallest, largest = number.min_value, number.max_value
        self._attr_native_min_value = (
            DEFAULT_MIN_VALUE if smallest is None else smallest
        )
        self._attr_native_max_value = DEFAULT_MAX_VALUE if largest is None else largest
        # Without a step Home Assistant works one out.
        self._attr_native_step = number.step or None  # type: ignore[assignment]

    @override
    def _show(self, value: float | None) -> None:
        self._attr_native_value = value

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Set it, and return when the device has done so."""
        context = self._context
        await self._async_command(context, NumberCommand(value))
