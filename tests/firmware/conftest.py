"""One host program for all tests of real firmware; each test has its own hub and flash."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
import hashlib
from pathlib import Path
import shutil
import socket

import pytest
import pytest_asyncio

from custom_components.oceanremote.protocol import (
    DescriptionReceived,
    RegistrationProved,
    SessionProved,
)
from custom_components.oceanremote.protocol.keys import KeyPair, RegistrationToken
from lab.firmware import BUILDS, Device, compile_firmware
from lab.paths import CACHE

from .bench_hub import BenchHub
from .esphome_runner import CONFIGS, run_esphome

# Keys of a hub that exists in these tests only.
HUB_KEY = KeyPair.from_private(hashlib.sha256(b"bench hub").digest())
TOKEN = RegistrationToken(hashlib.sha256(b"bench token").digest())
BUILD = CACHE / "firmware-bench"

type Starter = Callable[[str, str], Awaitable[Device]]


@dataclass(frozen=True)
class Bench:
    """A compiled program and the two ports that it dials in turn."""

    program: Path
    port: int
    second_port: int


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """The program, compiled with this run's ports; a warm build takes seconds."""
    port, second_port = free_ports(2)
    hub = BenchHub(HUB_KEY, TOKEN)
    outcome = run_esphome(
        "compile",
        file=CONFIGS / "bench.yaml",
        data=BUILD,
        url=f"ws://127.0.0.1:{port}",
        second_url=f"ws://localhost:{second_port}",
        hub_key=hub.key_text,
        registration_token=TOKEN.text,
    )
    assert outcome.accepted, outcome.text[-6000:]
    built = BUILD / "build" / "everything" / ".pioenvs" / "everything" / "program"
    program = tmp_path_factory.mktemp("bench") / "program"
    shutil.copy2(built, program)
    return Bench(program, port, second_port)


@pytest_asyncio.fixture
async def idle_hub() -> AsyncIterator[BenchHub]:
    """A hub that does not listen yet."""
    hub = BenchHub(HUB_KEY, TOKEN)
    yield hub
    await hub.stop()


@pytest_asyncio.fixture
async def hub(bench: Bench, idle_hub: BenchHub) -> BenchHub:
    """A hub that listens where the program dials first."""
    await idle_hub.start(bench.port)
    return idle_hub


@pytest_asyncio.fixture
async def device(bench: Bench, tmp_path: Path) -> AsyncIterator[Device]:
    """A device that has never been started."""
    device = Device("bench", bench.program, tmp_path)
    yield device
    await device.stop()


@pytest_asyncio.fixture
async def new_hub(idle_hub: BenchHub) -> BenchHub:
    """A hub on a port of its own."""
    await idle_hub.start()
    return idle_hub


@pytest_asyncio.fixture
async def start_device(new_hub: BenchHub, tmp_path: Path) -> AsyncIterator[Starter]:
    """Compile a YAML as it is, and run it until the new hub has its description."""
    started: list[Device] = []

    async def start(name: str, text: str) -> Device:
        configuration = BUILDS / f"{name}.yaml"
        configuration.parent.mkdir(parents=True, exist_ok=True)
        configuration.write_text(text)
        device = Device(name, await compile_firmware(configuration), tmp_path)
        started.append(device)
        await device.start()
        await new_hub.wait_for(RegistrationProved)
        await new_hub.wait_for(SessionProved)
        await new_hub.wait_for(DescriptionReceived)
        return device

    yield start
    for device in started:
        await device.stop()
