"""Selects of a device."""

from typing import override

from homeassistant.components.select import SelectEntity
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import DescribedEntity, DeviceSource, async_setup_platform
from .protocol.entities import Domain, EntityDescriptor, StateValue, select_command

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[DeviceSource],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the selects."""
    async_setup_platform(entry, async_add_entities, {Domain.SELECT: DeviceSelect})


class DeviceSelect(DescribedEntity, SelectEntity):
    """A select that the device described."""

    @override
    def _adopt(self, descriptor: EntityDescriptor) -> None:
        super()._adopt(descriptor)
        self._attr_options = list(descriptor.options)

    @override
    def _show(self, value: StateValue) -> None:
        self._attr_current_option = value if isinstance(value, str) else None

    @override
    async def async_select_option(self, option: str) -> None:
        """Choose it, and return when the device has done so."""
        context = self._context
        await self._async_command(context, select_command(option))
