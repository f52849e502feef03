"""Both ends of the protocol once more, from docs/protocol.md and other people's code.

Noise comes from the package noiseprotocol, CBOR from cbor2, hashes from the standard
library. Nothing of the integration is imported, so that a mistake in it cannot hide
here too.
"""

from dataclasses import dataclass, field
import hashlib
import hmac
import struct
from typing import Any

import cbor2
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from noise.connection import Keypair, NoiseConnection  # type: ignore[import-untyped]

NAME = b"Noise_IKpsk2_25519_ChaChaPoly_SHA256"
REGISTRATION, SESSION = 1, 2
INFO = {REGISTRATION: b"registration", SESSION: b"session"}


def _digest(label: bytes, data: bytes) -> bytes:
    return hashlib.sha256(b"oceanremote/1 " + label + data).digest()


def _psk(token: bytes, mac: bytes, purpose: int) -> bytes:
    info = b"oceanremote/1 " + INFO[purpose]
    return HKDF(SHA256(), 32, salt=mac, info=info).derive(token)


def _noise(psk: bytes, prologue: bytes) -> NoiseConnection:
    peer = NoiseConnection.from_name(NAME)
    peer.set_psks(psk=psk)
    peer.set_prologue(prologue)
    return peer


@dataclass
class Keys:
    """The transport keys of an epoch, as noiseprotocol holds them."""

    noise: NoiseConnection
    associated_data: bytes

    def seal(self, epoch: int, message: list[Any]) -> bytes:
        """Return a DATA frame."""
        plaintext = cbor2.dumps(message, canonical=True)
        cipher = self.noise.noise_protocol.cipher_state_encrypt
        sealed = cipher.encrypt_with_ad(self.associated_data, plaintext)
        return struct.pack(">BI", 5, epoch) + bytes(sealed)

    def open(self, frame: bytes) -> list[Any]:
        """Return the message in a DATA frame."""
        cipher = self.noise.noise_protocol.cipher_state_decrypt
        plaintext = cipher.decrypt_with_ad(self.associated_data, frame[5:])
        message: list[Any] = cbor2.loads(plaintext)
        return message


@dataclass
class Peer:
    """What both ends have in common."""

    private: bytes
    mac: bytes
    epoch: int = 0
    hash: bytes = b""
    keys: dict[int, Keys] = field(default_factory=dict)

    def seal(self, message: list[Any]) -> bytes:
        """Return a DATA frame of the newest epoch."""
        return self.keys[self.epoch].seal(self.epoch, message)

    def open(self, frame: bytes) -> list[Any]:
        """Return the message in a DATA frame of any epoch that has keys."""
        kind, epoch = struct.unpack_from(">BI", frame)
        assert kind == 5
        return self.keys[epoch].open(frame)

    def _prologue(self, hello: bytes, header: bytes) -> bytes:
        number = struct.pack(">I", self.epoch + 1)
        return b"OceanRemote/1" + hello + header + number + self.hash

    def _finish(self, noise: NoiseConnection, session_id: bytes) -> None:
        self.epoch += 1
        self.hash = noise.get_handshake_hash()
        bound = session_id + self.mac + struct.pack(">I", self.epoch)
        self.keys[self.epoch] = Keys(noise, bound)


@dataclass
class Device(Peer):
    """A device: answers HELLO with INIT, and ACCEPT with the keys."""

    hub_public: bytes = b""
    counter: int = 0

    def init(self, hello: bytes, purpose: int, token: bytes, extra: bytes) -> bytes:
        """Return the INIT that answers `hello`; `extra` ends the payload."""
        assert hello[:2] == b"\x01\x01"
        assert len(hello) == 34
        self.counter += 1
        key_id = _digest(b"hub key id", self.hub_public)[:4]
        header = struct.pack(">BB4sH", 2, purpose, key_id, 1024)
        noise = _noise(_psk(token, self.mac, purpose), self._prologue(hello, header))
        noise.set_as_initiator()
        noise.set_keypair_from_private_bytes(Keypair.STATIC, self.private)
        noise.set_keypair_from_public_bytes(Keypair.REMOTE_STATIC, self.hub_public)
        noise.start_handshake()
        generation = 1 if purpose == SESSION else 0
        payload = self.mac + struct.pack(">IQ", generation, self.counter) + extra
        body = header + bytes(noise.write_message(payload))
        self._noise = noise
        key = _digest(b"mac1", self.hub_public)
        return body + hmac.digest(key, hello[2:] + body, "sha256")[:16]

    def accept(self, frame: bytes) -> tuple[Any, ...]:
        """Take ACCEPT; return session id, lifetime, hub time, rx limit, interval."""
        assert frame[0] == 3
        terms = struct.unpack(">16sIQHH", self._noise.read_message(frame[1:]))
        self._finish(self._noise, terms[0])
        return terms


@dataclass
class Hub(Peer):
    """A hub: says HELLO, answers INIT with ACCEPT."""

    public: bytes = b""

    def hello(self, challenge: bytes) -> bytes:
        """Return a HELLO."""
        self._hello = b"\x01\x01" + challenge
        return self._hello

    def accept(self, frame: bytes, token: bytes, terms: tuple[Any, ...]) -> bytes:
        """Take INIT, return ACCEPT; `payload` is then what the device claims."""
        kind, self.purpose, key_id, self.rx_limit = struct.unpack_from(">BB4sH", frame)
        assert kind == 2
        assert key_id == _digest(b"hub key id", self.public)[:4]
        body = frame[:-16]
        key = _digest(b"mac1", self.public)
        assert hmac.digest(key, self._hello[2:] + body, "sha256")[:16] == frame[-16:]
        psk = _psk(token, self.mac, self.purpose)
        noise = _noise(psk, self._prologue(self._hello, frame[:8]))
        noise.set_as_responder()
        noise.set_keypair_from_private_bytes(Keypair.STATIC, self.private)
        noise.start_handshake()
        self.payload = bytes(noise.read_message(body[8:]))
        reply = bytes(noise.write_message(struct.pack(">16sIQHH", *terms)))
        self._finish(noise, terms[0])
        return b"\x03" + reply
