"""Water heaters. Temperatures are in the unit that the entity names."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from .base import Command, DomainSpec, MapOf, Properties, StateMap, wire
from .fields import BOOLEAN, REAL, Array, Choice
from .temperature import TEMPERATURE_UNIT, TemperatureUnit

MAX_MODES: Final = 16


class WaterHeaterMode(IntEnum):
    """How a water heater works."""

    OFF = 0
    ECO = 1
    ELECTRIC = 2
    PERFORMANCE = 3
    HIGH_DEMAND = 4
    HEAT_PUMP = 5
    GAS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class WaterHeaterProperties(Properties):
    """What a water heater can do, and the range that a person chooses from."""

    temperature_unit: TemperatureUnit = wire(
        54, TEMPERATURE_UNIT, default=TemperatureUnit.CELSIUS
    )
    min_temperature: float | None = wire(55, REAL)
    max_temperature: float | None = wire(56, REAL)
    target_temperature_step: float | None = wire(57, REAL)
    supports_current_temperature: bool = wire(61, BOOLEAN, default=False)
    supports_two_targets: bool = wire(
        62, BOOLEAN, default=False, says="and has no single one"
    )
    modes: tuple[WaterHeaterMode, ...] = wire(
        104, Array(Choice(WaterHeaterMode), MAX_MODES), default=()
    )
    supports_target_temperature: bool = wire(
        105, BOOLEAN, default=False, says="it reports one; one may be set anyway"
    )
    supports_operation_mode: bool = wire(106, BOOLEAN, default=False)
    supports_away_mode: bool = wire(107, BOOLEAN, default=False)
    supports_on_off: bool = wire(108, BOOLEAN, default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaterHeaterSettings(StateMap):
    """What a water heater is set to; what is None is unknown, or stays as it is."""

    mode: WaterHeaterMode | None = wire(1, Choice(WaterHeaterMode))
    target_temperature: float | None = wire(2, REAL, says="if it has one target")
    target_temperature_low: float | None = wire(3, REAL, says="if it has two")
    target_temperature_high: float | None = wire(4, REAL, says="if it has two")
    away: bool | None = wire(5, BOOLEAN)
    on: bool | None = wire(6, BOOLEAN)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaterHeaterState(WaterHeaterSettings):
    """A water heater as its device reports it; an empty map before it knows anything."""

    current_temperature: float | None = wire(7, REAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaterHeaterCommand(WaterHeaterSettings, Command):
    """Change a water heater; what is left out stays as it is. Never an empty map."""


SPEC: Final = DomainSpec(
    number=21,
    properties=WaterHeaterProperties,
    state=MapOf(WaterHeaterState),
    command=WaterHeaterCommand,
)
