"""Events of a device, and what concerns its security and the hub's."""

from collections.abc import Callable
from typing import Any, Final, Protocol, override

from homeassistant.components.event import (
    DOMAIN as EVENT_DOMAIN,
    EventDeviceClass,
    EventEntity,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EntityCategory
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .common.const import DEVICE_SECURITY_EVENTS, DOMAIN, HUB_SECURITY_EVENTS
from .device.backfill_report import SensorReport
from .device.coordinator import DeviceCoordinator
from .device.crashes import Crash
from .device.registry import own_unique_id
from .entity import DescribedEntity, OwnEntity, async_setup_platform, known_or_none
from .protocol.domains import Domain
from .protocol.domains.event import EventProperties
from .protocol.entities import EntityDescriptor

PARALLEL_UPDATES = 0

_KEY: Final = "security"
_BACKFILL: Final = "backfill"
DELIVERED: Final = "delivered"
LEFT_OUT: Final = "left_out"
_CRASHED: Final = "crashed"
_CRASH_EVENTS: Final = (_CRASHED,)
# Characters of lines in an attribute; the recorder keeps 16 kB of all together.
_LINES_SIZE: Final = 4096


class SecurityEvents(Protocol):
    """Where security events come from."""

    def listen(
        self, enrolment_id: str | None, listener: Callable[[str, dict[str, Any]], None]
    ) -> CALLBACK_TYPE:
        """Hand every later event of a device, None: of the hub, to `listener`."""


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[Any],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the events."""
    events: SecurityEvents = entry.runtime_data.hub.security.trail
    async_setup_platform(
        entry,
        async_add_entities,
        {Domain.EVENT: DeviceEvent},
        [lambda coordinator: DeviceSecurityEvent(coordinator, events), CrashEvent],
        own_later=[(_remembers, DeviceBackfillEvent)],
    )
    async_add_entities([HubSecurityEvent(entry.entry_id, events)])


def _remembers(coordinator: DeviceCoordinator) -> bool:
    """Whether the device has told that it remembers, now or before a restart."""
    if coordinator.facts is not None and coordinator.facts.remembers:
        return True
    unique_id = own_unique_id(coordinator.subentry_id, _BACKFILL)
    registry = er.async_get(coordinator.hass)
    return bool(registry.async_get_entity_id(EVENT_DOMAIN, DOMAIN, unique_id))


class DeviceEvent(DescribedEntity[None, EventProperties], EventEntity):
    """What happens at a device that it described."""

    @override
    def _adopt(self, descriptor: EntityDescriptor[EventProperties]) -> None:
        super()._adopt(descriptor)
        self._attr_event_types = list(descriptor.properties.event_types)
        self._attr_device_class = known_or_none(
            EventDeviceClass, descriptor.device_class
        )

    @override
    def _subscribe_state(self) -> None:
        self._unsubscribe_state()
        self._unsubscribe = self.coordinator.cache.listen(
            self.descriptor.address, self._happened
        )

    @override
    def _show(self, value: None) -> None:
        """What has happened is over."""

    @callback
    def _happened(self, kind: int) -> None:
        # A place behind the list's end is one that only a broken firmware knows.
        if kind < len(self.event_types):
            self._trigger_event(self.event_types[kind])
            self.async_write_ha_state()


class DeviceSecurityEvent(OwnEntity, EventEntity):
    """What happened to the trust in a device."""

    _attr_entity_category = EntityCategory.DIAGNOSTIC
    _attr_event_types = list(DEVICE_SECURITY_EVENTS)

    def __init__(self, coordinator: DeviceCoordinator, events: SecurityEvents) -> None:
        """Belong to a device."""
        super().__init__(coordinator, _KEY)
        self._events = events

    @override
    async def async_added_to_hass(self) -> None:
        """Listen."""
        await super().async_added_to_hass()
        enrolment_id = self.coordinator.enrolment_id
        self.async_on_remove(self._events.listen(enrolment_id, self._happened))

    @callback
    def _happened(self, kind: str, attributes: dict[str, Any]) -> None:
        self._trigger_event(kind, attributes)
        self.async_write_ha_state()


class DeviceBackfillEvent(OwnEntity, EventEntity):
    """What became of the readings that a device took without a session."""

    _attr_entity_category = EntityCategory.DIAGNOSTIC
    _attr_event_types = [DELIVERED, LEFT_OUT]

    def __init__(self, coordinator: DeviceCoordinator) -> None:
        """Belong to a device."""
        super().__init__(coordinator, _BACKFILL)

    @override
    async def async_added_to_hass(self) -> None:
        """Listen."""
        await super().async_added_to_hass()
        self.async_on_remove(self.coordinator.backfill.listen(self._delivered))

    @callback
    def _delivered(self, sensor: str, report: SensorReport) -> None:
        kind = DELIVERED if report.hours else LEFT_OUT
        self._trigger_event(kind, {"sensor": sensor, **report.as_dict()})
        self.async_write_ha_state()


class CrashEvent(OwnEntity, EventEntity):
    """That the device has crashed: what reset it, and the last lines of its log."""

    _attr_entity_category = EntityCategory.DIAGNOSTIC
    _attr_event_types = list(_CRASH_EVENTS)

    def __init__(self, coordinator: DeviceCoordinator) -> None:
        """Belong to a device."""
        super().__init__(coordinator, "crash")

    @override
    async def async_added_to_hass(self) -> None:
        """Listen."""
        await super().async_added_to_hass()
        self.async_on_remove(self.coordinator.crashes.listen(self._happened))

    @callback
    def _happened(self, crash: Crash) -> None:
        self._trigger_event(
            _CRASHED,
            {"reset_reason": crash.reset_reason, "lines": crash.newest(_LINES_SIZE)},
        )
        self.async_write_ha_state()


class HubSecurityEvent(EventEntity):
    """What strangers and storage did to the hub."""

    _attr_has_entity_name = True
    _attr_should_poll = False
    _attr_entity_category = EntityCategory.DIAGNOSTIC
    _attr_event_types = list(HUB_SECURITY_EVENTS)
    _attr_translation_key = _KEY

    def __init__(self, entry_id: str, events: SecurityEvents) -> None:
        """Belong to the hub's own device."""
        self._events = events
        self._attr_unique_id = f"{entry_id}-{_KEY}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, entry_id)})

    @override
    async def async_added_to_hass(self) -> None:
        """Listen."""
        await super().async_added_to_hass()
        self.async_on_remove(self._events.listen(None, self._happened))

    @callback
    def _happened(self, kind: str, attributes: dict[str, Any]) -> None:
        self._trigger_event(kind, attributes)
        self.async_write_ha_state()
