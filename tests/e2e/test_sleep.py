"""A board that sleeps: its values stay, commands wait for it, and it can be held awake."""

import asyncio

import pytest

from lab.house import House
from lab.sleeper import (
    COMMANDED,
    command_while_asleep,
    enrol_sleeper,
    eventually,
    outcomes,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")

# Longer than its run duration of a second.
A_WHILE = 3.0


async def test_a_command_waits_for_a_board_that_sleeps(house: House) -> None:
    """Asleep, with its values; a command and a refusal; woken, obeyed, held, asleep."""
    sleeper = await enrol_sleeper(house, "Rain gauge", "02:00:00:0C:EF:61")
    device = sleeper.device
    assert await sleeper.state("sensor-0-rain") == "4.2"
    assert await sleeper.state("switch-0-heater") == "off"
    attributes = await house.client.attributes(sleeper.status)
    assert attributes["asleep_since"] < attributes["next_wakeup"]

    mark = device.mark()
    assert await command_while_asleep(sleeper) == 1
    log = device.log(mark)
    assert "Asleep" in log
    assert await sleeper.state("sensor-0-rain") == "4.2"
    # Nothing waits any more: the next wake-up brings nothing.
    mark = await sleeper.wake()
    await sleeper.until_asleep()
    await device.wait_for_log("Asleep", since=mark)
    assert "ommand" not in device.log(mark)

    await sleeper.call("switch.turn_on", "own-stay_awake")
    await sleeper.wake()
    await house.client.wait_for_state(sleeper.status, "online")
    await asyncio.sleep(A_WHILE)
    assert device.running
    mark = device.mark()
    await sleeper.call("switch.turn_on", "switch-0-heater")
    await device.wait_for_log(COMMANDED, since=mark)
    await sleeper.call("switch.turn_off", "own-stay_awake")
    await sleeper.until_asleep()


async def test_a_sleeper_outlives_a_restart_of_home_assistant_and_a_command_does_not(
    house: House,
) -> None:
    """A command that waits is cancelled; the values are there before the board is."""
    sleeper = await enrol_sleeper(house, "Water butt", "02:00:00:0C:EF:62")
    async with outcomes(house) as said:
        await sleeper.call("switch.turn_on", "switch-0-heater")
        await eventually(lambda: [each["outcome"] for each in said] == ["waiting"])
    await house.home_assistant.stop()
    await house.restart()
    await house.client.wait_for_state(sleeper.status, "asleep")
    assert await sleeper.state("sensor-0-rain") == "4.2"
    mark = await sleeper.wake()
    await sleeper.until_asleep()
    await sleeper.device.wait_for_log("Asleep", since=mark)
    assert "ommand" not in sleeper.device.log(mark)
