"""Binary sensors: those of a device, and whether it is connected."""

from typing import override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .device.coordinator import DeviceCoordinator
from .entity import (
    DescribedEntity,
    DeviceSource,
    OwnEntity,
    async_setup_platform,
    known_or_none,
)
from .protocol.domains import Domain
from .protocol.domains.base import Properties
from .protocol.entities import EntityDescriptor

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[DeviceSource],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the binary sensors."""
    async_setup_platform(
        entry,
        async_add_entities,
        {Domain.BINARY_SENSOR: DeviceBinarySensor},
        [ConnectivitySensor],
    )


class DeviceBinarySensor(DescribedEntity[bool, Properties], BinarySensorEntity):
    """A binary sensor that the device described."""

    may_be_config = False

    @override
    def _adopt(self, descriptor: EntityDescriptor[Properties]) -> None:
        super()._adopt(descriptor)
        self._attr_device_class = known_or_none(
            BinarySensorDeviceClass, descriptor.device_class
        )

    @override
    def _show(self, value: bool | None) -> None:
        self._attr_is_on = value


class ConnectivitySensor(OwnEntity, BinarySensorEntity):
    """Whether a session of the device is up."""

    _attr_device_class = BinarySensorDeviceClass.CONNECTIVITY
    _attr_entity_category = EntityCategory.DIAGNOSTIC

    def __init__(self, coordinator: DeviceCoordinator) -> None:
        """Belong to a device."""
        super().__init__(coordinator, "connected")

    @property
    @override
    def is_on(self) -> bool:
        """Whether a session is up."""
        return self.coordinator.connected
