"""A fast sensor does not flood its hub, and what a command causes does not wait."""

import asyncio

import pytest

from custom_components.oceanremote.protocol import (
    CommandCompleted,
    Domain,
    StatesReceived,
)
from tests.support.commands import switch_command

from .bench_hub import BenchHub
from .conftest import Starter
from .reading_device import READINGS
from .small_device import small_yaml_for

SECONDS = 2
# What a window of 100 ms lets through, and its first and last.
MOST = SECONDS * 10 + 2
# One program, compiled once.
pytestmark = pytest.mark.xdist_group("readings")


def _values(hub: BenchHub, object_id: str, domain: Domain) -> list[object]:
    address = hub.address(domain, object_id)
    return [
        state.value
        for event in hub.events
        if isinstance(event, StatesReceived)
        for state in event.states
        if state.address == address
    ]


async def test_a_fast_sensor_is_told_once_a_window(
    new_hub: BenchHub, start_device: Starter
) -> None:
    hub = new_hub
    await start_device("readings", small_yaml_for(hub, READINGS))
    await hub.wait_for(StatesReceived)
    began = len(_values(hub, "hasty", Domain.SENSOR))
    await asyncio.sleep(SECONDS)
    values = _values(hub, "hasty", Domain.SENSOR)[began:]
    assert 2 <= len(values) <= MOST
    assert values == sorted(set(values))
    # Each tells of several that nobody had to read.
    assert values[-1] - values[0] > 2 * len(values)
    relay = hub.address(Domain.SWITCH, "relay")
    for on in (True, False, True, False):
        result = await hub.command(relay, switch_command(on))
        assert isinstance(result, CommandCompleted)
        await hub.wait_for_state(Domain.SWITCH, "relay", lambda value: value is on)  # noqa: B023
    # All four, though they changed within two windows or so.
    assert _values(hub, "relay", Domain.SWITCH)[-4:] == [True, False, True, False]
