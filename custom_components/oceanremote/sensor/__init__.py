"""Sensors: numbers and texts of a device, and what the hub knows about it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
import functools
from typing import Any, Final, override

from homeassistant.components.sensor import (
    RestoreSensor,
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
)
from homeassistant.components.sensor.const import NON_NUMERIC_DEVICE_CLASSES
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from ..common.texts import clean_line
from ..common.times import time_from_seconds
from ..device.addresses import AddressesStatus
from ..device.border import STATE_CLASSES
from ..device.coordinator import DeviceCoordinator
from ..device.status import DeviceStatus
from ..entity import (
    DescribedEntity,
    DeviceSource,
    OwnEntity,
    async_setup_platform,
    goes_to_sleep,
    known_or_none,
)
from ..protocol.domains import Domain
from ..protocol.domains.base import Properties
from ..protocol.domains.sensor import SensorProperties
from ..protocol.entities import EntityDescriptor
from .health import HEALTH_SENSORS, HealthSensor, ReconnectsSensor, TrafficSensor

PARALLEL_UPDATES = 0


# What a number of seconds since 1970 stands for: a time, and the last start of a board.
_TEXTS_OF_TIME: Final = frozenset({SensorDeviceClass.TIMESTAMP, SensorDeviceClass.DATE})
_TIMES: Final = frozenset({SensorDeviceClass.TIMESTAMP, SensorDeviceClass.UPTIME})


@dataclass(frozen=True, kw_only=True)
class OwnSensorDescription(SensorEntityDescription):
    """A sensor over the coordinator."""

    value_fn: Callable[[DeviceCoordinator], str | datetime | None]


# Whether new addresses and keys can be stored on a device, or a person must flash it.
ROOM: Final = "room"
NO_ROOM: Final = "no_room"


def _storage(coordinator: DeviceCoordinator) -> str | None:
    facts = coordinator.facts
    if facts is None:
        return None
    return NO_ROOM if facts.small_store else ROOM


def _reset_reason(coordinator: DeviceCoordinator) -> str | None:
    facts = coordinator.facts
    if facts is None or facts.reset_reason is None:
        return None
    return clean_line(facts.reset_reason)


OWN_SENSORS: Final = (
    OwnSensorDescription(
        key="storage",
        device_class=SensorDeviceClass.ENUM,
        options=[ROOM, NO_ROOM],
        value_fn=_storage,
    ),
    OwnSensorDescription(key="reset_reason", value_fn=_reset_reason),
    OwnSensorDescription(
        key="session_end",
        device_class=SensorDeviceClass.TIMESTAMP,
        # It moves at every rotation, which few people care to see recorded.
        entity_registry_enabled_default=False,
        value_fn=lambda coordinator: coordinator.session_expires_at,
    ),
)

# Of a device that sleeps.
NEXT_WAKEUP: Final = OwnSensorDescription(
    key="next_wakeup",
    device_class=SensorDeviceClass.TIMESTAMP,
    # It changes with every sleep; the status has it as an attribute that is not recorded.
    entity_registry_enabled_default=False,
    value_fn=lambda coordinator: coordinator.presence.wakes_at,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[DeviceSource],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the sensors."""
    async_setup_platform(
        entry,
        async_add_entities,
        {Domain.SENSOR: DeviceSensor, Domain.TEXT_SENSOR: DeviceTextSensor},
        [
            *(
                functools.partial(OwnSensor, description=description)
                for description in OWN_SENSORS
            ),
            StatusSensor,
            *(
                functools.partial(HealthSensor, description=description)
                for description in HEALTH_SENSORS
            ),
            functools.partial(TrafficSensor, key="data_sent"),
            functools.partial(TrafficSensor, key="data_received"),
            ReconnectsSensor,
            AddressesSensor,
            LastSeenSensor,
            LeftOutSensor,
        ],
        own_later=[
            (goes_to_sleep, functools.partial(OwnSensor, description=NEXT_WAKEUP))
        ],
    )


def _time_from_text(text: str) -> datetime | None:
    """Return an ISO 8601 time, None where it is none or names no time zone."""
    try:
        time = dt_util.parse_datetime(text)
    except ValueError:
        return None
    return time if time is not None and time.tzinfo is not None else None


def _date_from_text(text: str) -> date | None:
    """Return the day of a date, or of a time; None for what is neither."""
    try:
        time = dt_util.parse_datetime(text)
    except ValueError:
        return None
    return None if time is None else time.date()


class DeviceSensor(DescribedEntity[float, SensorProperties], SensorEntity):
    """A numeric sensor that the device described."""

    may_be_config = False

    @override
    def _adopt(self, descriptor: EntityDescriptor[SensorProperties]) -> None:
        super()._adopt(descriptor)
        device_class = known_or_none(SensorDeviceClass, descriptor.device_class)
        sensor = descriptor.properties
        self._attr_force_update = sensor.force_update
        self._attr_device_class = None
        self._attr_native_unit_of_measurement = None
        self._attr_state_class = None
        self._attr_suggested_display_precision = None
        if device_class in _TIMES:
            self._attr_device_class = device_class
            return
        if device_class not in NON_NUMERIC_DEVICE_CLASSES:
            self._attr_device_class = device_class
        self._attr_native_unit_of_measurement = descriptor.unit
        # ESPHome rounds to tens and hundreds, too; Home Assistant to whole numbers.
        if (decimals := sensor.accuracy_decimals) is not None:
            self._attr_suggested_display_precision = max(0, decimals)
        if sensor.state_class is not None:
            self._attr_state_class = STATE_CLASSES[sensor.state_class]

    @override
    @callback
    def _update_registry(self) -> None:
        super()._update_registry()
        if self.registry_entry is not None:
            # It compares the precision that the registry keeps with the present one.
            self.async_registry_entry_updated()

    @override
    def _show(self, value: float | None) -> None:
        if value is None:
            self._attr_native_value = None
        elif self.device_class in _TIMES:
            self._attr_native_value = time_from_seconds(value)
        else:
            self._attr_native_value = value


class DeviceTextSensor(DescribedEntity[str, Properties], SensorEntity):
    """A text that the device described."""

    may_be_config = False

    @override
    def _adopt(self, descriptor: EntityDescriptor[Properties]) -> None:
        super()._adopt(descriptor)
        device_class = known_or_none(SensorDeviceClass, descriptor.device_class)
        self._attr_device_class = (
            device_class if device_class in _TEXTS_OF_TIME else None
        )

    @override
    def _show(self, value: str | None) -> None:
        if value is None:
            self._attr_native_value = None
        elif self.device_class is SensorDeviceClass.TIMESTAMP:
            self._attr_native_value = _time_from_text(value)
        elif self.device_class is SensorDeviceClass.DATE:
            self._attr_native_value = _date_from_text(value)
        else:
            self._attr_native_value = value


class OwnSensor(OwnEntity, SensorEntity):
    """What the hub knows about the device; there even while the device is not."""

    entity_description: OwnSensorDescription
    _attr_entity_category = EntityCategory.DIAGNOSTIC

    def __init__(
        self, coordinator: DeviceCoordinator, description: OwnSensorDescription
    ) -> None:
        """Belong to a device."""
        super().__init__(coordinator, description.key)
        self.entity_description = description

    @property
    @override
    def native_value(self) -> str | datetime | None:
        """Return what is known now."""
        return self.entity_description.value_fn(self.coordinator)


class StatusSensor(OwnEntity, SensorEntity):
    """The one thing to know about the device; of a sleeper, since when and until when."""

    _attr_device_class = SensorDeviceClass.ENUM
    _attr_entity_category = EntityCategory.DIAGNOSTIC
    _attr_options = list(DeviceStatus)
    _unrecorded_attributes = frozenset({"asleep_since", "next_wakeup"})

    def __init__(self, coordinator: DeviceCoordinator) -> None:
        """Belong to a device."""
        super().__init__(coordinator, "status")

    @property
    @override
    def native_value(self) -> str:
        """Return what is known now."""
        return self.coordinator.status

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any] | None:
        """Return when it fell asleep and when it will wake, as far as it has said so."""
        presence = self.coordinator.presence
        if not presence.sleeps:
            return None
        return {
            "asleep_since": presence.asleep_since,
            "next_wakeup": presence.wakes_at,
        }


class LastSeenSensor(OwnEntity, RestoreSensor):
    """When the device was last heard, kept across restarts."""

    _attr_device_class = SensorDeviceClass.TIMESTAMP
    _attr_entity_category = EntityCategory.DIAGNOSTIC

    def __init__(self, coordinator: DeviceCoordinator) -> None:
        """Belong to a device."""
        super().__init__(coordinator, "last_seen")

    @override
    async def async_added_to_hass(self) -> None:
        """Remember what was known before the restart."""
        await super().async_added_to_hass()
        if (
            self.coordinator.last_seen is None
            and (last := await self.async_get_last_sensor_data()) is not None
            and isinstance(last.native_value, datetime)
        ):
            self.coordinator.last_seen = last.native_value

    @property
    @override
    def native_value(self) -> datetime | None:
        """Return when the device was last heard."""
        return self.coordinator.last_seen


class AddressesSensor(OwnEntity, SensorEntity):
    """Whether the device has heard of the hub's present addresses."""

    _attr_device_class = SensorDeviceClass.ENUM
    _attr_entity_category = EntityCategory.DIAGNOSTIC
    _attr_options = list(AddressesStatus)
    _unrecorded_attributes = frozenset({"refused", "used"})

    def __init__(self, coordinator: DeviceCoordinator) -> None:
        """Belong to a device."""
        super().__init__(coordinator, "addresses")

    @property
    @override
    def native_value(self) -> str | None:
        """Return what is known now."""
        known = self.coordinator.addresses
        return None if known is None else known.status

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """Return which of them it cannot dial, and which it has come by."""
        known = self.coordinator.addresses
        if known is None or known.status is not AddressesStatus.CURRENT:
            return {}
        return {"refused": list(known.refused), "used": list(known.used)}


class LeftOutSensor(OwnEntity, SensorEntity):
    """How many entities of the device Home Assistant cannot have, which, and why."""

    _attr_entity_category = EntityCategory.DIAGNOSTIC
    _unrecorded_attributes = frozenset({"entities", "properties_not_understood"})

    def __init__(self, coordinator: DeviceCoordinator) -> None:
        """Belong to a device."""
        super().__init__(coordinator, "left_out")

    @property
    @override
    def native_value(self) -> int:
        """Return how many."""
        return len(self.coordinator.left_out)

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """Return the reason of each, and what the others must do without."""
        left_out = self.coordinator.left_out
        return {
            "entities": dict(left_out.reasons),
            "properties_not_understood": left_out.not_understood,
        }
