"""Where one device is, and what it is told about sleeping.

    goodbye (sleep) ──▶ asleep, its values kept ──announced time + margin──▶ away
                          │ a new session
                          ▼
                        online, asked to stay awake while somebody wants that

The timer decides what is over, not the clock: a clock that is put back lengthens nothing.
"""

from asyncio import TimerHandle
from collections.abc import Callable, Mapping
from datetime import datetime
import time

from homeassistant.core import HomeAssistant, callback

from ..common.times import time_from_seconds
from ..policy.presence import Presence, Sleep, presence_of
from ..protocol import DeviceFacts, LocalProtocolError
from ..protocol.domains import StateValue
from ..protocol.entities import EntityAddress, EntityState
from ..transport.link import Link
from .presence_store import Kept, PresenceStore

type States = Mapping[EntityAddress, StateValue]


class DevicePresence:
    """One device's sleep, and the wishes that it stay awake."""

    def __init__(
        self,
        hass: HomeAssistant,
        store: PresenceStore,
        subentry_id: str,
        *,
        notify: Callable[[], None],
        connected: Callable[[], bool],
    ) -> None:
        """Go on with what is stored; `notify` lets everybody look again."""
        self._hass = hass
        self._store = store
        self._subentry_id = subentry_id
        self._notify = notify
        self._connected = connected
        kept = store.of(subentry_id)
        self._sleeps = kept is not None
        self.stay_awake = kept is not None and kept.stay_awake
        # What the device had said before Home Assistant was restarted.
        self.restored = () if kept is None else kept.states
        self.sleep = None if kept is None else kept.sleep
        self._late = False
        self._timer: TimerHandle | None = None
        self._link: Link | None = None
        # What the present link was told last, and whether commands want it, too.
        self._told: bool | None = None
        self._commands = self._update = False
        if self.sleep is not None:
            self._watch(self.sleep.remaining(time.time()))

    @property
    def sleeps(self) -> bool:
        """Whether the device is one that goes to deep sleep."""
        return self._sleeps

    @property
    def asleep(self) -> bool:
        """Whether it is asleep as it has announced."""
        return self.sleep is not None and not self._late and not self._connected()

    @property
    def where(self) -> Presence:
        """Where the device is."""
        return presence_of(
            connected=self._connected(),
            asleep=self.sleep is not None and not self._late,
            late=self._late,
        )

    @property
    def asleep_since(self) -> datetime | None:
        """When the device went to sleep, None where it is awake or nobody knows."""
        return None if self.sleep is None else time_from_seconds(self.sleep.since)

    @property
    def wakes_at(self) -> datetime | None:
        """When it said that it would be back, None where it is or nobody knows."""
        if self.sleep is None or self.sleep.until is None:
            return None
        return time_from_seconds(self.sleep.until)

    @callback
    def announced(self, seconds: int, states: States) -> None:
        """The device goes to sleep now, for `seconds` (0: it does not know)."""
        self._sleeps = True
        self._disarm()
        self.sleep = Sleep.announced(time.time(), seconds)
        self._watch(self.sleep.patience)
        self._keep(tuple(EntityState(*state) for state in states.items()))

    @callback
    def begin(self, link: Link, facts: DeviceFacts) -> None:
        """The device is there and is believed: its sleep is over."""
        if link is not self._link:
            self._link, self._told = link, None
        self._forget_sleep()
        self._sleeps = facts.sleeps
        if self._sleeps:
            self._keep()
        else:
            self._store.remove(self._subentry_id)
        self._tell()

    @callback
    def left(self) -> None:
        """The link is gone."""
        self._link = self._told = None

    @callback
    def distrust(self) -> None:
        """Nothing that the device has said counts: not its values, and not its sleep."""
        if self.sleep is not None:
            self._forget_sleep()
            self._keep()

    @callback
    def end(self) -> None:
        """The device is removed, or the hub stops: watch nothing any more."""
        self._disarm()

    @callback
    def set_stay_awake(self, *, on: bool) -> None:
        """Hold the device awake whenever it is there, or let it sleep again."""
        self.stay_awake = on
        states = kept.states if (kept := self._store.of(self._subentry_id)) else ()
        self._keep(states)
        self._tell()
        self._notify()

    @callback
    def hold(self, *, commands: bool | None = None, update: bool | None = None) -> None:
        """Hold the device awake as long as commands wait for it, or new firmware."""
        if commands is not None:
            self._commands = commands
        if update is not None:
            self._update = update
        self._tell()

    def _tell(self) -> None:
        """Say what is wanted, once on every link: the board waits for that word."""
        wanted = self.stay_awake or self._commands or self._update
        link = self._link
        if link is None or not self._sleeps or wanted == self._told:
            return
        try:
            link.connection.stay_awake(wanted, link.now())
        except LocalProtocolError:
            return  # Its session has just ended; the next one is told.
        link.flush()
        self._told = wanted

    def _keep(self, states: tuple[EntityState, ...] = ()) -> None:
        if self._sleeps:
            kept = Kept(self.stay_awake, self.sleep, states)
            self._store.keep(self._subentry_id, kept)

    def _forget_sleep(self) -> None:
        self._disarm()
        self.sleep = None
        self._late = False
        self.restored = ()

    def _watch(self, seconds: float) -> None:
        self._late = seconds <= 0
        if not self._late:
            self._timer = self._hass.loop.call_later(seconds, self._is_late)

    @callback
    def _is_late(self) -> None:
        self._timer = None
        self._late = True
        self._notify()

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
