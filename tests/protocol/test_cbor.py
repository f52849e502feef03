"""Strict deterministic CBOR: one value, one encoding, nothing else."""

import math
import struct
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.oceanremote.protocol import RemoteProtocolError, cbor
from custom_components.oceanremote.protocol.errors import CloseReason
from custom_components.oceanremote.protocol.limits import MAX_CBOR_NESTING

from .vectors import load

# What appendix A encodes well and this profile does not have.
OUTSIDE_THE_PROFILE = {
    "tags": ("c2", "c3", "c0", "c1", "d7", "d8"),
    "not finite": ("f97c00", "f97e00", "f9fc00"),
    "undefined and simple values": ("f7", "f0", "f8"),
    "maps with text keys": ("a26161", "826161a1", "a56161"),
}

APPENDIX_A: list[dict[str, Any]] = load("cbor_appendix_a.json")


def _in_profile(case: dict[str, Any]) -> bool:
    outside = sum(OUTSIDE_THE_PROFILE.values(), ())
    return bool(case["roundtrip"]) and not case["hex"].startswith(outside)


@pytest.mark.parametrize(
    "case",
    [case for case in APPENDIX_A if _in_profile(case)],
    ids=lambda case: case["hex"],
)
def test_appendix_a_within_the_profile(case: dict[str, Any]) -> None:
    data = bytes.fromhex(case["hex"])
    value = cbor.decode(data)
    if "decoded" in case:
        assert value == case["decoded"]
    assert cbor.encode(value) == data


@pytest.mark.parametrize(
    "case",
    [case for case in APPENDIX_A if not _in_profile(case)],
    ids=lambda case: case["hex"],
)
def test_appendix_a_outside_the_profile(case: dict[str, Any]) -> None:
    _refuse(bytes.fromhex(case["hex"]))


def _refuse(data: bytes, detail: str | None = None) -> None:
    with pytest.raises(RemoteProtocolError, match=detail) as caught:
        cbor.decode(data)
    assert caught.value.reason is CloseReason.MALFORMED_MESSAGE


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        ("", "too early"),
        ("18", "too early"),
        ("1900", "too early"),
        ("1c", "indefinite"),
        ("1f", "indefinite"),
        ("3f", "indefinite"),
        ("ff", "indefinite"),
        ("1817", "deterministic"),
        ("1900ff", "deterministic"),
        ("1a0000ffff", "deterministic"),
        ("1b00000000ffffffff", "deterministic"),
        ("3817", "deterministic"),
        ("5800", "deterministic"),
        ("780161", "deterministic"),
        ("980100", "deterministic"),
        ("b8010000", "deterministic"),
        ("fa3f800000", "deterministic"),
        ("fb3ff0000000000000", "deterministic"),
        ("fb47efffffe0000000", "deterministic"),
        ("a201000000", "deterministic"),
        ("a201000100", "deterministic"),
        ("a2180000 0100", "deterministic"),
        ("a12000", "map key"),
        ("a1400000", "map key"),
        ("a1f500", "map key"),
        ("a101", "too early"),
        ("a1", "container runs"),
        ("a1ff", "too early|indefinite"),
        ("9bffffffffffffffff", "container runs"),
        ("bb7fffffffffffffff", "container runs"),
        ("5bffffffffffffffff", "string runs"),
        ("7a7fffffff61", "string runs"),
        ("4201", "string runs"),
        ("8201", "container runs|too early"),
        ("0000", "trailing"),
        ("61ff", "UTF-8"),
        ("62c328", "UTF-8"),
        ("63eda080", "UTF-8"),
        ("f97e01", "finite"),
        ("fa7fc00001", "finite"),
        ("fbfff0000000000000", "finite"),
        ("f97c", "too early"),
        ("f3", "simple"),
        ("f818", "simple"),
        ("d9d9f700", "tag"),
        ("c4820a15", "tag"),
        ("c54821196ab3", "tag"),
    ],
)
def test_what_is_not_deterministic_or_not_whole_is_refused(
    data: str, detail: str
) -> None:
    _refuse(bytes.fromhex(data), detail)


def test_nesting_is_bounded() -> None:
    deepest = b"\x81" * MAX_CBOR_NESTING
    assert cbor.decode(deepest + b"\x00")
    _refuse(b"\x81" + deepest + b"\x00", "deeply")
    _refuse(b"\xa1\x00" * MAX_CBOR_NESTING + b"\x80", "deeply")
    _refuse(b"\x81" * 8000, "deeply")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_numbers_that_are_not_finite_never_leave_us(value: float) -> None:
    _refuse(cbor.encode([value]), "finite")


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**64), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.binary(max_size=40)
    | st.text(max_size=40),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.integers(0, 2**64 - 1), inner, max_size=5)
    ),
    max_leaves=20,
)


def _depth(value: Any) -> int:
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list):
        return 0
    return 1 + max(map(_depth, value), default=0)


@given(values)
def test_values_come_back_as_they_went(value: Any) -> None:
    data = cbor.encode(value)
    if _depth(value) <= MAX_CBOR_NESTING:
        back = cbor.decode(data)
        assert back == value
        assert cbor.encode(back) == data
    else:
        _refuse(data, "deeply")


@given(values)
def test_a_value_cut_anywhere_is_refused(value: Any) -> None:
    data = cbor.encode(value)
    for end in range(len(data)):
        with pytest.raises(RemoteProtocolError):
            cbor.decode(data[:end], nesting=100)


@given(st.binary(max_size=60))
def test_any_bytes_are_refused_or_are_the_encoding_of_their_value(data: bytes) -> None:
    try:
        value = cbor.decode(data)
    except RemoteProtocolError:
        return
    assert cbor.encode(value) == data


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_take_the_shortest_form_that_keeps_them(value: float) -> None:
    data = cbor.encode(value)
    for size, kind in ((3, ">e"), (5, ">f"), (9, ">d")):
        try:
            kept = struct.unpack(kind, struct.pack(kind, value))[0] == value
        except OverflowError:
            kept = False
        if kept:
            assert len(data) == size
            return
