"""Power fails on either side; everything converges."""

import asyncio

import pytest

from lab.house import House

from .support import REGISTERED, SESSION, enrol, prepare

pytestmark = pytest.mark.asyncio(loop_scope="session")

STEPS = (
    "key_saved",
    "init_sent",
    "ready_sent",
    "token_received",
    "token_saved",
    "stored_sent",
)


async def _saved(house: House, subentry_id: str) -> None:
    """Wait until Home Assistant has written a device to its list, a second later."""
    path = house.home_assistant.config / ".storage" / "core.config_entries"
    async with asyncio.timeout(10):
        while subentry_id not in path.read_text():  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.1)


@pytest.mark.parametrize("step", STEPS)
async def test_a_device_killed_during_registration_converges(
    house: House, step: str
) -> None:
    """Killed at a step of its registration, a device registers after a restart."""
    number = STEPS.index(step) + 1
    _, device = await prepare(house, f"crash {step}", f"02:00:00:0C:EE:{number:02X}")
    device.erase()
    device.environment["OCEANREMOTE_CRASH_AT"] = step
    await device.start()
    assert await device.wait() == 137
    del device.environment["OCEANREMOTE_CRASH_AT"]
    log = device.mark()
    await device.start()
    await device.wait_for_log(SESSION, since=log)
    await device.stop()


async def test_devices_return_after_home_assistant_was_killed(house: House) -> None:
    """SIGKILL of Home Assistant costs the devices nothing but the time it is away."""
    enrolled = await enrol(house, "survivor", "02:00:00:0C:EE:10")
    await enrolled.set_relay(True)
    await _saved(house, enrolled.enrolment.subentry_id)
    await house.home_assistant.kill()
    log = enrolled.device.mark()
    await house.restart()
    await enrolled.device.wait_for_log(SESSION, since=log, timeout=60)
    assert REGISTERED not in enrolled.device.log(log)
    await house.client.wait_for_state(enrolled.entity("switch-0-relay"), "on")
    await enrolled.set_relay(False)
    await house.client.wait_for_state(enrolled.entity("switch-0-relay"), "off")
