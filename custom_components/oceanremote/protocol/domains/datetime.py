"""Points in time that a person sets, in seconds since 1970 (UTC)."""

from dataclasses import dataclass
from typing import Final

from ..limits import MAX_U32
from .base import Command, DomainSpec, Properties, required
from .fields import Integer, OrMissing

SECONDS: Final = Integer(0, MAX_U32)


@dataclass(frozen=True, slots=True)
class DateTimeCommand(Command):
    """Set it."""

    seconds: int = required(1, SECONDS)


SPEC: Final = DomainSpec(
    number=18,
    properties=Properties,
    state=OrMissing(SECONDS),
    command=DateTimeCommand,
    esphome_name="DATETIME_DATETIME",
)
