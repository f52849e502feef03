"""Tunnels: numbered, paid for by credit, ended by either side, harmless when crossed."""

from dataclasses import replace

import pytest

from custom_components.oceanremote.protocol import (
    CloseReason,
    LocalProtocolError,
    TunnelEnd,
    TunnelOpened,
    TunnelReceived,
    TunnelService,
    TunnelStatus,
)
from custom_components.oceanremote.protocol.limits import (
    MAX_TUNNEL_WINDOW,
    MAX_TUNNELS,
    SMALL_DEVICE_RX_LIMIT,
    TUNNEL_OVERHEAD,
)
from custom_components.oceanremote.protocol.tunnels import (
    TunnelCreditDown,
    TunnelCreditUp,
    TunnelDataDown,
    TunnelDataUp,
    TunnelEndDown,
    TunnelEndUp,
    TunnelNews,
    TunnelOpen,
    TunnelOrder,
)
from tests.support.device import TunnelOrdered
from tests.support.message_samples import FACTS
from tests.support.world import World

WINDOW = 100


@pytest.fixture(name="world")
def _reachable(world: World) -> World:
    """A device that lets both of its services be reached."""
    facts = replace(FACTS, tunnels=frozenset(TunnelService))
    world.device._facts = facts
    return world


def say(world: World, *news: TunnelNews) -> None:
    for one in news:
        world.device.send_tunnel(one, world.now)
    world.pump()


def heard(world: World) -> list[TunnelNews]:
    return [event.news for event in world.hub_said(TunnelReceived)]


def ordered(world: World) -> list[TunnelOrder]:
    world.pump()
    return [event.order for event in world.device_said(TunnelOrdered)]


def opened(world: World, room: int = WINDOW) -> int:
    stream = world.hub.tunnels.open(TunnelService.API, WINDOW, world.now)
    world.pump()
    say(world, TunnelOpened(stream, TunnelStatus.OPENED, room))
    return stream


def test_a_stream_carries_both_ways(world: World) -> None:
    stream = opened(world)
    tunnels = world.hub.tunnels
    tunnels.send(stream, b"question", world.now)
    say(world, TunnelDataUp(stream, b"answer"), TunnelCreditUp(stream, 8))
    tunnels.grant(stream, 6, world.now)
    assert ordered(world) == [
        TunnelOpen(1, TunnelService.API, WINDOW),
        TunnelDataDown(1, b"question"),
        TunnelCreditDown(1, 6),
    ]
    assert heard(world)[1:] == [TunnelDataUp(1, b"answer"), TunnelCreditUp(1, 8)]


def test_numbers_count_across_epochs(world: World) -> None:
    assert opened(world) == 1
    world.hub.rotate(world.now)
    world.pump()
    assert opened(world) == 2
    assert world.hub.tunnels.room(1, world.now) == WINDOW


def test_a_refused_stream_is_over(world: World) -> None:
    stream = world.hub.tunnels.open(TunnelService.API, WINDOW, world.now)
    world.pump()
    say(world, TunnelOpened(stream, TunnelStatus.TOO_MANY))
    assert heard(world) == [TunnelOpened(stream, TunnelStatus.TOO_MANY)]
    assert world.hub.tunnels.room(stream, world.now) == 0
    say(world, TunnelDataUp(stream, b"late"))
    assert len(heard(world)) == 1
    assert not world.hub.closed


def test_only_so_many_streams_are_under_way(world: World) -> None:
    for _ in range(MAX_TUNNELS):
        opened(world)
    with pytest.raises(LocalProtocolError, match="too many"):
        world.hub.tunnels.open(TunnelService.API, WINDOW, world.now)
    world.hub.tunnels.reset(1, world.now)
    assert opened(world) == MAX_TUNNELS + 1


def test_no_more_is_sent_than_there_is_room_for(world: World) -> None:
    stream, tunnels = opened(world, room=10), world.hub.tunnels
    tunnels.send(stream, bytes(10), world.now)
    for data in (b"x", b""):
        with pytest.raises(LocalProtocolError, match="more than"):
            tunnels.send(stream, data, world.now)
    say(world, TunnelCreditUp(stream, 3))
    assert tunnels.room(stream, world.now) == 3
    say(world, TunnelCreditUp(stream, MAX_TUNNEL_WINDOW - 3))
    assert tunnels.room(stream, world.now) == SMALL_DEVICE_RX_LIMIT - TUNNEL_OVERHEAD


def test_no_more_is_granted_than_a_window_holds(world: World) -> None:
    stream = opened(world)
    world.hub.tunnels.grant(stream, MAX_TUNNEL_WINDOW - WINDOW, world.now)
    with pytest.raises(LocalProtocolError, match="credit"):
        world.hub.tunnels.grant(stream, 1, world.now)


def test_the_largest_part_fits_what_the_device_takes(world: World) -> None:
    stream = opened(world, room=MAX_TUNNEL_WINDOW)
    size = world.hub.tunnels.room(stream, world.now)
    world.hub.tunnels.send(stream, bytes(size), world.now)
    assert ordered(world)[-1] == TunnelDataDown(stream, bytes(size))


def test_either_side_may_finish_before_the_other(world: World) -> None:
    stream, tunnels = opened(world), world.hub.tunnels
    tunnels.finish(stream, world.now)
    tunnels.finish(stream, world.now)
    assert tunnels.room(stream, world.now) == 0
    say(world, TunnelDataUp(stream, b"rest"), TunnelCreditUp(stream, 1))
    tunnels.grant(stream, 4, world.now)
    say(world, TunnelEndUp(stream, TunnelEnd.FINISHED))
    tunnels.grant(stream, 4, world.now)
    tunnels.finish(stream, world.now)
    tunnels.reset(stream, world.now)
    assert ordered(world)[1:] == [
        TunnelEndDown(1, TunnelEnd.FINISHED),
        TunnelCreditDown(1, 4),
    ]
    assert heard(world)[-1] == TunnelEndUp(1, TunnelEnd.FINISHED)


def test_the_device_may_finish_first(world: World) -> None:
    stream, tunnels = opened(world), world.hub.tunnels
    say(world, TunnelEndUp(stream, TunnelEnd.FINISHED))
    tunnels.grant(stream, 4, world.now)
    tunnels.send(stream, b"more", world.now)
    tunnels.finish(stream, world.now)
    assert ordered(world)[1:] == [
        TunnelDataDown(1, b"more"),
        TunnelEndDown(1, TunnelEnd.FINISHED),
    ]


def test_what_crosses_the_end_of_a_stream_is_dropped(world: World) -> None:
    stream = opened(world)
    world.hub.tunnels.reset(stream, world.now)
    before = len(heard(world))
    say(
        world,
        TunnelDataUp(stream, bytes(WINDOW + 1)),
        TunnelCreditUp(stream, MAX_TUNNEL_WINDOW),
        TunnelEndUp(stream, TunnelEnd.RESET),
    )
    assert len(heard(world)) == before
    assert not world.hub.closed
    assert ordered(world)[-1] == TunnelEndDown(stream, TunnelEnd.RESET)


def test_the_device_may_reset(world: World) -> None:
    stream = opened(world)
    say(world, TunnelEndUp(stream, TunnelEnd.RESET))
    assert heard(world)[-1] == TunnelEndUp(stream, TunnelEnd.RESET)
    assert world.hub.tunnels.room(stream, world.now) == 0


BROKEN: dict[str, tuple[TunnelNews, ...]] = {
    "never opened": (TunnelDataUp(2, b"x"),),
    "more than was granted": (TunnelDataUp(1, bytes(WINDOW + 1)),),
    "more in two parts": (TunnelDataUp(1, bytes(WINDOW)), TunnelDataUp(1, b"x")),
    "opened again": (TunnelOpened(1, TunnelStatus.OPENED, 1),),
    "refused after all": (TunnelOpened(1, TunnelStatus.TOO_MANY),),
    "too much credit": (TunnelCreditUp(1, MAX_TUNNEL_WINDOW),),
    "data behind the end": (
        TunnelEndUp(1, TunnelEnd.FINISHED),
        TunnelDataUp(1, b"x"),
    ),
    "two ends": (TunnelEndUp(1, TunnelEnd.FINISHED),) * 2,
}


@pytest.mark.parametrize("news", BROKEN.values(), ids=BROKEN)
def test_what_breaks_the_rules_ends_the_link(
    world: World, news: tuple[TunnelNews, ...]
) -> None:
    opened(world)
    say(world, *news)
    assert world.hub_end.reason is CloseReason.UNEXPECTED_MESSAGE
    assert "tunnel" in world.hub_end.detail


@pytest.mark.parametrize(
    "news",
    [
        TunnelDataUp(1, b"x"),
        TunnelCreditUp(1, 1),
        TunnelEndUp(1, TunnelEnd.RESET),
    ],
)
def test_nothing_comes_before_the_answer(world: World, news: TunnelNews) -> None:
    world.hub.tunnels.open(TunnelService.API, WINDOW, world.now)
    world.pump()
    say(world, news)
    assert world.hub_end.reason is CloseReason.UNEXPECTED_MESSAGE


def test_orders_wait_for_the_welcome_of_an_epoch(world: World) -> None:
    stream, tunnels = opened(world), world.hub.tunnels
    before = world.hub.epoch
    world.hub.rotate(world.now)
    world.collect()
    while world.hub.epoch == before:
        if world.to_device:
            world.carry_to_device()
        else:
            world.hub.receive(world.to_hub.popleft(), world.now)
            world.collect()
    tunnels.send(stream, b"meanwhile", world.now)
    tunnels.finish(stream, world.now)
    world.collect()
    assert not world.to_device
    world.hub.welcome(False, world.now)
    assert ordered(world)[-2:] == [
        TunnelDataDown(stream, b"meanwhile"),
        TunnelEndDown(stream, TunnelEnd.FINISHED),
    ]


def test_a_dead_link_has_no_tunnels(world: World) -> None:
    stream, tunnels = opened(world), world.hub.tunnels
    world.hub.close(world.now)
    assert tunnels.room(stream, world.now) == 0
    for order in (
        lambda: tunnels.open(TunnelService.API, WINDOW, world.now),
        lambda: tunnels.grant(stream, 1, world.now),
        lambda: tunnels.finish(stream, world.now),
        lambda: tunnels.reset(stream, world.now),
    ):
        with pytest.raises(LocalProtocolError, match="no live session"):
            order()


def test_a_device_without_tunnels_ends_the_link_at_an_order(world: World) -> None:
    world.device._facts = FACTS
    world.hub.tunnels.open(TunnelService.API, WINDOW, world.now)
    world.pump()
    assert world.device.closed
