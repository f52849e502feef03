"""Complete links with fixed randomness: every key, every step, every byte.

Two machines are driven against each other; the handshake's intermediate values are
worked out again here, token by token, and must agree with what the machines sent.
"""

from collections.abc import Iterator
import hashlib
from typing import Any, Literal

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from custom_components.oceanremote.protocol import (
    CommandStatus,
    EntityState,
    HubConnection,
    HubSettings,
    KeyPair,
    Purpose,
    RegistrationGrant,
    RegistrationProved,
    RegistrationToken,
    SessionGrant,
    SessionProved,
    TokenStored,
    derive_psk,
    encode_description,
)
from custom_components.oceanremote.protocol.frames import (
    Accept,
    Data,
    Hello,
    Init,
    parse_frame,
)
from custom_components.oceanremote.protocol.handshake_payloads import Claims, prologue
from custom_components.oceanremote.protocol.noise import _hkdf, _nonce, _Symmetric
from tests.support.device import (
    CommandReceived,
    DeviceConnection,
    DeviceIdentity,
    TokenIssued,
)

from .commands import switch_command
from .message_samples import ENTITIES, FACTS, FLOW, PUMP

type Side = Literal["hub", "device"]
type Values = dict[str, Any]

MAC = bytes.fromhex("24a160c0ffee")
HUB_TIME = 1_795_000_000.0
PART_SIZE = 200


def fixed(label: str, size: int = 32) -> bytes:
    """Return bytes that look random and are the same in every run."""
    return hashlib.shake_128(f"oceanremote transcripts: {label}".encode()).digest(size)


HUB_KEY = KeyPair.from_private(fixed("hub static key"))
DEVICE_KEY = KeyPair.from_private(fixed("device static key"))
REGISTRATION = RegistrationToken(fixed("registration token"))
TOKENS = {1: fixed("permanent token 1"), 2: fixed("permanent token 2")}


class Draws:
    """A random source that remembers what it gave out."""

    def __init__(self, label: str) -> None:
        """Name the sequence."""
        self._label = label
        self.drawn: list[bytes] = []

    def __call__(self, size: int) -> bytes:
        self.drawn.append(fixed(f"{self._label} {len(self.drawn)}", size))
        return self.drawn[-1]


class Book:
    """The hub's owner: it knows the tokens up to a generation."""

    def __init__(self, newest: int) -> None:
        """Know the permanent tokens up to the generation `newest`."""
        self.newest = newest

    def knows_device_key(self, device_key: bytes) -> bool:
        return self.newest > 0

    def find_session(
        self, device_key: bytes, claimed_mac: bytes, generation: int
    ) -> SessionGrant:
        used = min(generation, self.newest)
        return SessionGrant("device", TOKENS[used], used)

    def find_registration(
        self, handle: bytes, claimed_mac: bytes, device_key: bytes, now: float
    ) -> RegistrationGrant:
        return RegistrationGrant("device", REGISTRATION.secret)


class Link:
    """Two machines, a carrier between them, and a record of what it carried."""

    def __init__(self, name: str, identity: DeviceIdentity, counter: int, newest: int):
        """Connect both machines and let them talk until they wait for a reason."""
        self.now = 1000.0
        self.frames: list[tuple[Side, bytes]] = []
        self.plaintexts: list[bytes] = []
        self._hub_draws = Draws(f"{name} hub")
        self._device_draws = Draws(f"{name} device")
        self._counter = counter
        self._book = Book(newest)
        self.hub = HubConnection(
            HUB_KEY,
            self._book,
            HubSettings(),
            random=self._hub_draws,
            wall_clock=lambda: HUB_TIME,
        )
        self.device = DeviceConnection(
            identity,
            FACTS,
            encode_description(ENTITIES),
            random=self._device_draws,
            next_counter=self._next_counter,
            rx_limit=1024,
            part_size=PART_SIZE,
        )
        self.hub.start(self.now)
        self.device.start(self.now)
        self.pump()

    @property
    def draws(self) -> list[bytes]:
        """Everything random of both sides."""
        return self._hub_draws.drawn + self._device_draws.drawn

    def pump(self) -> None:
        """Carry frames until both sides are silent."""
        while pairs := [
            *(("hub", frame) for frame in self.hub.frames_to_send()),
            *(("device", frame) for frame in self.device.frames_to_send()),
        ]:
            for side, frame in pairs:
                self._carry("hub" if side == "hub" else "device", frame)

    def _carry(self, sender: Side, frame: bytes) -> None:
        self.frames.append((sender, frame))
        if sender == "hub":
            for device_event in self.device.receive(frame, self.now):
                if isinstance(device_event, TokenIssued):
                    self.device.confirm_stored(self.now)
                elif isinstance(device_event, CommandReceived):
                    self.device.send_result(
                        device_event.command_id, CommandStatus.DONE, "", self.now
                    )
            return
        for event in self.hub.receive(frame, self.now):
            if isinstance(event, RegistrationProved):
                self.hub.issue_token(TOKENS[1], 1, self.now)
            elif isinstance(event, TokenStored):
                self._book.newest = 1
                self.hub.begin_session(self.now)
            elif isinstance(event, SessionProved):
                self.hub.welcome(not event.rotated, self.now)

    def _next_counter(self) -> int:
        self._counter += 1
        return self._counter


def _identity(generation: int) -> DeviceIdentity:
    return DeviceIdentity(
        key=DEVICE_KEY,
        mac=MAC,
        hub_public=HUB_KEY.public,
        registration=REGISTRATION,
        generation=generation,
        token=TOKENS.get(generation),
        previous_token=TOKENS.get(generation - 1),
    )


def _first_boot() -> Link:
    link = Link("first boot", _identity(0), counter=0, newest=0)
    link.device.send_states([EntityState(PUMP, False), EntityState(FLOW, 0.5)], 1000.0)
    link.pump()
    link.now = 1010.5
    link.hub.send_command(PUMP, switch_command(True), 5.0, link.now)
    link.pump()
    link.hub.rotate(link.now)
    link.hub.send_command(PUMP, switch_command(False), 5.0, link.now)
    link.pump()
    link.device.send_states([EntityState(FLOW, 12.5)], link.now)
    link.hub.send_ping(link.now)
    link.pump()
    link.device.send_goodbye(0, link.now)
    link.pump()
    return link


def _cold_start() -> Link:
    return Link("cold start", _identity(1), counter=65536, newest=1)


def _restored_hub() -> Link:
    return Link("restored hub", _identity(2), counter=131072, newest=1)


def links() -> Iterator[tuple[str, Link]]:
    """Yield every recorded link by its name."""
    yield "first_boot", _first_boot()
    yield "cold_start", _cold_start()
    yield "restored_hub", _restored_hub()


def describe(link: Link) -> Values:
    """Return the link as values: its handshakes, and all its frames in order."""
    private = {KeyPair.from_private(d).public: d for d in link.draws if len(d) == 32}
    epochs: dict[str, Values] = {}
    steps: dict[str, Values] = {}
    hello: Hello | None = None
    init: Init | None = None
    previous = b""
    keys: dict[tuple[int, Side], bytes] = {}
    counters: dict[tuple[int, Side], int] = {}
    associated: dict[int, bytes] = {}
    number = 0
    for index, (sender, raw) in enumerate(link.frames):
        frame = parse_frame(raw, 8192)
        step: Values = {
            "from": sender,
            "type": type(frame).__name__.upper(),
            "frame": raw,
        }
        match frame:
            case Hello():
                hello = frame
            case Init():
                init = frame
            case Accept():
                assert hello and init
                number += 1
                epoch = _retrace(hello, init, frame, number, previous, private)
                epochs[f"epoch_{number}"] = epoch
                previous = epoch["handshake_hash"]
                keys[number, "device"] = epoch["device_to_hub_key"]
                keys[number, "hub"] = epoch["hub_to_device_key"]
                associated[number] = epoch["associated_data"]
            case Data():
                slot = (frame.epoch, sender)
                counter = counters.get(slot, 0)
                counters[slot] = counter + 1
                step |= {
                    "epoch": frame.epoch,
                    "counter": counter,
                    "plaintext": ChaCha20Poly1305(keys[slot]).decrypt(
                        _nonce(counter), frame.ciphertext, associated[frame.epoch]
                    ),
                }
        steps[f"step_{index:02}"] = step
    return {"epochs": epochs, "steps": steps}


def _retrace(
    hello: Hello,
    init: Init,
    accept: Accept,
    number: int,
    previous: bytes,
    private: dict[bytes, bytes],
) -> Values:
    """Return every value of one handshake, worked out token by token."""
    message_1, message_2 = init.noise_message, accept.noise_message
    device_e = KeyPair.from_private(private[message_1[:32]])
    hub_e = KeyPair.from_private(private[message_2[:32]])
    bound = prologue(hello, init, number, previous)

    state = _Symmetric.begin(bound, HUB_KEY.public)
    h_begin = state.hash
    state = state.mix_ephemeral(device_e.public)
    es, ss = device_e.exchange(HUB_KEY.public), DEVICE_KEY.exchange(HUB_KEY.public)
    state, static = state.mix_key(es).decrypt(message_1[32:80])
    h_static = state.hash
    state, payload_1 = state.mix_key(ss).decrypt(message_1[80:])
    h_message_1, ck_message_1 = state.hash, state.chaining_key

    claims = Claims.decode(payload_1, init.purpose)
    is_session = init.purpose is Purpose.SESSION
    generation = min(claims.generation, 1) if is_session else 0
    token = TOKENS[generation] if is_session else REGISTRATION.secret
    psk = derive_psk(token, claims.mac, init.purpose)
    state = state.mix_ephemeral(hub_e.public)
    ee, se = hub_e.exchange(device_e.public), hub_e.exchange(DEVICE_KEY.public)
    state = state.mix_key(ee).mix_key(se).mix_psk(psk)
    state, payload_2 = state.decrypt(message_2[32:])
    to_hub, to_device = _hkdf(state.chaining_key, b"", 2)
    session_id = payload_2[:16]
    return {
        "number": number,
        "purpose": int(init.purpose),
        "claimed_generation": claims.generation,
        "used_generation": generation,
        "handshake_counter": claims.counter,
        "challenge": hello.challenge,
        "hello": hello.encode(),
        "init": init.encode(),
        "accept": accept.encode(),
        "device_ephemeral_private": device_e.private,
        "device_ephemeral_public": device_e.public,
        "hub_ephemeral_private": hub_e.private,
        "hub_ephemeral_public": hub_e.public,
        "device_static_public": static,
        "prologue": bound,
        "init_header": init.header,
        "mac1_key": hashlib.sha256(b"oceanremote/1 mac1" + HUB_KEY.public).digest(),
        "mac1": init.mac1,
        "payload_1": payload_1,
        "noise_message_1": message_1,
        "payload_2": payload_2,
        "noise_message_2": message_2,
        "token": token,
        "psk": psk,
        "dh_es": es,
        "dh_ss": ss,
        "dh_ee": ee,
        "dh_se": se,
        "h_after_prologue_and_hub_key": h_begin,
        "h_after_static": h_static,
        "h_after_message_1": h_message_1,
        "ck_after_message_1": ck_message_1,
        "handshake_hash": state.hash,
        "session_id": session_id,
        "associated_data": session_id + claims.mac + number.to_bytes(4),
        "device_to_hub_key": to_hub,
        "hub_to_device_key": to_device,
    }
