"""How a device fares: what it measures, how its links do, and what they carry."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, override

from homeassistant.components.sensor import (
    RestoreSensor,
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import (
    SIGNAL_STRENGTH_DECIBELS_MILLIWATT,
    EntityCategory,
    UnitOfInformation,
    UnitOfTime,
)
from homeassistant.core import callback
from homeassistant.helpers.event import async_track_time_change
from homeassistant.util import dt as dt_util

from ..device.coordinator import DeviceCoordinator
from ..device.health import DeviceHealth
from ..entity import OwnEntity


@dataclass(frozen=True, kw_only=True)
class HealthDescription(SensorEntityDescription):
    """A sensor over what is known of a device's health.

    `asks`: the device is asked for it while the entity is enabled.
    """

    value_fn: Callable[[DeviceHealth], float | datetime | None]
    asks: bool = True


def _measured(name: str) -> Callable[[DeviceHealth], float | None]:
    """Return how to read what the device has measured under a name."""
    return lambda health: getattr(health.measured, name, None)


def _round_trip(health: DeviceHealth) -> float | None:
    return None if health.round_trip is None else round(health.round_trip * 1000, 1)


# Who enables none of them has the device asked for nothing.
HEALTH_SENSORS: Final = (
    HealthDescription(
        key="uptime",
        device_class=SensorDeviceClass.UPTIME,
        value_fn=lambda health: health.started_at,
    ),
    HealthDescription(
        key="wifi_signal",
        device_class=SensorDeviceClass.SIGNAL_STRENGTH,
        native_unit_of_measurement=SIGNAL_STRENGTH_DECIBELS_MILLIWATT,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=_measured("wifi_signal"),
    ),
    HealthDescription(
        key="free_heap",
        device_class=SensorDeviceClass.DATA_SIZE,
        native_unit_of_measurement=UnitOfInformation.BYTES,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=_measured("free_heap"),
    ),
    HealthDescription(
        key="longest_loop",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.MILLISECONDS,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=_measured("longest_loop"),
    ),
    HealthDescription(
        key="round_trip",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.MILLISECONDS,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=_round_trip,
        asks=False,
    ),
)


class HealthSensor(OwnEntity, SensorEntity):
    """What was measured last, of the device or of its link."""

    entity_description: HealthDescription
    _attr_entity_category = EntityCategory.DIAGNOSTIC
    _attr_entity_registry_enabled_default = False

    def __init__(
        self, coordinator: DeviceCoordinator, description: HealthDescription
    ) -> None:
        """Belong to a device."""
        super().__init__(coordinator, description.key)
        self.entity_description = description

    @override
    async def async_added_to_hass(self) -> None:
        """Have it measured from now on."""
        await super().async_added_to_hass()
        asks = self.entity_description.asks
        watch = self.coordinator.health.watch(self.async_write_ha_state, asks=asks)
        self.async_on_remove(watch)

    @property
    @override
    def available(self) -> bool:
        """Whether it is measured: a device that is away measures nothing."""
        return self.coordinator.connected

    @property
    @override
    def native_value(self) -> float | datetime | None:
        """Return what is known now."""
        return self.entity_description.value_fn(self.coordinator.health)


class ReconnectsSensor(OwnEntity, RestoreSensor):
    """How often a link of the device followed another, and why the last one ended."""

    _attr_entity_category = EntityCategory.DIAGNOSTIC
    _attr_entity_registry_enabled_default = False
    _attr_state_class = SensorStateClass.TOTAL_INCREASING

    def __init__(self, coordinator: DeviceCoordinator) -> None:
        """Belong to a device."""
        super().__init__(coordinator, "reconnects")
        self._before = 0

    @override
    async def async_added_to_hass(self) -> None:
        """Go on from what was counted before the restart."""
        await super().async_added_to_hass()
        last = await self.async_get_last_sensor_data()
        if last is not None and isinstance(last.native_value, int):
            self._before = last.native_value

    @property
    @override
    def native_value(self) -> int:
        """Return how often."""
        return self._before + self.coordinator.health.reconnects

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """Return why the last link ended."""
        return {"last_reason": self.coordinator.health.last_end}


class TrafficSensor(OwnEntity, RestoreSensor):
    """How many bytes the device has sent, or received, since local midnight."""

    _attr_device_class = SensorDeviceClass.DATA_SIZE
    _attr_entity_category = EntityCategory.DIAGNOSTIC
    _attr_entity_registry_enabled_default = False
    _attr_native_unit_of_measurement = UnitOfInformation.BYTES
    _attr_state_class = SensorStateClass.TOTAL_INCREASING
    _attr_suggested_display_precision = 1
    _attr_suggested_unit_of_measurement = UnitOfInformation.KILOBYTES

    def __init__(self, coordinator: DeviceCoordinator, key: str) -> None:
        """Belong to a device; `key` is the direction, `data_sent` or …`_received`."""
        super().__init__(coordinator, key)
        self._direction = key.removeprefix("data_")

    @override
    async def async_added_to_hass(self) -> None:
        """Go on from what was counted today before the restart, and end with the day."""
        await super().async_added_to_hass()
        data = await self.async_get_last_sensor_data()
        state = await self.async_get_last_state()
        if (
            data is not None
            and state is not None
            and isinstance(data.native_value, int)
        ):
            day = dt_util.as_local(state.last_updated).date()
            traffic = self.coordinator.health.traffic
            traffic.restore(day, **{self._direction: data.native_value})
        self.async_on_remove(
            async_track_time_change(self.hass, self._day_begins, 0, 0, 0)
        )

    @callback
    def _day_begins(self, now: datetime) -> None:
        self.async_write_ha_state()

    @property
    @override
    def native_value(self) -> int:
        """Return the bytes of today."""
        total: int = getattr(self.coordinator.health.traffic.total(), self._direction)
        return total
