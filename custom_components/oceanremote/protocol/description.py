"""A device's description: descriptors one behind the other, named by their hash.

The bytes are what is kept and hashed; descriptors are read from them anew whenever a
program needs them (docs/protocol.md, "Description").
"""

from collections.abc import Iterable
from dataclasses import astuple
import hashlib
from typing import Any

from . import cbor, fields
from .domains import Domain, find_domain
from .domains.base import MapOf, parts_of
from .domains.fields import Reading
from .entities import (
    Description,
    EntityAddress,
    EntityDescriptor,
    SkippedEntity,
    SkipReason,
    SubDevice,
)
from .errors import CloseReason, RemoteProtocolError
from .float32 import narrow
from .limits import (
    MAX_DESCRIPTION,
    MAX_DESCRIPTION_ITEMS,
    MAX_ENTITIES,
    MAX_NAME_TEXT,
    MAX_SUB_DEVICES,
    MAX_U8,
)
from .messages import Describe
from .user_actions import ACTION_DOMAIN, UserAction, read_user_action

_PLACES = 6
_PLACES_OF_A_SUB_DEVICE = 3

# The domain of what a device has and cannot describe; the property names its kind.
NO_DOMAIN = 0
KIND = 19


def description_hash(data: bytes) -> bytes:
    """Return SHA-256 over a whole description."""
    return hashlib.sha256(data).digest()


def parse_description(data: bytes) -> Description:
    """Return what a description says, as far as this version understands it.

    An entity of which something is wrong or unknown costs the others nothing. Raises
    `RemoteProtocolError` where the bytes are no sequence of CBOR, or exceed the bounds.
    """
    if len(data) > MAX_DESCRIPTION:
        raise _bad("out of bounds")
    reader = _Reader()
    for item in cbor.decode_sequence(data, MAX_DESCRIPTION_ITEMS):
        reader.add(item)
    return Description(
        tuple(reader.entities.values()),
        tuple(reader.skipped),
        reader.not_understood,
        tuple(reader.actions.values()),
        tuple(reader.sub_devices.values()),
    )


def encode_description(
    entities: Iterable[EntityDescriptor],
    actions: Iterable[UserAction] = (),
    sub_devices: Iterable[SubDevice] = (),
) -> bytes:
    """Return the description that holds these, in order, the sub-devices first.

    The device's side of `parse_description`.
    """
    described = [
        *(list(astuple(sub_device)) for sub_device in sub_devices),
        *(narrow(_write_descriptor(entity)) for entity in entities),
        *(action.items() for action in actions),
    ]
    return b"".join(map(cbor.encode, described))


class DescriptionAssembler:
    """Gathers the parts of one description in order, within the bounds."""

    def __init__(self, expected_hash: bytes) -> None:
        """Expect the description that `ready` named by its hash."""
        self._expected_hash = expected_hash
        self._data = bytearray()
        self._total: int | None = None

    def add(self, message: Describe) -> tuple[bytes, Description] | None:
        """Take the next part; with the last, return all bytes and what they say.

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


_COMMON = parts_of(EntityDescriptor)


class _Reader:
    """Reads one descriptor after the other, each for itself."""

    def __init__(self) -> None:
        self.entities: dict[EntityAddress, EntityDescriptor] = {}
        self.sub_devices: dict[int, SubDevice] = {}
        self.skipped: list[SkippedEntity] = []
        self.actions: dict[int, UserAction] = {}
        self.not_understood = 0
        self._object_ids: set[tuple[Domain, int, str]] = set()
        self._descriptors = 0
        self._sub_devices = 0

    def add(self, item: Any) -> None:
        """Take a sub-device, or a descriptor, or note why not."""
        if type(item) is list and len(item) == _PLACES_OF_A_SUB_DEVICE:
            self._add_sub_device(*item)
            return
        self._descriptors += 1
        if self._descriptors > MAX_ENTITIES:
            raise _bad("too many entities")
        parts = item if type(item) is list and len(item) == _PLACES else []
        try:
            if not parts:
                raise fields.malformed("not an array of its length")
            number = fields.uint(parts[0], MAX_U8)
            if number == ACTION_DOMAIN:
                self._take_action(parts)
            elif (domain := find_domain(number)) is None:
                self._skip_unknown(number, parts)
            else:
                self._take(domain, parts)
        except RemoteProtocolError as error:
            self._skip(SkipReason.MALFORMED, parts, detail=error.detail)

    def _add_sub_device(self, number: Any, name: Any, area: Any) -> None:
        """Take a sub-device; one that breaks the rules leaves its entities out."""
        self._sub_devices += 1
        if self._sub_devices > MAX_SUB_DEVICES:
            raise _bad("too many sub-devices")
        try:
            found = SubDevice(fields.uint(number, minimum=1), _name(name), _name(area))
        except RemoteProtocolError as error:
            self._skip(SkipReason.MALFORMED, [], detail=error.detail)
            return
        self.sub_devices.setdefault(found.id, found)

    def _take(self, domain: Domain, parts: list[Any]) -> None:
        sub, key = fields.uint(parts[1]), fields.uint(parts[2])
        if sub and sub not in self.sub_devices:
            raise fields.malformed("its sub-device is not described")
        address = EntityAddress(domain, sub, key)
        object_id, name = _name(parts[3]), _name(parts[4])
        reading = Reading()
        properties = _read_properties(domain, parts[5], reading)
        identity = (domain, sub, object_id)
        if address in self.entities or identity in self._object_ids:
            self._skip(SkipReason.TWICE, parts)
            return
        self.not_understood += reading.skipped
        self._object_ids.add(identity)
        self.entities[address] = EntityDescriptor(
            address=address, object_id=object_id, name=name, **properties
        )

    def _take_action(self, parts: list[Any]) -> None:
        if (action := read_user_action(parts)) is None:
            self._skip(SkipReason.NEWER, parts)
        elif action.key in self.actions:
            self._skip(SkipReason.TWICE, parts)
        else:
            self.actions[action.key] = action

    def _skip_unknown(self, number: int, parts: list[Any]) -> None:
        if number != NO_DOMAIN:
            self._skip(SkipReason.NEWER, parts)
            return
        kind = fields.table(parts[5]).get(KIND)
        self._skip(SkipReason.NOT_CARRIED, parts, kind=_text_or_nothing(kind))

    def _skip(
        self, reason: SkipReason, parts: list[Any], kind: str = "", detail: str = ""
    ) -> None:
        """Note what can be read; whatever else is wrong, a person wants the name."""
        domain, sub, _, object_id, name, _ = parts or [0, 0, 0, "", "", {}]
        self.skipped.append(
            SkippedEntity(
                reason=reason,
                domain=domain if type(domain) is int else 0,
                sub=sub if type(sub) is int else 0,
                object_id=_text_or_nothing(object_id),
                name=_text_or_nothing(name),
                kind=kind,
                detail=detail,
            )
        )


def _text_or_nothing(value: Any) -> str:
    return value[:MAX_NAME_TEXT] if type(value) is str else ""


def _name(value: Any) -> str:
    return fields.text(value, MAX_NAME_TEXT)


def _read_properties(domain: Domain, value: Any, reading: Reading) -> dict[str, Any]:
    """Return attributes of an `EntityDescriptor`: the common ones, and `properties`."""
    items = fields.table(value)
    common = {key: item for key, item in items.items() if key in _COMMON.by_key}
    own = {key: item for key, item in items.items() if key not in common}
    found = _COMMON.read(common, reading)
    return found | {"properties": MapOf(domain.spec.properties).read(own, reading)}


def _write_descriptor(entity: EntityDescriptor) -> list[Any]:
    own = parts_of(entity.address.domain.spec.properties)
    properties = _COMMON.write(entity) | own.write(entity.properties)
    return [*map(int, entity.address), entity.object_id, entity.name, properties]


def _bad(detail: str) -> RemoteProtocolError:
    return RemoteProtocolError(CloseReason.BAD_DESCRIPTION, detail)
