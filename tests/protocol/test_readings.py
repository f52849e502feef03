"""Readings of a time without a session: whole, in a session only, and answered."""

import pytest

from custom_components.oceanremote.protocol import LocalProtocolError, ReadingsReceived
from custom_components.oceanremote.protocol.readings import (
    Reading,
    Readings,
    ReadingsTaken,
)
from tests.support.device import ReadingsForgotten
from tests.support.world import World

TOLD = Readings(0, 7, 40, 1, 3, False, (Reading(60, 21.5), Reading(0, 0.1)))


def test_readings_arrive_whole_and_are_taken(world: World) -> None:
    assert TOLD.next == 42
    world.device.send_readings(TOLD, world.now)
    world.pump()
    assert world.hub_said(ReadingsReceived) == [ReadingsReceived(TOLD)]
    taken = ReadingsTaken(0, 7, TOLD.next)
    world.hub.readings_taken(taken, world.now)
    world.pump()
    assert world.device_said(ReadingsForgotten) == [ReadingsForgotten(taken)]


def test_they_come_twice_where_the_hub_said_nothing(world: World) -> None:
    for _ in range(2):
        world.device.send_readings(TOLD, world.now)
    world.pump()
    assert world.hub_said(ReadingsReceived) == [ReadingsReceived(TOLD)] * 2
    assert not world.device.closed


def test_nothing_is_taken_before_the_welcome(world: World) -> None:
    before = world.hub.epoch
    world.hub.rotate(world.now)
    world.collect()
    while world.hub.epoch == before:
        if world.to_device:
            world.carry_to_device()
        else:
            world.hub.receive(world.to_hub.popleft(), world.now)
            world.collect()
    with pytest.raises(LocalProtocolError, match="welcomed"):
        world.hub.readings_taken(ReadingsTaken(0, 7, 1), world.now)
