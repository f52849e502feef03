"""Frames: sizes and fixed values, refused before anything is looked at."""

from hypothesis import given, strategies as st
import pytest

from custom_components.oceanremote.protocol import RemoteProtocolError
from custom_components.oceanremote.protocol.errors import CloseReason
from custom_components.oceanremote.protocol.frames import (
    Accept,
    Data,
    Frame,
    Hello,
    Init,
    Reject,
    parse_frame,
)
from custom_components.oceanremote.protocol.keys import Purpose

LIMIT = 8192
INIT = Init(Purpose.SESSION, b"\x01\x02\x03\x04", 1024, bytes(114), bytes(16))
FRAMES: list[Frame] = [
    Hello(bytes(range(32))),
    INIT,
    Init(Purpose.REGISTRATION, bytes(4), 512, bytes(96), bytes(16)),
    Accept(bytes(80)),
    Reject(0xFFFF),
    Data(1, bytes(17)),
    Data(0xFFFF_FFFF, bytes(8187)),
]


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: type(frame).__name__)
def test_a_frame_comes_back_as_it_went(frame: Frame) -> None:
    assert parse_frame(frame.encode(), LIMIT) == frame


MALFORMED = CloseReason.MALFORMED_FRAME


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", MALFORMED),
        (b"\x00", MALFORMED),
        (b"\x06" + bytes(33), MALFORMED),
        (b"\xff", MALFORMED),
        (b"\x01", MALFORMED),
        (b"\x01\x02" + bytes(32), CloseReason.UNSUPPORTED_VERSION),
        (b"\x01\x00" + bytes(32), CloseReason.UNSUPPORTED_VERSION),
        (b"\x01\x01" + bytes(31), MALFORMED),
        (b"\x01\x01" + bytes(33), MALFORMED),
        (b"\x02\x02" + bytes(4) + b"\x04\x00" + bytes(111), MALFORMED),
        (b"\x02\x00" + bytes(4) + b"\x04\x00" + bytes(130), MALFORMED),
        (b"\x02\x03" + bytes(4) + b"\x04\x00" + bytes(130), MALFORMED),
        (b"\x02\x02" + bytes(4) + b"\x01\xff" + bytes(130), MALFORMED),
        (b"\x02\x02" + bytes(4) + b"\x04\x00" + bytes(505), CloseReason.OVERSIZE),
        (b"\x03" + bytes(47), MALFORMED),
        (b"\x03" + bytes(79), CloseReason.MALFORMED_FRAME),
        (b"\x03" + bytes(81), CloseReason.MALFORMED_FRAME),
        (b"\x04\x01\x00", MALFORMED),
        (b"\x04\x01\x00\x00\x00", MALFORMED),
        (b"\x04\x02\x00\x00", MALFORMED),
        (b"\x05" + bytes(20), MALFORMED),
        (b"\x05" + bytes(LIMIT), CloseReason.OVERSIZE),
    ],
)
def test_what_is_no_frame_is_refused(raw: bytes, reason: CloseReason) -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        parse_frame(raw, LIMIT)
    assert caught.value.reason is reason


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_or_are_the_encoding_of_their_frame(raw: bytes) -> None:
    try:
        frame = parse_frame(raw, LIMIT)
    except RemoteProtocolError:
        return
    assert frame.encode() == raw
