"""Lights. Colours, brightnesses and whites are shares, colour temperatures mireds."""

from dataclasses import dataclass
from enum import IntFlag
from typing import Final

from .base import Command, DomainSpec, MapOf, Properties, StateMap, wire
from .fields import (
    BOOLEAN,
    OPTIONS,
    REAL,
    SHARE,
    STATE_TEXT,
    U8,
    Array,
    Milliseconds,
    Real,
)

# The effect that ends a running one, and of a light that has none running.
NO_EFFECT: Final = "None"
MAX_COLOR_MODES: Final = 64


class ColorCapability(IntFlag):
    """What a light can do in a colour mode: the bits of ESPHome's mode."""

    ON_OFF = 1
    BRIGHTNESS = 2
    WHITE = 4
    COLOR_TEMPERATURE = 8
    COLD_WARM_WHITE = 16
    RGB = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class LightProperties(Properties):
    """What a light can do."""

    color_modes: tuple[int, ...] = wire(
        13, Array(U8, MAX_COLOR_MODES), default=(), says="ESPHome's `ColorMode` masks"
    )
    effects: tuple[str, ...] = wire(14, OPTIONS, default=(), says="without `None`")
    min_mireds: float | None = wire(15, REAL, says="the coldest")
    max_mireds: float | None = wire(16, REAL, says="the warmest")


@dataclass(frozen=True, slots=True, kw_only=True)
class LightState(StateMap):
    """A light as its device reports it; parts it does not have are None."""

    on: bool | None = wire(1, BOOLEAN)
    brightness: float | None = wire(2, SHARE)
    color_mode: int | None = wire(3, U8, says="ESPHome's `ColorMode` mask")
    rgb: tuple[float, float, float] | None = wire(
        4, Array(SHARE, 3, 3), says="red, green, blue"
    )
    white: float | None = wire(5, SHARE)
    color_temperature: float | None = wire(6, Real(least=0.0), says="mireds")
    cold_white: float | None = wire(7, SHARE)
    warm_white: float | None = wire(8, SHARE)
    effect: str | None = wire(9, STATE_TEXT, says="`None` for none, or to end one")
    color_brightness: float | None = wire(10, SHARE, says="of the colour")


@dataclass(frozen=True, slots=True, kw_only=True)
class LightCommand(LightState, Command):
    """Change a light; what is None stays as it is. Times are seconds."""

    transition: float | None = wire(11, Milliseconds())
    flash: float | None = wire(12, Milliseconds())


SPEC: Final = DomainSpec(
    number=8,
    properties=LightProperties,
    state=MapOf(LightState),
    command=LightCommand,
)
