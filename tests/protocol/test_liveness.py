"""Liveness: an authenticated answer, in time, or the end of the link."""

import pytest

from custom_components.oceanremote.protocol import (
    CloseReason,
    LinkClosed,
    LocalProtocolError,
    PongReceived,
    SessionProved,
    messages as m,
)
from custom_components.oceanremote.protocol.limits import MAX_OUTSTANDING_PINGS
from tests.support.world import World


def test_a_healthy_link_lives_until_its_session_ends(world: World) -> None:
    world.advance(3000)
    assert len(world.hub_said(PongReceived)) == 120
    assert not world.hub.closed
    assert not world.device.closed


def test_a_ping_is_due_every_interval(world: World) -> None:
    assert world.hub.next_deadline() == world.now + 25
    world.now += 25
    assert world.hub.handle_timer(world.now) == []
    (frame,) = world.hub.frames_to_send()
    assert world.hub.handle_timer(world.now) == []
    assert world.hub.frames_to_send() == []
    world.now += 1.5
    world.give_device(frame)
    world.pump()
    (pong,) = world.hub_said(PongReceived)
    assert pong.round_trip == 1.5
    assert len(pong.nonce) == 8


def test_a_device_that_does_not_answer_is_gone(world: World) -> None:
    world.now += 25
    world.hub.handle_timer(world.now)
    assert world.hub.next_deadline() == world.now + 20
    world.now += 20
    (end,) = world.hub.handle_timer(world.now)
    assert isinstance(end, LinkClosed)
    assert end.reason is CloseReason.PING_TIMEOUT
    assert not end.expired


def test_other_messages_are_no_answer_to_a_ping(world: World) -> None:
    world.now += 25
    world.hub.handle_timer(world.now)
    world.now += 19
    world.device.send_log(1, "still", "here", world.now)
    for frame in world.device.frames_to_send():
        world.hub.receive(frame, world.now)
    world.now += 1
    (end,) = world.hub.handle_timer(world.now)
    assert isinstance(end, LinkClosed)


@pytest.mark.parametrize("nonce", [bytes(8), b"12345678"])
def test_a_pong_that_answers_nothing_ends_the_link(world: World, nonce: bytes) -> None:
    world.device._send(m.Pong(nonce), world.now)
    world.pump()
    assert world.hub_end.reason is CloseReason.UNEXPECTED_MESSAGE


def test_a_nonce_is_answered_once(world: World) -> None:
    nonce = world.hub.send_ping(world.now)
    world.pump()
    assert world.hub_said(PongReceived) == [PongReceived(nonce, 0.0)]
    world.device._send(m.Pong(nonce), world.now)
    world.pump()
    assert world.hub_end.reason is CloseReason.UNEXPECTED_MESSAGE


def test_pings_without_an_answer_are_bounded(world: World) -> None:
    for _ in range(MAX_OUTSTANDING_PINGS):
        world.hub.send_ping(world.now)
    with pytest.raises(LocalProtocolError):
        world.hub.send_ping(world.now)


def test_a_pong_may_cross_a_rotation(world: World) -> None:
    world.hub.rotate(world.now)
    world.hub.send_ping(world.now)
    world.pump()
    assert len(world.hub_said(PongReceived)) == 1
    assert world.hub_said(SessionProved)[-1].epoch == 3


def test_a_device_that_registers_is_pinged_too() -> None:
    world = World()
    world.connect()
    while not world.hub.proved:
        world.carry_to_device() if world.to_device else world.carry_to_hub()
    world.to_device.clear()
    world.now += 25
    assert world.hub.handle_timer(world.now) == []
    assert len(world.hub.frames_to_send()) == 1


def test_nothing_is_sent_before_welcome_not_even_a_ping(world: World) -> None:
    world.connect()
    world.carry_to_device()
    world.carry_to_hub()
    world.carry_to_device()
    (proved,) = world.hub.receive(world.to_hub.popleft(), world.now)
    assert isinstance(proved, SessionProved)
    world.now += 30
    assert world.hub.handle_timer(world.now) == []
    assert world.hub.frames_to_send() == []
    assert world.hub.next_deadline() == proved.expires_at
    with pytest.raises(LocalProtocolError):
        world.hub.send_ping(world.now)


def test_a_device_notices_a_silent_hub(world: World) -> None:
    assert world.device.next_deadline() == world.now + 75
    world.now += 75
    world.own_device(world.device.handle_timer(world.now))
    assert world.device_end.reason is CloseReason.PING_TIMEOUT
