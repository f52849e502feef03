"""A hub key that is rolled over: told, stored, proved, and alone from then on."""

from dataclasses import replace

import pytest

from custom_components.oceanremote.protocol import (
    CloseReason,
    HubConnection,
    HubKeyPhase,
    HubKeyReported,
    KeyPair,
    LocalProtocolError,
    RefusalReason,
    SessionGrant,
    SessionProved,
    messages as m,
)
from custom_components.oceanremote.protocol.errors import RemoteProtocolError
from custom_components.oceanremote.protocol.keys import hub_key_id
from custom_components.oceanremote.protocol.message_readers import (
    decode_device_message,
    decode_hub_message,
)
from tests.support.device import DeviceConnection, HubKeyTold
from tests.support.message_samples import FACTS
from tests.support.world import HUB_TIME, World

TAKES = replace(FACTS, takes_hub_keys=True)


class TwoKeys(World):
    """A hub with several keys, and a device that takes new ones."""

    def __init__(self) -> None:
        """Register, and open a session under the first key."""
        super().__init__()
        self.second = KeyPair.generate(self.random)
        self.keys: tuple[KeyPair, ...] = (self.hub_key,)
        self.only: bytes | None = None

    def connect(self) -> None:
        """Begin a new link on which every key counts that the hub has then."""
        super().connect()
        self.to_hub.clear()
        self.to_device.clear()
        self.hub = HubConnection(
            lambda: self.keys,
            self,
            self.settings,
            random=self.random,
            wall_clock=lambda: HUB_TIME,
        )
        self.device = DeviceConnection(
            self.flash.identity,
            TAKES,
            self.description,
            random=self.random,
            next_counter=self.flash.next_counter,
            rx_limit=self.rx_limit,
        )
        self.hub.start(self.now)
        self.device.start(self.now)
        self.collect()

    def find_session(
        self, device_key: bytes, claimed_mac: bytes, generation: int
    ) -> SessionGrant:
        """Return the disk's grant, for one hub key if there is only one."""
        grant = self.disk.find_session(device_key, claimed_mac, generation)
        return replace(grant, hub_key_id=self.only)

    def __getattr__(self, name: str) -> object:
        """Answer as the disk does."""
        return getattr(self.disk, name)

    def rotate(self) -> None:
        """Let the device prove itself again on the same link."""
        self.hub.rotate(self.now)
        self.collect()
        self.pump()


@pytest.fixture
def world() -> TwoKeys:
    """Return a hub and a device in a session under the first key."""
    world = TwoKeys()
    world.connect()
    world.pump()
    assert proved_under(world) == world.hub_key.public
    return world


def proved_under(world: World) -> bytes:
    """Return the hub key of the latest session."""
    return world.hub_said(SessionProved)[-1].hub_public


def tell(world: TwoKeys, phase: HubKeyPhase) -> None:
    """Tell the second key, and let the device put it into flash."""
    key = world.second.public
    world.hub.tell_hub_key(phase, key, world.now)
    world.pump()
    assert world.device_said(HubKeyTold)[-1] == HubKeyTold(phase, key)
    world.flash.identity = replace(world.flash.identity, next_hub_public=key)
    world.device.confirm_hub_key(key, world.now)
    world.collect()
    world.pump()
    assert world.hub_said(HubKeyReported)[-1].key_id == hub_key_id(key)


def test_a_key_to_come_changes_no_handshake(world: TwoKeys) -> None:
    tell(world, HubKeyPhase.TO_COME)
    world.keys = (world.hub_key, world.second)
    world.rotate()
    assert world.hub.epoch == 3
    assert proved_under(world) == world.hub_key.public


def test_a_key_in_force_is_proved_by_the_rotation_of_the_same_link(
    world: TwoKeys,
) -> None:
    """The link was opened when there was one key; what counts is what there is now."""
    tell(world, HubKeyPhase.IN_FORCE)
    world.keys = (world.second, world.hub_key)
    world.rotate()
    assert world.hub.epoch == 3
    assert proved_under(world) == world.second.public


@pytest.mark.parametrize("first", [True, False])
def test_either_key_opens_a_link(world: TwoKeys, first: bool) -> None:
    world.keys = (world.second, world.hub_key)
    public = world.hub_key.public if first else world.second.public
    world.flash.identity = replace(world.flash.identity, hub_public=public)
    world.connect()
    world.pump()
    assert proved_under(world) == public


def test_who_has_proved_the_new_one_does_not_come_by_the_old_one(
    world: TwoKeys,
) -> None:
    """The hub says so as it says everything: by the same REJECT."""
    world.keys = (world.second, world.hub_key)
    world.only = hub_key_id(world.second.public)
    world.connect()
    world.pump()
    assert world.hub_end.reason is CloseReason.REFUSED
    assert world.hub_end.refusal is RefusalReason.FORMER_HUB_KEY
    assert world.device_end.reason is CloseReason.REJECTED
    world.flash.identity = replace(world.flash.identity, hub_public=world.second.public)
    world.connect()
    world.pump()
    assert proved_under(world) == world.second.public


def test_a_key_that_is_destroyed_is_no_key(world: TwoKeys) -> None:
    """Also on a link that was opened under it."""
    world.keys = (world.second,)
    world.rotate()
    assert world.hub_end.reason is CloseReason.UNKNOWN_HUB_KEY


def test_an_init_for_one_key_with_the_mark_of_the_other_is_refused(
    world: TwoKeys,
) -> None:
    world.keys = (world.second, world.hub_key)
    world.connect()
    world.carry_to_device()
    init = bytearray(world.to_hub.popleft())
    init[2:6] = hub_key_id(world.second.public)
    world.give_hub(bytes(init))
    assert world.hub_end.reason is CloseReason.BAD_MAC1


def test_nothing_is_told_before_the_welcome() -> None:
    world = World()
    world.connect()
    with pytest.raises(LocalProtocolError):
        world.hub.tell_hub_key(HubKeyPhase.TO_COME, bytes(32), world.now)


@pytest.mark.parametrize(
    "items", [[69, 0, bytes(32)], [69, 3, bytes(32)], [69, 1, bytes(31)], [69, 1]]
)
def test_what_a_device_is_told_is_one_key_and_a_phase(items: list[object]) -> None:
    with pytest.raises(RemoteProtocolError):
        decode_hub_message(m.cbor.encode(items))


@pytest.mark.parametrize("items", [[31], [31, bytes(3)], [31, bytes(5)], [31, 7]])
def test_what_a_device_answers_is_an_id(items: list[object]) -> None:
    with pytest.raises(RemoteProtocolError):
        decode_device_message(m.cbor.encode(items))
