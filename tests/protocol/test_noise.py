"""The handshake against its published vector and against another implementation."""

from cryptography.exceptions import InvalidTag
from hypothesis import given, settings, strategies as st
from noise.connection import Keypair, NoiseConnection  # type: ignore[import-untyped]
import pytest

from custom_components.oceanremote.protocol import KeyPair, RemoteProtocolError
from custom_components.oceanremote.protocol.limits import MAX_NONCE
from custom_components.oceanremote.protocol.noise import (
    CipherState,
    Claim,
    CounterExhausted,
    Initiator,
    TransportKeys,
)
from tests.support.world import Seeded

from .vectors import load

NAME = b"Noise_IKpsk2_25519_ChaChaPoly_SHA256"


def _pair(private: str) -> KeyPair:
    return KeyPair.from_private(bytes.fromhex(private))


def test_the_published_vector() -> None:
    (vector,) = load("noise_ikpsk2.json")["vectors"]
    assert vector["protocol_name"].encode() == NAME
    prologue = bytes.fromhex(vector["init_prologue"])
    psk = bytes.fromhex(vector["init_psks"][0])
    hub = _pair(vector["resp_static"])
    assert hub.public.hex() == vector["init_remote_static"]
    payloads = [bytes.fromhex(m["payload"]) for m in vector["messages"]]
    wire = [bytes.fromhex(m["ciphertext"]) for m in vector["messages"]]

    initiator, first = Initiator.start(
        _pair(vector["init_static"]),
        hub.public,
        _pair(vector["init_ephemeral"]),
        prologue,
        payloads[0],
    )
    assert first == wire[0]
    claim = Claim.read(hub, prologue, first)
    assert claim.claimed_key == _pair(vector["init_static"]).public
    payload, responder = claim.read_payload()
    assert payload == payloads[0]
    second, hub_keys = responder.reply(
        psk, _pair(vector["resp_ephemeral"]), payloads[1]
    )
    assert second == wire[1]
    payload, device_keys = initiator.finish(psk, second)
    assert payload == payloads[1]
    for keys in (hub_keys, device_keys):
        assert keys.handshake_hash.hex() == vector["handshake_hash"]

    for index in range(2, len(wire), 2):
        assert device_keys.device_to_hub.seal(payloads[index], b"") == wire[index]
        assert hub_keys.device_to_hub.open(wire[index], b"") == payloads[index]
    for index in range(3, len(wire), 2):
        assert hub_keys.hub_to_device.seal(payloads[index], b"") == wire[index]
        assert device_keys.hub_to_device.open(wire[index], b"") == payloads[index]


bodies = st.binary(max_size=300)


def _peer(psk: bytes, prologue: bytes) -> NoiseConnection:
    peer = NoiseConnection.from_name(NAME)
    peer.set_psks(psk=psk)
    peer.set_prologue(prologue)
    return peer


def _converse(ours: TransportKeys, peer: NoiseConnection, *, hub: bool) -> None:
    sending = ours.hub_to_device if hub else ours.device_to_hub
    receiving = ours.device_to_hub if hub else ours.hub_to_device
    for number in range(5):
        text = f"message {number}".encode()
        assert peer.decrypt(sending.seal(text, b"")) == text
        assert receiving.open(peer.encrypt(text), b"") == text


@settings(max_examples=25, deadline=None)
@given(st.integers(), bodies, bodies, st.binary(max_size=100))
def test_an_independent_hub_understands_our_device(
    seed: int, payload_1: bytes, payload_2: bytes, prologue: bytes
) -> None:
    random = Seeded(seed)
    hub, device = KeyPair.generate(random), KeyPair.generate(random)
    psk = random(32)
    peer = _peer(psk, prologue)
    peer.set_as_responder()
    peer.set_keypair_from_private_bytes(Keypair.STATIC, hub.private)
    peer.start_handshake()

    initiator, first = Initiator.start(
        device, hub.public, KeyPair.generate(random), prologue, payload_1
    )
    assert peer.read_message(first) == payload_1
    payload, keys = initiator.finish(psk, bytes(peer.write_message(payload_2)))
    assert payload == payload_2
    assert keys.handshake_hash == peer.get_handshake_hash()
    _converse(keys, peer, hub=False)


@settings(max_examples=25, deadline=None)
@given(st.integers(), bodies, bodies, st.binary(max_size=100))
def test_an_independent_device_understands_our_hub(
    seed: int, payload_1: bytes, payload_2: bytes, prologue: bytes
) -> None:
    random = Seeded(seed)
    hub, device = KeyPair.generate(random), KeyPair.generate(random)
    psk = random(32)
    peer = _peer(psk, prologue)
    peer.set_as_initiator()
    peer.set_keypair_from_private_bytes(Keypair.STATIC, device.private)
    peer.set_keypair_from_public_bytes(Keypair.REMOTE_STATIC, hub.public)
    peer.start_handshake()

    claim = Claim.read(hub, prologue, bytes(peer.write_message(payload_1)))
    assert claim.claimed_key == device.public
    payload, responder = claim.read_payload()
    assert payload == payload_1
    second, keys = responder.reply(psk, KeyPair.generate(random), payload_2)
    assert peer.read_message(second) == payload_2
    assert keys.handshake_hash == peer.get_handshake_hash()
    _converse(keys, peer, hub=True)


def _handshake(seed: int = 0) -> tuple[Initiator, bytes, bytes]:
    random = Seeded(seed)
    hub, device, psk = KeyPair.generate(random), KeyPair.generate(random), random(32)
    initiator, first = Initiator.start(
        device, hub.public, KeyPair.generate(random), b"", b"one"
    )
    _, responder = Claim.read(hub, b"", first).read_payload()
    second, _ = responder.reply(psk, KeyPair.generate(random), b"two")
    return initiator, second, psk


def test_a_reply_that_does_not_open_leaves_the_device_as_it_was() -> None:
    initiator, second, psk = _handshake()
    with pytest.raises(RemoteProtocolError):
        initiator.finish(bytes(32), second)
    payload, _ = initiator.finish(psk, second)
    assert payload == b"two"


def test_a_counter_grows_with_what_opens_only() -> None:
    sender, receiver = CipherState(bytes(32)), CipherState(bytes(32))
    first, second = sender.seal(b"first", b""), sender.seal(b"second", b"")
    with pytest.raises(InvalidTag):
        receiver.open(second, b"")
    assert receiver.counter == 0
    assert receiver.open(first, b"") == b"first"
    with pytest.raises(InvalidTag):
        receiver.open(first, b"")
    assert receiver.open(second, b"") == b"second"


def test_a_counter_never_wraps() -> None:
    cipher = CipherState(bytes(32))
    cipher.counter = MAX_NONCE
    last = cipher.seal(b"", b"")
    with pytest.raises(CounterExhausted):
        cipher.seal(b"", b"")
    with pytest.raises(CounterExhausted):
        cipher.open(last, b"")


def test_a_wiped_key_seals_and_opens_nothing() -> None:
    cipher = CipherState(bytes(32))
    sealed = CipherState(bytes(32)).seal(b"", b"")
    cipher.wipe()
    assert cipher.wiped
    with pytest.raises(CounterExhausted):
        cipher.seal(b"", b"")
    with pytest.raises(CounterExhausted):
        cipher.open(sealed, b"")
