"""The board's log, asked for by the hub, behind everything else."""

import asyncio

from custom_components.oceanremote.protocol import CommandCompleted, Domain, LogReceived
from lab.firmware import Device

from .bench_hub import BenchHub

DEBUG = 5


def _lines(hub: BenchHub, since: int = 0) -> list[LogReceived]:
    return [event for event in hub.events[since:] if isinstance(event, LogReceived)]


async def _ask(hub: BenchHub, level: int) -> None:
    await hub.act(lambda connection, now: connection.subscribe_logs(level, now))


async def _switch(hub: BenchHub, *, on: bool) -> None:
    switch = next(
        entity for (d, _), entity in hub.entities.items() if d is Domain.SWITCH
    )
    result = await hub.command(switch.address, {1: on})
    assert isinstance(result, CommandCompleted)


async def test_lines_come_while_they_are_asked_for(
    hub: BenchHub, device: Device
) -> None:
    await device.start()
    await hub.wait_until_ready()
    await _switch(hub, on=True)
    assert _lines(hub) == []
    await _ask(hub, DEBUG)
    mark = len(hub.events)
    await _switch(hub, on=False)
    line = await hub.wait_for(
        LogReceived, mark, lambda line: line.text.startswith("Command switch")
    )
    assert line.tag == "oceanremote"
    assert line.level == 3
    assert "\x1b" not in line.text
    await _ask(hub, 0)
    await _switch(hub, on=True)
    await asyncio.sleep(0.3)
    mark = len(hub.events)
    await _switch(hub, on=False)
    await asyncio.sleep(0.3)
    assert _lines(hub, mark) == []


async def test_a_new_link_is_asked_anew(hub: BenchHub, device: Device) -> None:
    await device.start()
    await hub.wait_until_ready()
    await _ask(hub, DEBUG)
    await _switch(hub, on=True)
    await hub.wait_for(LogReceived)
    mark = len(hub.events)
    await hub.drop()
    await hub.wait_until_ready(mark)
    await asyncio.sleep(0.3)
    assert _lines(hub, mark) == []


async def test_a_flood_is_bounded_counted_and_delays_no_command(
    hub: BenchHub, device: Device
) -> None:
    """Each command logs more than the link's share of lines; every one is answered."""
    await device.start()
    await hub.wait_until_ready()
    await _ask(hub, DEBUG)
    mark = len(hub.events)
    for number in range(300):
        await _switch(hub, on=number % 2 == 0)
    answered = len(hub.events)
    # Lines of the flood are still on their way when all commands are done.
    told = _lines(hub, mark)
    await hub.wait_for(
        LogReceived, answered, lambda line: line.text.endswith("lines left out")
    )
    assert len(told) < 300
