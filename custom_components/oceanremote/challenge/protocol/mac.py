"""The keys and MACs of both modes (docs/challenge-protocol.md, sections 4 and 5)."""

from collections.abc import Iterable
import hmac
from typing import Final

from .profile import MAX_CHALLENGE_LENGTH, ChallengeProfile, Mode

RESERVED_PREFIX: Final = b"oceanremote-challenge/"
STRICT_KEY_LABEL: Final = b"oceanremote-challenge/1 strict"
CHALLENGE_KEY_LABEL: Final = b"oceanremote-challenge/1 challenge"
MAC_LABEL: Final = b"oc-challenge/1"
COMMAND_DIRECTION: Final = b"C"
RESPONSE_DIRECTION: Final = b"R"


def _prefixed(part: bytes) -> bytes:
    return bytes([len(part)]) + part


class ChallengeKey:
    """The key of one device under one profile.

    Raises ChallengeParameterError for a secret that the mode does not allow.
    """

    def __init__(self, profile: ChallengeProfile, secret: bytes) -> None:
        """Derive the key: the secret itself (classic) or K (strict, section 5)."""
        profile.check_secret(secret)
        self.profile = profile
        if profile.mode is Mode.STRICT:
            self._key = profile.hash.hmac(
                secret, STRICT_KEY_LABEL + _prefixed(profile.device_id)
            )
        else:
            self._key = secret

    def __repr__(self) -> str:
        """Return a text that names the profile and keeps the key."""
        return f"{type(self).__name__}({self.profile!r}, **redacted**)"

    def command_mac(self, nonce: bytes, challenge: bytes, command: int) -> bytes:
        """Return the answer to `challenge` that stands for `command`."""
        if self.profile.mode is Mode.CLASSIC:
            return self._mac(challenge, bytes([command]))
        parts = (COMMAND_DIRECTION, nonce, challenge, bytes([command]))
        return self._mac(*map(_prefixed, (MAC_LABEL, *parts)))

    def response_mac(
        self, nonce: bytes, challenge: bytes, command: int, response: int
    ) -> bytes:
        """Return what stands for `response` to `command` in this connection."""
        if self.profile.mode is Mode.CLASSIC:
            return self._mac(challenge, bytes([response]))
        parts = (
            RESPONSE_DIRECTION,
            nonce,
            challenge,
            bytes([command]),
            bytes([response]),
        )
        return self._mac(*map(_prefixed, (MAC_LABEL, *parts)))

    def _mac(self, *parts: bytes) -> bytes:
        return self.profile.hash.hmac(self._key, b"".join(parts))


def find_match(candidates: Iterable[tuple[int, bytes]], received: bytes) -> int | None:
    """Return the first value whose MAC is `received`, None if there is none.

    Every candidate is compared, in constant time each, so that the time tells
    nothing about which one it was.
    """
    found: int | None = None
    for value, mac in candidates:
        if hmac.compare_digest(mac, received) and found is None:
            found = value
    return found


def derive_challenge(
    profile: ChallengeProfile, secret: bytes, boot_count: int, connection_count: int
) -> bytes:
    """Return the challenge of a board without a random source (section 6).

    `boot_count` and `connection_count` are below 2**32; no pair may be used twice.
    """
    key = profile.hash.hmac(secret, CHALLENGE_KEY_LABEL)
    seed = boot_count.to_bytes(4) + connection_count.to_bytes(4)
    blocks = range(-(-MAX_CHALLENGE_LENGTH // profile.hash.size))
    stream = b"".join(profile.hash.hmac(key, seed + bytes([block])) for block in blocks)
    return stream[: profile.challenge_length]
