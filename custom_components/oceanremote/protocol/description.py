"""A device's description: descriptors one behind the other, named by their hash.

The bytes are what is kept and hashed; descriptors are read from them anew whenever a
program needs them (docs/protocol.md, "Description").
"""

from collections.abc import Callable, Iterable
from enum import IntEnum
import hashlib
from typing import Any

from . import cbor, fields
from .entities import (
    Domain,
    EntityAddress,
    EntityCategory,
    EntityDescriptor,
    NumberMode,
    StateClass,
)
from .errors import CloseReason, RemoteProtocolError
from .limits import (
    MAX_DESCRIPTION,
    MAX_DESCRIPTION_ITEMS,
    MAX_ENTITIES,
    MAX_NAME_TEXT,
    MAX_OPTION_TEXT,
    MAX_OPTIONS,
    MAX_U8,
)
from .messages import Describe
from .values import read_address

_MAX_DECIMALS = 32


def description_hash(data: bytes) -> bytes:
    """Return SHA-256 over a whole description."""
    return hashlib.sha256(data).digest()


def parse_description(data: bytes) -> tuple[EntityDescriptor, ...]:
    """Return the descriptors in a description; raises `RemoteProtocolError`."""
    entities: dict[EntityAddress, EntityDescriptor] = {}
    object_ids: set[tuple[Domain, int, str]] = set()
    if len(data) > MAX_DESCRIPTION:
        raise _bad("out of bounds")
    for item in cbor.decode_sequence(data, MAX_DESCRIPTION_ITEMS):
        if len(entities) == MAX_ENTITIES:
            raise _bad("too many entities")
        entity = _read_descriptor(item)
        domain, sub, _ = entity.address
        if (name := (domain, sub, entity.object_id)) in object_ids:
            raise _bad("an object id occurs twice")
        if entity.address in entities:
            raise _bad("an address occurs twice")
        object_ids.add(name)
        entities[entity.address] = entity
    return tuple(entities.values())


def encode_description(entities: Iterable[EntityDescriptor]) -> bytes:
    """Return the description that holds `entities` in order.

    The device's side of `parse_description`.
    """
    return b"".join(cbor.encode(_write_descriptor(entity)) for entity in entities)


class DescriptionAssembler:
    """Gathers the parts of one description in order, within the bounds."""

    def __init__(self, expected_hash: bytes) -> None:
        """Expect the description that `ready` named by its hash."""
        self._expected_hash = expected_hash
        self._data = bytearray()
        self._total: int | None = None

    def add(
        self, message: Describe
    ) -> tuple[bytes, tuple[EntityDescriptor, ...]] | None:
        """Take the next part; with the last, return all bytes and the entities.

        Raises `RemoteProtocolError` for a part out of order, for a description out of
        bounds and for one that is not what `ready` promised.
        """
        if self._total is None:
            self._total = message.total
        if message.total != self._total or message.offset != len(self._data):
            raise _bad("part out of order")
        self._data += message.part
        if len(self._data) < self._total:
            return None
        data = bytes(self._data)
        if description_hash(data) != self._expected_hash:
            raise _bad("hash is not the one that ready named")
        return data, parse_description(data)


def _name(value: Any) -> str:
    return fields.text(value, MAX_NAME_TEXT)


def _options(value: Any) -> tuple[str, ...]:
    return tuple(
        fields.text(option, MAX_OPTION_TEXT)
        for option in fields.array(value, MAX_OPTIONS)
    )


def _color_modes(value: Any) -> tuple[int, ...]:
    return tuple(fields.uint(mode, MAX_U8) for mode in fields.array(value, MAX_OPTIONS))


def _decimals(value: Any) -> int:
    if type(value) is not int or abs(value) > _MAX_DECIMALS:
        raise fields.malformed("accuracy out of bounds")
    return value


def _member[E: IntEnum](kind: type[E]) -> Callable[[Any], E]:
    def read(value: Any) -> E:
        if type(value) is not int or value not in set(kind):
            raise fields.malformed(f"not a {kind.__name__}")
        return kind(value)

    return read


# Property key on the wire: attribute of EntityDescriptor and how it is read.
_PROPERTIES: dict[int, tuple[str, Callable[[Any], Any]]] = {
    1: ("entity_category", _member(EntityCategory)),
    2: ("icon", _name),
    3: ("device_class", _name),
    4: ("unit", _name),
    5: ("state_class", _member(StateClass)),
    6: ("accuracy_decimals", _decimals),
    7: ("assumed_state", fields.boolean),
    8: ("options", _options),
    9: ("min_value", fields.real),
    10: ("max_value", fields.real),
    11: ("step", fields.real),
    12: ("mode", _member(NumberMode)),
    13: ("color_modes", _color_modes),
    14: ("effects", _options),
    15: ("min_mireds", fields.real),
    16: ("max_mireds", fields.real),
    17: ("disabled_by_default", fields.boolean),
    18: ("force_update", fields.boolean),
}


def _read_descriptor(item: Any) -> EntityDescriptor:
    parts = fields.array(item, 6, 6)
    properties: dict[str, Any] = {}
    for key, value in fields.table(parts[5]).items():
        if key not in _PROPERTIES:
            raise fields.malformed(f"unknown property {key}")
        name, reader = _PROPERTIES[key]
        properties[name] = reader(value)
    return EntityDescriptor(
        address=read_address(parts[:3]),
        object_id=_name(parts[3]),
        name=_name(parts[4]),
        **properties,
    )


def _write_descriptor(entity: EntityDescriptor) -> list[Any]:
    nothing = EntityDescriptor(address=entity.address, object_id="", name="")
    properties: dict[int, Any] = {}
    for key, (name, _) in _PROPERTIES.items():
        value = getattr(entity, name)
        if value != getattr(nothing, name):
            properties[key] = list(value) if isinstance(value, tuple) else value
    return [*map(int, entity.address), entity.object_id, entity.name, properties]


def _bad(detail: str) -> RemoteProtocolError:
    return RemoteProtocolError(CloseReason.BAD_DESCRIPTION, detail)
