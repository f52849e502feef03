"""A slow line with losses, as TCP shows it: late, in order, and now and then at a stall."""

from dataclasses import dataclass
import random

# What TCP and IP add to each segment, and the most that a segment carries.
HEADER_BYTES = 40
SEGMENT_BYTES = 1400


@dataclass(frozen=True)
class SlowLine:
    """What each direction of a line is like.

    A proxy cannot lose bytes of a TCP stream: both ends would hold their connections to
    be whole. So what a loss does is modelled: of `loss` of the segments, drawn from
    `seed`, each comes later by a retransmission time-out (`stall` seconds; RFC 6298 asks
    for one second at least), and so does all that is behind it. Beyond `buffer` bytes
    that wait in front of the line its sender has to wait.
    """

    delay: float = 0.2
    bits_per_second: int = 32_000
    loss: float = 0.02
    stall: float = 1.0
    buffer: int = 8_192
    seed: int = 0

    def direction(self, name: str) -> Direction:
        """Return one direction of a new connection; equal names fare equally."""
        return Direction(self, random.Random(f"{self.seed} {name}"))


class Direction:
    """When what is sent in one direction arrives; its clock is the caller's, seconds."""

    def __init__(self, line: SlowLine, chance: random.Random) -> None:
        """Belong to a line that nothing is on."""
        self._line = line
        self._chance = chance
        self._free_at = 0.0
        self._arrives = 0.0
        self.stalls = 0

    def room_at(self, now: float) -> float:
        """Return when the next segment may be handed over; `now` where there is room."""
        waiting = self._line.buffer * 8 / self._line.bits_per_second
        return max(now, self._free_at - waiting)

    def arrival(self, size: int, now: float) -> float:
        """Return when a segment of `size` bytes, handed over now, is there."""
        line = self._line
        busy = (size + HEADER_BYTES) * 8 / line.bits_per_second
        self._free_at = max(self._free_at, now) + busy
        arrives = self._free_at + line.delay
        if self._chance.random() < line.loss:
            self.stalls += 1
            arrives += line.stall
        self._arrives = max(self._arrives, arrives)
        return self._arrives
