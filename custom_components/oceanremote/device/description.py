"""What a device has said of its entities: kept, restored, followed."""

from collections.abc import Callable

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..audit.containment import Containment
from ..protocol import DescriptionReceived
from .description_store import DescriptionStore
from .left_out import LeftOut
from .registry import async_prune_entities
from .state import StateCache


class DeviceDescription:
    """The present description of one device; fills its cache, tells its platforms."""

    def __init__(
        self,
        hass: HomeAssistant,
        *,
        entry_id: str,
        subentry_id: str,
        cache: StateCache,
        store: DescriptionStore,
        containment: Containment,
        left_out: LeftOut,
    ) -> None:
        """Begin with what is stored, if it can still be read."""
        self._hass = hass
        self._entry_id = entry_id
        self._subentry_id = subentry_id
        self._cache = cache
        self._store = store
        self._containment = containment
        self._left_out = left_out
        self._hash: bytes | None = None
        self._subscribers: set[Callable[[], None]] = set()
        containment.call("the stored description", self._restore)

    def is_known(self, description_hash: bytes) -> bool:
        """Whether a device that names this hash need not describe itself."""
        return description_hash == self._hash

    def _restore(self) -> None:
        if (stored := self._store.restore(self._subentry_id)) is not None:
            self._cache.set_descriptors(self._left_out.sift(stored.description))
            self._hash = stored.hash

    @callback
    def subscribe(self, subscriber: Callable[[], None]) -> CALLBACK_TYPE:
        """Call `subscriber` after every change."""
        self._subscribers.add(subscriber)
        return lambda: self._subscribers.discard(subscriber)

    @callback
    def take(self, event: DescriptionReceived) -> None:
        """Adopt a complete description, whose hash the connection has verified.

        It is known, and stored, once it is adopted: what cannot be is asked for again.
        """
        self._hash = None
        self._cache.set_descriptors(self._left_out.sift(event.description))
        # Who cannot be shown at present keeps its place, with what people have set.
        described = {
            identity.unique_id(self._subentry_id)
            for identity in (*self._left_out.identities, *self._cache.descriptors)
        }
        self._containment.call(
            "removing what is not described any more",
            async_prune_entities,
            self._hass,
            self._entry_id,
            self._subentry_id,
            described,
        )
        for subscriber in tuple(self._subscribers):
            self._containment.call("a follower of the description", subscriber)
        self._store.save(self._subentry_id, event.data)
        self._hash = event.hash
        self._left_out.log()
