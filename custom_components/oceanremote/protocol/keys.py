"""Key pairs, tokens and everything derived from them (docs/protocol.md, "Keys")."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
import hashlib
import hmac

from cryptography.hazmat.primitives.asymmetric.x25519 import (
    X25519PrivateKey,
    X25519PublicKey,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from .errors import CloseReason, KeyTextError, RemoteProtocolError
from .limits import (
    HANDLE_SIZE,
    HUB_KEY_ID_SIZE,
    KEY_SIZE,
    MAC1_SIZE,
    MAC_SIZE,
    TOKEN_SIZE,
)
from .token_text import decode_key_text, encode_key_text

type RandomSource = Callable[[int], bytes]

_HUB_KEY_PREFIX = "oc_hub_"
_HUB_KEY_LABEL = b"oceanremote/1 hub key"
_TOKEN_PREFIX = "oc_reg_"
_TOKEN_LABEL = b"oceanremote/1 registration token"


class Purpose(IntEnum):
    """What a handshake is for; the psk of one is useless for the other."""

    REGISTRATION = 1
    SESSION = 2


_PSK_INFO = {
    Purpose.REGISTRATION: b"oceanremote/1 registration",
    Purpose.SESSION: b"oceanremote/1 session",
}


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A static or ephemeral X25519 key pair; both halves are 32 raw bytes."""

    private: bytes = field(repr=False)
    public: bytes
    _key: X25519PrivateKey = field(repr=False, compare=False)

    @classmethod
    def generate(cls, random: RandomSource) -> KeyPair:
        """Return a new pair from 32 bytes of `random`."""
        return cls.from_private(random(KEY_SIZE))

    @classmethod
    def from_private(cls, private: bytes) -> KeyPair:
        """Return the pair of a 32-byte private key."""
        key = X25519PrivateKey.from_private_bytes(private)
        return cls(private, key.public_key().public_bytes_raw(), key)

    def exchange(self, peer_public: bytes) -> bytes:
        """Return the shared secret with `peer_public` (RFC 7748, section 6.1).

        Raises `RemoteProtocolError` if the result is all zero, which only a peer key
        of small order yields and which would be a secret known to everybody.
        """
        try:
            return self._key.exchange(X25519PublicKey.from_public_bytes(peer_public))
        except ValueError:
            raise RemoteProtocolError(
                CloseReason.BAD_HANDSHAKE, "public key of small order"
            ) from None


@dataclass(frozen=True, slots=True)
class RegistrationToken:
    """256 random bits that let one device register once."""

    secret: bytes = field(repr=False)

    @classmethod
    def generate(cls, random: RandomSource) -> RegistrationToken:
        """Return a new token from 32 bytes of `random`."""
        return cls(random(TOKEN_SIZE))

    @classmethod
    def parse(cls, text: str) -> RegistrationToken:
        """Read the text form; raises `KeyTextError` on anything but the canonical."""
        return cls(decode_key_text(text, _TOKEN_PREFIX, _TOKEN_LABEL))

    @property
    def text(self) -> str:
        """The 54 characters that go into a YAML file."""
        return encode_key_text(self.secret, _TOKEN_PREFIX, _TOKEN_LABEL)

    @property
    def handle(self) -> bytes:
        """Eight bytes that name the token without being of use for guessing it."""
        return _digest(b"oceanremote/1 token handle", self.secret)[:HANDLE_SIZE]


def hub_key_text(public: bytes) -> str:
    """Return the 54 characters that stand for the hub's public key in a YAML file."""
    return encode_key_text(public, _HUB_KEY_PREFIX, _HUB_KEY_LABEL)


def parse_hub_key(text: str) -> bytes:
    """Return the hub's public key of its text form, or raise `KeyTextError`."""
    return decode_key_text(text, _HUB_KEY_PREFIX, _HUB_KEY_LABEL)


def hub_key_id(public: bytes) -> bytes:
    """Return the four bytes by which INIT names the hub key it was made for."""
    return _digest(b"oceanremote/1 hub key id", public)[:HUB_KEY_ID_SIZE]


def mac1(hub_public: bytes, challenge: bytes, init_so_far: bytes) -> bytes:
    """Return the 16 bytes that show knowledge of the hub key before any curve work."""
    key = _digest(b"oceanremote/1 mac1", hub_public)
    return hmac.digest(key, challenge + init_so_far, "sha256")[:MAC1_SIZE]


def derive_psk(token: bytes, mac: bytes, purpose: Purpose) -> bytes:
    """Return the 32-byte pre-shared key of `token` on the board `mac` (RFC 5869)."""
    return HKDF(SHA256(), KEY_SIZE, salt=mac, info=_PSK_INFO[purpose]).derive(token)


def stored_hash(permanent_token: bytes) -> bytes:
    """Return what a device answers once the permanent token lies in its flash."""
    return _digest(b"oceanremote/1 stored", permanent_token)


def format_mac(mac: bytes) -> str:
    """Return a MAC address as 12 lower-case hexadecimal digits."""
    return mac.hex()


def parse_mac(text: str) -> bytes:
    """Return the six bytes of a MAC address, separated by nothing, ':' or '-'.

    Raises `KeyTextError`.
    """
    digits = text.strip().replace(":", "").replace("-", "")
    if len(digits) != 2 * MAC_SIZE or not digits.isascii() or not digits.isalnum():
        raise KeyTextError("a MAC address has 12 hexadecimal digits")
    try:
        return bytes.fromhex(digits)
    except ValueError:
        raise KeyTextError("a MAC address has 12 hexadecimal digits") from None


def is_board_mac(mac: bytes) -> bool:
    """Whether a MAC can be a board's own: no group address, neither all 0 nor all 1.

    All ones are a group address, too: the lowest bit of the first byte says so.
    """
    return any(mac) and not mac[0] & 1


def _digest(label: bytes, data: bytes) -> bytes:
    return hashlib.sha256(label + data).digest()
