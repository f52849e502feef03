"""Selects: one of several options."""

from dataclasses import dataclass
from typing import Final

from .base import Command, DomainSpec, Properties, required, wire
from .fields import OPTIONS, STATE_TEXT, OrMissing


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectProperties(Properties):
    """What there is to choose from."""

    options: tuple[str, ...] = wire(8, OPTIONS, default=())


@dataclass(frozen=True, slots=True)
class SelectCommand(Command):
    """Choose an option."""

    option: str = required(1, STATE_TEXT)


SPEC: Final = DomainSpec(
    number=7,
    properties=SelectProperties,
    state=OrMissing(STATE_TEXT),
    command=SelectCommand,
)
