"""How soon all devices are available again when Home Assistant has restarted.

Real Home Assistant and real firmware, each device a process of its own. The time counts
from the first answer of Home Assistant's HTTP server: before that nobody can dial.
"""

from pathlib import Path
import statistics
import tempfile

from lab.comeback import restart_and_time
from lab.house import House
from tests.e2e.support import wait_for_relay

from .measure import Row

FIRMWARE = Path(__file__).parent / "firmware" / "ours.yaml"
DEVICES = 5
RESTARTS = 3
# Longer is no figure but a fault.
WITHIN = 60.0


async def _enrol(house: House, number: int) -> str:
    """Bring a device all the way to its first state; return the entity."""
    name = f"returning {number}"
    enrolment = await house.add_device(name)
    mac = f"02:0C:EA:BE:01:{number:02X}"
    device = await house.flash(name, FIRMWARE, enrolment, mac=mac)
    await device.start()
    return (await wait_for_relay(house, enrolment))["switch-0-relay"]


async def _times(house: House) -> list[list[float]]:
    """Return, for each restart, the seconds until each device was available."""
    relays = [await _enrol(house, number) for number in range(1, DEVICES + 1)]
    return [
        list((await restart_and_time(house, relays, WITHIN)).values())
        for _ in range(RESTARTS)
    ]


async def run() -> list[Row]:
    """Restart a house again and again."""
    with tempfile.TemporaryDirectory() as directory:
        house = House(Path(directory))
        try:
            await house.build()
            times = await _times(house)
        finally:
            await house.tear_down()
    each = [seconds for restart in times for seconds in restart]
    last = [max(restart) for restart in times]
    what = f"HTTP is up until all {DEVICES} devices are available"
    return [
        Row(f"{what}, median of {RESTARTS} restarts", "s", statistics.median(last)),
        Row(f"{what}, worst restart", "s", max(last)),
        Row(
            "HTTP is up until a device is available, median",
            "s",
            statistics.median(each),
        ),
    ]
