"""Readings outlive the sleep of a board: real firmware, whose sleep is its program's end.

It keeps them in a file, as an ESP32 does in its RTC memory, and an hour of sleep is a
step of the clock that its process sees.
"""

import asyncio
from pathlib import Path
import time

import pytest
import pytest_asyncio

from custom_components.oceanremote.protocol import (
    DescriptionReceived,
    HubConnection,
    ReadingsReceived,
    SessionProved,
)
from custom_components.oceanremote.protocol.readings import Readings, ReadingsTaken
from lab.firmware import Device

from .bench_hub import BenchHub
from .conftest import SharedProgram, compile_shared
from .sleeping_device import STAND_INS

HOUR = 3600
# What starting, dialing and this busy machine take of it.
SLACK = 120
# READINGS_MAX_MS, in seconds.
PATIENCE = 10.0
# It reads the time, in seconds that a float holds, once per wake-up.
CLOCK = f"""\
  backfill: [moment]

packages:
  stand_ins:
    external_components:
      - source: {STAND_INS}

deep_sleep:
  run_duration: 1s
  sleep_duration: 1h

sensor:
  - {{platform: template, id: moment, name: Moment, update_interval: never}}
"""
ON_BOOT = """\
  on_boot:
    priority: -200
    then:
      - lambda: id(moment).publish_state(::time(nullptr) % 1000000);
"""


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> SharedProgram:
    """A device that reads something at each wake-up."""
    return compile_shared("sleeping-readings", CLOCK, tmp_path_factory, node=ON_BOOT)


@pytest.fixture
def sleeper(program: SharedProgram, tmp_path: Path) -> Device:
    """A device that has never been started, with a clock of its own."""
    device = Device("sleeper", program.program, tmp_path)
    device.keep_own_clock()
    return device


@pytest_asyncio.fixture
async def hub(program: SharedProgram, idle_hub: BenchHub) -> BenchHub:
    """A hub that does not listen yet, and holds nobody awake."""
    idle_hub.stay_awake = False
    idle_hub.port = program.port
    return idle_hub


async def _sleep_through(sleeper: Device, wakes: int) -> None:
    """Wake up so many times without a hub, an hour apart."""
    for _ in range(wakes):
        await sleeper.start()
        assert await sleeper.wait() == 0
        sleeper.pass_time(HOUR)


async def _wake(sleeper: Device, hub: BenchHub) -> Readings:
    """Wake up with a hub; return what is told."""
    mark = len(hub.events)
    await sleeper.start()
    await hub.wait_for(SessionProved, mark)
    return (await hub.wait_for(ReadingsReceived, mark)).readings


async def _take(hub: BenchHub, readings: Readings) -> None:
    taken = ReadingsTaken(readings.sub, readings.key, readings.next)

    def take(connection: HubConnection, now: float) -> None:
        connection.readings_taken(taken, now)

    await hub.act(take)


async def test_readings_grow_older_by_the_sleep_and_are_told_until_they_are_taken(
    sleeper: Device, hub: BenchHub
) -> None:
    await _sleep_through(sleeper, 3)
    await hub.start(hub.port)
    told = await _wake(sleeper, hub)
    assert told.first == told.lost == told.left == 0
    assert len(told.readings) == 4
    newest = told.readings[-1]
    for wakes, reading in enumerate(reversed(told.readings)):
        assert wakes * HOUR <= reading.when <= wakes * HOUR + SLACK
        # What it read is when it read it.
        passed = (newest.value - reading.value) % 1_000_000
        assert abs(passed - (reading.when - newest.when)) <= 2
    # It stays awake for the answer, and no longer.
    await asyncio.sleep(3)
    assert sleeper.running
    await _take(hub, told)
    assert await sleeper.wait(5) == 0
    assert "Asleep" in sleeper.log()

    sleeper.pass_time(HOUR)
    begin = time.monotonic()
    fresh = await _wake(sleeper, hub)
    assert fresh.first == told.next
    assert len(fresh.readings) == 1
    # A hub takes nothing of an hour that is not over: nobody waits for that.
    assert await sleeper.wait() == 0
    assert time.monotonic() - begin < PATIENCE

    sleeper.pass_time(HOUR)
    again = await _wake(sleeper, hub)
    assert again.first == fresh.first
    assert len(again.readings) == 2
    assert again.readings[0].value == fresh.readings[0].value
    assert await sleeper.wait() == 0


async def test_a_hub_that_takes_nothing_does_not_keep_it_awake(
    sleeper: Device, hub: BenchHub
) -> None:
    await _sleep_through(sleeper, 2)
    await hub.start(hub.port)
    await _wake(sleeper, hub)
    await hub.wait_for(DescriptionReceived)
    begin = time.monotonic()
    assert await sleeper.wait(2 * PATIENCE) == 0
    assert time.monotonic() - begin > PATIENCE / 2


@pytest.mark.parametrize("damage", ["cut", "changed"])
async def test_damaged_memory_is_no_memory(
    sleeper: Device, hub: BenchHub, damage: str
) -> None:
    await _sleep_through(sleeper, 2)
    (file,) = sleeper.flash.glob("*.readings")
    data = bytearray(file.read_bytes())
    data[40] ^= 1
    file.write_bytes(data[:-1] if damage == "cut" else data)
    await hub.start(hub.port)
    told = await _wake(sleeper, hub)
    assert told.first == 0
    assert len(told.readings) == 1
    assert await sleeper.wait() == 0


async def test_a_clock_that_was_put_back_makes_them_worthless(
    sleeper: Device, hub: BenchHub
) -> None:
    """Their ages would be guesses."""
    await _sleep_through(sleeper, 2)
    sleeper.pass_time(-5 * HOUR)
    await hub.start(hub.port)
    told = await _wake(sleeper, hub)
    assert len(told.readings) == 1
    assert await sleeper.wait() == 0
