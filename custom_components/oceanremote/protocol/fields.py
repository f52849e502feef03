"""Checks of single CBOR values; each returns its value or raises.

All raise `RemoteProtocolError` with the reason `MALFORMED_MESSAGE`. `bool` is a kind
of `int` in Python and never one on the wire, hence the exact types.
"""

import math
from typing import Any, Final

from .errors import CloseReason, RemoteProtocolError
from .float32 import shortest
from .limits import MAX_STATE_TEXT, MAX_U32

# In bytes of UTF-8.
_LONGEST_CHARACTER: Final = 4


def malformed(detail: str) -> RemoteProtocolError:
    """Return the error for a message that breaks docs/protocol.cddl."""
    return RemoteProtocolError(CloseReason.MALFORMED_MESSAGE, detail)


def uint(value: Any, maximum: int = MAX_U32, minimum: int = 0) -> int:
    """Return an unsigned integer within its bounds."""
    if type(value) is not int or not minimum <= value <= maximum:
        raise malformed("not an integer within its bounds")
    return value


def real(value: Any) -> float:
    """Return a finite floating-point number, one of 32 bits as its shortest decimal."""
    if type(value) is not float or not math.isfinite(value):
        raise malformed("not a finite floating-point number")
    return shortest(value)


def boolean(value: Any) -> bool:
    """Return a boolean."""
    if type(value) is not bool:
        raise malformed("not a boolean")
    return value


def text(value: Any, limit: int) -> str:
    """Return a text of at most `limit` bytes of UTF-8."""
    if type(value) is not str:
        raise malformed("not a text")
    try:
        size = len(value.encode())
    except UnicodeEncodeError:
        raise malformed("not a text that UTF-8 can hold") from None
    if size > limit:
        raise malformed("text too long")
    return value


def characters(value: Any, limit: int) -> str:
    """Return a text of at most `limit` characters (Unicode scalar values)."""
    found = text(value, limit * _LONGEST_CHARACTER)
    if len(found) > limit:
        raise malformed("text too long")
    return found


def octets(value: Any, size: int) -> bytes:
    """Return a byte string of exactly `size`."""
    if type(value) is not bytes or len(value) != size:
        raise malformed("not a byte string of its size")
    return value


def octets_up_to(value: Any, limit: int) -> bytes:
    """Return a byte string of at most `limit` bytes."""
    if type(value) is not bytes or len(value) > limit:
        raise malformed("not a byte string, or too long")
    return value


def array(value: Any, maximum: int, minimum: int = 0) -> list[Any]:
    """Return an array of a length within its bounds."""
    if type(value) is not list or not minimum <= len(value) <= maximum:
        raise malformed("not an array within its bounds")
    return value


def scalar(value: Any) -> Any:
    """Return a value without parts; a text has the length of a state's."""
    if isinstance(value, str):
        return characters(value, MAX_STATE_TEXT)
    if isinstance(value, list | dict | bytes):
        raise malformed("not a scalar")
    return value


def table(value: Any) -> dict[int, Any]:
    """Return a map; its keys are unsigned integers already (see `cbor`)."""
    if type(value) is not dict:
        raise malformed("not a map")
    return value
