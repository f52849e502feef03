"""The device's side: what it refuses, and what it does not let slow it down."""

from dataclasses import replace

import pytest

from custom_components.oceanremote.protocol import (
    CloseReason,
    EntityState,
    HubKeyPhase,
    KeyPair,
    LocalProtocolError,
    RemoteProtocolError,
    messages as m,
)
from custom_components.oceanremote.protocol.frames import Accept, Data, Hello, Reject
from custom_components.oceanremote.protocol.handshake_payloads import Terms
from tests.support.device import (
    CommandReceived,
    DeviceConnection,
    DeviceIdentity,
    TokenIssued,
)
from tests.support.message_samples import FACTS, FLOW, PUMP
from tests.support.world import MAC, World

TERMS = Terms(bytes(16), 3600, 0, 8192, 25)


@pytest.fixture
def fresh() -> World:
    """A device that has a link and nothing else."""
    world = World()
    world.connect()
    return world


def test_a_device_without_any_token_cannot_dial() -> None:
    identity = DeviceIdentity(
        key=KeyPair.from_private(bytes(range(32))), mac=MAC, hub_public=bytes(32)
    )
    with pytest.raises(LocalProtocolError):
        DeviceConnection(identity, FACTS, (), random=bytes, next_counter=int)


def test_tokens_do_not_show() -> None:
    identity = World().flash.identity.with_token(1, bytes(range(32)))
    assert repr(bytes(range(32))) not in repr(identity)


@pytest.mark.parametrize(
    ("asked", "granted"), [(0, 0), (30, 30), (300, 300), (301, 300), (65535, 300)]
)
def test_a_reject_slows_a_device_down_for_300_seconds_at_most(
    fresh: World, asked: int, granted: int
) -> None:
    identity = fresh.flash.identity
    fresh.carry_to_device()
    fresh.give_device(Reject(asked).encode())
    assert fresh.device_end.reason is CloseReason.REJECTED
    assert fresh.device_end.retry_after == granted
    assert fresh.flash.identity is identity


def test_a_reject_in_a_session_only_closes(world: World) -> None:
    world.give_device(Reject(300).encode())
    assert world.device_end.reason is CloseReason.REJECTED
    assert world.device_end.retry_after == 0


@pytest.mark.parametrize(
    "frame",
    [Accept(bytes(80)), Data(1, bytes(40))],
    ids=lambda frame: type(frame).__name__,
)
def test_frames_before_hello_are_out_of_order(
    fresh: World, frame: Accept | Data
) -> None:
    fresh.give_device(frame.encode())
    assert fresh.device_end.reason is CloseReason.UNEXPECTED_FRAME


def test_a_device_takes_no_frames_of_its_own_kind(world: World) -> None:
    init = next(frame for who, frame in world.carried if frame[0] == 2)
    world.give_device(init)
    assert world.device_end.reason is CloseReason.UNEXPECTED_FRAME


@pytest.mark.parametrize("steps", [1, 3])
def test_a_second_hello_in_one_handshake_is_out_of_order(
    fresh: World, steps: int
) -> None:
    for _ in range(steps):
        fresh.step()
    fresh.give_device(Hello(bytes(32)).encode())
    assert fresh.device_end.reason is CloseReason.UNEXPECTED_FRAME


def test_a_device_does_not_prove_itself_again_before_it_has_a_token(
    fresh: World,
) -> None:
    while not fresh.device_said(TokenIssued):
        if fresh.to_device:
            fresh.device_events.extend(
                fresh.device.receive(fresh.to_device.popleft(), fresh.now)
            )
            fresh.collect()
        else:
            fresh.carry_to_hub()
    fresh.give_device(Hello(bytes(32)).encode())
    assert fresh.device_end.reason is CloseReason.UNEXPECTED_FRAME


@pytest.mark.parametrize("steps", [0, 1])
def test_the_hubs_steps_have_a_bounded_time(fresh: World, steps: int) -> None:
    for _ in range(steps):
        fresh.step()
    assert fresh.device.next_deadline() == fresh.now + 10
    fresh.now += 10
    fresh.own_device(fresh.device.handle_timer(fresh.now))
    assert fresh.device_end.reason is CloseReason.HANDSHAKE_TIMEOUT
    assert fresh.device.next_deadline() is None
    assert fresh.device.handle_timer(fresh.now) == []
    assert fresh.device.receive(Hello(bytes(32)).encode(), fresh.now) == []


def test_oversize_is_refused_before_and_after_the_handshake(fresh: World) -> None:
    fresh.give_device(b"\x05" + bytes(512))
    assert fresh.device_end.reason is CloseReason.OVERSIZE
    fresh.connect()
    fresh.pump()
    fresh.give_device(b"\x05" + bytes(1024))
    assert fresh.device_end.reason is CloseReason.OVERSIZE


@pytest.mark.parametrize("where", range(1, 81))
def test_a_changed_accept_starts_nothing(fresh: World, where: int) -> None:
    fresh.step()
    fresh.step()
    accept = bytearray(fresh.to_device.popleft())
    accept[where] ^= 1
    fresh.give_device(bytes(accept))
    assert fresh.device_end.reason is CloseReason.BAD_HANDSHAKE
    assert fresh.device.session_id is None


@pytest.mark.parametrize(
    "payload",
    [
        replace(TERMS, lifetime=0).encode(),
        replace(TERMS, ping_interval=0).encode(),
        replace(TERMS, hub_rx_limit=511).encode(),
    ],
)
def test_terms_that_make_no_sense_are_refused(
    fresh: World, payload: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Terms, "encode", lambda self: payload)
    fresh.step()
    fresh.step()
    fresh.step()
    assert fresh.device_end.reason is CloseReason.BAD_HANDSHAKE


@pytest.mark.parametrize("payload", [TERMS.encode()[:-1], TERMS.encode() + b"\x00"])
def test_terms_of_another_size_are_refused(
    fresh: World, payload: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the size of ACCEPT already; their reader does not rely on it."""
    with pytest.raises(RemoteProtocolError) as refused:
        Terms.decode(payload)
    assert refused.value.reason is CloseReason.BAD_HANDSHAKE
    monkeypatch.setattr(Terms, "encode", lambda self: payload)
    fresh.step()
    fresh.step()
    fresh.step()
    assert fresh.device_end.reason is CloseReason.MALFORMED_FRAME


def _long(text: str) -> str:
    return text.ljust(64, "x")


@pytest.mark.parametrize(
    "terms", [replace(TERMS, hub_rx_limit=512), replace(TERMS, lifetime=1)]
)
def test_terms_that_a_device_cannot_keep_end_the_link(
    fresh: World, terms: Terms, monkeypatch: pytest.MonkeyPatch
) -> None:
    payload = terms.encode()
    monkeypatch.setattr(Terms, "encode", lambda self: payload)
    fresh.device._facts = replace(
        FACTS,
        name=_long("name"),
        friendly_name=_long("friendly"),
        esphome_version=_long("version"),
        project_version=_long("project"),
        board=_long("board"),
        platform=_long("platform"),
        reset_reason=_long("reason"),
    )
    fresh.step()
    fresh.step()
    fresh.now += 1
    fresh.step()
    assert fresh.device_end.reason is CloseReason.UNSUPPORTED


def _hub_says(world: World, message: m.HubMessage) -> None:
    world.hub._link.send(message, world.now)
    world.pump()


def test_a_new_hub_key_is_only_for_who_takes_it(world: World) -> None:
    _hub_says(world, m.NewHubKey(HubKeyPhase.TO_COME, bytes(32)))
    assert world.device_end.reason is CloseReason.UNSUPPORTED


def test_a_second_welcome_is_out_of_order(world: World) -> None:
    _hub_says(world, m.Welcome(False, 0))
    assert world.device_end.reason is CloseReason.UNEXPECTED_MESSAGE


@pytest.mark.parametrize(
    "message",
    [m.Ping(bytes(8)), m.Time(0), m.Command(1, 1000, PUMP, {1: True})],
    ids=lambda message: type(message).__name__,
)
def test_a_session_begins_with_welcome(world: World, message: m.HubMessage) -> None:
    world.hub.rotate(world.now)
    world.collect()
    while world.hub.epoch == 2:
        _step_unowned(world)
    _hub_says(world, message)
    assert world.device_end.reason is CloseReason.UNEXPECTED_MESSAGE
    assert world.device_said(CommandReceived) == []


def _step_unowned(world: World) -> None:
    """Carry one frame; the hub's owner does not act on what comes of it."""
    if world.to_device:
        world.carry_to_device()
    else:
        world.hub.receive(world.to_hub.popleft(), world.now)
        world.collect()


@pytest.mark.parametrize(
    "message",
    [
        m.Welcome(False, 0),
        m.Command(1, 1000, PUMP, {1: True}),
        m.SubscribeLogs(1),
        m.Time(0),
        m.Revoked(),
    ],
    ids=lambda message: type(message).__name__,
)
def test_a_registration_is_no_session(fresh: World, message: m.HubMessage) -> None:
    while not fresh.hub.proved:
        _step_unowned(fresh)
    _hub_says(fresh, message)
    assert fresh.device_end.reason is CloseReason.UNEXPECTED_MESSAGE


@pytest.mark.parametrize("generation", [1, 2])
def test_tokens_only_get_newer_and_one_at_a_time(world: World, generation: int) -> None:
    if generation == 2:
        world.hub._link.send(m.IssueToken(2, bytes(32)), world.now)
        world.hub._link.send(m.IssueToken(3, bytes(32)), world.now)
        for frame in world.hub.frames_to_send():
            world.device_events.extend(world.device.receive(frame, world.now))
        assert len(world.device_said(TokenIssued)) == 2
    else:
        _hub_says(world, m.IssueToken(1, bytes(32)))
    assert world.device_end.reason is CloseReason.UNEXPECTED_MESSAGE


def test_a_device_says_nothing_of_its_entities_before_it_is_welcomed(
    fresh: World,
) -> None:
    with pytest.raises(LocalProtocolError):
        fresh.device.send_states([EntityState(FLOW, 1.0)], fresh.now)
    with pytest.raises(LocalProtocolError):
        fresh.device.send_goodbye(0, fresh.now)
    assert fresh.device.epoch == 0
    assert fresh.device.expires_at is None


def test_a_closed_device_is_closed(world: World) -> None:
    world.device.close()
    assert world.device.closed
    assert not world.device.welcomed
    with pytest.raises(LocalProtocolError):
        world.device.send_goodbye(0, world.now)


def test_the_handshake_counter_only_grows(world: World) -> None:
    counters = []
    for _ in range(3):
        world.connect()
        world.pump()
        counters.append(world.flash.counter)
    assert counters == sorted(set(counters))
