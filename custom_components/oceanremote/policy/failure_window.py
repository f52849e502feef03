"""Counting failures per key within a window, in bounded memory.

Entries are filed by how many failures they hold. When the table is full, the oldest
entry with the *fewest* failures makes room, and only for a newcomer when it holds a
single one. So an attacker who wants a record of n failures forgotten must bring as many
other addresses as the table holds, each with n failures of its own, and gains nothing
that those addresses did not have. Forgetting a record never harms its owner.

A failure may name what failed, for example a void token. Showing the same thing again
is not guessing: within the window it counts once, however often it comes.
"""

from collections import OrderedDict, deque
from typing import NamedTuple

from .ratelimit import SteadyClock


class _Failure(NamedTuple):
    time: float
    named: bytes | None


class FailureWindow:
    """At most `capacity` keys with at most `limit` failures each."""

    def __init__(self, limit: int, window: float, capacity: int) -> None:
        """Count up to `limit` failures no older than `window` seconds."""
        self._limit = limit
        self._window = window
        self._capacity = capacity
        self._clock = SteadyClock()
        self._failures: dict[str, deque[_Failure]] = {}
        # One queue per number of failures (index + 1), oldest change first.
        self._ranks: tuple[OrderedDict[str, None], ...] = tuple(
            OrderedDict() for _ in range(limit)
        )

    def __len__(self) -> int:
        """Return the number of keys in the table."""
        return len(self._failures)

    def count(self, key: str, now: float) -> int:
        """Return the failures of the key within the window."""
        now = self._clock.at(now)
        failures = self._failures.get(key, ())
        return sum(now - failure.time < self._window for failure in failures)

    def add(self, key: str, now: float, named: bytes | None = None) -> int:
        """Count one failure; return how many there are within the window now.

        The limit is the most it returns. A newcomer that finds no room counts as one.
        `named` is what failed: the same again takes the place of the last time.
        """
        now = self._clock.at(now)
        failures = self._failures.get(key)
        if failures is None:
            if not self._make_room(now):
                return 1
            failures = self._failures[key] = deque(maxlen=self._limit)
        else:
            del self._ranks[len(failures) - 1][key]
        while failures and now - failures[0].time >= self._window:
            failures.popleft()
        if named is not None:
            for earlier in [one for one in failures if one.named == named]:
                failures.remove(earlier)
        failures.append(_Failure(now, named))
        self._ranks[len(failures) - 1][key] = None
        return len(failures)

    def forget(self, key: str) -> None:
        """Drop the record of a key, if there is one."""
        if (failures := self._failures.pop(key, None)) is not None:
            del self._ranks[len(failures) - 1][key]

    def _make_room(self, now: float) -> bool:
        if len(self._failures) < self._capacity:
            return True
        for rank in self._ranks:
            if (oldest := next(iter(rank), None)) is None:
                continue
            if now - self._failures[oldest][-1].time >= self._window:
                self.forget(oldest)
                return True
        if (fewest := next(iter(self._ranks[0]), None)) is not None:
            self.forget(fewest)
            return True
        return False
