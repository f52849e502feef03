"""Entities as they travel: addresses, descriptors, states, command arguments.

The property keys and values are those of docs/protocol.md, "Entities".
"""

from dataclasses import dataclass
from enum import Enum, IntEnum, IntFlag
from typing import Any, Final, NamedTuple


class Domain(IntEnum):
    """The entity domains, by their number on the wire."""

    BINARY_SENSOR = 1
    SENSOR = 2
    TEXT_SENSOR = 3
    SWITCH = 4
    BUTTON = 5
    NUMBER = 6
    SELECT = 7
    LIGHT = 8


# They are commanded, and have nothing to tell.
STATELESS: Final = frozenset({Domain.BUTTON})


class EntityCategory(IntEnum):
    """What an entity is for, when it is not the point of the device."""

    CONFIG = 1
    DIAGNOSTIC = 2


class StateClass(IntEnum):
    """How a sensor's values make a statistic."""

    MEASUREMENT = 1
    TOTAL_INCREASING = 2
    TOTAL = 3
    MEASUREMENT_ANGLE = 4


class NumberMode(IntEnum):
    """How a number likes to be shown."""

    AUTO = 0
    BOX = 1
    SLIDER = 2


class ColorCapability(IntFlag):
    """What a light can do in a colour mode: the bits of ESPHome's mode."""

    ON_OFF = 1
    BRIGHTNESS = 2
    WHITE = 4
    COLOR_TEMPERATURE = 8
    COLD_WARM_WHITE = 16
    RGB = 32


class EntityAddress(NamedTuple):
    """What names an entity on its device: domain, sub-device (0 = main), key."""

    domain: Domain
    sub: int
    key: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityDescriptor:
    """What a device says about one entity; None or a default where it says nothing.

    `color_modes` are ESPHome's raw ColorMode masks (u8).
    """

    address: EntityAddress
    object_id: str
    name: str
    entity_category: EntityCategory | None = None
    icon: str | None = None
    device_class: str | None = None
    unit: str | None = None
    state_class: StateClass | None = None
    accuracy_decimals: int | None = None
    assumed_state: bool = False
    options: tuple[str, ...] = ()
    min_value: float | None = None
    max_value: float | None = None
    step: float | None = None
    mode: NumberMode = NumberMode.AUTO
    color_modes: tuple[int, ...] = ()
    effects: tuple[str, ...] = ()
    min_mireds: float | None = None
    max_mireds: float | None = None
    disabled_by_default: bool = False
    force_update: bool = False


class SkipReason(Enum):
    """Why the hub skips an entity that a device describes."""

    NOT_CARRIED = "the device's OceanRemote has nothing for this kind of entity"
    NEWER = "the hub's OceanRemote is too old for this kind of entity"
    TWICE = "another entity has the same address or object id"
    MALFORMED = "the descriptor breaks the rules"


@dataclass(frozen=True, slots=True, kw_only=True)
class SkippedEntity:
    """What is known of an entity that is described and cannot be used.

    `domain` is the number on the wire. `object_id`, `name` and `kind` (the word for
    what is not carried) are empty where they are not known, `detail` says more.
    """

    reason: SkipReason
    domain: int = 0
    sub: int = 0
    object_id: str = ""
    name: str = ""
    kind: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Description:
    """What a device is made of.

    `not_understood` is the number of properties, and of their values, that only a newer
    hub knows: their entities work without them.
    """

    entities: tuple[EntityDescriptor, ...] = ()
    skipped: tuple[SkippedEntity, ...] = ()
    not_understood: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LightState:
    """A light as its device reports it; parts it does not have are None.

    Brightnesses, colours and whites are 0..1, `color_temperature` is in mireds.
    """

    on: bool | None = None
    brightness: float | None = None
    color_mode: int | None = None
    rgb: tuple[float, float, float] | None = None
    white: float | None = None
    color_temperature: float | None = None
    cold_white: float | None = None
    warm_white: float | None = None
    effect: str | None = None
    color_brightness: float | None = None


type StateValue = bool | float | str | LightState | None


@dataclass(frozen=True, slots=True)
class EntityState:
    """The state of one entity; a value of None is a missing one."""

    address: EntityAddress
    value: StateValue


NO_EFFECT: Final = "None"


def switch_command(on: bool) -> dict[int, Any]:
    """Return the arguments that turn a switch on or off."""
    return {1: on}


def button_command() -> dict[int, Any]:
    """Return the (empty) arguments that press a button."""
    return {}


def number_command(value: float) -> dict[int, Any]:
    """Return the arguments that set a number."""
    return {1: float(value)}


def select_command(option: str) -> dict[int, Any]:
    """Return the arguments that choose an option."""
    return {1: option}


def light_command(
    *,
    on: bool | None = None,
    brightness: float | None = None,
    color_mode: int | None = None,
    rgb: tuple[float, float, float] | None = None,
    white: float | None = None,
    color_temperature: float | None = None,
    cold_white: float | None = None,
    warm_white: float | None = None,
    effect: str | None = None,
    color_brightness: float | None = None,
    transition: float | None = None,
    flash: float | None = None,
) -> dict[int, Any]:
    """Return the arguments that change a light; what is None stays as it is.

    Units as in `LightState`; `transition` and `flash` are seconds. The effect
    `NO_EFFECT` ends a running one.
    """
    args: dict[int, Any] = {
        1: on,
        2: _to_float(brightness),
        3: color_mode,
        4: None if rgb is None else [float(part) for part in rgb],
        5: _to_float(white),
        6: _to_float(color_temperature),
        7: _to_float(cold_white),
        8: _to_float(warm_white),
        9: effect,
        10: _to_float(color_brightness),
        11: _to_milliseconds(transition),
        12: _to_milliseconds(flash),
    }
    return {key: value for key, value in args.items() if value is not None}


def _to_float(value: float | None) -> float | None:
    return None if value is None else float(value)


def _to_milliseconds(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1000)
