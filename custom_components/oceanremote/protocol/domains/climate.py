"""Climates. Temperatures are in the unit that the entity names, humidities in percent."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from .base import Command, DomainSpec, MapOf, Properties, StateMap, wire
from .fields import BOOLEAN, OPTIONS, REAL, STATE_TEXT, Array, Choice
from .temperature import TEMPERATURE_UNIT, TemperatureUnit

# Of each kind of mode, those that no board has words of its own for.
MAX_MODES: Final = 16


class ClimateMode(IntEnum):
    """What a climate is set to."""

    OFF = 0
    HEAT_COOL = 1
    COOL = 2
    HEAT = 3
    FAN_ONLY = 4
    DRY = 5
    AUTO = 6


class ClimateAction(IntEnum):
    """What a climate is doing."""

    OFF = 0
    COOLING = 2
    HEATING = 3
    IDLE = 4
    DRYING = 5
    FAN = 6
    DEFROSTING = 7


class ClimateFanMode(IntEnum):
    """How the fan of a climate runs."""

    ON = 0
    OFF = 1
    AUTO = 2
    LOW = 3
    MEDIUM = 4
    HIGH = 5
    MIDDLE = 6
    FOCUS = 7
    DIFFUSE = 8
    QUIET = 9


class ClimateSwingMode(IntEnum):
    """How a climate moves its vanes."""

    OFF = 0
    BOTH = 1
    VERTICAL = 2
    HORIZONTAL = 3


class ClimatePreset(IntEnum):
    """A set of values that a climate knows by one word."""

    NONE = 0
    HOME = 1
    AWAY = 2
    BOOST = 3
    COMFORT = 4
    ECO = 5
    SLEEP = 6
    ACTIVITY = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class ClimateProperties(Properties):
    """What a climate can do, and the ranges and steps that a person chooses from."""

    modes: tuple[ClimateMode, ...] = wire(
        48, Array(Choice(ClimateMode), MAX_MODES), default=()
    )
    fan_modes: tuple[ClimateFanMode, ...] = wire(
        49, Array(Choice(ClimateFanMode), MAX_MODES), default=()
    )
    swing_modes: tuple[ClimateSwingMode, ...] = wire(
        50, Array(Choice(ClimateSwingMode), MAX_MODES), default=()
    )
    presets: tuple[ClimatePreset, ...] = wire(
        51, Array(Choice(ClimatePreset), MAX_MODES), default=()
    )
    custom_fan_modes: tuple[str, ...] = wire(52, OPTIONS, default=())
    custom_presets: tuple[str, ...] = wire(53, OPTIONS, default=())
    temperature_unit: TemperatureUnit = wire(
        54, TEMPERATURE_UNIT, default=TemperatureUnit.CELSIUS
    )
    min_temperature: float | None = wire(55, REAL)
    max_temperature: float | None = wire(56, REAL)
    target_temperature_step: float | None = wire(57, REAL)
    current_temperature_step: float | None = wire(58, REAL)
    min_humidity: float | None = wire(59, REAL)
    max_humidity: float | None = wire(60, REAL)
    supports_current_temperature: bool = wire(61, BOOLEAN, default=False)
    supports_two_targets: bool = wire(
        62, BOOLEAN, default=False, says="a lowest and a highest target temperature"
    )
    requires_two_targets: bool = wire(
        63, BOOLEAN, default=False, says="it never has a single one"
    )
    supports_current_humidity: bool = wire(64, BOOLEAN, default=False)
    supports_target_humidity: bool = wire(65, BOOLEAN, default=False)
    supports_action: bool = wire(66, BOOLEAN, default=False)

    @property
    def has_two_targets(self) -> bool:
        """Whether a single target temperature means nothing to it."""
        return self.supports_two_targets or self.requires_two_targets


@dataclass(frozen=True, slots=True, kw_only=True)
class ClimateSettings(StateMap):
    """What a climate is set to; what is None is unknown, or stays as it is."""

    mode: ClimateMode | None = wire(1, Choice(ClimateMode))
    target_temperature: float | None = wire(2, REAL, says="if it has one target")
    target_temperature_low: float | None = wire(3, REAL, says="if it has two")
    target_temperature_high: float | None = wire(4, REAL, says="if it has two")
    fan_mode: ClimateFanMode | None = wire(
        5, Choice(ClimateFanMode), says="not beside a custom one"
    )
    preset: ClimatePreset | None = wire(
        6, Choice(ClimatePreset), says="not beside a custom one"
    )
    swing_mode: ClimateSwingMode | None = wire(7, Choice(ClimateSwingMode))
    target_humidity: float | None = wire(8, REAL)
    custom_fan_mode: str | None = wire(12, STATE_TEXT)
    custom_preset: str | None = wire(13, STATE_TEXT)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClimateState(ClimateSettings):
    """A climate as its device reports it; an empty map before it knows anything."""

    action: ClimateAction | None = wire(9, Choice(ClimateAction))
    current_temperature: float | None = wire(10, REAL)
    current_humidity: float | None = wire(11, REAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClimateCommand(ClimateSettings, Command):
    """Change a climate; what is left out stays as it is. Never an empty map."""


SPEC: Final = DomainSpec(
    number=14,
    properties=ClimateProperties,
    state=MapOf(ClimateState),
    command=ClimateCommand,
)
