"""Times of day of a device that a person sets."""

from datetime import time
from typing import override

from homeassistant.components.time import TimeEntity
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import DescribedEntity, DeviceSource, async_setup_platform
from .protocol.domains import Domain
from .protocol.domains.base import Properties
from .protocol.domains.time import TimeCommand, TimeState

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[DeviceSource],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the times of day."""
    async_setup_platform(entry, async_add_entities, {Domain.TIME: DeviceTime})


class DeviceTime(DescribedEntity[TimeState, Properties], TimeEntity):
    """A time of day that the device described."""

    @override
    def _show(self, value: TimeState | None) -> None:
        self._attr_native_value = (
            None if value is None else time(value.hour, value.minute, value.second)
        )

    @override
    async def async_set_value(self, value: time) -> None:
        """Set it, and return when the device has done so."""
        context = self._context
        command = TimeCommand(hour=value.hour, minute=value.minute, second=value.second)
        await self._async_command(context, command)
