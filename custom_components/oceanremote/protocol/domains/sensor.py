"""Sensors: numbers that a device measures."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from .base import DomainSpec, Properties, wire
from .fields import BOOLEAN, REAL, Choice, Integer, OrMissing


class StateClass(IntEnum):
    """How a sensor's values make a statistic."""

    MEASUREMENT = 1
    TOTAL_INCREASING = 2
    TOTAL = 3
    MEASUREMENT_ANGLE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorProperties(Properties):
    """What a sensor measures, and how it is to be shown."""

    state_class: StateClass | None = wire(5, Choice(StateClass))
    accuracy_decimals: int | None = wire(
        6, Integer(-32, 32), says="digits behind the decimal point; below 0, tens"
    )
    force_update: bool = wire(
        18, BOOLEAN, default=False, says="a state that equals the last one is news, too"
    )


SPEC: Final = DomainSpec(number=2, properties=SensorProperties, state=OrMissing(REAL))
