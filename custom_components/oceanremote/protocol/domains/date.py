"""Dates that a person sets."""

from dataclasses import dataclass
from typing import Final

from .base import Command, DomainSpec, MapOf, Properties, StateMap, required
from .fields import Integer, OrMissing

# What ESPHome takes for a year.
FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 3000


@dataclass(frozen=True, slots=True, kw_only=True)
class DateState(StateMap):
    """A day of the calendar; no day if the month has fewer."""

    year: int = required(1, Integer(FIRST_YEAR, LAST_YEAR))
    month: int = required(2, Integer(1, 12))
    day: int = required(3, Integer(1, 31))


@dataclass(frozen=True, slots=True, kw_only=True)
class DateCommand(DateState, Command):
    """Set it."""


SPEC: Final = DomainSpec(
    number=16,
    properties=Properties,
    state=OrMissing(MapOf(DateState)),
    command=DateCommand,
    esphome_name="DATETIME_DATE",
)
