"""Commands that wait for a device to wake up: which may, how many, and for how long.

A queue takes `now` and returns what becomes of what it holds; it sends nothing.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

# Commands that wait for one device.
MAX_WAITING: Final = 64
DEFAULT_MINUTES: Final = 15
# A week: longer, and nobody remembers what they asked for.
MAX_MINUTES: Final = 7 * 24 * 60


class WaitingFullError(Exception):
    """MAX_WAITING commands wait already."""


@dataclass(frozen=True, slots=True)
class Waiting[T]:
    """One command that waits, until `expires_at`."""

    expires_at: float
    key: Hashable | None
    what: T

    def time_left(self, now: float) -> float:
        """Return the seconds that it may still be carried out in."""
        return max(0.0, self.expires_at - now)


class WaitingQueue[T]:
    """First come, first served; of one key only the latest waits.

    A key of None is nobody else's: such commands are each carried out.
    """

    def __init__(self) -> None:
        """Begin with nothing that waits."""
        self._waiting: list[Waiting[T]] = []

    def __len__(self) -> int:
        """Return how many wait."""
        return len(self._waiting)

    def add(
        self, key: Hashable | None, what: T, now: float, seconds: float
    ) -> Waiting[T] | None:
        """Let a command wait for `seconds`; return the one that it replaces.

        Raises WaitingFullError.
        """
        replaced = self.supersede(key)
        if len(self._waiting) >= MAX_WAITING:
            raise WaitingFullError
        self._waiting.append(Waiting(now + seconds, key, what))
        return replaced

    def supersede(self, key: Hashable | None) -> Waiting[T] | None:
        """Take out and return what waits under a key."""
        for waiting in self._waiting:
            if key is not None and waiting.key == key:
                self._waiting.remove(waiting)
                return waiting
        return None

    def expire(self, now: float) -> list[Waiting[T]]:
        """Take out and return what nobody may carry out any more."""
        over = [waiting for waiting in self._waiting if waiting.expires_at <= now]
        self._waiting = [each for each in self._waiting if each.expires_at > now]
        return over

    def next_deadline(self) -> float | None:
        """Return when `expire` has something to do next."""
        return min((each.expires_at for each in self._waiting), default=None)

    def first(self) -> Waiting[T] | None:
        """Return whose turn it is."""
        return self._waiting[0] if self._waiting else None

    def take(self) -> None:
        """Take out the first: from here on it is carried out, once, or reported."""
        del self._waiting[0]

    def clear(self) -> list[Waiting[T]]:
        """Take out and return all."""
        gone, self._waiting = self._waiting, []
        return gone
