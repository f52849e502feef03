"""What is known of one device's entities: descriptors, last states, subscribers.

Subscriptions are keyed by entity address, so a state reaches the one entity that it
concerns. Equal states are suppressed, except for descriptors with `force_update` and
for the first state of each entity after an absence.
"""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from homeassistant.core import CALLBACK_TYPE, callback

from ..protocol.entities import (
    Domain,
    EntityAddress,
    EntityDescriptor,
    EntityState,
    StateValue,
)

type StateCallback = Callable[[StateValue], None]


class EntityIdentity(NamedTuple):
    """What stays the same when a device is rebuilt; the key may change."""

    domain: Domain
    sub: int
    object_id: str

    @classmethod
    def of(cls, descriptor: EntityDescriptor) -> EntityIdentity:
        """Return the identity of a described entity."""
        address = descriptor.address
        return cls(address.domain, address.sub, descriptor.object_id)

    def unique_id(self, subentry_id: str) -> str:
        """Return the unique id of the entity that stands for it."""
        return f"{subentry_id}-{self.domain.name.lower()}-{self.sub}-{self.object_id}"


class StateCache:
    """Bounded by the description: states of undescribed entities are dropped."""

    def __init__(self) -> None:
        """Start knowing nothing."""
        self._descriptors: dict[EntityIdentity, EntityDescriptor] = {}
        self._forced: dict[EntityAddress, bool] = {}
        self._states: dict[EntityAddress, StateValue] = {}
        self._stale: set[EntityAddress] = set()
        self._subscribers: dict[EntityAddress, StateCallback] = {}

    @property
    def descriptors(self) -> Mapping[EntityIdentity, EntityDescriptor]:
        """The present description, by identity."""
        return MappingProxyType(self._descriptors)

    @property
    def states(self) -> Mapping[EntityAddress, StateValue]:
        """The last state of every entity that has sent one."""
        return MappingProxyType(self._states)

    @callback
    def set_descriptors(self, descriptors: Iterable[EntityDescriptor]) -> None:
        """Replace the description; keep the states of entities that stay.

        Where two descriptors claim one identity or one address, the first counts.
        """
        fresh: dict[EntityIdentity, EntityDescriptor] = {}
        forced: dict[EntityAddress, bool] = {}
        for descriptor in descriptors:
            identity = EntityIdentity.of(descriptor)
            if identity in fresh or descriptor.address in forced:
                continue
            fresh[identity] = descriptor
            forced[descriptor.address] = descriptor.force_update
        states: dict[EntityAddress, StateValue] = {}
        for identity, descriptor in fresh.items():
            before = self._descriptors.get(identity)
            if before is not None and before.address in self._states:
                states[descriptor.address] = self._states[before.address]
        self._descriptors = fresh
        self._forced = forced
        self._states = states
        self._stale = set(states)

    @callback
    def mark_stale(self) -> None:
        """Let the next state of every entity through, equal or not."""
        self._stale = set(self._states)

    @callback
    def subscribe(
        self, address: EntityAddress, subscriber: StateCallback
    ) -> CALLBACK_TYPE:
        """Call `subscriber` with every new value of one entity."""
        self._subscribers[address] = subscriber

        @callback
        def unsubscribe() -> None:
            # Another entity may have taken the address over in the meantime.
            if self._subscribers.get(address) is subscriber:
                del self._subscribers[address]

        return unsubscribe

    @callback
    def update(self, states: Iterable[EntityState]) -> list[Exception]:
        """Take states over and tell the subscribers; return what they raised.

        The values come from the device: an entity that cannot show one must not
        keep the states behind it from their entities.
        """
        failures: list[Exception] = []
        for state in states:
            address, value = state.address, state.value
            if (forced := self._forced.get(address)) is None:
                continue
            if (
                not forced
                and address not in self._stale
                and address in self._states
                and self._states[address] == value
            ):
                continue
            self._stale.discard(address)
            self._states[address] = value
            if (subscriber := self._subscribers.get(address)) is not None:
                try:
                    subscriber(value)
                except Exception as err:  # noqa: BLE001
                    failures.append(err)
        return failures
