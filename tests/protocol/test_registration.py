"""Registration: one token, one device, whatever crashes in between."""

from dataclasses import replace

import pytest

from custom_components.oceanremote.protocol import (
    CloseReason,
    DeviceFacts,
    KeyPair,
    LinkClosed,
    LocalProtocolError,
    Purpose,
    Ready,
    RegistrationProved,
    SessionProved,
    TokenStored,
    messages as m,
)
from tests.support.device import EpochStarted, TokenIssued, connection
from tests.support.message_samples import FACTS
from tests.support.world import MAC, World


@pytest.fixture
def world() -> World:
    """A device that has never met its hub."""
    return World()


def _until[E](world: World, kind: type[E], *, act: bool) -> E:
    """Carry frames until one side reports `kind`; without `act` its owner crashes."""
    while True:
        for receive, frames in (
            (world.device.receive, world.to_device),
            (world.hub.receive, world.to_hub),
        ):
            if not frames:
                continue
            for event in receive(frames.popleft(), world.now):
                if isinstance(event, kind):
                    if act:
                        _own(world, event)
                    return event
                _own(world, event)
            world.collect()


def _own(world: World, event: object) -> None:
    if isinstance(event, (EpochStarted, TokenIssued)):
        world.own_device([event])
    elif isinstance(event, (RegistrationProved, TokenStored, SessionProved)):
        world.own_hub([event])


def test_a_new_device_registers_and_has_a_session_on_the_same_link(
    world: World,
) -> None:
    world.register()
    (proved,) = world.hub_said(RegistrationProved)
    (stored,) = world.hub_said(TokenStored)
    (session,) = world.hub_said(SessionProved)
    identity = world.flash.identity
    assert identity.registration is not None
    assert proved.handle == identity.registration.handle
    assert (proved.mac, proved.device_key) == (MAC, identity.key.public)
    assert (proved.board, proved.version) == (FACTS.board, FACTS.esphome_version)
    assert proved.ready == Ready(bytes(32), FACTS)
    assert (stored.mac, stored.device_key) == (MAC, identity.key.public)
    assert session.epoch == 2
    assert session.generation == 1
    assert session.counter > proved.counter
    assert not session.rotated
    assert world.disk.devices[identity.key.public].tokens[1] == identity.token
    purposes = [event.purpose for event in world.device_said(EpochStarted)]
    assert purposes == [Purpose.REGISTRATION, Purpose.SESSION]


def test_the_permanent_token_never_travels_in_clear(world: World) -> None:
    world.register()
    token = world.flash.identity.token
    assert token is not None
    assert all(token not in frame for _, frame in world.carried)


CRASHES = [RegistrationProved, TokenIssued, TokenStored, SessionProved]


@pytest.mark.parametrize("act", [False, True], ids=["before acting", "after acting"])
@pytest.mark.parametrize("step", CRASHES, ids=lambda step: step.__name__)
def test_registration_converges_after_a_crash_at_any_step(
    world: World, step: type[object], act: bool
) -> None:
    world.connect()
    _until(world, step, act=act)
    world.connect()
    world.pump()
    identity = world.flash.identity
    assert world.hub.proved
    assert world.disk.commits == 1
    assert world.disk.devices[identity.key.public].tokens[1] == identity.token
    assert world.disk.pending == {}


def test_while_pending_the_same_device_gets_the_same_token(world: World) -> None:
    issued = []
    for _ in range(3):
        world.connect()
        issued.append(_until(world, TokenIssued, act=False).token)
    assert len(set(issued)) == 1


def test_a_board_that_lost_its_key_gets_a_new_token(world: World) -> None:
    world.connect()
    first = _until(world, TokenIssued, act=False).token
    world.flash.identity = replace(
        world.flash.identity, key=KeyPair.generate(world.random)
    )
    world.connect()
    assert _until(world, TokenIssued, act=False).token != first


def test_a_used_registration_token_is_refused(world: World) -> None:
    world.register()
    world.flash.identity = replace(
        world.flash.identity,
        key=KeyPair.generate(world.random),
        token=None,
        previous_token=None,
    )
    world.connect()
    world.pump()
    assert world.hub_end.reason is CloseReason.REFUSED
    assert world.disk.commits == 1


def _registering(world: World) -> None:
    """Reach the point where the hub has issued a token and the device has not stored it."""
    world.connect()
    _until(world, TokenIssued, act=False)


def _say(world: World, message: m.DeviceMessage) -> LinkClosed | TokenStored | None:
    """Let the device say anything, whatever its own rules are."""
    world.device._send(message, world.now)
    (frame,) = world.device.frames_to_send()
    events = world.hub.receive(frame, world.now)
    if not events:
        return None
    assert isinstance(events[0], LinkClosed | TokenStored)
    return events[0]


def test_a_wrong_hash_of_the_token_is_refused(world: World) -> None:
    _registering(world)
    end = _say(world, m.Stored(bytes(32)))
    assert isinstance(end, LinkClosed)
    assert end.reason is CloseReason.WRONG_STORED_HASH
    assert end.enrolment_id is not None


def test_a_token_is_confirmed_once(world: World) -> None:
    _registering(world)
    world.device.confirm_stored(world.now)
    (frame,) = world.device.frames_to_send()
    (stored,) = world.hub.receive(frame, world.now)
    assert isinstance(stored, TokenStored)
    with pytest.raises(LocalProtocolError):
        world.device.confirm_stored(world.now)
    end = _say(world, m.Stored(bytes(32)))
    assert isinstance(end, LinkClosed)
    assert end.reason is CloseReason.UNEXPECTED_MESSAGE


@pytest.mark.parametrize(
    "message",
    [
        m.Ready(bytes(32), FACTS),
        m.Describe(0, 0, b""),
        m.Rotate(),
        m.Result(1, m.CommandStatus.DONE),
        m.Pong(bytes(8)),
    ],
    ids=lambda message: type(message).__name__,
)
def test_a_device_that_registers_has_little_to_say(
    world: World, message: m.DeviceMessage
) -> None:
    _registering(world)
    end = _say(world, message)
    assert isinstance(end, LinkClosed)
    assert end.reason is CloseReason.UNEXPECTED_MESSAGE


def test_the_first_message_of_a_registration_names_no_description(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_NO_DESCRIPTION", bytes(range(32)))
    world.connect()
    world.pump()
    assert world.hub_end.reason is CloseReason.UNEXPECTED_MESSAGE


def test_the_hub_begins_a_session_only_once_the_token_is_stored(world: World) -> None:
    _registering(world)
    with pytest.raises(LocalProtocolError):
        world.hub.begin_session(world.now)
    with pytest.raises(LocalProtocolError):
        world.hub.issue_token(bytes(32), 2, world.now)
    with pytest.raises(LocalProtocolError):
        world.hub.welcome(False, world.now)
    with pytest.raises(LocalProtocolError):
        world.hub.rotate(world.now)
    with pytest.raises(LocalProtocolError):
        world.hub.send_revoked(world.now)


def test_a_session_of_another_device_cannot_follow_a_registration(
    world: World,
) -> None:
    world.connect()
    _until(world, TokenStored, act=True)
    world.device.identity = replace(
        world.device.identity, key=KeyPair.generate(world.random)
    )
    world.collect()
    world.pump()
    assert world.hub_end.reason is CloseReason.IDENTITY_CHANGED


def test_long_facts_are_cut_to_what_the_handshake_holds() -> None:
    world = World()
    facts: DeviceFacts = replace(FACTS, board="ä" * 20)
    world.connect()
    world.device._facts = facts
    world.pump()
    assert world.hub_said(RegistrationProved)[0].board == "ä" * 16
