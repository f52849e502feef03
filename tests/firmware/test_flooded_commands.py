"""A command is answered as soon as ever while logs or readings flood the line.

Quiet and flooded rounds take turns, so that whatever else this machine does meanwhile
delays both; what is compared are the medians, which `--log-cli-level=INFO` shows.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
import logging
import statistics
import time

import pytest
import pytest_asyncio

from custom_components.oceanremote.protocol import (
    CommandCompleted,
    CommandStatus,
    Domain,
    HubConnection,
    LogReceived,
    ReadingsReceived,
    SessionProved,
    StatesCompleted,
)
from custom_components.oceanremote.protocol.readings import ReadingsTaken
from lab.proxy import Proxy
from lab.slow_line import SlowLine
from tests.support.commands import number_command, switch_command

from .bench_hub import BenchHub
from .conftest import Starter
from .small_device import small_yaml

_LOGGER = logging.getLogger(__name__)

VERY_VERBOSE = 7
# What a turn of the firmware's loop and this busy machine add to either; seconds.
FLOOR = 0.02
SENSORS = 4
FLOODED = """\
  on_disconnected:
    - lambda: |-
        for (int i = 0; i < id(amount).state; i++) {
          id(one).publish_state(i);
          id(two).publish_state(i);
          id(three).publish_state(i);
          id(four).publish_state(i);
        }
  backfill:
    - {sensor_id: one, max_readings: 4096}
    - {sensor_id: two, max_readings: 4096}
    - {sensor_id: three, max_readings: 4096}
    - {sensor_id: four, max_readings: 4096}
sensor:
  - {platform: template, id: one, name: One, update_interval: never}
  - {platform: template, id: two, name: Two, update_interval: never}
  - {platform: template, id: three, name: Three, update_interval: never}
  - {platform: template, id: four, name: Four, update_interval: never}
switch:
  - {platform: template, id: relay, name: Relay, optimistic: true}
  - {platform: template, id: babble, name: Babble, optimistic: true}
number:
  - platform: template
    id: amount
    name: Amount
    optimistic: true
    min_value: 0
    max_value: 4096
    step: 1
    initial_value: 0
interval:
  - interval: 5ms
    then:
      - lambda: |-
          if (!id(babble).state) return;
          for (int i = 0; i < 20; i++)
            ESP_LOGVV("flood", "Line %d of a program that says far too much of itself", i);
"""


@dataclass
class Figures:
    """How long commands took, in seconds."""

    quiet: list[float] = field(default_factory=list)
    flooded: list[float] = field(default_factory=list)

    def check(self, what: str) -> None:
        """The median of a flooded command is at most twice that of a quiet one."""
        quiet, flooded = map(statistics.median, (self.quiet, self.flooded))
        _LOGGER.info(
            "%s: quiet %.0f ms of %d, flooded %.0f ms of %d",
            what,
            quiet * 1000,
            len(self.quiet),
            flooded * 1000,
            len(self.flooded),
        )
        assert flooded <= 2 * quiet + FLOOR


class FloodedDevice:
    """Real firmware behind a line that can be slow."""

    def __init__(self, hub: BenchHub, proxy: Proxy) -> None:
        """Command it by its hub."""
        self.hub = hub
        self._proxy = proxy
        self._on = False

    async def command(self) -> float:
        """Switch the relay; return how long it took."""
        self._on = not self._on
        start = time.monotonic()
        await self._obey(Domain.SWITCH, "relay", switch_command(self._on))
        return time.monotonic() - start

    async def babble(self, on: bool) -> None:
        """Let it log without end, and be asked for it."""
        level = VERY_VERBOSE if on else 0
        await self.hub.act(
            lambda connection, now: connection.subscribe_logs(level, now)
        )
        await self._obey(Domain.SWITCH, "babble", switch_command(on))

    async def remember(self, amount: int) -> None:
        """Have it read so much, of each sensor, when its link ends."""
        await self._obey(Domain.NUMBER, "amount", number_command(amount))

    async def cut(self, line: SlowLine | None = None) -> int:
        """Break the line; return where the events of the next session begin."""
        mark = len(self.hub.events)
        self._proxy.line = line
        self._proxy.cut()
        await self.hub.wait_for(SessionProved, mark)
        await self.hub.wait_for(StatesCompleted, mark)
        return mark

    async def _obey(
        self, domain: Domain, name: str, arguments: dict[int, object]
    ) -> None:
        result = await self.hub.command(
            self.hub.address(domain, name), arguments, timeout=15.0
        )
        assert isinstance(result, CommandCompleted)
        assert result.status is CommandStatus.DONE


@pytest_asyncio.fixture
async def device(
    new_hub: BenchHub, start_device: Starter
) -> AsyncIterator[FloodedDevice]:
    """A device that has its session."""
    proxy = Proxy(new_hub.port)
    await proxy.start()
    text = small_yaml(
        FLOODED,
        url=f"ws://127.0.0.1:{proxy.port}",
        hub_key=new_hub.key_text,
        token=new_hub.registry.token.text,
    ).replace("logger:\n", "logger: {level: VERY_VERBOSE}\n")
    await start_device("flooded", text)
    await new_hub.wait_until_ready()
    yield FloodedDevice(new_hub, proxy)
    await proxy.stop()


def _told(hub: BenchHub, since: int) -> list[ReadingsReceived]:
    return [e for e in hub.events[since:] if isinstance(e, ReadingsReceived)]


def _all_told(hub: BenchHub, since: int) -> bool:
    ends = [event for event in _told(hub, since) if event.readings.left == 0]
    return len(ends) == SENSORS


async def _take_all(hub: BenchHub, since: int) -> None:
    def take(connection: HubConnection, now: float) -> None:
        for event in _told(hub, since):
            told = event.readings
            connection.readings_taken(ReadingsTaken(told.sub, told.key, told.next), now)

    await hub.act(take)


async def _while_it_logs(
    device: FloodedDevice, *, rounds: int, commands: int
) -> Figures:
    figures = Figures()
    for _ in range(rounds):
        figures.quiet += [await device.command() for _ in range(commands)]
        await device.babble(True)
        mark = len(device.hub.events)
        await device.hub.wait_for(LogReceived, mark)
        await asyncio.sleep(1)
        figures.flooded += [await device.command() for _ in range(commands)]
        lines = [e for e in device.hub.events[mark:] if isinstance(e, LogReceived)]
        assert len(lines) > commands
        await device.babble(False)
        await asyncio.sleep(1)
    return figures


async def _while_it_tells_readings(
    device: FloodedDevice, line: SlowLine | None, *, rounds: int, amount: int
) -> Figures:
    hub, figures = device.hub, Figures()
    await device.remember(amount)
    for _ in range(rounds):
        mark = await device.cut(line)
        while not _all_told(hub, mark):
            took = await device.command()
            if not _all_told(hub, mark):
                figures.flooded.append(took)
        readings = [event.readings for event in _told(hub, mark)]
        assert sum(len(each.readings) for each in readings) == SENSORS * amount
        await _take_all(hub, mark)
        figures.quiet += [await device.command() for _ in range(10)]
    assert len(figures.flooded) >= 10
    return figures


async def test_logs_in_a_loop_delay_no_command(device: FloodedDevice) -> None:
    (await _while_it_logs(device, rounds=5, commands=20)).check("logs")


async def test_a_backfill_delays_no_command(device: FloodedDevice) -> None:
    """16,384 readings, as many as a device may keep."""
    figures = await _while_it_tells_readings(device, None, rounds=3, amount=4096)
    figures.check("readings")


@pytest.mark.timeout(300)
async def test_logs_in_a_loop_delay_no_command_on_a_slow_line(
    device: FloodedDevice,
) -> None:
    await device.cut(SlowLine())
    figures = await _while_it_logs(device, rounds=3, commands=12)
    figures.check("logs, slow line")


@pytest.mark.timeout(300)
async def test_a_backfill_delays_no_command_on_a_slow_line(
    device: FloodedDevice,
) -> None:
    figures = await _while_it_tells_readings(device, SlowLine(), rounds=3, amount=200)
    figures.check("readings, slow line")
