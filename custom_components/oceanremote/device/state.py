"""What is known of one device's entities: descriptors, last states, subscribers.

Subscriptions are keyed by entity address, so a state reaches the one entity that it
concerns. Equal states are suppressed, except for descriptors with `force_update`. After
an absence nothing is known until the device has said it again, so that nobody is shown
what may have changed meanwhile.
"""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from homeassistant.core import CALLBACK_TYPE, callback

from ..audit.containment import Containment
from ..common.turn import Turn
from ..protocol.domains import Domain, StateValue
from ..protocol.entities import EntityAddress, EntityDescriptor, EntityState

type StateCallback = Callable[[StateValue], None]
# Takes what happened: the place of an event among the entity's types, or a signal.
type EventCallback = Callable[[Any], None]


class EntityIdentity(NamedTuple):
    """What stays the same when a device is rebuilt; the key may change.

    An entity without a name is the main one of its domain and (sub-)device. What a
    device may call its object id, and its key, follow the device's own name.
    """

    domain: Domain
    sub: int
    object_id: str

    @classmethod
    def of(cls, descriptor: EntityDescriptor) -> EntityIdentity:
        """Return the identity of a described entity."""
        address = descriptor.address
        object_id = descriptor.object_id if descriptor.name else ""
        return cls(address.domain, address.sub, object_id)

    def __str__(self) -> str:
        """Return what a person calls it."""
        return f"{self.domain.name.lower()} {self.object_id or 'without a name'}"

    def unique_id(self, subentry_id: str) -> str:
        """Return the unique id of the entity that stands for it."""
        return f"{subentry_id}-{self.domain.name.lower()}-{self.sub}-{self.object_id}"


class _StateOf(NamedTuple):
    """Names the state of an entity, in words only where they are needed."""

    descriptor: EntityDescriptor

    def __str__(self) -> str:
        return f"a state of {EntityIdentity.of(self.descriptor)}"


class _EventOf(_StateOf):
    """Names an event of an entity, likewise."""

    def __str__(self) -> str:
        return f"an event of {EntityIdentity.of(self.descriptor)}"


class StateCache:
    """Bounded by the description: states of undescribed entities are dropped."""

    def __init__(self, containment: Containment) -> None:
        """Start knowing nothing; `containment` takes what subscribers raise."""
        self._containment = containment
        self._descriptors: dict[EntityIdentity, EntityDescriptor] = {}
        self._by_address: dict[EntityAddress, EntityDescriptor] = {}
        self._states: dict[EntityAddress, StateValue] = {}
        # Whose states are from before an announced sleep, until they are said again.
        self._doubted: set[EntityAddress] = set()
        self._subscribers: dict[EntityAddress, StateCallback] = {}
        self._listeners: dict[EntityAddress, EventCallback] = {}

    @property
    def descriptors(self) -> Mapping[EntityIdentity, EntityDescriptor]:
        """The present description, by identity."""
        return MappingProxyType(self._descriptors)

    @property
    def states(self) -> Mapping[EntityAddress, StateValue]:
        """The last state of every entity, as far as the device has told it."""
        return MappingProxyType(self._states)

    def descriptor(self, address: EntityAddress) -> EntityDescriptor | None:
        """Return what is described under an address."""
        return self._by_address.get(address)

    def is_current(self, address: EntityAddress) -> bool:
        """Whether all that there is to know of an entity is known."""
        return address in self._states or address.domain.spec.state is None

    def descriptor_at(self, address: EntityAddress) -> EntityDescriptor | None:
        """Return what is described under an address."""
        return self._by_address.get(address)

    @callback
    def set_descriptors(self, descriptors: Iterable[EntityDescriptor]) -> None:
        """Replace the description; keep the states of entities that stay.

        Where two descriptors claim one identity or one address, the first counts.
        """
        fresh: dict[EntityIdentity, EntityDescriptor] = {}
        by_address: dict[EntityAddress, EntityDescriptor] = {}
        for descriptor in descriptors:
            identity = EntityIdentity.of(descriptor)
            if identity in fresh or descriptor.address in by_address:
                continue
            fresh[identity] = descriptor
            by_address[descriptor.address] = descriptor
        states: dict[EntityAddress, StateValue] = {}
        doubted: set[EntityAddress] = set()
        for identity, descriptor in fresh.items():
            before = self._descriptors.get(identity)
            if before is not None and before.address in self._states:
                states[descriptor.address] = self._states[before.address]
                if before.address in self._doubted:
                    doubted.add(descriptor.address)
        self._descriptors = fresh
        self._by_address = by_address
        self._states = states
        self._doubted = doubted

    @callback
    def forget(self) -> None:
        """Forget every state: what the device says next is what counts."""
        self._states.clear()
        self._doubted.clear()

    @callback
    def doubt(self) -> None:
        """Keep every state on show until the device has said it again, or all others."""
        self._doubted = set(self._states)

    async def async_complete(self, turn: Turn, still: Callable[[], bool]) -> None:
        """Take the device's word that who has not told a state has none.

        As long as `still()`: others have the event loop meanwhile.
        """
        for address in tuple(self._by_address):
            if not still():
                return
            if not self.is_current(address) or address in self._doubted:
                self.update((EntityState(address, None),))
            await turn.async_yield()

    @callback
    def subscribe(
        self, address: EntityAddress, subscriber: StateCallback
    ) -> CALLBACK_TYPE:
        """Call `subscriber` with every new value of one entity."""
        return _subscribed(self._subscribers, address, subscriber)

    @callback
    def listen(self, address: EntityAddress, listener: EventCallback) -> CALLBACK_TYPE:
        """Call `listener` whenever something happens at one entity."""
        return _subscribed(self._listeners, address, listener)

    @callback
    def happened(self, address: EntityAddress, what: Any) -> None:
        """Tell the listener of an entity that something happened there."""
        descriptor = self._by_address.get(address)
        listener = self._listeners.get(address)
        if descriptor is not None and listener is not None:
            self._containment.call(_EventOf(descriptor), listener, what)

    @callback
    def update(self, states: Iterable[EntityState]) -> None:
        """Take states over and tell the subscribers."""
        for state in states:
            address, value = state.address, state.value
            if (descriptor := self._by_address.get(address)) is None:
                continue
            if (
                not descriptor.properties.force_update
                and address in self._states
                and address not in self._doubted
                and self._states[address] == value
            ):
                continue
            self._states[address] = value
            self._doubted.discard(address)
            if (subscriber := self._subscribers.get(address)) is not None:
                self._containment.call(_StateOf(descriptor), subscriber, value)


def _subscribed[T](
    subscribers: dict[EntityAddress, T], address: EntityAddress, subscriber: T
) -> CALLBACK_TYPE:
    """Note a subscriber; return what takes it out again."""
    subscribers[address] = subscriber

    @callback
    def unsubscribe() -> None:
        # Another entity may have taken the address over in the meantime.
        if subscribers.get(address) is subscriber:
            del subscribers[address]

    return unsubscribe
