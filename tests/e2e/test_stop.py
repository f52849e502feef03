"""Home Assistant stops, as a process: what its devices hear of it, and when."""

import asyncio
import os
import signal
import statistics
import time

import aiohttp
import pytest

from custom_components.oceanremote.common.const import CONNECT_PATH
from custom_components.oceanremote.protocol import Domain, EntityAddress, parse_hub_key
from lab.house import House
from tests.support import descriptors
from tests.support.device_driver import DeviceDriver

pytestmark = pytest.mark.asyncio(loop_scope="session")

GOING_AWAY = 1001
AT_ONCE = 0.1
# What a link may take on a machine that is busy with other things; seconds.
AT_THE_LATEST = 0.5
# As many as one address may register in one go.
DEVICES = 10
RELAY = descriptors.describe(
    address=EntityAddress(Domain.SWITCH, 0, 1), object_id="relay", name="Relay"
)


class WatchedLink:
    """A device's link, and the moment at which it was closed."""

    def __init__(self, driver: DeviceDriver) -> None:
        """Dial with `run`."""
        self.driver = driver
        self.close_code: int | None = None
        self.closed_at = 0.0

    async def run(self, session: aiohttp.ClientSession, url: str) -> None:
        """Answer the hub until the link ends."""
        self.driver.connect()
        async with session.ws_connect(url) as socket:
            while True:
                message = await socket.receive()
                if message.type is not aiohttp.WSMsgType.BINARY:
                    break
                for frame in self.driver.receive(message.data):
                    await socket.send_bytes(frame)
            self.closed_at = time.monotonic()
            self.close_code = socket.close_code

    async def wait_welcomed(self) -> None:
        """Wait for the hub's welcome."""
        async with asyncio.timeout(30):
            while not self.driver.connection.welcomed:  # noqa: ASYNC110
                await asyncio.sleep(0.02)


async def test_devices_hear_of_a_stop_at_once(house: House) -> None:
    """Every link closes with 1001 within a tenth of a second of the signal."""
    url = f"{house.home_assistant.url}{CONNECT_PATH}"
    async with aiohttp.ClientSession() as session:
        links, tasks = [], []
        for number in range(DEVICES):
            enrolment = await house.add_device(f"stopped {number}")
            driver = DeviceDriver(
                parse_hub_key(enrolment.hub_key),
                enrolment.registration_token,
                bytes.fromhex(f"020cea5700{number:02x}"),
                [RELAY],
            )
            link = WatchedLink(driver)
            links.append(link)
            tasks.append(asyncio.create_task(link.run(session, url)))
            await link.wait_welcomed()
        await house.until_started()
        mark = house.home_assistant.mark()
        signalled_at = time.monotonic()
        os.kill(house.home_assistant.pid, signal.SIGTERM)
        try:
            async with asyncio.timeout(10):
                await asyncio.gather(*tasks)
            assert {link.close_code for link in links} == {GOING_AWAY}
            took = sorted(link.closed_at - signalled_at for link in links)
            assert statistics.median(took) < AT_ONCE
            assert took[-1] < AT_THE_LATEST
        finally:
            await house.home_assistant.wait()
            await house.restart()
            # The house is shared, and adding a device needs a loaded hub.
            await house.until_started()
    log = house.home_assistant.log(mark)
    assert "the hub stops" in log
    assert "was still running after final writes" not in log
