"""Boards that dial from this process: for tests of what a person sees of many."""

import asyncio

import aiohttp

from custom_components.oceanremote.common.const import CONNECT_PATH
from custom_components.oceanremote.protocol import parse_hub_key
from lab.attack.fleet import SENSOR, SWITCH, FleetDevice
from lab.house import House
from tests.support.device_driver import DeviceDriver


class Devices:
    """Boards that dial, in this process."""

    def __init__(self, house: House) -> None:
        """Belong to a house."""
        self._house = house
        self._session = aiohttp.ClientSession()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self.all: dict[str, FleetDevice] = {}

    async def enrol(self, name: str) -> None:
        """Add a device in its dialog, and let it register."""
        enrolment = await self._house.add_device(name)
        number = len(self.all)
        mac = bytes.fromhex(f"020cea0001{number:02x}")
        driver = DeviceDriver(
            parse_hub_key(enrolment.hub_key),
            enrolment.registration_token,
            mac,
            [SWITCH, SENSOR],
        )
        url = f"{self._house.home_assistant.url}{CONNECT_PATH}"
        self.all[name] = FleetDevice(number, url, driver)
        await self.dial(name)

    async def dial(self, name: str) -> None:
        """Dial until a session is welcomed."""
        device = self.all[name]
        self._tasks[name] = asyncio.create_task(device.serve(self._session))
        await device.wait_welcomed()

    async def hang_up(self, name: str) -> None:
        """Leave, as a device does that is switched off."""
        self._tasks.pop(name).cancel()

    async def close(self) -> None:
        """Hang up every device."""
        for name in tuple(self._tasks):
            await self.hang_up(name)
        await self._session.close()
