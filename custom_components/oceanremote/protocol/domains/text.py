"""Texts that a person sets."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from ..limits import MAX_PATTERN_TEXT, MAX_STATE_TEXT, MAX_U16
from .base import Command, DomainSpec, Properties, required, wire
from .fields import STATE_TEXT, Characters, Choice, Integer, OrMissing


class TextMode(IntEnum):
    """How a text likes to be shown."""

    TEXT = 0
    PASSWORD = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TextProperties(Properties):
    """Which texts there may be, and how they are to be shown."""

    min_length: int = wire(80, Integer(0, MAX_U16), default=0)
    max_length: int = wire(
        81,
        Integer(0, MAX_U16),
        default=MAX_STATE_TEXT,
        says="255 when absent; the device counts bytes, Home Assistant characters",
    )
    pattern: str | None = wire(
        82,
        Characters(MAX_PATTERN_TEXT),
        says="a regular expression; the device does not check it",
    )
    mode: TextMode = wire(83, Choice(TextMode), default=TextMode.TEXT)


@dataclass(frozen=True, slots=True)
class TextCommand(Command):
    """Set it."""

    value: str = required(1, STATE_TEXT)


SPEC: Final = DomainSpec(
    number=15,
    properties=TextProperties,
    state=OrMissing(STATE_TEXT),
    command=TextCommand,
)
