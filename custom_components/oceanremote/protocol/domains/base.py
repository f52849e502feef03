"""How a domain says what it has: dataclasses whose attributes are keys on the wire.

An attribute that is made by `wire` or `required` stands in a CBOR map under its key.
Reader, writer, grammar and documents all come from that one line.
"""

from collections.abc import Iterator, Mapping
import dataclasses
from dataclasses import MISSING, dataclass
from types import MappingProxyType
from typing import Any, Final, override

from .. import fields as checks
from ..errors import RemoteProtocolError
from .fields import Field, OrMissing, Reading

_PART: Final = "wire"


@dataclass(frozen=True, slots=True)
class Part:
    """One key of a map: the attribute it is, its type, and what it means."""

    key: int
    name: str
    field: Field[Any]
    default: Any
    says: str

    @property
    def required(self) -> bool:
        """Whether a map without it is malformed."""
        return self.default is MISSING

    def read(self, value: Any, reading: Reading) -> Any:
        """Return what the field reads; an error says which part is wrong."""
        try:
            return self.field.read(value, reading)
        except RemoteProtocolError as error:
            words = self.name.replace("_", " ")
            raise checks.malformed(f"{words}: {error.detail}") from error


def wire(
    key: int,
    field: Field[Any],
    default: Any = None,
    *,
    says: str = "",
    secret: bool = False,
) -> Any:
    """Return a dataclass attribute that stands under `key`; its default is not sent.

    `says` is what docs/entities.md says of it. A secret does not show in a `repr`.
    """
    return dataclasses.field(
        default=default, repr=not secret, metadata={_PART: (key, field, says)}
    )


def required(key: int, field: Field[Any], *, says: str = "") -> Any:
    """Return a dataclass attribute that stands under `key` and must be there."""
    return dataclasses.field(metadata={_PART: (key, field, says)})


class Parts:
    """The keys of one dataclass."""

    def __init__(self, kind: Any) -> None:
        """Collect them; raises ValueError for a key that is there twice."""
        parts: dict[int, Part] = {}
        for attribute in dataclasses.fields(kind):
            if _PART not in attribute.metadata:
                continue
            key, field, says = attribute.metadata[_PART]
            if key in parts:
                raise ValueError(f"{kind.__name__} has key {key} twice")
            parts[key] = Part(key, attribute.name, field, attribute.default, says)
        self.by_key: Mapping[int, Part] = MappingProxyType(parts)

    def read(self, items: Mapping[int, Any], reading: Reading) -> dict[str, Any]:
        """Return the attributes that a CBOR map sets; what is absent has its default.

        Unknown keys, and values that `reading` skips, are left out.
        """
        found: dict[str, Any] = {}
        for key, item in items.items():
            if (part := self.by_key.get(key)) is None:
                reading.skip(f"unknown key {key}")
            elif (value := part.read(item, reading)) is not None:
                found[part.name] = value
        if any(p.required and p.name not in found for p in self.by_key.values()):
            raise checks.malformed("a key is missing")
        return found

    def write(self, value: object) -> dict[int, Any]:
        """Return the map of a dataclass."""
        return {
            part.key: part.field.write(said)
            for part in self.by_key.values()
            if (said := getattr(value, part.name)) != part.default
        }

    def texts(self, value: object) -> Iterator[tuple[str, str]]:
        """Yield every text of a dataclass with the attribute that it stands in."""
        for part in self.by_key.values():
            for text in _texts_in(getattr(value, part.name)):
                yield part.name, text

    def numbers(self, value: object) -> Iterator[tuple[str, float]]:
        """Yield every floating-point number of a dataclass with its attribute."""
        for part in self.by_key.values():
            if isinstance(number := getattr(value, part.name), float):
                yield part.name, number


def _texts_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _texts_in(item)


def parts_of(kind: type[object]) -> Parts:
    """Return the keys of a dataclass, collected once."""
    if (parts := _known.get(kind)) is None:
        parts = _known[kind] = Parts(kind)
    return parts


_known: dict[type[object], Parts] = {}


@dataclass(frozen=True, slots=True)
class Properties:
    """What a domain's descriptors say beyond every entity's; here nothing."""

    @property
    def force_update(self) -> bool:
        """Whether a state that equals the last one is news, too."""
        return False


@dataclass(frozen=True, slots=True)
class StateMap:
    """A state of several parts."""


@dataclass(frozen=True, slots=True)
class Command:
    """An order to an entity."""

    def args(self) -> dict[int, Any]:
        """Return the arguments on the wire."""
        return parts_of(type(self)).write(self)


@dataclass(frozen=True, slots=True)
class MapOf[T](Field[T]):
    """A dataclass as a CBOR map of its keys."""

    kind: type[T]

    @override
    def read(self, value: Any, reading: Reading) -> T:
        items = checks.table(value)
        return self.kind(**parts_of(self.kind).read(items, reading))

    @override
    def write(self, value: T) -> dict[int, Any]:
        return parts_of(self.kind).write(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainSpec[PropertiesT: Properties, StateT]:
    """One entity domain: its number and its three tables.

    Without a `state` it has nothing to tell; without a `command` it takes none.
    `platform` is Home Assistant's and `esphome_name` the one in ESPHome's
    entity_types.h, empty where they are the domain's own name.
    """

    number: int
    properties: type[PropertiesT]
    state: Field[StateT] | None = None
    command: type[Command] | None = None
    platform: str = ""
    esphome_name: str = ""

    @property
    def state_map(self) -> type[Any] | None:
        """The dataclass of a state of several parts, None where it has no parts."""
        state: Any = self.state
        if isinstance(state, OrMissing):
            state = state.of
        return state.kind if isinstance(state, MapOf) else None
