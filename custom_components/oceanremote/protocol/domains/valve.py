"""Valves. A position is a share: 0.0 is closed, 1.0 open."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from .base import Command, DomainSpec, MapOf, Properties, StateMap, wire
from .fields import BOOLEAN, SHARE, Choice


class ValveOperation(IntEnum):
    """What a valve is doing."""

    IDLE = 0
    OPENING = 1
    CLOSING = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ValveProperties(Properties):
    """What a valve can do; every valve opens and closes."""

    assumed_state: bool = wire(
        7,
        BOOLEAN,
        default=False,
        says="the device reckons with its state and cannot see it",
    )
    supports_position: bool = wire(20, BOOLEAN, default=False)
    supports_stop: bool = wire(21, BOOLEAN, default=False)
    supports_toggle: bool = wire(22, BOOLEAN, default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ValveState(StateMap):
    """Where a valve is, and what it is doing."""

    position: float | None = wire(1, SHARE)
    operation: ValveOperation = wire(
        2, Choice(ValveOperation), default=ValveOperation.IDLE
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ValveCommand(Command):
    """Exactly one of these, and a flag only as true."""

    position: float | None = wire(
        1, SHARE, says="1.0 opens, 0.0 closes; others if it supports positions"
    )
    stop: bool | None = wire(2, BOOLEAN)
    toggle: bool | None = wire(3, BOOLEAN)


SPEC: Final = DomainSpec(
    number=9,
    properties=ValveProperties,
    state=MapOf(ValveState),
    command=ValveCommand,
)
