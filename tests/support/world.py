"""A hub with a disk, a device with flash, a wire between them, and one clock.

Everything is synchronous and nothing is random unless a test passes randomness in.
Frames wait on the wire until a test carries them; either side can crash and forget
everything but its disk or flash.
"""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
import random

from custom_components.oceanremote.protocol import (
    CommandStatus,
    DescriptionReceived,
    EntityDescriptor,
    HubConnection,
    HubEvent,
    HubSettings,
    KeyPair,
    LinkClosed,
    Purpose,
    RefusalReason,
    Refused,
    RegistrationGrant,
    RegistrationProved,
    RegistrationToken,
    SessionGrant,
    SessionProved,
    TokenStored,
    encode_description,
)
from tests.support.device import (
    CommandReceived,
    DeviceConnection,
    DeviceEvent,
    DeviceIdentity,
    DeviceLinkClosed,
    RevokedReceived,
    TokenIssued,
)

from .message_samples import ENTITIES, FACTS

MAC = bytes.fromhex("24a160c0ffee")
OTHER_MAC = bytes.fromhex("24a160c0ffef")
HUB_TIME = 1_795_000_000.0
PART_SIZE = 200


class Seeded:
    """Randomness that is the same in every run."""

    def __init__(self, seed: int | str) -> None:
        """Take the seed."""
        self._source = random.Random(seed)

    def __call__(self, size: int) -> bytes:
        """Return `size` bytes."""
        return self._source.randbytes(size)


@dataclass
class Record:
    """What the hub's disk holds of a registered device."""

    enrolment_id: str
    mac: bytes
    tokens: dict[int, bytes]
    revoked: bool = False


@dataclass
class Disk:
    """The hub's durable store; it answers as a `PeerLookup`."""

    random: Callable[[int], bytes]
    unused: dict[bytes, RegistrationToken] = field(default_factory=dict)
    pending: dict[tuple[bytes, bytes], tuple[bytes, bytes]] = field(
        default_factory=dict
    )
    devices: dict[bytes, Record] = field(default_factory=dict)
    descriptions: set[bytes] = field(default_factory=set)
    commits: int = 0
    refusal: Refused | None = None

    def knows_device_key(self, device_key: bytes) -> bool:
        return self._find(device_key) is not None

    def find_session(
        self, device_key: bytes, claimed_mac: bytes, generation: int
    ) -> SessionGrant:
        if self.refusal:
            raise self.refusal
        record = self._find(device_key)
        assert record is not None
        if record.mac != claimed_mac:
            raise Refused(RefusalReason.WRONG_MAC)
        used = generation if generation in record.tokens else max(record.tokens)
        return SessionGrant(
            record.enrolment_id, record.tokens[used], used, tombstone=record.revoked
        )

    def find_registration(
        self, handle: bytes, claimed_mac: bytes, device_key: bytes, now: float
    ) -> RegistrationGrant:
        if self.refusal:
            raise self.refusal
        if handle not in self.unused:
            raise Refused(RefusalReason.UNKNOWN_HANDLE)
        return RegistrationGrant(handle.hex(), self.unused[handle].secret)

    def store_pending(self, event: RegistrationProved) -> bytes:
        """Keep the token for this handle, MAC and key; the same one every time."""
        key, token = self.pending.get((event.handle, event.mac), (b"", b""))
        if key != event.device_key:
            token = self.random(32)
        self.pending[event.handle, event.mac] = (event.device_key, token)
        return token

    def commit(self, event: TokenStored | SessionProved) -> None:
        """Make a pending device an active one.

        A session under a pending token says the same as `stored`: the device has it.
        """
        handle = bytes.fromhex(event.enrolment_id)
        key, token = self.pending.get((handle, event.mac), (b"", b""))
        if key != event.device_key:
            return
        del self.pending[handle, event.mac]
        del self.unused[handle]
        self.devices[key] = Record(event.enrolment_id, event.mac, {1: token})
        self.commits += 1

    def _find(self, device_key: bytes) -> Record | None:
        for (handle, mac), (key, token) in self.pending.items():
            if key == device_key:
                return Record(handle.hex(), mac, {1: token})
        return self.devices.get(device_key)


@dataclass
class Flash:
    """What a device's flash holds."""

    identity: DeviceIdentity
    counter: int = 0

    def next_counter(self) -> int:
        """Return the next handshake counter."""
        self.counter += 1
        return self.counter


class World:
    """One hub, one device, at most one link between them."""

    def __init__(
        self,
        seed: int | str = 0,
        *,
        settings: HubSettings | None = None,
        entities: Iterable[EntityDescriptor] = ENTITIES,
        rx_limit: int = 1024,
    ) -> None:
        """Make both, unconnected, and a registration token for the device."""
        self.random = Seeded(seed)
        self.now = 1000.0
        self.settings = settings or HubSettings()
        self.hub_key = KeyPair.generate(self.random)
        self.disk = Disk(self.random)
        token = RegistrationToken.generate(self.random)
        self.disk.unused[token.handle] = token
        self.flash = Flash(
            DeviceIdentity(
                key=KeyPair.generate(self.random),
                mac=MAC,
                hub_public=self.hub_key.public,
                registration=token,
            )
        )
        self.description = encode_description(entities)
        self.rx_limit = rx_limit
        self.answer: CommandStatus | None = CommandStatus.DONE
        self.hub_events: list[HubEvent] = []
        self.device_events: list[DeviceEvent] = []
        self.admit: Callable[[Purpose], None] = lambda _: None
        self.to_hub: deque[bytes] = deque()
        self.to_device: deque[bytes] = deque()
        self.carried: list[tuple[str, bytes]] = []
        self.hub: HubConnection
        self.device: DeviceConnection

    # Links

    def connect(self) -> None:
        """Begin a new link; whatever was on the old wire is gone."""
        self.to_hub.clear()
        self.to_device.clear()
        self.hub = HubConnection(
            self.hub_key,
            self.disk,
            self.settings,
            random=self.random,
            wall_clock=lambda: HUB_TIME,
            admit=self.admit,
        )
        self.device = DeviceConnection(
            self.flash.identity,
            FACTS,
            self.description,
            random=self.random,
            next_counter=self.flash.next_counter,
            rx_limit=self.rx_limit,
            part_size=PART_SIZE,
        )
        self.hub.start(self.now)
        self.device.start(self.now)
        self.collect()

    def collect(self) -> None:
        """Put what both sides have to send onto the wire."""
        self.to_device.extend(self.hub.frames_to_send())
        self.to_hub.extend(self.device.frames_to_send())

    def carry_to_hub(self) -> list[HubEvent]:
        """Deliver the oldest frame to the hub and let its owner act."""
        return self.give_hub(self.to_hub.popleft())

    def carry_to_device(self) -> list[DeviceEvent]:
        """Deliver the oldest frame to the device and let its owner act."""
        return self.give_device(self.to_device.popleft())

    def give_hub(self, frame: bytes) -> list[HubEvent]:
        """Hand any bytes to the hub."""
        self.carried.append(("device", frame))
        events = self.hub.receive(frame, self.now)
        self.own_hub(events)
        return events

    def give_device(self, frame: bytes) -> list[DeviceEvent]:
        """Hand any bytes to the device."""
        self.carried.append(("hub", frame))
        events = self.device.receive(frame, self.now)
        self.own_device(events)
        return events

    def pump(self) -> None:
        """Carry frames until both sides are silent."""
        self.collect()
        while self.to_hub or self.to_device:
            if self.to_device:
                self.carry_to_device()
            if self.to_hub:
                self.carry_to_hub()

    def step(self) -> None:
        """Carry one frame, to the device first."""
        if self.to_device:
            self.carry_to_device()
        else:
            self.carry_to_hub()

    def run_timers(self) -> None:
        """Let both sides do what is due, and carry what they send."""
        self.own_hub(self.hub.handle_timer(self.now))
        self.own_device(self.device.handle_timer(self.now))
        self.pump()

    def advance(self, seconds: float) -> None:
        """Let time pass on an open wire, waking both sides when they ask for it."""
        end = self.now + seconds
        while (wake := self._next_wake()) is not None and wake <= end:
            self.now = max(self.now, wake)
            self.run_timers()
        self.now = end

    def _next_wake(self) -> float | None:
        wakes = (self.hub.next_deadline(), self.device.next_deadline())
        return min((wake for wake in wakes if wake is not None), default=None)

    # The owners of both sides

    def own_hub(self, events: Iterable[HubEvent]) -> None:
        """Do what the hub's owner does on events."""
        for event in events:
            self.hub_events.append(event)
            match event:
                case RegistrationProved():
                    token = self.disk.store_pending(event)
                    self.hub.issue_token(token, 1, self.now)
                case TokenStored():
                    self.disk.commit(event)
                    self.hub.begin_session(self.now)
                case SessionProved() if not event.tombstone:
                    self.disk.commit(event)
                    known = event.ready.description_hash in self.disk.descriptions
                    self.hub.welcome(not known, self.now)
                case DescriptionReceived():
                    self.disk.descriptions.add(event.hash)
        self.collect()

    def own_device(self, events: Iterable[DeviceEvent]) -> None:
        """Do what the device's owner does on events."""
        for event in events:
            self.device_events.append(event)
            match event:
                case TokenIssued():
                    self.flash.identity = self.flash.identity.with_token(
                        event.generation, event.token
                    )
                    self.device.confirm_stored(self.now)
                case CommandReceived() if self.answer is not None:
                    self.device.send_result(event.command_id, self.answer, "", self.now)
                case RevokedReceived():
                    self.flash.identity = replace(
                        self.flash.identity, token=None, previous_token=None
                    )
        self.collect()

    # What tests ask

    def register(self) -> None:
        """Connect, register and reach the first session."""
        self.connect()
        self.pump()

    def hub_said[E: HubEvent](self, kind: type[E]) -> list[E]:
        """Return all events of a kind that the hub has reported."""
        return [event for event in self.hub_events if isinstance(event, kind)]

    def device_said[E: DeviceEvent](self, kind: type[E]) -> list[E]:
        """Return all events of a kind that the device has reported."""
        return [event for event in self.device_events if isinstance(event, kind)]

    @property
    def hub_end(self) -> LinkClosed:
        """Why the hub closed the link; fails if it did not."""
        (end,) = self.hub_said(LinkClosed)[-1:]
        return end

    @property
    def device_end(self) -> DeviceLinkClosed:
        """Why the device closed the link; fails if it did not."""
        (end,) = self.device_said(DeviceLinkClosed)[-1:]
        return end
