"""A device's description: chunks of descriptors, named by the hash of their bytes.

The raw chunks are what is kept and hashed; descriptors are read from them anew
whenever a program needs them (docs/protocol.md, "Description").
"""

from collections.abc import Callable, Iterable, Sequence
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
    MAX_CHUNKS,
    MAX_DESCRIPTION,
    MAX_ENTITIES,
    MAX_NAME_TEXT,
    MAX_OPTION_TEXT,
    MAX_OPTIONS,
    MAX_U8,
)
from .messages import Describe
from .values import read_address

_MAX_DECIMALS = 32


def description_hash(chunks: Iterable[bytes]) -> bytes:
    """Return SHA-256 over all bytes of all chunks, in order."""
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.digest()


def parse_description(chunks: Sequence[bytes]) -> tuple[EntityDescriptor, ...]:
    """Return the descriptors of all chunks; raises `RemoteProtocolError`."""
    if not 0 < len(chunks) <= MAX_CHUNKS or sum(map(len, chunks)) > MAX_DESCRIPTION:
        raise _bad("out of bounds")
    entities: dict[EntityAddress, EntityDescriptor] = {}
    object_ids: set[tuple[Domain, int, str]] = set()
    for chunk in chunks:
        for item in fields.array(cbor.decode(chunk), MAX_ENTITIES):
            entity = _read_descriptor(item)
            domain, sub, _ = entity.address
            if (name := (domain, sub, entity.object_id)) in object_ids:
                raise _bad("an object id occurs twice")
            if entity.address in entities:
                raise _bad("an address occurs twice")
            object_ids.add(name)
            entities[entity.address] = entity
    if len(entities) > MAX_ENTITIES:
        raise _bad("too many entities")
    return tuple(entities.values())


def encode_description(
    entities: Iterable[EntityDescriptor], chunk_limit: int
) -> tuple[bytes, ...]:
    """Return chunks of at most `chunk_limit` bytes that hold `entities` in order.

    The device's side of `parse_description`. Raises `ValueError` if one descriptor
    alone does not fit.
    """
    chunks: list[bytes] = []
    gathered: list[list[Any]] = []
    for entity in entities:
        item = _write_descriptor(entity)
        if gathered and len(cbor.encode([*gathered, item])) > chunk_limit:
            chunks.append(cbor.encode(gathered))
            gathered = []
        gathered.append(item)
        if len(cbor.encode(gathered)) > chunk_limit:
            raise ValueError(f"{entity.object_id} does not fit into a chunk")
    return (*chunks, cbor.encode(gathered))


class DescriptionAssembler:
    """Gathers the chunks of one description in order, within the bounds."""

    def __init__(self, expected_hash: bytes) -> None:
        """Expect the description that `ready` named by its hash."""
        self._expected_hash = expected_hash
        self._chunks: list[bytes] = []
        self._total: int | None = None

    def add(
        self, message: Describe
    ) -> tuple[tuple[bytes, ...], tuple[EntityDescriptor, ...]] | None:
        """Take the next chunk; with the last, return all chunks and the entities.

        Raises `RemoteProtocolError` for a chunk out of order, for a description out of
        bounds and for one that is not what `ready` promised.
        """
        if message.index != len(self._chunks) or message.total != (
            self._total or message.total
        ):
            raise _bad("chunk out of order")
        if sum(map(len, self._chunks)) + len(message.chunk) > MAX_DESCRIPTION:
            raise _bad("out of bounds")
        self._total = message.total
        self._chunks.append(message.chunk)
        if len(self._chunks) < message.total:
            return None
        chunks = tuple(self._chunks)
        if description_hash(chunks) != self._expected_hash:
            raise _bad("hash is not the one that ready named")
        return chunks, parse_description(chunks)


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
