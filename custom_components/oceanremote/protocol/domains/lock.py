"""Locks."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from .base import Command, DomainSpec, MapOf, Properties, StateMap, required, wire
from .fields import BOOLEAN, CODE, Choice


class LockCondition(IntEnum):
    """How a lock is."""

    LOCKED = 1
    UNLOCKED = 2
    JAMMED = 3
    LOCKING = 4
    UNLOCKING = 5
    OPENING = 6
    OPEN = 7


class LockAction(IntEnum):
    """What a lock is to do; to open is to pull the latch."""

    UNLOCK = 0
    LOCK = 1
    OPEN = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class LockProperties(Properties):
    """What a lock can do; every lock locks and unlocks."""

    assumed_state: bool = wire(
        7,
        BOOLEAN,
        default=False,
        says="the device reckons with its state and cannot see it",
    )
    supports_open: bool = wire(40, BOOLEAN, default=False)
    requires_code: bool = wire(41, BOOLEAN, default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LockState(StateMap):
    """How a lock is, None while its device does not know."""

    condition: LockCondition | None = wire(1, Choice(LockCondition))


@dataclass(frozen=True, slots=True, kw_only=True)
class LockCommand(Command):
    """Do something; the code is a person's secret, and nobody keeps it."""

    action: LockAction = required(1, Choice(LockAction))
    code: str | None = wire(2, CODE, secret=True)


SPEC: Final = DomainSpec(
    number=13,
    properties=LockProperties,
    state=MapOf(LockState),
    command=LockCommand,
)
