"""Strict deterministic CBOR (RFC 8949, section 4.2.1): one value has one encoding.

cbor2 does the coding. Two checks around it make it strict: a look at the item heads
before it runs refuses what it must never see (tags, indefinite lengths, deep nesting,
lengths beyond the input, non-finite numbers), and encoding its result again must give
the same bytes, which leaves no room for long integers, long floats, duplicate or
unsorted keys.
"""

from collections.abc import Iterator
import math
import struct
from typing import Any

import cbor2

from .errors import CloseReason, RemoteProtocolError
from .limits import MAX_CBOR_NESTING

_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP, _TAG, _SIMPLE = range(8)
_FALSE, _NULL = 20, 22
_FLOATS = {25: struct.Struct(">e"), 26: struct.Struct(">f"), 27: struct.Struct(">d")}
_LAST_IMMEDIATE = 23
_LONG_ARGUMENTS = {24: 1, 25: 2, 26: 4, 27: 8}


def encode(value: Any) -> bytes:
    """Return the deterministic encoding of `value`, made of plain Python types."""
    return cbor2.dumps(value, canonical=True)


def decode(data: bytes, nesting: int = MAX_CBOR_NESTING) -> Any:
    """Return the one item that `data` is, at most `nesting` containers deep.

    Arrays become lists, maps dicts with int keys. Raises `RemoteProtocolError`.
    """
    if _Skimmer(data).skim(0, nesting) != len(data):
        raise _malformed("trailing bytes")
    return _load(data)


def decode_sequence(
    data: bytes, items: int, nesting: int = MAX_CBOR_NESTING
) -> Iterator[Any]:
    """Yield what `data` holds one behind the other (RFC 8742), each as `decode` does.

    Arrays, maps, their keys and everything in them are counted together: more than
    `items` are refused. Raises `RemoteProtocolError` on the way.
    """
    skimmer = _Skimmer(data, items)
    start = 0
    while start < len(data):
        end = skimmer.skim(start, nesting)
        yield _load(data[start:end])
        start = end


def _load(data: bytes) -> Any:
    """Return the one item that `data` is; every head in it has been looked at."""
    try:
        value = cbor2.loads(data)
    except cbor2.CBORDecodeError:
        raise _malformed("text is not UTF-8") from None
    if encode(value) != data:
        raise _malformed("encoding is not deterministic")
    return value


class _Skimmer:
    """Looks at the heads of items, at no more than a given number of them."""

    def __init__(self, data: bytes, items: int | None = None) -> None:
        self._data = data
        # Counted down to 0; without a limit it is never met.
        self._left = -1 if items is None else items

    def skim(self, start: int, nesting: int) -> int:
        """Return where the item at `start` ends, having looked at every head in it."""
        data = self._data
        self._count()
        major, argument, position = _read_head(data, start)
        match major:
            case _ if major in (_UNSIGNED, _NEGATIVE):
                return position
            case _ if major in (_BYTES, _TEXT):
                if argument > len(data) - position:
                    raise _malformed("string runs past the end")
                return position + argument
            case _ if major == _SIMPLE:
                return _skim_simple(data, start, position)
            case _ if major == _TAG:
                raise _malformed("tag")
        if not nesting:
            raise _malformed("nested too deeply")
        if argument > len(data) - position:
            raise _malformed("container runs past the end")
        for _ in range(argument):
            if major == _MAP:
                self._count()
                key_major, _, position = _read_head(data, position)
                if key_major != _UNSIGNED:
                    raise _malformed("map key is not an unsigned integer")
            position = self.skim(position, nesting - 1)
        return position

    def _count(self) -> None:
        if self._left == 0:
            raise _malformed("too many items")
        self._left -= 1


def _skim_simple(data: bytes, start: int, position: int) -> int:
    info = data[start] & 0x1F
    if number := _FLOATS.get(info):
        if not math.isfinite(number.unpack_from(data, start + 1)[0]):
            raise _malformed("number is not finite")
    elif not _FALSE <= info <= _NULL:
        raise _malformed("simple value")
    return position


def _read_head(data: bytes, start: int) -> tuple[int, int, int]:
    """Return major type, argument and the position behind the head at `start`."""
    if start >= len(data):
        raise _malformed("ends too early")
    major, info = data[start] >> 5, data[start] & 0x1F
    if info <= _LAST_IMMEDIATE:
        return major, info, start + 1
    size = _LONG_ARGUMENTS.get(info)
    if size is None:
        raise _malformed("indefinite length")
    end = start + 1 + size
    if end > len(data):
        raise _malformed("ends too early")
    return major, int.from_bytes(data[start + 1 : end]), end


def _malformed(detail: str) -> RemoteProtocolError:
    return RemoteProtocolError(CloseReason.MALFORMED_MESSAGE, f"CBOR: {detail}")
