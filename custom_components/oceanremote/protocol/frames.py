"""Frames of `OceanRemote/1`: one WebSocket binary message is one frame.

Layouts: docs/protocol.md, "Frames". Integers are big-endian. Parsing checks sizes and
fixed values only; nothing that a frame says is believed here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
import struct
from typing import Final

from .errors import CloseReason, RemoteProtocolError
from .keys import Purpose
from .limits import (
    ACCEPT_FRAME,
    CHALLENGE_SIZE,
    HUB_KEY_ID_SIZE,
    KEY_SIZE,
    MAC1_SIZE,
    MAX_HANDSHAKE_FRAME,
    MIN_RX_LIMIT,
    PROTOCOL_VERSION,
    TAG_SIZE,
)

_HELLO = struct.Struct(f">BB{CHALLENGE_SIZE}s")
_INIT_HEADER = struct.Struct(f">BB{HUB_KEY_ID_SIZE}sH")
_REJECT = struct.Struct(">BBH")
_DATA_HEADER = struct.Struct(">BI")

# e, the sealed static key and the seal of a payload: the least that message 1 holds.
_MIN_NOISE_1: Final = KEY_SIZE + KEY_SIZE + TAG_SIZE + TAG_SIZE
REJECT_CODE: Final = 1
# What DATA adds to a plaintext: type, epoch, seal.
DATA_OVERHEAD: Final = _DATA_HEADER.size + TAG_SIZE


class FrameType(IntEnum):
    """The first byte of every frame."""

    HELLO = 1
    INIT = 2
    ACCEPT = 3
    REJECT = 4
    DATA = 5


@dataclass(frozen=True, slots=True)
class Hello:
    """The hub asks its peer to prove its identity."""

    challenge: bytes

    def encode(self) -> bytes:
        """Return the 34 bytes that also go into the handshake's prologue."""
        return _HELLO.pack(FrameType.HELLO, PROTOCOL_VERSION, self.challenge)


@dataclass(frozen=True, slots=True)
class Init:
    """The device's first handshake message, with what the hub checks beforehand."""

    purpose: Purpose
    hub_key_id: bytes
    rx_limit: int
    noise_message: bytes
    mac1: bytes

    @property
    def header(self) -> bytes:
        """The eight bytes that go into the handshake's prologue."""
        return _INIT_HEADER.pack(
            FrameType.INIT, self.purpose, self.hub_key_id, self.rx_limit
        )

    @property
    def before_mac1(self) -> bytes:
        """Everything that mac1 covers besides the challenge."""
        return self.header + self.noise_message

    def encode(self) -> bytes:
        """Return the whole frame."""
        return self.before_mac1 + self.mac1


@dataclass(frozen=True, slots=True)
class Accept:
    """The hub's handshake message."""

    noise_message: bytes

    def encode(self) -> bytes:
        """Return the whole frame."""
        return bytes((FrameType.ACCEPT,)) + self.noise_message


@dataclass(frozen=True, slots=True)
class Reject:
    """The hub's one answer to every handshake that it refuses; unauthenticated."""

    retry_after: int

    def encode(self) -> bytes:
        """Return the whole frame."""
        return _REJECT.pack(FrameType.REJECT, REJECT_CODE, self.retry_after)


@dataclass(frozen=True, slots=True)
class Data:
    """One sealed message of an epoch."""

    epoch: int
    ciphertext: bytes

    def encode(self) -> bytes:
        """Return the whole frame."""
        return _DATA_HEADER.pack(FrameType.DATA, self.epoch) + self.ciphertext


type Frame = Hello | Init | Accept | Reject | Data


def parse_frame(raw: bytes, limit: int) -> Frame:
    """Return the frame that `raw` is, at most `limit` bytes long.

    Raises `RemoteProtocolError`.
    """
    if not raw:
        raise _malformed("empty frame")
    if len(raw) > limit:
        raise RemoteProtocolError(CloseReason.OVERSIZE, f"{len(raw)} of {limit} bytes")
    parser = _PARSERS.get(raw[0])
    if parser is None:
        raise _malformed(f"frame type {raw[0]}")
    return parser(raw)


def _parse_hello(raw: bytes) -> Hello:
    if len(raw) != _HELLO.size:
        raise _malformed("HELLO of wrong size")
    _, version, challenge = _HELLO.unpack(raw)
    if version != PROTOCOL_VERSION:
        raise RemoteProtocolError(CloseReason.UNSUPPORTED_VERSION, f"{version}")
    return Hello(challenge)


def _parse_init(raw: bytes) -> Init:
    if len(raw) > MAX_HANDSHAKE_FRAME:
        raise RemoteProtocolError(CloseReason.OVERSIZE, f"INIT of {len(raw)} bytes")
    if len(raw) < _INIT_HEADER.size + _MIN_NOISE_1 + MAC1_SIZE:
        raise _malformed("INIT too short")
    _, purpose, key_id, rx_limit = _INIT_HEADER.unpack_from(raw)
    if purpose not in set(Purpose):
        raise _malformed(f"purpose {purpose}")
    if rx_limit < MIN_RX_LIMIT:
        raise _malformed(f"receive limit {rx_limit}")
    return Init(
        purpose=Purpose(purpose),
        hub_key_id=key_id,
        rx_limit=rx_limit,
        noise_message=raw[_INIT_HEADER.size : -MAC1_SIZE],
        mac1=raw[-MAC1_SIZE:],
    )


def _parse_accept(raw: bytes) -> Accept:
    if len(raw) != ACCEPT_FRAME:
        raise _malformed("ACCEPT of wrong size")
    return Accept(raw[1:])


def _parse_reject(raw: bytes) -> Reject:
    if len(raw) != _REJECT.size:
        raise _malformed("REJECT of wrong size")
    _, code, retry_after = _REJECT.unpack(raw)
    if code != REJECT_CODE:
        raise _malformed(f"REJECT code {code}")
    return Reject(retry_after)


def _parse_data(raw: bytes) -> Data:
    if len(raw) <= DATA_OVERHEAD:
        raise _malformed("DATA too short")
    _, epoch = _DATA_HEADER.unpack_from(raw)
    return Data(epoch, raw[_DATA_HEADER.size :])


def _malformed(detail: str) -> RemoteProtocolError:
    return RemoteProtocolError(CloseReason.MALFORMED_FRAME, detail)


_PARSERS: dict[int, Callable[[bytes], Frame]] = {
    FrameType.HELLO: _parse_hello,
    FrameType.INIT: _parse_init,
    FrameType.ACCEPT: _parse_accept,
    FrameType.REJECT: _parse_reject,
    FrameType.DATA: _parse_data,
}
