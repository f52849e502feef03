"""Times of day that a person sets."""

from dataclasses import dataclass
from typing import Final

from .base import Command, DomainSpec, MapOf, Properties, StateMap, required
from .fields import Integer, OrMissing


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeState(StateMap):
    """A time of day, wherever the device is."""

    hour: int = required(1, Integer(0, 23))
    minute: int = required(2, Integer(0, 59))
    second: int = required(3, Integer(0, 59))


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeCommand(TimeState, Command):
    """Set it."""


SPEC: Final = DomainSpec(
    number=17,
    properties=Properties,
    state=OrMissing(MapOf(TimeState)),
    command=TimeCommand,
    esphome_name="DATETIME_TIME",
)
