"""Events: what concerns the security of a device, and of the hub."""

from collections.abc import Callable
from typing import Any, Final, Protocol, override

from homeassistant.components.event import EventEntity
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EntityCategory
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .common.const import DEVICE_SECURITY_EVENTS, DOMAIN, HUB_SECURITY_EVENTS
from .device.coordinator import DeviceCoordinator
from .entity import OwnEntity, async_setup_platform

PARALLEL_UPDATES = 0

_KEY: Final = "security"


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
        {},
        [lambda coordinator: DeviceSecurityEvent(coordinator, events)],
    )
    async_add_entities([HubSecurityEvent(entry.entry_id, events)])


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
