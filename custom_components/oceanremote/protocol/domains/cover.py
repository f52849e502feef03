"""Covers. Position and tilt are shares: 0.0 is closed, 1.0 open."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from .base import Command, DomainSpec, MapOf, Properties, StateMap, wire
from .fields import BOOLEAN, SHARE, Choice


class CoverOperation(IntEnum):
    """What a cover is doing."""

    IDLE = 0
    OPENING = 1
    CLOSING = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverProperties(Properties):
    """What a cover can do; every cover opens and closes."""

    assumed_state: bool = wire(
        7,
        BOOLEAN,
        default=False,
        says="the device reckons with its state and cannot see it",
    )
    supports_position: bool = wire(20, BOOLEAN, default=False)
    supports_stop: bool = wire(21, BOOLEAN, default=False)
    supports_toggle: bool = wire(22, BOOLEAN, default=False)
    supports_tilt: bool = wire(24, BOOLEAN, default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverState(StateMap):
    """Where a cover is, how its slats stand, and what it is doing."""

    position: float | None = wire(1, SHARE)
    operation: CoverOperation = wire(
        2, Choice(CoverOperation), default=CoverOperation.IDLE
    )
    tilt: float | None = wire(3, SHARE)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverCommand(Command):
    """Exactly one of these, and a flag only as true."""

    position: float | None = wire(
        1, SHARE, says="1.0 opens, 0.0 closes; others if it supports positions"
    )
    stop: bool | None = wire(2, BOOLEAN)
    toggle: bool | None = wire(3, BOOLEAN)
    tilt: float | None = wire(4, SHARE)


SPEC: Final = DomainSpec(
    number=11,
    properties=CoverProperties,
    state=MapOf(CoverState),
    command=CoverCommand,
)
