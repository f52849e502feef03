"""Where a device is that sleeps: asleep as it has announced, or away since.

What a board announces is its own word. It is believed within bounds, so that the worst
of it keeps old values on show for `MAX_SLEEP` and its margin.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Self

# A longer sleep counts as one of unknown length.
MAX_SLEEP: Final = 31 * 86_400.0
# How long a board is taken for asleep that has not said when it wakes.
UNKNOWN_SLEEP: Final = 86_400.0
# To start, to find its network, to dial and to prove itself.
WAKING_TIME: Final = 60.0
# What the clock that wakes a board may be wrong by.
DRIFT: Final = 0.1


class Presence(StrEnum):
    """Where a device is."""

    ONLINE = "online"
    ASLEEP = "asleep"
    AWAY = "away"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Sleep:
    """A sleep as it was announced: when, in Unix seconds, and for how many seconds.

    `seconds` is 0 where nobody knows.
    """

    since: float
    seconds: int

    @classmethod
    def announced(cls, since: float, seconds: int) -> Self:
        """Return the sleep that a board announces."""
        return cls(since, seconds if 0 < seconds <= MAX_SLEEP else 0)

    @property
    def until(self) -> float | None:
        """When it wakes, None where nobody knows."""
        return self.since + self.seconds if self.seconds else None

    @property
    def patience(self) -> float:
        """How many seconds after `since` the board is late."""
        if not self.seconds:
            return UNKNOWN_SLEEP
        return self.seconds * (1 + DRIFT) + WAKING_TIME

    def remaining(self, now: float) -> float:
        """Return the seconds until the board is late, 0 once it is.

        Never more than were announced, however far the clock was put back since.
        """
        return min(max(0.0, self.since + self.patience - now), self.patience)

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` reads."""
        return {"since": self.since, "seconds": self.seconds}

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Return the sleep that `to_json` wrote; raises ValueError."""
        match data:
            case {"since": int() | float() as since, "seconds": int() as seconds} if (
                not isinstance(since, bool)
                and not isinstance(seconds, bool)
                and 0 <= since < float("inf")
            ):
                return cls.announced(float(since), seconds)
        raise ValueError("no sleep")


def presence_of(*, connected: bool, asleep: bool, late: bool) -> Presence:
    """Return where a device is; `asleep` and `late` are about an announced sleep."""
    if connected:
        return Presence.ONLINE
    if asleep:
        return Presence.ASLEEP
    return Presence.AWAY if late else Presence.OFFLINE
