"""One notification per kind and device per hour, with a count; the rest waits.

Also when the reason for a notification has gone, where only silence ends it.
"""

from collections import OrderedDict
from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import Final

from .audit.kinds import AuditKind
from .ratelimit import SteadyClock

INTERVAL: Final = 3600.0
CAPACITY: Final = 1024
# Longer than the pause after which a device that floods is heard again.
LULL: Final = 600.0


@dataclass(frozen=True, slots=True)
class Notice[K: str = AuditKind]:
    """Tell a person: `count` events of a kind since the last notice about them.

    `device` is None for events without one, and for those of all devices beyond the
    table's capacity together.
    """

    kind: K
    device: str | None
    count: int


@dataclass(slots=True)
class _Window:
    started: float
    waiting: int = 0


class NotificationLimiter[K: str = AuditKind]:
    """Decides which events become a notification at once, and which are counted."""

    def __init__(self, interval: float = INTERVAL, capacity: int = CAPACITY) -> None:
        """`capacity` bounds the pairs of kind and device that are told apart."""
        self._interval = interval
        self._capacity = capacity
        self._clock = SteadyClock()
        # In the order in which they began; all last equally long.
        self._windows: OrderedDict[tuple[K, str | None], _Window] = OrderedDict()

    def __len__(self) -> int:
        """Return the number of windows open."""
        return len(self._windows)

    def offer(self, kind: K, device: str | None, now: float) -> Notice[K] | None:
        """Take an event; return the notice to show now, if any."""
        now = self._clock.at(now)
        key = self._key(kind, device)
        window = self._windows.get(key)
        if window is not None and now - window.started < self._interval:
            window.waiting += 1
            return None
        count = 1 if window is None else window.waiting + 1
        self._open(key, now)
        return Notice(*key, count)

    def forget(self, kinds: Iterable[K], device: str | None) -> None:
        """Start afresh: the next event of that kind and device is reported at once."""
        for kind in kinds:
            self._windows.pop((kind, device), None)

    def forget_all(self, kinds: Container[K]) -> None:
        """Start afresh for every device."""
        for key in [key for key in self._windows if key[0] in kinds]:
            del self._windows[key]

    def next_deadline(self) -> float | None:
        """Return when `handle_timer` has something to do."""
        first = next(iter(self._windows.values()), None)
        return None if first is None else first.started + self._interval

    def handle_timer(self, now: float) -> list[Notice[K]]:
        """Return notices for what was counted meanwhile; forget quiet windows."""
        now = self._clock.at(now)
        notices = []
        while self._windows:
            key, window = next(iter(self._windows.items()))
            if now - window.started < self._interval:
                break
            del self._windows[key]
            if window.waiting:
                notices.append(Notice(*key, window.waiting))
                self._open(key, now)
        return notices

    def _open(self, key: tuple[K, str | None], now: float) -> None:
        self._windows[key] = _Window(now)
        self._windows.move_to_end(key)

    def _key(self, kind: K, device: str | None) -> tuple[K, str | None]:
        key = (kind, device)
        if key in self._windows or len(self._windows) < self._capacity:
            return key
        return (kind, None)


class Lulls:
    """Finds devices not heard of for LULL seconds; bounded by those heard of."""

    def __init__(self, lull: float = LULL) -> None:
        """Nobody has been heard of yet."""
        self._lull = lull
        self._clock = SteadyClock()
        # In the order in which they were last heard of.
        self._heard: OrderedDict[str, float] = OrderedDict()

    def __len__(self) -> int:
        """Return how many have been heard of lately."""
        return len(self._heard)

    def hear(self, subject: str, now: float) -> None:
        """Note that it continues."""
        self._heard[subject] = self._clock.at(now)
        self._heard.move_to_end(subject)

    def forget(self, subject: str) -> None:
        """Stop waiting for its end."""
        self._heard.pop(subject, None)

    def over(self, now: float) -> list[str]:
        """Return those not heard of for that long, each once."""
        now = self._clock.at(now)
        over = []
        while self._heard:
            subject, heard = next(iter(self._heard.items()))
            if now - heard < self._lull:
                break
            del self._heard[subject]
            over.append(subject)
        return over
