"""Rotations: new keys for the same device, and nothing lost."""

from dataclasses import replace

import pytest

from custom_components.oceanremote.protocol import (
    CloseReason,
    CommandCompleted,
    CommandStatus,
    DescriptionReceived,
    EntityState,
    HubSettings,
    KeyPair,
    LinkClosed,
    LocalProtocolError,
    RefusalReason,
    Refused,
    RotationRequested,
    StatesReceived,
    cbor,
    messages as m,
)
from custom_components.oceanremote.protocol.frames import FrameType
from custom_components.oceanremote.protocol.session import Epoch
from tests.support.commands import switch_command
from tests.support.device import (
    CommandReceived,
    EpochStarted,
    RevokedReceived,
    TokenIssued,
)
from tests.support.message_samples import FLOW, PUMP
from tests.support.world import OTHER_MAC, World

from .session_support import last_session


def _wiped(epoch: Epoch | None) -> tuple[bool, bool]:
    """Return whether the send key and the receive key of an epoch are gone."""
    assert epoch is not None
    return epoch.sending.wiped, epoch.receiving.wiped


def test_a_rotation_makes_new_keys_for_the_same_device(world: World) -> None:
    before = last_session(world)
    old_hub, old_device = (
        world.hub._link._epochs.receiving,
        world.device._epochs.receiving,
    )
    world.hub.rotate(world.now)
    world.pump()
    after = last_session(world)
    assert after.rotated
    assert after.epoch == before.epoch + 1
    assert after.session_id != before.session_id
    assert after.counter > before.counter
    assert (after.mac, after.device_key) == (before.mac, before.device_key)
    assert _wiped(old_hub) == _wiped(old_device) == (True, True)
    assert world.hub.accepts_commands
    assert not world.hub.rotating


def test_a_rotation_makes_before_it_breaks(world: World) -> None:
    old_hub, old_device = (
        world.hub._link._epochs.receiving,
        world.device._epochs.receiving,
    )
    world.hub.rotate(world.now)
    assert world.hub.rotating
    world.collect()
    world.carry_to_device()  # HELLO
    world.carry_to_hub()  # INIT
    assert _wiped(old_hub) == _wiped(old_device) == (False, False)
    world.carry_to_device()  # ACCEPT
    assert _wiped(old_device) == (True, False)
    world.carry_to_hub()  # ready
    assert _wiped(old_hub) == (True, True)
    assert _wiped(old_device) == (True, False)
    world.carry_to_device()  # welcome
    assert _wiped(old_device) == (True, True)


@pytest.mark.parametrize("moment", range(6))
def test_messages_flow_at_every_moment_of_a_rotation(world: World, moment: int) -> None:
    carries = [
        world.carry_to_device,
        world.carry_to_hub,
        world.carry_to_device,
        world.carry_to_hub,
        world.carry_to_device,
    ]
    world.hub.rotate(world.now)
    world.collect()
    for carry in carries[:moment]:
        carry()
    command = world.hub.send_command(PUMP, switch_command(True), 5, world.now)
    world.device.send_states([EntityState(FLOW, float(moment))], world.now)
    world.pump()
    assert [event.command_id for event in world.device_said(CommandReceived)] == [1]
    assert world.hub_said(CommandCompleted) == [
        CommandCompleted(command, CommandStatus.DONE, "")
    ]
    assert world.hub_said(StatesReceived) == [
        StatesReceived((EntityState(FLOW, float(moment)),))
    ]
    assert last_session(world).epoch == 3


def test_the_device_may_ask_for_a_rotation(world: World) -> None:
    world.device.request_rotation(world.now)
    world.pump()
    assert world.hub_said(RotationRequested) == [RotationRequested()]
    world.hub.rotate(world.now)
    world.hub.rotate(world.now)
    world.device.request_rotation(world.now)
    world.pump()
    assert len(world.hub_said(RotationRequested)) == 1
    assert last_session(world).epoch == 3


def test_a_device_that_asks_without_pause_has_a_rotation_in_ten_seconds(
    world: World,
) -> None:
    for _ in range(95):
        world.device.request_rotation(world.now)
        world.pump()
        while world.hub_said(RotationRequested):
            world.hub_events.remove(RotationRequested())
            world.hub.rotate(world.now)
            world.pump()
        world.now += 0.25
    assert last_session(world).epoch == 2 + 3
    for _ in range(5):
        world.hub.rotate(world.now)
        world.pump()
    assert last_session(world).epoch == 2 + 3 + 5


def test_command_ids_count_across_epochs(world: World) -> None:
    ids = []
    for _ in range(3):
        ids.append(world.hub.send_command(PUMP, switch_command(True), 5, world.now))
        world.hub.rotate(world.now)
        world.pump()
    assert ids == [1, 2, 3]


def test_a_rotation_keeps_the_device_key(world: World) -> None:
    world.device.identity = replace(
        world.device.identity, key=KeyPair.generate(world.random)
    )
    world.hub.rotate(world.now)
    world.pump()
    assert world.hub_end.reason is CloseReason.IDENTITY_CHANGED
    assert world.carried[-1][1][0] == FrameType.REJECT


def test_a_rotation_keeps_the_mac(world: World) -> None:
    world.disk.devices[world.flash.identity.key.public].mac = OTHER_MAC
    world.device.identity = replace(world.device.identity, mac=OTHER_MAC)
    world.hub.rotate(world.now)
    world.pump()
    assert world.hub_end.reason is CloseReason.IDENTITY_CHANGED
    assert world.hub_end.claimed_mac == OTHER_MAC


def test_a_device_revoked_meanwhile_is_told_at_its_rotation(world: World) -> None:
    world.disk.devices[world.flash.identity.key.public].revoked = True
    world.hub.rotate(world.now)
    world.pump()
    session = last_session(world)
    assert session.tombstone
    assert world.device_said(RevokedReceived) == [RevokedReceived()]
    assert world.hub_end.reason is CloseReason.REVOKED


def test_a_refused_rotation_ends_the_link(world: World) -> None:
    world.disk.refusal = Refused(RefusalReason.QUARANTINED)
    world.hub.rotate(world.now)
    world.pump()
    assert world.hub_end.refusal is RefusalReason.QUARANTINED
    assert world.hub_end.enrolment_id is not None
    assert world.device_end.reason is CloseReason.REJECTED
    assert world.device_end.retry_after == 0


def test_a_rotation_has_a_bounded_time(world: World) -> None:
    world.hub.rotate(world.now)
    world.now += 10
    world.own_hub(world.hub.handle_timer(world.now))
    assert world.hub_end.reason is CloseReason.HANDSHAKE_TIMEOUT


def test_a_description_that_changed_is_sent_again(world: World) -> None:
    world.device._description = b""
    world.hub.rotate(world.now)
    world.collect()
    while world.hub.epoch == 2:
        world.step()
    with pytest.raises(LocalProtocolError):
        world.hub.send_command(PUMP, switch_command(True), 5, world.now)
    world.pump()
    assert world.hub_said(DescriptionReceived)[-1].data == b""
    assert world.hub.send_command(PUMP, switch_command(True), 5, world.now)


def test_a_rotation_waits_for_the_end_of_the_description(world: World) -> None:
    world.disk.descriptions.clear()
    world.connect()
    while len(world.to_hub) < 2:
        world.step()
    world.carry_to_hub()
    with pytest.raises(LocalProtocolError):
        world.hub.send_command(PUMP, switch_command(True), 5, world.now)
    world.hub.rotate(world.now)
    assert not world.hub.rotating
    world.pump()
    assert len(world.hub_said(DescriptionReceived)) == 2
    assert last_session(world).rotated
    assert world.hub.accepts_commands


def test_what_only_a_newer_device_says_ends_nothing(world: World) -> None:
    epoch = world.device._epochs.sending
    assert epoch is not None
    before = len(world.hub_events)
    for message in ([63, {1: 2}], [3, [[200, 0, 1, {1: 2}]]], [4, 200, 0, 1, 2]):
        world.to_hub.append(epoch.seal(cbor.encode(message)))
    world.pump()
    assert len(world.hub_events) == before
    assert world.hub.accepts_commands


def test_a_description_that_nobody_asked_for_ends_the_link(world: World) -> None:
    world.device._send(m.Describe(0, 0, b""), world.now)
    world.pump()
    assert world.hub_end.reason is CloseReason.UNEXPECTED_MESSAGE


def test_a_description_that_is_not_the_promised_one_ends_the_link() -> None:
    world = World()
    world.connect()
    while not world.device_said(TokenIssued):
        world.step()
    promised = world.description
    world.device._description = promised[:-1]
    while len(world.device_said(EpochStarted)) < 2:
        world.step()
    world.device._description = promised[:-2] + b"\x80"
    world.pump()
    assert world.hub_end.reason is CloseReason.BAD_DESCRIPTION


def test_old_keys_open_nothing_after_a_rotation(world: World) -> None:
    world.device.send_states([EntityState(FLOW, 1.0)], world.now)
    (old,) = world.device.frames_to_send()
    world.hub.rotate(world.now)
    world.pump()
    world.give_hub(old)
    assert world.hub_end.reason is CloseReason.UNEXPECTED_FRAME
    assert world.hub_said(StatesReceived) == []


def test_a_counter_that_has_run_out_ends_the_link(world: World) -> None:
    epoch = world.hub._link._epochs.receiving
    assert epoch is not None
    world.device.send_states([EntityState(FLOW, 1.0)], world.now)
    epoch.receiving.counter = 2**64 - 1
    world.collect()
    world.carry_to_hub()
    assert world.hub_end.reason is CloseReason.COUNTER_EXHAUSTED
    epoch = world.device._epochs.sending
    assert epoch is not None
    epoch.sending.counter = 2**64 - 1
    with pytest.raises(LocalProtocolError):
        world.device.send_states([EntityState(FLOW, 1.0)], world.now)


def test_a_very_short_lifetime_still_rotates() -> None:
    settings = HubSettings(
        lifetime=20, rotation_margin=5, ping_interval=6, ping_timeout=5
    )
    world = World(settings=settings)
    world.register()
    for _ in range(10):
        world.advance(12.0)
        world.hub.rotate(world.now)
        world.pump()
    assert last_session(world).epoch == 12
    assert world.hub_said(LinkClosed) == []
