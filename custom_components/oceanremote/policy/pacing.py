"""How much of a long transfer is on its way at a time.

What lies in a line's queues delays everything behind it, commands too. So no more is
sent than the line holds: when an answer takes much longer than the quickest one did,
less; when it does not, more. Times are those of the caller's clock, in seconds.
"""

from collections import deque
from typing import Final

# Parts on their way: the fewest, so that a line is never idle for want of an answer,
# and the most, which is all that a fast network needs.
FEWEST: Final = 2
MOST: Final = 24
# Of the quickest answer: up to here the line has room, from there on it queues.
ROOM: Final = 1.5
QUEUE: Final = 2.5
# Answers that differ by less are equally quick: the other side has its turns, too.
JITTER: Final = 0.03


class TransferWindow:
    """The parts of one transfer over one link, by where each ends."""

    def __init__(self) -> None:
        """Begin carefully."""
        self._limit = float(FEWEST)
        self._quickest: float | None = None
        self._under_way: deque[tuple[int, float]] = deque()
        self._heard_at: float | None = None

    @property
    def may_send(self) -> bool:
        """Whether another part may go out."""
        return len(self._under_way) < int(self._limit)

    @property
    def limit(self) -> int:
        """How many parts may be on their way now."""
        return int(self._limit)

    def sent(self, end: int, now: float) -> None:
        """A part that ends at `end` has gone out."""
        if self._heard_at is None or not self._under_way:
            self._heard_at = now
        self._under_way.append((end, now))

    def answered(self, position: int, now: float) -> None:
        """All parts up to `position` have arrived."""
        sent_at: float | None = None
        count = 0
        while self._under_way and self._under_way[0][0] <= position:
            _, sent_at = self._under_way.popleft()
            count += 1
        if sent_at is None:
            return
        self._heard_at = now
        took = now - sent_at
        if self._quickest is None or took < self._quickest:
            self._quickest = took
        if took <= self._quickest * ROOM + JITTER:
            self._limit = min(MOST, self._limit + count / max(1.0, self._limit))
        elif took > self._quickest * QUEUE + JITTER:
            self._limit = max(FEWEST, self._limit - count / 2)

    def silent_for(self, now: float) -> float:
        """For how long an answer has been missing."""
        if self._heard_at is None or not self._under_way:
            return 0.0
        return now - self._heard_at
