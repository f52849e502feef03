"""A hundred devices that work: each reports, obeys and notices when it is cut off."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import aiohttp

from custom_components.oceanremote.common.const import CONNECT_PATH
from custom_components.oceanremote.protocol import Domain, EntityAddress, parse_hub_key
from tests.support import descriptors
from tests.support.device_driver import DeviceDriver

from ..flows import Enrolment
from ..house import House

REPORT_SECONDS = 1.0
CONNECT_SECONDS = 30.0
SWITCH = descriptors.describe(
    address=EntityAddress(Domain.SWITCH, 0, 1), object_id="relay", name="Relay"
)
SENSOR = descriptors.describe(
    address=EntityAddress(Domain.SENSOR, 0, 2), object_id="count", name="Count"
)


def home_address(number: int) -> str:
    """Return the address that a device dials from (RFC 5737)."""
    return f"203.0.113.{number + 1}"


@dataclass
class FleetDevice:
    """One device on a real WebSocket."""

    number: int
    url: str
    driver: DeviceDriver
    switch: str = ""
    sensor: str = ""
    drops: int = 0
    sent: set[tuple[str, str]] = field(default_factory=set)
    _value: int = 0
    _ending: bool = False
    _socket: aiohttp.ClientWebSocketResponse | None = None

    async def serve(self, session: aiohttp.ClientSession) -> None:
        """Stay connected until `end`; a link that ends meanwhile is a drop."""
        while not self._ending:
            try:
                await self._link(session)
            except aiohttp.ClientError, ConnectionError:
                await asyncio.sleep(1.0)
            if not self._ending:
                self.drops += 1
                await asyncio.sleep(0.5)

    async def _link(self, session: aiohttp.ClientSession) -> None:
        self.driver.connect()
        headers = {"X-Forwarded-For": home_address(self.number)}
        async with session.ws_connect(self.url, headers=headers) as socket:
            self._socket = socket
            async for message in socket:
                for frame in self.driver.receive(message.data):
                    await socket.send_bytes(frame)

    async def wait_welcomed(self) -> None:
        """Wait for the first welcome; raises TimeoutError."""
        async with asyncio.timeout(CONNECT_SECONDS):
            while not self.driver.connection.welcomed:  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    async def report(self) -> None:
        """Report a value that was never reported before."""
        assert self._socket is not None
        self._value += 1
        self.sent.add((self.sensor, str(float(self._value))))
        if not self.driver.connection.welcomed:
            return  # counted as sent: what a cut device cannot say is lost
        for frame in self.driver.report(SENSOR.address, float(self._value)):
            await self._socket.send_bytes(frame)

    async def send(self, frames: Iterable[bytes]) -> None:
        """Send frames as they are, on the present link."""
        assert self._socket is not None
        for frame in frames:
            await self._socket.send_bytes(frame)

    async def hang_up(self) -> None:
        """End the present link; the next one follows by itself."""
        assert self._socket is not None
        await self._socket.close()

    async def end(self) -> None:
        """Hang up."""
        self._ending = True
        if self._socket is not None:
            await self._socket.close()


class Fleet:
    """All devices of the run."""

    def __init__(self, house: House) -> None:
        """Devices of one house."""
        self.devices: list[FleetDevice] = []
        self._house = house
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        self._tasks: list[asyncio.Task[None]] = []

    async def enrol(self, count: int, say: Callable[[str], None]) -> None:
        """Add devices in the dialogs, and let each register."""
        for number in range(count):
            enrolment = await self._house.add_device(f"Device {number}")
            device = self._start(number, enrolment)
            await device.wait_welcomed()
            if (number + 1) % 25 == 0:
                say(f"{number + 1} devices are enrolled and online")

    def _start(self, number: int, enrolment: Enrolment) -> FleetDevice:
        driver = DeviceDriver(
            parse_hub_key(enrolment.hub_key),
            enrolment.registration_token,
            bytes.fromhex(f"020cea0000{number:02x}"),
            [SWITCH, SENSOR],
        )
        url = f"{self._house.home_assistant.url}{CONNECT_PATH}"
        device = FleetDevice(number, url, driver)
        self.devices.append(device)
        self._tasks.append(asyncio.create_task(device.serve(self._session)))
        return device

    async def find_entities(self) -> None:
        """Learn which entities Home Assistant has made of the devices."""
        wanted = {f"switch.device_{d.number}_relay": d for d in self.devices}
        async with asyncio.timeout(CONNECT_SECONDS):
            while True:
                entries = await self._house.client.command(
                    "config/entity_registry/list"
                )
                known = {entry["entity_id"] for entry in entries}
                if wanted.keys() <= known:
                    break
                await asyncio.sleep(0.5)
        for device in self.devices:
            device.switch = f"switch.device_{device.number}_relay"
            device.sensor = f"sensor.device_{device.number}_count"

    async def work(self, seconds: float) -> None:
        """Let every device report once a REPORT_SECONDS, spread over that time."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        pause = REPORT_SECONDS / len(self.devices)
        due = loop.time()
        while due < end:
            for device in self.devices:
                await device.report()
                due += pause
                await asyncio.sleep(max(0.0, due - loop.time()))

    async def close(self) -> None:
        """Hang up every device."""
        for device in self.devices:
            await device.end()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._session.close()
