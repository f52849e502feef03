"""What every entity of a device has in common.

Described entities come and go with the description that the device sends; they are
matched by identity, so a new key or name reaches the entity that is there.
"""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import partial
from typing import Any, Final, Protocol, override

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import EntityCategory
from homeassistant.core import CALLBACK_TYPE, Context, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import (
    AddConfigEntryEntitiesCallback,
    async_get_current_platform,
)

from .common.const import DOMAIN
from .common.turn import Turn
from .device.coordinator import DeviceCoordinator
from .device.platforms import Platforms
from .device.registry import own_unique_id
from .device.state import EntityIdentity
from .protocol.domains import Domain, StateValue
from .protocol.domains.base import Command, Properties
from .protocol.entities import EntityCategory as DescribedCategory, EntityDescriptor

type AnyDescribed = DescribedEntity[Any, Any]
type DescribedFactory = Callable[[DeviceCoordinator, EntityDescriptor], AnyDescribed]
type OwnFactory = Callable[[DeviceCoordinator], OwnEntity]
type OwnCondition = Callable[[DeviceCoordinator], bool]

_CATEGORIES: Final = {
    DescribedCategory.CONFIG: EntityCategory.CONFIG,
    DescribedCategory.DIAGNOSTIC: EntityCategory.DIAGNOSTIC,
}


class DeviceHub(Protocol):
    """What the platforms ask of the hub."""

    def async_subscribe_devices(
        self, subscriber: Callable[[DeviceCoordinator], None]
    ) -> CALLBACK_TYPE:
        """Call `subscriber` with every device, those to come included."""


class DeviceSource(Protocol):
    """What the platforms ask of the config entry's `runtime_data`."""

    @property
    def hub(self) -> DeviceHub:
        """The hub, which knows the devices."""

    @property
    def platforms(self) -> Platforms:
        """What is loaded."""


@callback
def async_setup_platform(
    entry: ConfigEntry[DeviceSource],
    async_add_entities: AddConfigEntryEntitiesCallback,
    described: Mapping[Domain, DescribedFactory],
    own: Iterable[OwnFactory] = (),
    own_later: Sequence[tuple[OwnCondition, OwnFactory]] = (),
) -> None:
    """Add the entities of one platform, for every device and every description.

    What is in `own_later` is added to a device as soon as it meets the condition.
    """
    live = True

    @callback
    def add_device(coordinator: DeviceCoordinator) -> None:
        known: set[EntityIdentity] = set()

        def fresh() -> Iterator[AnyDescribed]:
            """Yield an entity for each descriptor that has none."""
            made: list[AnyDescribed] = []

            def make(identity: EntityIdentity, descriptor: EntityDescriptor) -> None:
                entity = described[identity.domain](coordinator, descriptor)
                # One that somebody deletes comes back when it is described again.
                entity.async_on_remove(partial(known.discard, identity))
                known.add(identity)
                made.append(entity)

            current = coordinator.cache.descriptors
            known.intersection_update(current)
            for identity, descriptor in current.items():
                if identity.domain in described and identity not in known:
                    coordinator.containment.call(identity, make, identity, descriptor)
                    yield from made
                    made.clear()

        def add(entities: list[Entity]) -> None:
            async_add_entities(entities, config_subentry_id=coordinator.subentry_id)

        async def follow_description(turn: Turn) -> None:
            for entity in fresh():
                if not live or entry.state is ConfigEntryState.UNLOAD_IN_PROGRESS:
                    return
                add([entity])
                await turn.async_yield()

        def add_later(condition: OwnCondition, factory: OwnFactory) -> None:
            @callback
            def look() -> None:
                if live and condition(coordinator):
                    end_following()
                    add([factory(coordinator)])

            end_following = coordinator.subscribe_availability(look)
            look()

        add([*(factory(coordinator) for factory in own), *fresh()])
        coordinator.description.follow(follow_description)
        for condition, factory in own_later:
            add_later(condition, factory)

    @callback
    def end() -> None:
        nonlocal live
        live = False

    entry.async_on_unload(entry.runtime_data.hub.async_subscribe_devices(add_device))
    entry.async_on_unload(end)
    entry.runtime_data.platforms.ready(async_get_current_platform().domain)


def goes_to_sleep(coordinator: DeviceCoordinator) -> bool:
    """Whether a device is known to go to deep sleep: for `own_later`."""
    return coordinator.presence.sleeps


def known_or_none[E: StrEnum](enumeration: type[E], value: str | None) -> E | None:
    """Return the member, None for what this version of Home Assistant lacks."""
    if value is None or value not in enumeration:
        return None
    return enumeration(value)


class DeviceEntity(Entity):
    """Any entity of a device; follows the device's availability."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, coordinator: DeviceCoordinator) -> None:
        """Belong to the device of `coordinator`."""
        self.coordinator = coordinator
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, coordinator.subentry_id)}
        )

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the device."""
        await super().async_added_to_hass()
        self.async_on_remove(
            self.coordinator.subscribe_availability(self._availability_changed)
        )

    @callback
    def _availability_changed(self) -> None:
        self.async_write_ha_state()


class OwnEntity(DeviceEntity):
    """An entity that the hub adds to a device, whatever the device says."""

    def __init__(self, coordinator: DeviceCoordinator, key: str) -> None:
        """Name it by `key`, which is its translation key too."""
        super().__init__(coordinator)
        self._attr_unique_id = own_unique_id(coordinator.subentry_id, key)
        self._attr_translation_key = key


class DescribedEntity[StateT: StateValue, PropertiesT: Properties](DeviceEntity):
    """An entity that the device has described, of a domain with these types."""

    may_be_config = True

    def __init__(
        self,
        coordinator: DeviceCoordinator,
        descriptor: EntityDescriptor[PropertiesT],
    ) -> None:
        """Stand for what `descriptor` describes."""
        super().__init__(coordinator)
        sub_devices = coordinator.description.sub_devices
        self._attr_device_info = sub_devices.info(descriptor.address.sub)
        self._identity = EntityIdentity.of(descriptor)
        self._attr_unique_id = self._identity.unique_id(coordinator.subentry_id)
        self._unsubscribe: CALLBACK_TYPE | None = None
        self._adopt(descriptor)
        self._was_available = self.available

    @property
    @override
    def available(self) -> bool:
        """Whether the device is there or asleep, and has told this entity's state."""
        coordinator = self.coordinator
        return coordinator.shows_states and coordinator.cache.is_current(
            self.descriptor.address
        )

    @override
    async def async_added_to_hass(self) -> None:
        """Follow state and description."""
        await super().async_added_to_hass()
        self.async_on_remove(
            self.coordinator.description.subscribe(self._description_changed)
        )
        self.async_on_remove(self._unsubscribe_state)
        self._subscribe_state()
        self._show_cached()

    def _adopt(self, descriptor: EntityDescriptor[PropertiesT]) -> None:
        """Take over what the descriptor says; platforms add their own part."""
        self.descriptor = descriptor
        self._attr_name = descriptor.name or None
        self._attr_icon = descriptor.icon
        self._attr_entity_registry_enabled_default = not descriptor.disabled_by_default
        category = descriptor.entity_category
        if category is DescribedCategory.CONFIG and not self.may_be_config:
            category = None
        self._attr_entity_category = None if category is None else _CATEGORIES[category]

    @abstractmethod
    def _show(self, value: StateT | None) -> None:
        """Put a value, None for a missing one, into the `_attr_…` of the platform."""

    def _show_cached(self) -> None:
        address = self.descriptor.address
        if address in (states := self.coordinator.cache.states):
            # Read by the domain's own table.
            value: Any = states[address]
            self._show(value)

    def _subscribe_state(self) -> None:
        self._unsubscribe_state()
        self._unsubscribe = self.coordinator.cache.subscribe(
            self.descriptor.address, self._state_changed
        )

    def _unsubscribe_state(self) -> None:
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None

    @callback
    @override
    def _async_write_ha_state(self) -> None:
        """Write the state; one that cannot be written is unknown.

        Home Assistant takes an entity away whose first state cannot be written.
        """
        if not self.coordinator.containment.call(
            f"writing {self._identity}", super()._async_write_ha_state
        ):
            self._show(None)
            super()._async_write_ha_state()

    @callback
    def _state_changed(self, value: Any) -> None:
        self._show(value)
        self._was_available = self.available
        self.async_write_ha_state()

    @override
    @callback
    def _availability_changed(self) -> None:
        # A device that is there again changes nothing here yet: see `available`.
        if self._was_available is not self.available:
            self._was_available = self.available
            self.async_write_ha_state()

    @callback
    def _description_changed(self) -> None:
        descriptor = self.coordinator.cache.descriptors.get(self._identity)
        if descriptor is None:
            self.hass.async_create_task(self.async_remove())
            return
        if descriptor == self.descriptor:
            return
        self._adopt(descriptor)
        self._subscribe_state()
        self._show_cached()
        self._update_registry()
        self.async_write_ha_state()

    @callback
    def _update_registry(self) -> None:
        """Write down again what Home Assistant does only for a new entity."""
        if self.registry_entry is None:
            return
        er.async_get(self.hass).async_update_entity(
            self.entity_id,
            capabilities=self.capability_attributes,
            entity_category=self.entity_category,
            original_device_class=self.device_class,
            original_icon=self.icon,
            original_name=self.descriptor.name or None,
            supported_features=self.supported_features or 0,
            unit_of_measurement=self.unit_of_measurement,
        )

    async def _async_command(self, context: Context | None, command: Command) -> None:
        """Send a command; `context` was read in the caller's first statement.

        After any await `self._context` may be another caller's.
        """
        address = self.descriptor.address
        await self.coordinator.async_command(address, command.args(), context)
