"""After a restart of Home Assistant every device is back within seconds."""

import pytest

from lab.comeback import restart_and_time
from lab.house import House

from .support import REGISTERED, SESSION, enrol

pytestmark = pytest.mark.asyncio(loop_scope="session")

# Seconds are what is promised (docs/performance.md); the rest is for a loaded machine.
WITHIN = 30.0


async def test_all_devices_are_back_soon_after_a_restart(house: House) -> None:
    """Each has a session and its states again, with the identity that it had."""
    enrolled = [
        await enrol(house, f"returning {number}", f"02:00:00:0C:BA:{number:02X}")
        for number in range(1, 3)
    ]
    relays = [one.entity("switch-0-relay") for one in enrolled]
    marks = [one.device.mark() for one in enrolled]
    back = await restart_and_time(house, relays, WITHIN)
    assert back.keys() == set(relays)
    for one, mark in zip(enrolled, marks, strict=True):
        log = one.device.log(mark)
        assert SESSION in log
        assert REGISTERED not in log
        await one.set_relay(True)
        await one.device.wait_for_log("bench: relay on", since=mark)
        await one.device.stop()
