"""Selects of a device."""

from typing import override

from homeassistant.components.select import SelectEntity
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import DescribedEntity, DeviceSource, async_setup_platform
from .protocol.domains import Domain
from .protocol.domains.select import SelectCommand, SelectProperties
from .protocol.entities import EntityDescriptor

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[DeviceSource],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the selects."""
    async_setup_platform(entry, async_add_entities, {Domain.SELECT: DeviceSelect})


class DeviceSelect(DescribedEntity[str, SelectProperties], SelectEntity):
    """A select that the device described."""

    @override
    def _adopt(self, descriptor: EntityDescriptor[SelectProperties]) -> None:
        super()._adopt(descriptor)
        self._attr_options = list(descriptor.properties.options)

    @override
    def _show(self, value: str | None) -> None:
        self._attr_current_option = value

    @override
    async def async_select_option(self, option: str) -> None:
        """Choose it, and return when the device has done so."""
        context = self._context
        await self._async_command(context, SelectCommand(option))
