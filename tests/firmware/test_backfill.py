"""Real firmware remembers while its hub is gone, and forgets when the hub has it."""

import asyncio
from collections.abc import Callable

import pytest

from custom_components.oceanremote.protocol import (
    CommandCompleted,
    Domain,
    HubConnection,
    ReadingsReceived,
    SessionProved,
    StatesCompleted,
)
from custom_components.oceanremote.protocol.readings import Readings, ReadingsTaken
from tests.support.commands import switch_command

from .bench_hub import BenchHub
from .conftest import Starter
from .reading_device import KEPT, READINGS
from .small_device import small_yaml_for

# One program, compiled once.
pytestmark = pytest.mark.xdist_group("readings")


def _told(hub: BenchHub, object_id: str, since: int) -> list[Readings]:
    address = hub.address(Domain.SENSOR, object_id)
    return [
        event.readings
        for event in hub.events[since:]
        if isinstance(event, ReadingsReceived)
        and (event.readings.sub, event.readings.key) == (address.sub, address.key)
    ]


async def _away(hub: BenchHub, seconds: float) -> int:
    """Be gone for a while; return where the events of the next link begin."""
    await hub.stop()
    mark = len(hub.events)
    await asyncio.sleep(seconds)
    await hub.start(hub.port)
    await hub.wait_for(SessionProved, mark)
    return mark


async def test_what_is_read_without_a_hub_is_told_with_its_age(
    new_hub: BenchHub, start_device: Starter
) -> None:
    hub = new_hub
    await start_device("readings", small_yaml_for(hub, READINGS))
    session = await hub.wait_for(SessionProved)
    assert session.ready.facts.remembers
    mark = await _away(hub, 3)
    names = ("fast", "slow", "still")
    await hub.wait(lambda: all(_told(hub, name, mark) for name in names))
    order = [type(event) for event in hub.events[mark:]]
    assert order.index(ReadingsReceived) > order.index(StatesCompleted)

    (fast,) = _told(hub, "fast", mark)
    values = [reading.value for reading in fast.readings]
    assert len(values) == KEPT
    assert values == [values[0] + step for step in range(KEPT)]
    assert fast.lost == fast.first > KEPT
    (slow,) = _told(hub, "slow", mark)
    assert slow.left == slow.lost == 0
    ages = [reading.when for reading in slow.readings]
    assert 3 <= len(ages) <= 10
    assert ages == sorted(ages, reverse=True)
    assert ages[0] >= 2
    (still,) = _told(hub, "still", mark)
    assert {reading.value for reading in still.readings} == {7.5}

    # What was told and not taken is told again; what is taken is not.
    await hub.act(_take(slow, slow.next))
    again = await _away(hub, 2)
    await hub.wait(lambda: all(_told(hub, name, again) for name in names))
    (slow_again,) = _told(hub, "slow", again)
    assert slow_again.first == slow.next
    (still_again,) = _told(hub, "still", again)
    assert still_again.first == still.first
    assert still_again.readings[0].when >= still.readings[0].when + 2
    (fast_again,) = _told(hub, "fast", again)
    assert fast_again.lost > fast.lost

    # A command finds the device as ever.
    relay = hub.address(Domain.SWITCH, "relay")
    assert isinstance(await hub.command(relay, switch_command(True)), CommandCompleted)
    # Nothing is remembered while there is a session.
    assert len(_told(hub, "fast", again)) == 1


def _take(readings: Readings, reached: int) -> Callable[[HubConnection, float], None]:
    taken = ReadingsTaken(readings.sub, readings.key, reached)

    def take(connection: HubConnection, now: float) -> None:
        connection.readings_taken(taken, now)

    return take
