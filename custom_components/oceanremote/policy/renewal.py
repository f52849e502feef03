"""When a permanent token is renewed without anybody asking for it.

A token is renewed when it is old, each a little earlier than the limit by a share of its
own, so that devices that were set up on one afternoon do not come on one. The wall clock
may be wrong: what it says makes a token old, but how often tokens are renewed is bounded
by the monotonic one. Wall times are Unix seconds, others monotonic seconds.
"""

from collections import deque
from enum import Enum
import hashlib
from typing import Final

from .settings import DAY

# Renewals of all devices together in `_HOUR`.
MAX_PER_HOUR: Final = 60
# Between two renewals of one device, and until a time in the future is no longer put
# down to a clock that has not been set yet.
PAUSE: Final = DAY
# By which part of it a token may be renewed before its lifetime is over.
SPREAD: Final = 0.25

_HOUR: Final = 3600


class Age(Enum):
    """What the wall clock says of a token."""

    YOUNG = "young"
    OLD = "old"
    UNKNOWN = "unknown"


def lifetime_of(enrolment_id: str, generation: int, days: int) -> float:
    """Return after how many seconds this token is old, for a limit in days.

    The same whenever it is asked, another one for the next generation.
    """
    name = f"{enrolment_id} {generation}".encode()
    share = int.from_bytes(hashlib.sha256(name).digest()[:4]) / 2**32
    return days * DAY * (1 - SPREAD * share)


def age_of(issued_at: float | None, lifetime: float, wall: float) -> Age:
    """Judge a token that has no time of issue, or one of the past or the future."""
    if issued_at is None or issued_at > wall:
        return Age.UNKNOWN
    return Age.OLD if wall - issued_at >= lifetime else Age.YOUNG


class Renewals:
    """Lets so many tokens be renewed and no more; of one hub, since its start."""

    def __init__(self, started_at: float) -> None:
        """Begin; a hub that starts again begins anew."""
        self._started_at = started_at
        self._last: dict[str, float] = {}
        self._recent: deque[float] = deque()

    def take(self, enrolment_id: str, age: Age, now: float) -> bool:
        """Whether to renew a token of this age now; if so, it is counted."""
        if age is Age.YOUNG:
            return False
        if age is Age.UNKNOWN and now - self._started_at < PAUSE:
            return False
        if now - self._last.get(enrolment_id, now - PAUSE) < PAUSE:
            return False
        while self._recent and now - self._recent[0] >= _HOUR:
            self._recent.popleft()
        if len(self._recent) >= MAX_PER_HOUR:
            return False
        self._recent.append(now)
        self._last = {
            name: taken for name, taken in self._last.items() if now - taken < PAUSE
        }
        self._last[enrolment_id] = now
        return True
