"""Points in time of a device that a person sets."""

from datetime import datetime
from typing import override

from homeassistant.components.datetime import DateTimeEntity
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .entity import DescribedEntity, DeviceSource, async_setup_platform
from .protocol.domains import Domain
from .protocol.domains.base import Properties
from .protocol.domains.datetime import DateTimeCommand

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[DeviceSource],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the points in time."""
    async_setup_platform(entry, async_add_entities, {Domain.DATETIME: DeviceDateTime})


class DeviceDateTime(DescribedEntity[int, Properties], DateTimeEntity):
    """A point in time that the device described."""

    @override
    def _show(self, value: int | None) -> None:
        self._attr_native_value = (
            None if value is None else dt_util.utc_from_timestamp(value)
        )

    @override
    async def async_set_value(self, value: datetime) -> None:
        """Set it, and return when the device has done so."""
        context = self._context
        # What lies before 1970 or after 2106 is not sent, and the caller hears why.
        await self._async_command(context, DateTimeCommand(int(value.timestamp())))
