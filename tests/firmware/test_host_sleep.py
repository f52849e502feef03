"""A device that sleeps: real firmware with ESPHome's own deep sleep, which ends it."""

from pathlib import Path

import pytest
import pytest_asyncio

from custom_components.oceanremote.protocol import (
    CommandCompleted,
    CommandStatus,
    Domain,
    GoodbyeReason,
    GoodbyeReceived,
    HubEvent,
    RegistrationProved,
    SessionProved,
    StatesCompleted,
    StatesReceived,
)
from lab.firmware import Device
from tests.support.commands import button_command, switch_command

from .bench_hub import BenchHub
from .conftest import SharedProgram

AS_CONFIGURED = GoodbyeReceived(300, GoodbyeReason.SLEEP)
DUE = "Sleep is due, and waits for"


@pytest_asyncio.fixture
async def sleeping_hub(sleeping: SharedProgram, idle_hub: BenchHub) -> BenchHub:
    """A hub that holds the device awake."""
    idle_hub.stay_awake = True
    await idle_hub.start(sleeping.port)
    return idle_hub


@pytest.fixture
def sleeper(sleeping: SharedProgram, tmp_path: Path) -> Device:
    """A device that has never been started."""
    return Device("sleeper", sleeping.program, tmp_path)


async def _press(hub: BenchHub, button: str) -> HubEvent:
    return await hub.command(hub.address(Domain.BUTTON, button), button_command())


async def _switch_maintenance(hub: BenchHub, on: bool) -> None:
    address = hub.address(Domain.SWITCH, "maintenance")
    done = await hub.command(address, switch_command(on))
    assert isinstance(done, CommandCompleted)
    assert done.status is CommandStatus.DONE


async def _release(hub: BenchHub) -> None:
    await hub.act(lambda link, now: link.stay_awake(False, now))


async def _start_held(device: Device, hub: BenchHub) -> None:
    """Start it and wait until it would sleep if the hub let it."""
    await device.start()
    await hub.wait_for(StatesCompleted)
    await device.wait_for_log(f"{DUE} the hub")


def _kinds(events: list[HubEvent]) -> list[type]:
    return [type(event) for event in events]


async def test_it_tells_everything_says_when_it_is_back_and_sleeps(
    sleeping_hub: BenchHub, sleeper: Device
) -> None:
    hub = sleeping_hub
    hub.stay_awake = False
    await sleeper.start()
    assert await sleeper.wait() == 0
    assert await hub.wait_for(GoodbyeReceived) == AS_CONFIGURED
    assert (await hub.wait_for(SessionProved)).ready.facts.sleeps
    kinds = _kinds(hub.events)
    assert kinds.index(StatesReceived) < kinds.index(StatesCompleted)
    assert kinds.index(StatesCompleted) < kinds.index(GoodbyeReceived)
    assert "Asleep" in sleeper.log()


async def test_a_wake_up_is_one_dial_and_one_handshake(
    sleeping_hub: BenchHub, sleeper: Device
) -> None:
    hub = sleeping_hub
    hub.stay_awake = False
    await sleeper.start()
    await sleeper.wait()
    mark, links = len(hub.events), hub.links
    await sleeper.start()
    await sleeper.wait()
    assert await hub.wait_for(GoodbyeReceived, mark) == AS_CONFIGURED
    kinds = _kinds(hub.events[mark:])
    assert hub.links == links + 1
    assert kinds.count(SessionProved) == 1
    assert RegistrationProved not in kinds


async def test_the_hub_holds_it_awake_until_it_lets_go(
    sleeping_hub: BenchHub, sleeper: Device
) -> None:
    hub = sleeping_hub
    await _start_held(sleeper, hub)
    await _switch_maintenance(hub, True)
    await _switch_maintenance(hub, False)
    assert not any(isinstance(event, GoodbyeReceived) for event in hub.events)
    await _release(hub)
    assert await hub.wait_for(GoodbyeReceived) == AS_CONFIGURED
    assert await sleeper.wait() == 0


async def test_a_hub_that_is_gone_holds_nothing(
    sleeping_hub: BenchHub, sleeper: Device
) -> None:
    await _start_held(sleeper, sleeping_hub)
    await sleeping_hub.drop()
    assert await sleeper.wait() == 0


async def test_a_hub_that_says_nothing_is_not_waited_for_for_ever(
    sleeping_hub: BenchHub, sleeper: Device
) -> None:
    sleeping_hub.stay_awake = None
    await sleeper.start()
    assert await sleeping_hub.wait_for(GoodbyeReceived) == AS_CONFIGURED


async def test_without_a_hub_it_sleeps_as_configured(sleeper: Device) -> None:
    await sleeper.start()
    assert await sleeper.wait() == 0
    assert "Session" not in sleeper.log()


async def test_the_configurations_own_prevent_outlives_the_hubs_hold(
    sleeping_hub: BenchHub, sleeper: Device
) -> None:
    hub = sleeping_hub
    await _start_held(sleeper, hub)
    await _switch_maintenance(hub, True)
    await _release(hub)
    await sleeper.wait_for_log(f"{DUE} deep_sleep.allow")
    await _switch_maintenance(hub, False)
    assert await hub.wait_for(GoodbyeReceived) == AS_CONFIGURED


async def test_the_configurations_own_allow_does_not_end_the_hubs_hold(
    sleeping_hub: BenchHub, sleeper: Device
) -> None:
    hub = sleeping_hub
    await _start_held(sleeper, hub)
    for on in (True, False, False):
        await _switch_maintenance(hub, on)
    assert not any(isinstance(event, GoodbyeReceived) for event in hub.events)
    await _release(hub)
    assert await hub.wait_for(GoodbyeReceived) == AS_CONFIGURED


async def test_what_the_configuration_puts_to_sleep_at_once_sleeps_at_once(
    sleeping_hub: BenchHub, sleeper: Device
) -> None:
    """With its own duration, to be back in the second that begins then."""
    hub = sleeping_hub
    await _start_held(sleeper, hub)
    await _switch_maintenance(hub, True)
    mark = len(hub.events)
    done = await _press(hub, "sleep_at_once")
    assert isinstance(done, CommandCompleted)
    assert done.status is CommandStatus.DONE
    goodbye = await hub.wait_for(GoodbyeReceived)
    assert goodbye == GoodbyeReceived(90, GoodbyeReason.SLEEP)
    assert hub.events[mark:].count(goodbye) == 1
    assert await sleeper.wait() == 0


async def test_what_still_waits_is_told_before_the_goodbye(
    sleeping_hub: BenchHub, sleeper: Device
) -> None:
    hub = sleeping_hub
    await _start_held(sleeper, hub)
    water = hub.address(Domain.SENSOR, "water")
    await _press(hub, "sleep_at_once")
    await hub.wait_for(GoodbyeReceived)
    assert hub.states[water] == 14


async def test_a_sleep_that_is_asked_for_waits_for_the_hub(
    sleeping_hub: BenchHub, sleeper: Device
) -> None:
    hub = sleeping_hub
    await _start_held(sleeper, hub)
    await _press(hub, "sleep_soon")
    assert not any(isinstance(event, GoodbyeReceived) for event in hub.events)
    await _release(hub)
    goodbye = await hub.wait_for(GoodbyeReceived)
    assert goodbye == GoodbyeReceived(1200, GoodbyeReason.SLEEP)


async def test_a_restart_is_no_sleep(sleeping_hub: BenchHub, sleeper: Device) -> None:
    hub = sleeping_hub
    await _start_held(sleeper, hub)
    await _press(hub, "restart")
    goodbye = await hub.wait_for(GoodbyeReceived)
    assert goodbye == GoodbyeReceived(0, GoodbyeReason.RESTART)
    assert await sleeper.wait() == 0


async def test_a_hub_that_reads_nothing_keeps_nobody_awake(
    sleeping_hub: BenchHub, sleeper: Device
) -> None:
    """It leaves within its own three seconds, before ESPHome gives up on it."""
    hub = sleeping_hub
    await _start_held(sleeper, hub)
    hub.stop_reading()
    address = hub.address(Domain.BUTTON, "sleep_at_once")
    await hub.act(
        lambda link, now: link.send_command(address, button_command(), 5.0, now)
    )
    assert await sleeper.wait() == 0
    assert "Asleep" in sleeper.log()
    assert "did not complete teardown" not in sleeper.log()
