"""State values and command arguments of every domain, checked against their domain.

The tables are docs/protocol.md, "Entities". Of a state, whatever they do not list is
skipped: its device may be newer than this hub. Of a command it is refused, for half a
command must not be obeyed.
"""

from collections.abc import Callable
from typing import Any

from . import fields
from .entities import Domain, EntityAddress, EntityState, LightState, StateValue
from .limits import MAX_STATE_TEXT, MAX_U8

type Reader = Callable[[Any], Any]


def read_address(items: list[Any]) -> EntityAddress | None:
    """Return the address that domain, sub-device and key make.

    None for a domain that only a newer version has.
    """
    domain, sub, key = items
    number = fields.uint(domain, MAX_U8, 1)
    sub, key = fields.uint(sub, MAX_U8), fields.uint(key)
    return EntityAddress(Domain(number), sub, key) if number in set(Domain) else None


def read_state(item: Any) -> EntityState | None:
    """Return the state `[domain, sub, key, value]`, None of an unknown domain."""
    parts = fields.array(item, 4, 4)
    if (address := read_address(parts[:3])) is None:
        return None
    reader = _STATES.get(address.domain)
    if reader is None:
        raise fields.malformed("the domain has no state")
    return EntityState(address, reader(parts[3]))


def write_state(state: EntityState) -> list[Any]:
    """Return the array that `read_state` reads."""
    value: Any = state.value
    if isinstance(value, LightState):
        value = _write_light(value)
    return [*map(int, state.address), value]


def read_args(domain: Domain, value: Any) -> dict[int, Any]:
    """Return command arguments that are right for `domain`."""
    args = fields.table(value)
    if domain not in _ARGUMENTS:
        raise fields.malformed("the domain takes no commands")
    readers, required = _ARGUMENTS[domain]
    if not required <= args.keys() or not args.keys() <= readers.keys():
        raise fields.malformed("arguments do not fit the domain")
    return {key: readers[key](argument) for key, argument in args.items()}


def _text(value: Any) -> str:
    return fields.characters(value, MAX_STATE_TEXT)


def _color(value: Any) -> list[float]:
    return [fields.share(part) for part in fields.array(value, 3, 3)]


def _color_mode(value: Any) -> int:
    return fields.uint(value, MAX_U8)


def _mireds(value: Any) -> float:
    if fields.real(value) < 0.0:
        raise fields.malformed("negative colour temperature")
    return float(value)


_LIGHT_FIELDS: dict[int, tuple[str, Reader]] = {
    1: ("on", fields.boolean),
    2: ("brightness", fields.share),
    3: ("color_mode", _color_mode),
    4: ("rgb", _color),
    5: ("white", fields.share),
    6: ("color_temperature", _mireds),
    7: ("cold_white", fields.share),
    8: ("warm_white", fields.share),
    9: ("effect", _text),
    10: ("color_brightness", fields.share),
}


def _read_light(value: Any) -> LightState:
    found: dict[str, Any] = {}
    for key, part in fields.table(value).items():
        # What only a newer version has is skipped.
        if key in _LIGHT_FIELDS:
            name, reader = _LIGHT_FIELDS[key]
            found[name] = reader(part)
    if "rgb" in found:
        found["rgb"] = tuple(found["rgb"])
    return LightState(**found)


def _write_light(light: LightState) -> dict[int, Any]:
    found = {key: getattr(light, name) for key, (name, _) in _LIGHT_FIELDS.items()}
    if light.rgb is not None:
        found[4] = list(light.rgb)
    return {key: value for key, value in found.items() if value is not None}


def _or_missing(reader: Reader) -> Callable[[Any], StateValue]:
    return lambda value: None if value is None else reader(value)


_STATES: dict[Domain, Callable[[Any], StateValue]] = {
    Domain.BINARY_SENSOR: _or_missing(fields.boolean),
    Domain.SENSOR: _or_missing(fields.real),
    Domain.TEXT_SENSOR: _or_missing(_text),
    Domain.SWITCH: fields.boolean,
    Domain.NUMBER: _or_missing(fields.real),
    Domain.SELECT: _or_missing(_text),
    Domain.LIGHT: _read_light,
}

_NOTHING: tuple[dict[int, Reader], set[int]] = ({}, set())
_LIGHT_ARGUMENTS: dict[int, Reader] = {
    key: reader for key, (_, reader) in _LIGHT_FIELDS.items()
} | {11: fields.uint, 12: fields.uint}

# For each domain the arguments it knows and those it cannot do without. A domain that
# cannot be commanded is absent.
_ARGUMENTS: dict[Domain, tuple[dict[int, Reader], set[int]]] = {
    Domain.SWITCH: ({1: fields.boolean}, {1}),
    Domain.BUTTON: _NOTHING,
    Domain.NUMBER: ({1: fields.real}, {1}),
    Domain.SELECT: ({1: _text}, {1}),
    Domain.LIGHT: (_LIGHT_ARGUMENTS, set()),
}
