"""What hub and challenge device agree on beforehand, and its bounds.

docs/challenge-protocol.md is normative; "section" below means one of its sections.
"""

from dataclasses import dataclass
from enum import StrEnum
import hmac
from types import MappingProxyType
from typing import Final

from ...protocol.errors import LocalProtocolError

MAX_WAKE_LENGTH: Final = 64
MAX_CHALLENGE_LENGTH: Final = 64
MAX_SECRET_LENGTH: Final = 64
MAX_DEVICE_ID_LENGTH: Final = 32
MAX_TABLE_SIZE: Final = 64
STRICT_NONCE_LENGTH: Final = 16
STRICT_MIN_CHALLENGE_LENGTH: Final = 16
RECOMMENDED_SECRET_LENGTH: Final = 16
ANSWER_LIFETIME: Final = 5.0
"""Seconds that a receiver waits for the wake-up bytes, and then for the answer."""


class ChallengeParameterError(LocalProtocolError, ValueError):
    """A parameter on our own side is outside what the protocol allows."""


class Mode(StrEnum):
    """The two modes of the protocol (section 1)."""

    CLASSIC = "classic"
    STRICT = "strict"


@dataclass(frozen=True, slots=True)
class HashFunction:
    """A hash by its name in hashlib, and its length in bytes."""

    name: str
    size: int

    def hmac(self, key: bytes, message: bytes) -> bytes:
        """Return HMAC(key, message) (RFC 2104), `size` bytes."""
        return hmac.digest(key, message, self.name)


SHA1: Final = HashFunction("sha1", 20)
SHA256: Final = HashFunction("sha256", 32)
SHA512: Final = HashFunction("sha512", 64)
HASHES: Final = {function.name: function for function in (SHA256, SHA1, SHA512)}
SECONDS_PER_COMMAND: Final = MappingProxyType(
    {"sha1": 0.010, "sha256": 0.018, "sha512": 0.2}
)
"""What the slowest device may take to try one command of its table.

Twice what an ATmega328P at 16 MHz takes, measured by tests/challenge/test_avr.py;
SHA-512 is estimated, no device so small is known to use it.
"""


def _require(condition: bool, what: str) -> None:
    if not condition:
        raise ChallengeParameterError(what)


@dataclass(frozen=True, slots=True)
class ChallengeProfile:
    """The parameters that both ends share (section 2); lengths in bytes.

    Raises ChallengeParameterError for values that the protocol does not allow.
    """

    mode: Mode
    hash: HashFunction = SHA256
    wake_length: int = STRICT_NONCE_LENGTH
    challenge_length: int = STRICT_MIN_CHALLENGE_LENGTH
    device_id: bytes = b""

    def __post_init__(self) -> None:
        """Hold every parameter to its bounds."""
        _require(1 <= self.challenge_length <= MAX_CHALLENGE_LENGTH, "challenge length")
        _require(0 <= self.wake_length <= MAX_WAKE_LENGTH, "wake-up length")
        if self.mode is Mode.CLASSIC:
            _require(not self.device_id, "a classic device has no id")
            return
        _require(self.wake_length == STRICT_NONCE_LENGTH, "strict wake-up length")
        _require(
            self.challenge_length >= STRICT_MIN_CHALLENGE_LENGTH,
            "strict challenge length",
        )
        _require(1 <= len(self.device_id) <= MAX_DEVICE_ID_LENGTH, "device id")

    def check_secret(self, secret: bytes) -> None:
        """Raise ChallengeParameterError unless `secret` may be used in this mode."""
        shortest = RECOMMENDED_SECRET_LENGTH if self.mode is Mode.STRICT else 1
        _require(shortest <= len(secret) <= MAX_SECRET_LENGTH, "secret length")


def check_table(values: frozenset[int]) -> frozenset[int]:
    """Return `values` if they can be a command or response table; raise otherwise."""
    _require(len(values) <= MAX_TABLE_SIZE, "table size")
    _require(all(0 <= value <= 255 for value in values), "table value")
    return values
