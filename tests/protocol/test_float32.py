"""Numbers of 32 bits and the decimals that people mean by them."""

import struct

from hypothesis import example, given, settings, strategies as st
import pytest

from custom_components.oceanremote.protocol import EntityState, cbor
from custom_components.oceanremote.protocol.float32 import narrow, nearest, shortest
from custom_components.oceanremote.protocol.message_readers import (
    decode_device_message,
    decode_hub_message,
)
from custom_components.oceanremote.protocol.messages import (
    Command,
    States,
    encode_message,
)
from tests.support.commands import number_command
from tests.support.message_samples import FLOW, LEVEL

singles = st.floats(width=32, allow_nan=False, allow_infinity=False)
LARGEST = 3.4028234663852886e38


def widened(decimal: float) -> float:
    """Return what a board makes of a decimal, in 64 bits."""
    return float(struct.unpack("<f", struct.pack("<f", decimal))[0])


@pytest.mark.parametrize(
    "decimal",
    [0.1, 0.3, 0.7, 3.3, 12.25, 1e-05, -40.1, 0.0, 1e10, 1.1754944e-38, 1e-45, 1e38],
)
def test_what_was_written_is_what_is_read(decimal: float) -> None:
    assert shortest(widened(decimal)) == decimal


@settings(deadline=None, max_examples=500)
@given(singles)
@example(LARGEST)
@example(2.0**-149)
@example(16777216.0)
def test_a_decimal_is_the_same_number_and_no_shorter_one_is(value: float) -> None:
    found = shortest(value)
    assert nearest(found) == value
    digits = len(f"{found:.9g}".split("e")[0].replace(".", "").strip("-0") or "0")
    for fewer in range(1, digits):
        assert nearest(float(f"{value:.{fewer}g}")) != value


def test_some_numbers_need_nine_digits() -> None:
    assert shortest(nearest(103.217316)) == 103.217316
    assert shortest(-103.21731567382812) == -103.217316


@pytest.mark.parametrize("exponent", range(-149, 128))
def test_powers_of_two_are_no_exception(exponent: int) -> None:
    """Below one of them numbers lie twice as close as above it."""
    value = 2.0**exponent
    found = shortest(value)
    assert nearest(found) == value
    digits = len(f"{found:.9e}".split("e")[0].replace(".", "").strip("0"))
    if digits > 1:
        text = f"{value:.{digits - 2}e}"
        unit = 10.0 ** (int(text.split("e")[1]) - digits + 2)
        assert all(nearest(float(text) + n * unit) != value for n in (-1, 0, 1))


@pytest.mark.parametrize("value", [0.1, 1 / 3, 1e39, -1e300, 5e-324, 3.40282357e38])
def test_a_number_of_64_bits_stays_one(value: float) -> None:
    assert shortest(value) == value


@settings(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_nothing_is_narrowed_that_does_not_come_back(value: float) -> None:
    assert shortest(narrow(value)) == shortest(value)


def test_a_state_comes_in_32_bits_and_is_the_decimal() -> None:
    data = encode_message(States((EntityState(FLOW, 3.3),)))
    assert data.hex().endswith("fa40533333")
    assert decode_device_message(data) == States((EntityState(FLOW, 3.3),))


def test_a_command_goes_out_in_32_bits() -> None:
    command = Command(1, 5000, LEVEL, number_command(0.7))
    data = encode_message(command)
    assert cbor.decode(data)[-1] == {1: widened(0.7)}
    assert decode_hub_message(data) == command
