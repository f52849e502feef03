"""Alarm control panels."""

from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import Final

from .base import Command, DomainSpec, MapOf, Properties, StateMap, required, wire
from .fields import BOOLEAN, CODE, U32, Choice


class PanelFeature(IntFlag):
    """What a panel can do: the bits of ESPHome's `AlarmControlPanelFeature`."""

    ARM_HOME = 1
    ARM_AWAY = 2
    ARM_NIGHT = 4
    TRIGGER = 8
    ARM_CUSTOM_BYPASS = 16
    ARM_VACATION = 32


class AlarmControlPanelCondition(IntEnum):
    """How a panel is."""

    DISARMED = 0
    ARMED_HOME = 1
    ARMED_AWAY = 2
    ARMED_NIGHT = 3
    ARMED_VACATION = 4
    ARMED_CUSTOM_BYPASS = 5
    PENDING = 6
    ARMING = 7
    DISARMING = 8
    TRIGGERED = 9


class AlarmControlPanelAction(IntEnum):
    """What a panel is to do."""

    DISARM = 0
    ARM_AWAY = 1
    ARM_HOME = 2
    ARM_NIGHT = 3
    ARM_VACATION = 4
    ARM_CUSTOM_BYPASS = 5
    TRIGGER = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmControlPanelProperties(Properties):
    """What a panel can do; every panel can be disarmed."""

    requires_code: bool = wire(41, BOOLEAN, default=False)
    supported_features: int = wire(
        88, U32, default=0, says="the bits of ESPHome's `AlarmControlPanelFeature`"
    )
    requires_code_to_arm: bool = wire(89, BOOLEAN, default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmControlPanelState(StateMap):
    """How a panel is."""

    condition: AlarmControlPanelCondition | None = wire(
        1, Choice(AlarmControlPanelCondition)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmControlPanelCommand(Command):
    """Do something; the code is a person's secret, and nobody keeps it."""

    action: AlarmControlPanelAction = required(1, Choice(AlarmControlPanelAction))
    code: str | None = wire(2, CODE, secret=True)


SPEC: Final = DomainSpec(
    number=19,
    properties=AlarmControlPanelProperties,
    state=MapOf(AlarmControlPanelState),
    command=AlarmControlPanelCommand,
)
