"""CPU of a whole handshake, both sides, beside the `noiseprotocol` package.

Ours does more in the same time: it frames, checks mac1, judges the identity, binds the
session and opens the device's first message.
"""

import os

from noise.connection import Keypair, NoiseConnection

from custom_components.oceanremote.protocol import (
    DeviceFacts,
    HubConnection,
    HubSettings,
    KeyPair,
    RegistrationGrant,
    SessionGrant,
    encode_description,
)
from tests.support.device import DeviceConnection, DeviceIdentity

from .measure import Row, interleaved

ROUNDS = 300
PATTERN = b"Noise_IKpsk2_25519_ChaChaPoly_SHA256"
MAC = bytes.fromhex("020000000001")


class _OneDevice:
    """A directory with one active device."""

    def __init__(self, device_key: bytes, token: bytes) -> None:
        self._device_key = device_key
        self._token = token

    def knows_device_key(self, device_key: bytes) -> bool:
        return device_key == self._device_key

    def find_session(
        self, device_key: bytes, claimed_mac: bytes, generation: int
    ) -> SessionGrant:
        return SessionGrant("bench", self._token, generation)

    def find_registration(
        self, handle: bytes, claimed_mac: bytes, device_key: bytes, now: float
    ) -> RegistrationGrant:
        raise AssertionError("nobody registers here")


class _Ours:
    """Both machines of `OceanRemote/1`, with the keys of one active device."""

    def __init__(self) -> None:
        self._hub_key = KeyPair.generate(os.urandom)
        device_key, token = KeyPair.generate(os.urandom), os.urandom(32)
        self._directory = _OneDevice(device_key.public, token)
        self._identity = DeviceIdentity(
            mac=MAC,
            key=device_key,
            hub_public=self._hub_key.public,
            generation=1,
            token=token,
        )
        self._facts = DeviceFacts(
            name="bench",
            friendly_name="Bench",
            esphome_version="",
            project_version="",
            board="host",
            platform="host",
        )
        self._description = encode_description(())
        self._counter = 0

    def _next_counter(self) -> int:
        self._counter += 1
        return self._counter

    def run(self) -> None:
        """Do one handshake up to the hub's proof of the device."""
        hub = HubConnection(
            self._hub_key,
            self._directory,
            HubSettings(),
            random=os.urandom,
            wall_clock=lambda: 0.0,
        )
        device = DeviceConnection(
            self._identity,
            self._facts,
            self._description,
            random=os.urandom,
            next_counter=self._next_counter,
        )
        hub.start(0.0)
        device.start(0.0)
        while not hub.proved:
            moved = [device.receive(frame, 0.0) for frame in hub.frames_to_send()]
            moved += [hub.receive(frame, 0.0) for frame in device.frames_to_send()]
            assert moved, "the handshake stands still"


def _peer() -> None:
    psk, hub, device = os.urandom(32), os.urandom(32), os.urandom(32)
    initiator = NoiseConnection.from_name(PATTERN)
    responder = NoiseConnection.from_name(PATTERN)
    initiator.set_as_initiator()
    responder.set_as_responder()
    for side, own in ((initiator, device), (responder, hub)):
        side.set_psks(psk)
        side.set_keypair_from_private_bytes(Keypair.STATIC, own)
    initiator.set_keypair_from_public_bytes(
        Keypair.REMOTE_STATIC, KeyPair.from_private(hub).public
    )
    initiator.start_handshake()
    responder.start_handshake()
    responder.read_message(initiator.write_message())
    initiator.read_message(responder.write_message())
    responder.decrypt(initiator.encrypt(b"ready"))


def run() -> list[Row]:
    """Measure both."""
    ours, peer = interleaved(_Ours().run, _peer, ROUNDS)
    return [Row("handshake, both sides, CPU", "µs", ours, peer, "noiseprotocol 0.3.1")]
