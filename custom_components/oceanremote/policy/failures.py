"""Counting failures per key within a window, in bounded memory.

Entries are filed by how many failures they hold. When the table is full, the oldest
entry with the *fewest* failures makes room, and only for a newcomer when it holds a
single one. So whoever wants his own record of n failures forgotten must bring as many
other addresses as the table holds, each with n failures of its own: he gains nothing
that those addresses did not have. Forgetting a record never harms its owner.
"""

from collections import OrderedDict, deque

from .ratelimit import SteadyClock


class FailureWindow:
    """At most `capacity` keys with at most `limit` times each."""

    def __init__(self, limit: int, window: float, capacity: int) -> None:
        """Count up to `limit` failures no older than `window` seconds."""
        self._limit = limit
        self._window = window
        self._capacity = capacity
        self._clock = SteadyClock()
        self._times: dict[str, deque[float]] = {}
        # One queue per number of failures (index + 1), oldest change first.
        self._ranks: tuple[OrderedDict[str, None], ...] = tuple(
            OrderedDict() for _ in range(limit)
        )

    def __len__(self) -> int:
        """Return the number of keys in the table."""
        return len(self._times)

    def count(self, key: str, now: float) -> int:
        """Return the failures of the key within the window."""
        now = self._clock.at(now)
        times = self._times.get(key, ())
        return sum(now - time < self._window for time in times)

    def add(self, key: str, now: float) -> int:
        """Count one failure; return how many there are within the window now.

        The limit is the most it returns. A newcomer that finds no room counts as one.
        """
        now = self._clock.at(now)
        times = self._times.get(key)
        if times is None:
            if not self._make_room(now):
                return 1
            times = self._times[key] = deque(maxlen=self._limit)
        else:
            del self._ranks[len(times) - 1][key]
        while times and now - times[0] >= self._window:
            times.popleft()
        times.append(now)
        self._ranks[len(times) - 1][key] = None
        return len(times)

    def forget(self, key: str) -> None:
        """Drop the record of a key, if there is one."""
        if (times := self._times.pop(key, None)) is not None:
            del self._ranks[len(times) - 1][key]

    def _make_room(self, now: float) -> bool:
        if len(self._times) < self._capacity:
            return True
        for rank in self._ranks:
            if (oldest := next(iter(rank), None)) is None:
                continue
            if now - self._times[oldest][-1] >= self._window:
                self.forget(oldest)
                return True
        if (fewest := next(iter(self._ranks[0]), None)) is not None:
            self.forget(fewest)
            return True
        return False
