"""The border to Home Assistant: what it cannot hold does not get there.

The protocol has read a descriptor; here it is asked whether Home Assistant can show the
entity, keep it in its registry and answer for it. What it merely warns about passes: a
person sees the value, as with Home Assistant's own ESPHome integration. Pure functions.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from homeassistant.components.number import DEFAULT_MAX_VALUE, DEFAULT_MIN_VALUE
from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.components.sensor.const import AMBIGUOUS_UNITS, STATE_CLASS_UNITS
from homeassistant.const import MAX_LENGTH_STATE_STATE

from ..common.texts import clean_prose, has_control
from ..protocol.domains import Domain
from ..protocol.domains.base import StateMap, parts_of
from ..protocol.domains.infrared import InfraredProperties, SignalCapability
from ..protocol.domains.light import ColorCapability, LightProperties
from ..protocol.domains.number import NumberProperties
from ..protocol.domains.radio_frequency import RadioFrequencyProperties
from ..protocol.domains.select import SelectProperties
from ..protocol.domains.sensor import SensorProperties, StateClass
from ..protocol.entities import EntityDescriptor, EntityState

# Kelvin and mireds of Home Assistant are whole numbers: below 1 either is nothing.
MIN_MIREDS: Final = 1.0
MAX_MIREDS: Final = 1_000_000.0
# What a device that names no limits is taken for: 6500 K to 2000 K.
COLDEST_MIREDS: Final = 153.0
WARMEST_MIREDS: Final = 500.0
# Above all that a device's 32 bits can say, and far enough below what overflows when
# Home Assistant converts a limit to another unit.
MAX_NUMBER: Final = 1e39
# Of what Home Assistant rounds to a whole number: far enough below the 64 bits that it
# can write, and the 53 that a browser can read, when it converts to another unit.
MAX_ROUNDED: Final = 1e15

STATE_CLASSES: Final = MappingProxyType(
    {
        StateClass.MEASUREMENT: SensorStateClass.MEASUREMENT,
        StateClass.TOTAL_INCREASING: SensorStateClass.TOTAL_INCREASING,
        StateClass.TOTAL: SensorStateClass.TOTAL,
        StateClass.MEASUREMENT_ANGLE: SensorStateClass.MEASUREMENT_ANGLE,
    }
)
_SENDS_OR_RECEIVES: Final = SignalCapability.TRANSMITTER | SignalCapability.RECEIVER
_WITH_TEMPERATURE: Final = (
    ColorCapability.COLOR_TEMPERATURE | ColorCapability.COLD_WARM_WHITE
)


class Refusal(StrEnum):
    """Why Home Assistant cannot have an entity, in words for its owner."""

    CONTROL = "a name, unit or option contains a control character"
    LONG_OPTION = "an option is longer than 255 characters"
    STATE_CLASS_UNIT = "its unit is not one that its state class allows"
    COLOR_TEMPERATURE = "its color temperatures are not between 1 and 1000000 mireds"
    LIMITS = "its smallest and largest value leave no range"
    STEP = "its step is not a positive number"
    BEYOND = "its temperatures or humidities are beyond all that is measured"
    NO_TRANSMITTER = "Home Assistant knows nothing that neither sends nor receives"
    NO_RADIO_RECEIVER = "Home Assistant has nothing that receives by radio"
    NOT_LOADED = (
        "Home Assistant could not load what shows such entities; its log says why"
    )
    TOO_MANY = (
        "the device has had too many different entities; "
        "removed and added again it begins anew"
    )


def refusal_of(descriptor: EntityDescriptor) -> Refusal | None:
    """Return why an entity is refused, None if it is not."""
    if any(map(has_control, _texts(descriptor))):
        return Refusal.CONTROL
    check = _CHECKS.get(descriptor.address.domain)
    return None if check is None else check(descriptor)


def temperature_range(light: LightProperties) -> tuple[float, float] | None:
    """Return coldest and warmest of a light in mireds, None if it has neither."""
    if not any(mask & _WITH_TEMPERATURE for mask in light.color_modes):
        return None
    return light.min_mireds or COLDEST_MIREDS, light.max_mireds or WARMEST_MIREDS


def shown(state: EntityState) -> EntityState:
    """Return a state as a person may see it: without controls, within all bounds.

    A number that no device can mean is none, as a whole state and as a part of one.
    """
    value = state.value
    if isinstance(value, float) and abs(value) > MAX_NUMBER:
        return replace(state, value=None)
    if isinstance(value, str):
        return _with(state, value, _clean(value))
    if isinstance(value, StateMap):
        return _with(state, value, _within(_clean_texts(value)))
    return state


def _with[T: str | StateMap](state: EntityState, before: T, after: T) -> EntityState:
    return state if after == before else replace(state, value=after)


def _clean_texts[T: StateMap](value: T) -> T:
    texts = parts_of(type(value)).texts(value)
    return replace(value, **{name: clean_prose(text) for name, text in texts})


def _within[T: StateMap](value: T) -> T:
    numbers = parts_of(type(value)).numbers(value)
    beyond = {name: None for name, number in numbers if abs(number) > MAX_ROUNDED}
    return replace(value, **beyond) if beyond else value


def _clean(text: str) -> str:
    return clean_prose(text)[:MAX_LENGTH_STATE_STATE]


def _texts(descriptor: EntityDescriptor) -> Iterator[str]:
    yield descriptor.object_id
    yield descriptor.name
    for said in (descriptor, descriptor.properties):
        for _, text in parts_of(type(said)).texts(said):
            yield text


def _check_sensor(descriptor: EntityDescriptor[SensorProperties]) -> Refusal | None:
    if (
        (state_class := descriptor.properties.state_class) is None
        # Shown as a time, without unit and state class.
        or descriptor.device_class
        in (SensorDeviceClass.TIMESTAMP, SensorDeviceClass.UPTIME)
    ):
        return None
    units = STATE_CLASS_UNITS.get(STATE_CLASSES[state_class])
    unit = AMBIGUOUS_UNITS.get(descriptor.unit, descriptor.unit)
    return None if units is None or unit in units else Refusal.STATE_CLASS_UNIT


def _check_number(descriptor: EntityDescriptor[NumberProperties]) -> Refusal | None:
    number = descriptor.properties
    smallest, largest = number.min_value, number.max_value
    smallest = DEFAULT_MIN_VALUE if smallest is None else smallest
    largest = DEFAULT_MAX_VALUE if largest is None else largest
    if not -MAX_NUMBER <= smallest <= largest <= MAX_NUMBER:
        return Refusal.LIMITS
    # Without a step, Home Assistant finds one.
    return None if 0.0 <= (number.step or 0.0) <= MAX_NUMBER else Refusal.STEP


def _check_select(descriptor: EntityDescriptor[SelectProperties]) -> Refusal | None:
    lengths = map(len, descriptor.properties.options)
    too_long = any(length > MAX_LENGTH_STATE_STATE for length in lengths)
    return Refusal.LONG_OPTION if too_long else None


def _check_heating(descriptor: EntityDescriptor[Any]) -> Refusal | None:
    properties = descriptor.properties
    numbers = parts_of(type(properties)).numbers(properties)
    beyond = any(abs(number) > MAX_ROUNDED for _, number in numbers)
    return Refusal.BEYOND if beyond else None


def _check_light(descriptor: EntityDescriptor[LightProperties]) -> Refusal | None:
    if (temperatures := temperature_range(descriptor.properties)) is None:
        return None
    coldest, warmest = temperatures
    within = MIN_MIREDS <= coldest <= warmest <= MAX_MIREDS
    return None if within else Refusal.COLOR_TEMPERATURE


def _check_infrared(descriptor: EntityDescriptor[InfraredProperties]) -> Refusal | None:
    does = descriptor.properties.capabilities & _SENDS_OR_RECEIVES
    return None if does else Refusal.NO_TRANSMITTER


def _check_radio(
    descriptor: EntityDescriptor[RadioFrequencyProperties],
) -> Refusal | None:
    sends = descriptor.properties.capabilities & SignalCapability.TRANSMITTER
    return None if sends else Refusal.NO_RADIO_RECEIVER


_CHECKS: Mapping[Domain, Callable[[EntityDescriptor[Any]], Refusal | None]] = {
    Domain.SENSOR: _check_sensor,
    Domain.NUMBER: _check_number,
    Domain.SELECT: _check_select,
    Domain.LIGHT: _check_light,
    Domain.INFRARED: _check_infrared,
    Domain.RADIO_FREQUENCY: _check_radio,
    Domain.CLIMATE: _check_heating,
    Domain.WATER_HEATER: _check_heating,
}
