"""Fans. A speed is a level, from 1 to as many as the fan has."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from .base import Command, DomainSpec, MapOf, Properties, StateMap, wire
from .fields import BOOLEAN, OPTIONS, STATE_TEXT, U32, Choice


class FanDirection(IntEnum):
    """Which way a fan turns."""

    FORWARD = 0
    REVERSE = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FanProperties(Properties):
    """What a fan can do; every fan can be turned on and off."""

    speed_count: int = wire(32, U32, default=0, says="0 if its speed cannot be set")
    supports_oscillation: bool = wire(33, BOOLEAN, default=False)
    supports_direction: bool = wire(34, BOOLEAN, default=False)
    preset_modes: tuple[str, ...] = wire(35, OPTIONS, default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class FanState(StateMap):
    """What a fan is doing; parts it does not have are None."""

    on: bool | None = wire(1, BOOLEAN)
    speed_level: int | None = wire(2, U32)
    oscillating: bool | None = wire(3, BOOLEAN)
    direction: FanDirection | None = wire(4, Choice(FanDirection))
    preset_mode: str | None = wire(5, STATE_TEXT)


@dataclass(frozen=True, slots=True, kw_only=True)
class FanCommand(FanState, Command):
    """Change a fan: one part or several. A speed ends a preset mode."""


SPEC: Final = DomainSpec(
    number=12,
    properties=FanProperties,
    state=MapOf(FanState),
    command=FanCommand,
)
