"""Decimals of 32-bit floating-point numbers, which is what devices reckon with.

A board's 0.1 is 0.100000001490116… when it is widened to 64 bits. What its owner wrote,
and wants to read, is the shortest decimal that rounds to the same 32 bits.
"""

from collections.abc import Iterator
from decimal import Decimal
import math
import struct
from typing import Any, Final

_FLOAT32: Final = struct.Struct("<f")
_SMALLEST_NORMAL: Final = 2.0**-126
# Every decimal of six digits survives in 32 bits, and nine digits tell any two of them
# apart (FLT_DIG and FLT_DECIMAL_DIG of ISO C); a subnormal one has fewer.
_ALWAYS_KEPT: Final = 6
_ALWAYS_ENOUGH: Final = 9


def nearest(value: float) -> float:
    """Return the nearest 32-bit number, an infinity for what is beyond them."""
    try:
        (found,) = _FLOAT32.unpack(_FLOAT32.pack(value))
    except OverflowError:
        return math.copysign(math.inf, value)
    return float(found)


def shortest(value: float) -> float:
    """Return the shortest decimal with the same `nearest`.

    A number that has more than 32 bits stays as it is.
    """
    if nearest(value) != value:
        return value
    fewest = _ALWAYS_KEPT if abs(value) >= _SMALLEST_NORMAL else 1
    for digits in range(fewest, _ALWAYS_ENOUGH):
        for decimal in _decimals(value, digits):
            if nearest(decimal) == value:
                return decimal
    return float(f"{value:.{_ALWAYS_ENOUGH}g}")


def _decimals(value: float, digits: int) -> Iterator[float]:
    """Yield the decimals of so many digits that may be a number."""
    text = f"{value:.{digits - 1}e}"
    yield float(text)
    if abs(math.frexp(value)[0]) == 0.5:
        # Above a power of two numbers lie twice as far apart as below it: the second
        # nearest decimal may round to it where the nearest, below, does not.
        decimal = Decimal(text)
        unit = Decimal(1).scaleb(decimal.adjusted() - digits + 1)
        yield float(decimal + unit.copy_sign(decimal))


def narrow(value: Any) -> Any:
    """Return a message's value with all in 32 bits that `shortest` brings back."""
    match value:
        case float():
            narrowed = nearest(value)
            return narrowed if shortest(narrowed) == value else value
        case list() | tuple():
            return [narrow(item) for item in value]
        case dict():
            return {key: narrow(item) for key, item in value.items()}
        case _:
            return value
