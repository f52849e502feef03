"""Readings that a device took while it had no session, and what became of them.

A device numbers the readings of each sensor by itself, oldest first, and sends them
again on every link until the hub has said that they are taken.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from . import fields
from .limits import MAX_READINGS_PER_MESSAGE, MAX_U32


@dataclass(frozen=True, slots=True)
class Reading:
    """One value; `when` is in seconds, as its message says."""

    when: int
    value: float


@dataclass(frozen=True, slots=True)
class Readings:
    """Readings of one sensor, numbered from `first` on.

    `left` more of it follow in further messages; `lost` had to make room on the
    device. Their `when` is an age at the time of sending, or, `dated`, Unix time by
    the device's own clock.
    """

    CODE: ClassVar = 15
    sub: int
    key: int
    first: int
    left: int
    lost: int
    dated: bool
    readings: tuple[Reading, ...]

    @property
    def next(self) -> int:
        """The number behind the last of them."""
        return self.first + len(self.readings)

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        return [
            self.CODE,
            self.sub,
            self.key,
            self.first,
            self.left,
            self.lost,
            self.dated,
            [[reading.when, reading.value] for reading in self.readings],
        ]


@dataclass(frozen=True, slots=True)
class ReadingsTaken:
    """Of one sensor, every reading that is numbered below `next` may be forgotten."""

    CODE: ClassVar = 76
    sub: int
    key: int
    next: int

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        return [self.CODE, self.sub, self.key, self.next]


def read_readings(items: list[Any]) -> Readings:
    """Return readings whose numbers lie within their bound."""
    found = fields.array(items[6], MAX_READINGS_PER_MESSAGE, 1)
    return Readings(
        fields.uint(items[0]),
        fields.uint(items[1]),
        fields.uint(items[2], MAX_U32 - len(found)),
        fields.uint(items[3]),
        fields.uint(items[4]),
        fields.boolean(items[5]),
        tuple(map(_read_reading, found)),
    )


def _read_reading(value: Any) -> Reading:
    when, number = fields.array(value, 2, 2)
    return Reading(fields.uint(when), fields.real(number))


def read_readings_taken(items: list[Any]) -> ReadingsTaken:
    """Return what a device may forget."""
    return ReadingsTaken(*map(fields.uint, items))
