"""What a device has said of its entities: kept, restored, followed."""

import asyncio
from collections.abc import Awaitable, Callable

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from ..audit.containment import Containment
from ..common.turn import Turn
from ..policy.audit.kinds import AuditKind
from ..protocol import Description, DescriptionReceived
from ..protocol.domains import Domain
from ..protocol.user_actions import UserAction
from .description_pause import DescriptionPause, Note
from .description_store import DescriptionStore
from .identities import Identities
from .left_out import LeftOut
from .platforms import Platforms
from .registry import undescribed_entities
from .state import StateCache
from .sub_devices import SubDevices

type Platform = Callable[[Turn], Awaitable[None]]


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
        note: Note,
        ask: Callable[[], None],
    ) -> None:
        """Begin with what is stored, if it can still be read.

        `note` records what happens, `ask` makes the device prove itself again.
        """
        self._hass = hass
        self._entry_id = entry_id
        self._subentry_id = subentry_id
        self._cache = cache
        self._store = store
        self._containment = containment
        self._left_out = left_out
        self._note = note
        self.pause = DescriptionPause(hass, ask=ask, note=note)
        self.sub_devices = SubDevices(hass, entry_id, subentry_id)
        self._hash: bytes | None = None
        self.actions: tuple[UserAction, ...] = ()
        self._lock = asyncio.Lock()
        self._platforms: dict[Platform, None] = {}
        self._subscribers: dict[Callable[[], None], None] = {}
        self._loader: Platforms | None = None
        self.restore()

    def is_known(self, description_hash: bytes) -> bool:
        """Whether a device that names this hash need not describe itself."""
        return description_hash == self._hash

    @callback
    def show_with(self, loader: Platforms) -> None:
        """Have `loader` load what its entities need from now on."""
        self._loader = loader

    @callback
    def restore(self) -> None:
        """Take what is stored, as far as it can be read and shown at present."""
        self._containment.call("the stored description", self._restore)

    def _restore(self) -> None:
        if (stored := self._store.restore(self._subentry_id)) is not None:
            self._hold(stored.description)
            self._hash = stored.hash

    def _hold(self, description: Description) -> None:
        identities = Identities(self._hass, self._subentry_id)
        held = self._left_out.sift(description, identities.admit, self._can_show)
        self._containment.call(
            "its sub-devices",
            self.sub_devices.async_hold,
            description.sub_devices,
            held,
        )
        self._cache.set_descriptors(held)
        self.actions = description.actions

    def _can_show(self, domain: Domain) -> bool:
        return self._loader is None or self._loader.can_show(domain)

    @callback
    def subscribe(self, subscriber: Callable[[], None]) -> CALLBACK_TYPE:
        """Call `subscriber` after every change."""
        self._subscribers[subscriber] = None
        return lambda: self._subscribers.pop(subscriber, None)

    @callback
    def follow(self, platform: Platform) -> None:
        """Await `platform` at every change, before the subscribers are called."""
        self._platforms[platform] = None

    async def async_take(self, event: DescriptionReceived, now: float) -> None:
        """Adopt a complete description, whose hash the connection has verified.

        It takes its time, for the others' sake. It is known, and stored, once it is
        adopted: what cannot be is asked for again.
        """
        async with self._lock:
            if event.hash == self._hash:
                return
            self.pause.spend(now)
            self._hash = None
            turn = Turn(rest=True)
            if self._loader is not None:
                described = {
                    entity.address.domain for entity in event.description.entities
                }
                await self._loader.async_load(described)
            # To read it has been a turn of its own, the longest of all.
            await asyncio.sleep(0)
            self._hold(event.description)
            await self._async_prune(turn)
            for platform in tuple(self._platforms):
                await self._containment.async_call("a platform", platform(turn))
            for subscriber in tuple(self._subscribers):
                if subscriber in self._subscribers:
                    self._containment.call("a follower of the description", subscriber)
                await turn.async_yield()
            self._store.save(self._subentry_id, event.data)
            self._hash = event.hash
            self._left_out.log()
        self._note(AuditKind.DESCRIPTION, f"{len(self._cache.descriptors)} entities")

    async def _async_prune(self, turn: Turn) -> None:
        """Remove what is not described any more.

        Not who cannot be shown at present: it keeps its place, with what people have
        set. Removed, not disabled: enabled again by us, an entity would make Home
        Assistant load the whole hub anew, and every device would lose its link.
        """
        described = {
            identity.unique_id(self._subentry_id)
            for identity in (*self._left_out.identities, *self._cache.descriptors)
        }
        registry = er.async_get(self._hass)
        for entity_id in undescribed_entities(
            self._hass, self._entry_id, self._subentry_id, described
        ):
            self._containment.call(
                f"removing {entity_id}", registry.async_remove, entity_id
            )
            await turn.async_yield()
        self._containment.call("its former parts", self.sub_devices.async_prune)
