"""Prologue and payloads of the handshake (docs/protocol.md, "Handshake")."""

from dataclasses import dataclass
import struct
from typing import Final
import unicodedata

from .errors import CloseReason, RemoteProtocolError
from .frames import Hello, Init
from .keys import Purpose, is_board_mac
from .limits import (
    HANDLE_SIZE,
    MAC_SIZE,
    MAX_BOARD_TEXT,
    MAX_VERSION_TEXT,
    MIN_RX_LIMIT,
    SESSION_ID_SIZE,
)

_PROLOGUE_LABEL: Final = b"OceanRemote/1"
_CLAIMS = struct.Struct(f">{MAC_SIZE}sIQ")
_TERMS = struct.Struct(f">{SESSION_ID_SIZE}sIQHH")


@dataclass(frozen=True, slots=True)
class Claims:
    """What the device says in message 1; inert until its first DATA has opened.

    Handle, board and version are empty in a session, `generation` is 0 in a
    registration.
    """

    mac: bytes
    generation: int
    counter: int
    handle: bytes = b""
    board: str = ""
    version: str = ""

    def encode(self, purpose: Purpose) -> bytes:
        """Return the payload of message 1."""
        payload = _CLAIMS.pack(self.mac, self.generation, self.counter)
        if purpose is Purpose.SESSION:
            return payload
        board, version = self.board.encode(), self.version.encode()
        return b"".join(
            (payload, self.handle, _short(board), board, _short(version), version)
        )

    @classmethod
    def decode(cls, payload: bytes, purpose: Purpose) -> Claims:
        """Read the payload of message 1; raises `RemoteProtocolError`."""
        if len(payload) < _CLAIMS.size:
            raise _bad("payload too short")
        mac, generation, counter = _CLAIMS.unpack_from(payload)
        if not is_board_mac(mac):
            raise _bad("no board's MAC")
        rest = payload[_CLAIMS.size :]
        if purpose is Purpose.SESSION:
            if rest:
                raise _bad("payload too long")
            return cls(mac, generation, counter)
        if generation or len(rest) < HANDLE_SIZE:
            raise _bad("payload of a registration")
        handle, rest = rest[:HANDLE_SIZE], rest[HANDLE_SIZE:]
        board, rest = _take_text(rest, MAX_BOARD_TEXT)
        version, rest = _take_text(rest, MAX_VERSION_TEXT)
        if rest:
            raise _bad("payload too long")
        return cls(mac, 0, counter, handle, board, version)


@dataclass(frozen=True, slots=True)
class Terms:
    """What the hub says in message 2: the session and its limits."""

    session_id: bytes
    lifetime: int
    hub_time_ms: int
    hub_rx_limit: int
    ping_interval: int

    def encode(self) -> bytes:
        """Return the payload of message 2."""
        return _TERMS.pack(
            self.session_id,
            self.lifetime,
            self.hub_time_ms,
            self.hub_rx_limit,
            self.ping_interval,
        )

    @classmethod
    def decode(cls, payload: bytes) -> Terms:
        """Read the payload of message 2; raises `RemoteProtocolError`."""
        if len(payload) != _TERMS.size:
            raise _bad("payload of wrong size")
        terms = cls(*_TERMS.unpack(payload))
        if not terms.lifetime or not terms.ping_interval:
            raise _bad("a time of zero")
        if terms.hub_rx_limit < MIN_RX_LIMIT:
            raise _bad(f"receive limit {terms.hub_rx_limit}")
        return terms


def prologue(hello: Hello, init: Init, epoch: int, previous_hash: bytes) -> bytes:
    """Return what both sides hash before message 1.

    `previous_hash` is the handshake hash of the epoch before on this link, empty for
    the first.
    """
    return b"".join(
        (
            _PROLOGUE_LABEL,
            hello.encode(),
            init.header,
            epoch.to_bytes(4),
            previous_hash,
        )
    )


def _short(data: bytes) -> bytes:
    return bytes((len(data),))


def _take_text(data: bytes, limit: int) -> tuple[str, bytes]:
    if not data or data[0] > min(limit, len(data) - 1):
        raise _bad("text out of bounds")
    end = 1 + data[0]
    try:
        text = data[1:end].decode()
    except UnicodeDecodeError:
        raise _bad("text is not UTF-8") from None
    # Logs name the board: its text must not end their lines.
    if any(unicodedata.category(character) == "Cc" for character in text):
        raise _bad("text with a control character")
    return text, data[end:]


def _bad(detail: str) -> RemoteProtocolError:
    return RemoteProtocolError(CloseReason.BAD_HANDSHAKE, detail)
