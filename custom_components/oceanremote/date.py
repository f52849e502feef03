"""Dates of a device that a person sets."""

from datetime import date
from typing import override

from homeassistant.components.date import DateEntity
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import DescribedEntity, DeviceSource, async_setup_platform
from .protocol.domains import Domain
from .protocol.domains.base import Properties
from .protocol.domains.date import DateCommand, DateState

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[DeviceSource],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the dates."""
    async_setup_platform(entry, async_add_entities, {Domain.DATE: DeviceDate})


def _day(state: DateState) -> date | None:
    """Return the day, None for one that no calendar has."""
    try:
        return date(state.year, state.month, state.day)
    except ValueError:
        return None


class DeviceDate(DescribedEntity[DateState, Properties], DateEntity):
    """A date that the device described."""

    @override
    def _show(self, value: DateState | None) -> None:
        self._attr_native_value = None if value is None else _day(value)

    @override
    async def async_set_value(self, value: date) -> None:
        """Set it, and return when the device has done so."""
        context = self._context
        command = DateCommand(year=value.year, month=value.month, day=value.day)
        await self._async_command(context, command)
