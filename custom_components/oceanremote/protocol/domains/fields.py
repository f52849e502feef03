"""What stands in a domain's tables: typed fields with their bounds.

A field reads a value of CBOR, or raises `RemoteProtocolError`, and writes it again.
Its bounds are public: `script/generate` makes the firmware's constants, the grammar
and the tables of docs/entities.md from them, the tests their samples.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final, override

from .. import fields as checks
from ..limits import (
    MAX_CODE_TEXT,
    MAX_OPTION_TEXT,
    MAX_OPTIONS,
    MAX_STATE_TEXT,
    MAX_U8,
    MAX_U32,
)

_MILLISECONDS: Final = 1000


class Reading:
    """One reading, and what becomes of things that only a newer version has.

    A hub skips and counts them, so that a newer device loses what is new and no more.
    A strict one refuses them: half a command must not be obeyed.
    """

    def __init__(self, *, strict: bool = False) -> None:
        """Start with nothing skipped."""
        self.skipped = 0
        self._strict = strict

    def skip(self, what: str) -> None:
        """Count something unknown; strictly, raise `RemoteProtocolError`."""
        if self._strict:
            raise checks.malformed(what)
        self.skipped += 1


class Field[T](ABC):
    """A type on the wire."""

    @abstractmethod
    def read(self, value: Any, reading: Reading) -> T | None:
        """Return what a CBOR value says; None for what `reading` has skipped."""

    def write(self, value: T) -> Any:
        """Return the CBOR value that `read` reads."""
        return value


@dataclass(frozen=True, slots=True)
class Boolean(Field[bool]):
    """True or false."""

    @override
    def read(self, value: Any, reading: Reading) -> bool:
        return checks.boolean(value)


@dataclass(frozen=True, slots=True)
class Integer(Field[int]):
    """A whole number."""

    least: int
    most: int

    @override
    def read(self, value: Any, reading: Reading) -> int:
        return checks.uint(value, self.most, self.least)


@dataclass(frozen=True, slots=True)
class Milliseconds(Field[float]):
    """A time in seconds; on the wire in whole milliseconds."""

    @override
    def read(self, value: Any, reading: Reading) -> float:
        return checks.uint(value, MAX_U32) / _MILLISECONDS

    @override
    def write(self, value: float) -> int:
        return round(value * _MILLISECONDS)


@dataclass(frozen=True, slots=True)
class Real(Field[float]):
    """A floating-point number, of 32 bits or the shortest decimal of these."""

    least: float | None = None
    most: float | None = None

    @override
    def read(self, value: Any, reading: Reading) -> float:
        found = checks.real(value)
        if self.least is not None and found < self.least:
            raise checks.malformed("number too small")
        if self.most is not None and found > self.most:
            raise checks.malformed("number too large")
        return found

    @override
    def write(self, value: float) -> float:
        return float(value)


@dataclass(frozen=True, slots=True)
class Text(Field[str]):
    """A text of at most `most` bytes of UTF-8."""

    most: int

    @override
    def read(self, value: Any, reading: Reading) -> str:
        return checks.text(value, self.most)


@dataclass(frozen=True, slots=True)
class Characters(Field[str]):
    """A text of at most `most` characters, as Home Assistant counts them."""

    most: int

    @override
    def read(self, value: Any, reading: Reading) -> str:
        return checks.characters(value, self.most)


@dataclass(frozen=True, slots=True)
class Choice[E: IntEnum](Field[E]):
    """One of an enumeration's members; another within 8 bits is a newer version's."""

    kind: type[E]

    @override
    def read(self, value: Any, reading: Reading) -> E | None:
        checks.uint(value, MAX_U8)
        if value not in set(self.kind):
            reading.skip(f"unknown {self.kind.__name__}")
            return None
        return self.kind(value)

    @override
    def write(self, value: E) -> int:
        return int(value)


@dataclass(frozen=True, slots=True)
class Array[T](Field[tuple[T, ...]]):
    """Several of one type; of a list, those that only a newer version has are left out."""

    of: Field[T]
    most: int
    least: int = 0

    @override
    def read(self, value: Any, reading: Reading) -> tuple[T, ...]:
        items = checks.array(value, self.most, self.least)
        found = (self.of.read(item, reading) for item in items)
        return tuple(item for item in found if item is not None)

    @override
    def write(self, value: tuple[T, ...]) -> list[Any]:
        return [self.of.write(item) for item in value]


@dataclass(frozen=True, slots=True)
class Row[T](Field[T]):
    """Several values in a fixed order: a named tuple of its columns' fields."""

    kind: Callable[..., T]
    columns: tuple[Field[Any], ...]

    @override
    def read(self, value: Any, reading: Reading) -> T | None:
        items = checks.array(value, len(self.columns), len(self.columns))
        pairs = zip(self.columns, items, strict=True)
        found = [column.read(item, reading) for column, item in pairs]
        # One that only a newer version understands is none.
        return None if None in found else self.kind(*found)

    @override
    def write(self, value: Any) -> list[Any]:
        pairs = zip(self.columns, value, strict=True)
        return [column.write(item) for column, item in pairs]


@dataclass(frozen=True, slots=True)
class Signal(Field[tuple[int, ...]]):
    """Marks and spaces in microseconds, a byte string of at most `most` bytes.

    Each is a varint of its zigzag form, the lowest 7 bits first: as ESPHome takes them.
    """

    most: int

    @override
    def read(self, value: Any, reading: Reading) -> tuple[int, ...]:
        found: list[int] = []
        number = shift = 0
        for byte in checks.octets_up_to(value, self.most):
            number |= (byte & 0x7F) << shift
            shift += 7
            if byte & 0x80:
                continue
            if number > MAX_U32 or (not byte and shift > 7):
                raise checks.malformed("not a timing of 32 bits in its shortest form")
            found.append(number >> 1 ^ -(number & 1))
            number = shift = 0
        if shift or not found:
            raise checks.malformed("a signal ends within a timing, or has none")
        return tuple(found)

    @override
    def write(self, value: tuple[int, ...]) -> bytes:
        written = bytearray()
        for timing in value:
            number = timing << 1 ^ timing >> 31
            while number > 0x7F:
                written.append(number & 0x7F | 0x80)
                number >>= 7
            written.append(number)
        return bytes(written)


@dataclass(frozen=True, slots=True)
class OrMissing[T](Field[T | None]):
    """A value, or null where the device has none at present."""

    of: Field[T]

    @override
    def read(self, value: Any, reading: Reading) -> T | None:
        return None if value is None else self.of.read(value, reading)

    @override
    def write(self, value: T | None) -> Any:
        return None if value is None else self.of.write(value)


BOOLEAN: Final = Boolean()
U8: Final = Integer(0, MAX_U8)
U32: Final = Integer(0, MAX_U32)
REAL: Final = Real()
SHARE: Final = Real(0.0, 1.0)
STATE_TEXT: Final = Characters(MAX_STATE_TEXT)
CODE: Final = Text(MAX_CODE_TEXT)
OPTIONS: Final = Array(Characters(MAX_OPTION_TEXT), MAX_OPTIONS)
