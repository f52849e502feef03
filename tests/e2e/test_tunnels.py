"""Real programs reach a device that only dials out: a browser's request, `esphome logs`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import os
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from lab.client import ApiError
from lab.firmware import BUILDS, Device, compile_firmware
from lab.flows import Enrolment
from lab.house import House
from lab.network import free_ports
from lab.paths import ESPHOME

from .support import wait_for_relay

pytestmark = pytest.mark.asyncio(loop_scope="session")

YAML = Path(__file__).parent / "firmware" / "tunnelled.yaml"
MAC = "02:00:00:0C:5F:21"  # as it stands there
PATIENCE = 60.0


class Tunnelled:
    """A device that runs, and what a person does with it."""

    def __init__(self, house: House, enrolment: Enrolment, device: Device) -> None:
        """Know a device by its enrolment."""
        self.house = house
        self.enrolment = enrolment
        self.device = device
        self.values: dict[str, str] = {}
        self.relay = ""

    async def open(self, service: str, **more: Any) -> int:
        """Open a port; return it."""
        registry_id = await self.house.registry_id(self.enrolment.subentry_id)
        answer = await self.house.client.call(
            "oceanremote.open_tunnel",
            {"device_id": registry_id, "service": service, **more},
            response=True,
        )
        assert answer["host"] == "127.0.0.1"
        return int(answer["port"])

    async def allow(self, **page: Any) -> None:
        """Fill the page that allows tunnels."""
        await self.house.allow_tunnels(self.enrolment, **page)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def tunnelled(house: House) -> AsyncIterator[Tunnelled]:
    """A device with a session, whose services listen on ports of its own."""
    house.claim_board(MAC, "tunnelled")
    enrolment = await house.add_device("tunnelled")
    api_port, web_port = free_ports(2)
    values = {
        "hub_url": house.dial_url,
        "hub_key": enrolment.hub_key,
        "registration_token": enrolment.registration_token,
        "api_port": str(api_port),
        "web_port": str(web_port),
    }
    program = await compile_firmware(YAML, values)
    device = Device("tunnelled", program, house.directory)
    house.devices.append(device)
    await device.start()
    found = Tunnelled(house, enrolment, device)
    found.values = values
    found.relay = (await wait_for_relay(house, enrolment))["switch-0-relay"]
    yield found
    await device.stop()


@asynccontextmanager
async def esphome_logs(
    values: dict[str, str], port: int
) -> AsyncIterator[asyncio.StreamReader]:
    """Run `esphome logs` of PyPI against a port of this machine."""
    given = {**values, "api_port": str(port)}
    options = [part for pair in given.items() for part in ("-s", *pair)]
    process = await asyncio.create_subprocess_exec(
        str(ESPHOME),
        *options,
        "logs",
        str(YAML),
        "--device",
        "127.0.0.1",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, "ESPHOME_DATA_DIR": str(BUILDS / "tunnelled-logs")},
    )
    assert process.stdout is not None
    try:
        yield process.stdout
    finally:
        process.kill()
        await process.wait()


async def _line_with(output: asyncio.StreamReader, words: str) -> str:
    async with asyncio.timeout(PATIENCE):
        while line := await output.readline():
            if words in (text := line.decode(errors="replace")):
                return text
    raise AssertionError(f"it ended without {words!r}")


async def test_nothing_is_open_before_an_administrator_allows_it(
    tunnelled: Tunnelled,
) -> None:
    with pytest.raises(ApiError, match="not allowed"):
        await tunnelled.open("web_server")


async def test_a_browser_opens_the_boards_own_pages(tunnelled: Tunnelled) -> None:
    await tunnelled.allow(api=True, web_server=True)
    port = await tunnelled.open("web_server")
    assert str(port) not in tunnelled.values.values()
    async with aiohttp.ClientSession() as session:
        for _ in range(3):
            async with session.get(f"http://127.0.0.1:{port}/") as answer:
                assert answer.status == 200
                assert "The board's own web server" in await answer.text()


async def test_esphome_logs_follows_the_device(
    house: House, tunnelled: Tunnelled
) -> None:
    await tunnelled.allow(api=True, web_server=True)
    port = await tunnelled.open("api", minutes=5)
    async with esphome_logs(tunnelled.values, port) as output:
        # It has subscribed once the board tells its configuration.
        await _line_with(output, "[C][")
        await house.client.call("switch.turn_on", entity_id=tunnelled.relay)
        assert "[main" in await _line_with(output, "the relay is on")


async def test_the_ports_close_with_the_trust(
    house: House, tunnelled: Tunnelled
) -> None:
    await tunnelled.allow(api=True, web_server=True)
    port = await tunnelled.open("web_server")
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()
    registry_id = await house.registry_id(tunnelled.enrolment.subentry_id)
    await house.client.call("oceanremote.quarantine_device", {"device_id": registry_id})
    with pytest.raises(ConnectionError):
        await asyncio.open_connection("127.0.0.1", port)
