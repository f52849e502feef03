"""Numbers that a person sets."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from .base import Command, DomainSpec, Properties, required, wire
from .fields import REAL, Choice, OrMissing


class NumberMode(IntEnum):
    """How a number likes to be shown."""

    AUTO = 0
    BOX = 1
    SLIDER = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberProperties(Properties):
    """Which values a number takes, and how it is to be shown."""

    min_value: float | None = wire(9, REAL)
    max_value: float | None = wire(10, REAL)
    step: float | None = wire(11, REAL)
    mode: NumberMode = wire(12, Choice(NumberMode), default=NumberMode.AUTO)


@dataclass(frozen=True, slots=True)
class NumberCommand(Command):
    """Set it."""

    value: float = required(1, REAL)


SPEC: Final = DomainSpec(
    number=6,
    properties=NumberProperties,
    state=OrMissing(REAL),
    command=NumberCommand,
)
