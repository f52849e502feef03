"""Noise_IKpsk2_25519_ChaChaPoly_SHA256 (Noise rev 34), this one pattern only.

    -> e, es, s, ss
    <- e, ee, se, psk

One object per phase. A step works on a copy of the state and returns the object of the
next phase, so that a step that fails has changed nothing: the device may try two
pre-shared keys against one reply. All failures of the peer's making raise
`RemoteProtocolError` with the reason `BAD_HANDSHAKE`.
"""

from dataclasses import dataclass, field, replace
import hashlib
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from .errors import CloseReason, ProtocolError, RemoteProtocolError
from .keys import KeyPair
from .limits import KEY_SIZE, MAX_NONCE, TAG_SIZE

_NAME: Final = b"Noise_IKpsk2_25519_ChaChaPoly_SHA256"
_SEALED_KEY_SIZE: Final = KEY_SIZE + TAG_SIZE


class CounterExhausted(ProtocolError):
    """A message counter has reached its end; it never wraps."""


class CipherState:
    """One direction of transport keys with its implicit counter, from 0."""

    def __init__(self, key: bytes) -> None:
        """Take a 32-byte key."""
        self._cipher: ChaCha20Poly1305 | None = ChaCha20Poly1305(key)
        self.counter = 0

    def seal(self, plaintext: bytes, associated_data: bytes) -> bytes:
        """Return the ciphertext of the next message.

        Raises `CounterExhausted`.
        """
        cipher, nonce = self._next()
        ciphertext = cipher.encrypt(nonce, plaintext, associated_data)
        self.counter += 1
        return ciphertext

    def open(self, ciphertext: bytes, associated_data: bytes) -> bytes:
        """Return the plaintext of the next message; the counter grows on success only.

        Raises `InvalidTag` and `CounterExhausted`.
        """
        cipher, nonce = self._next()
        plaintext = cipher.decrypt(nonce, ciphertext, associated_data)
        self.counter += 1
        return plaintext

    def wipe(self) -> None:
        """Let go of the key for good (CPython cannot promise to overwrite it)."""
        self._cipher = None

    @property
    def wiped(self) -> bool:
        """Whether the key is gone."""
        return self._cipher is None

    def _next(self) -> tuple[ChaCha20Poly1305, bytes]:
        if self._cipher is None or self.counter > MAX_NONCE:
            raise CounterExhausted("no key or no counter left")
        return self._cipher, _nonce(self.counter)


@dataclass(frozen=True, slots=True)
class TransportKeys:
    """What a finished handshake leaves behind."""

    device_to_hub: CipherState
    hub_to_device: CipherState
    handshake_hash: bytes


@dataclass(frozen=True, slots=True)
class _Symmetric:
    """Chaining key, hash, key and counter (section 5.2); every step is a new value."""

    chaining_key: bytes = field(repr=False)
    hash: bytes
    key: bytes = field(repr=False, default=b"")
    counter: int = 0

    @classmethod
    def begin(cls, prologue: bytes, responder_public: bytes) -> _Symmetric:
        name = hashlib.sha256(_NAME).digest()
        return cls(name, name).mix_hash(prologue).mix_hash(responder_public)

    def mix_hash(self, data: bytes) -> _Symmetric:
        return replace(self, hash=hashlib.sha256(self.hash + data).digest())

    def mix_key(self, secret: bytes) -> _Symmetric:
        chaining_key, key = _hkdf(self.chaining_key, secret, 2)
        return replace(self, chaining_key=chaining_key, key=key, counter=0)

    def mix_ephemeral(self, public: bytes) -> _Symmetric:
        # Patterns with a psk mix the ephemeral into the key as well (section 9.2).
        return self.mix_hash(public).mix_key(public)

    def mix_psk(self, psk: bytes) -> _Symmetric:
        chaining_key, extra, key = _hkdf(self.chaining_key, psk, 3)
        mixed = replace(self, chaining_key=chaining_key, key=key, counter=0)
        return mixed.mix_hash(extra)

    def encrypt(self, plaintext: bytes) -> tuple[_Symmetric, bytes]:
        ciphertext = ChaCha20Poly1305(self.key).encrypt(
            _nonce(self.counter), plaintext, self.hash
        )
        return replace(self.mix_hash(ciphertext), counter=self.counter + 1), ciphertext

    def decrypt(self, ciphertext: bytes) -> tuple[_Symmetric, bytes]:
        try:
            plaintext = ChaCha20Poly1305(self.key).decrypt(
                _nonce(self.counter), ciphertext, self.hash
            )
        except InvalidTag:
            raise _bad("does not open") from None
        return replace(self.mix_hash(ciphertext), counter=self.counter + 1), plaintext

    def split(self) -> TransportKeys:
        first, second = _hkdf(self.chaining_key, b"", 2)
        return TransportKeys(CipherState(first), CipherState(second), self.hash)


@dataclass(frozen=True, slots=True)
class Initiator:
    """The device between its message and the hub's."""

    _state: _Symmetric
    _static: KeyPair
    _ephemeral: KeyPair

    @classmethod
    def start(
        cls,
        static: KeyPair,
        hub_public: bytes,
        ephemeral: KeyPair,
        prologue: bytes,
        payload: bytes,
    ) -> tuple[Initiator, bytes]:
        """Return the next phase and message 1: e, sealed s, sealed payload."""
        state = _Symmetric.begin(prologue, hub_public).mix_ephemeral(ephemeral.public)
        state = state.mix_key(ephemeral.exchange(hub_public))
        state, sealed_static = state.encrypt(static.public)
        state = state.mix_key(static.exchange(hub_public))
        state, sealed_payload = state.encrypt(payload)
        message = ephemeral.public + sealed_static + sealed_payload
        return cls(state, static, ephemeral), message

    def finish(self, psk: bytes, message: bytes) -> tuple[bytes, TransportKeys]:
        """Return the payload of message 2 and the keys; changes nothing if it raises.

        `message` is at least `KEY_SIZE + TAG_SIZE` long.
        """
        hub_ephemeral, sealed_payload = message[:KEY_SIZE], message[KEY_SIZE:]
        state = self._state.mix_ephemeral(hub_ephemeral)
        state = state.mix_key(self._ephemeral.exchange(hub_ephemeral))
        state = state.mix_key(self._static.exchange(hub_ephemeral))
        state, payload = state.mix_psk(psk).decrypt(sealed_payload)
        return payload, state.split()


@dataclass(frozen=True, slots=True)
class Claim:
    """The hub after one curve operation: it knows which key the device claims."""

    _state: _Symmetric
    _hub: KeyPair
    _device_ephemeral: bytes
    _sealed_payload: bytes
    claimed_key: bytes

    @classmethod
    def read(cls, hub: KeyPair, prologue: bytes, message: bytes) -> Claim:
        """Open the static key in message 1; one curve operation (es)."""
        ephemeral = message[:KEY_SIZE]
        sealed_static = message[KEY_SIZE : KEY_SIZE + _SEALED_KEY_SIZE]
        state = _Symmetric.begin(prologue, hub.public).mix_ephemeral(ephemeral)
        state = state.mix_key(hub.exchange(ephemeral))
        state, claimed_key = state.decrypt(sealed_static)
        sealed_payload = message[KEY_SIZE + _SEALED_KEY_SIZE :]
        return cls(state, hub, ephemeral, sealed_payload, claimed_key)

    def read_payload(self) -> tuple[bytes, Responder]:
        """Open the payload of message 1; the second curve operation (ss).

        It proves that the sender has the private half of `claimed_key`, unless the
        hub's own key is known to it. It does not prove any token.
        """
        state = self._state.mix_key(self._hub.exchange(self.claimed_key))
        state, payload = state.decrypt(self._sealed_payload)
        return payload, Responder(state, self._device_ephemeral, self.claimed_key)


@dataclass(frozen=True, slots=True)
class Responder:
    """The hub before its message."""

    _state: _Symmetric
    _device_ephemeral: bytes
    _device_static: bytes

    def reply(
        self, psk: bytes, ephemeral: KeyPair, payload: bytes
    ) -> tuple[bytes, TransportKeys]:
        """Return message 2 and the keys; two more curve operations (ee, se)."""
        state = self._state.mix_ephemeral(ephemeral.public)
        state = state.mix_key(ephemeral.exchange(self._device_ephemeral))
        state = state.mix_key(ephemeral.exchange(self._device_static))
        state, sealed_payload = state.mix_psk(psk).encrypt(payload)
        return ephemeral.public + sealed_payload, state.split()


def _hkdf(chaining_key: bytes, secret: bytes, outputs: int) -> list[bytes]:
    # Noise's HKDF (section 4.3) is RFC 5869 with the chaining key as salt, no info.
    length = outputs * KEY_SIZE
    okm = HKDF(SHA256(), length, salt=chaining_key, info=b"").derive(secret)
    return [okm[start : start + KEY_SIZE] for start in range(0, length, KEY_SIZE)]


def _nonce(counter: int) -> bytes:
    return bytes(4) + counter.to_bytes(8, "little")


def _bad(detail: str) -> RemoteProtocolError:
    return RemoteProtocolError(CloseReason.BAD_HANDSHAKE, detail)
