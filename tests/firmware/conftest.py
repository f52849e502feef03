"""One host program for all tests of real firmware; each test has its own hub and flash."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
import hashlib
from pathlib import Path
import shutil

import pytest
import pytest_asyncio

from custom_components.oceanremote.protocol import (
    DescriptionReceived,
    RegistrationProved,
    SessionProved,
)
from custom_components.oceanremote.protocol.keys import KeyPair, RegistrationToken
from lab.firmware import BUILDS, Device, compile_firmware
from lab.network import free_ports
from lab.paths import CACHE
from tests.support.exclusive import exclusive

from .asking_device import ASKING
from .bench_hub import BenchHub
from .esphome_runner import CONFIGS, run_esphome
from .shared_devices import SMALL_FRAMES, WORKBENCH
from .sleeping_device import SLEEPING
from .small_device import small_yaml_for

# Keys of a hub that exists in these tests only.
HUB_KEY = KeyPair.from_private(hashlib.sha256(b"bench hub").digest())
TOKEN = RegistrationToken(hashlib.sha256(b"bench token").digest())
BUILD = CACHE / "firmware-bench"
SHARED_BUILDS = CACHE / "firmware-shared"
SHARED_PROGRAMS = ("bench", "asking", "sleeping", "workbench", "small_frames")

type Starter = Callable[[str, str], Awaitable[Device]]


@dataclass(frozen=True)
class Bench:
    """A compiled program and the two ports that it dials in turn."""

    program: Path
    port: int
    second_port: int


@dataclass(frozen=True)
class SharedProgram:
    """A compiled program that many tests run, and the port that it dials."""

    program: Path
    port: int


# Before pytest-xdist looks for groups.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give the tests of one program to one worker, which compiles it once."""
    for item in items:
        if not isinstance(item, pytest.Function):
            continue
        for program in SHARED_PROGRAMS:
            if program in item.fixturenames:
                item.add_marker(pytest.mark.xdist_group(program))


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """The program, compiled with this run's ports; a warm build takes seconds."""
    port, second_port = free_ports(2)
    hub = BenchHub(HUB_KEY, TOKEN)
    program = tmp_path_factory.mktemp("bench") / "program"
    with exclusive(BUILD):
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
        # Another test's text of this name dials another hub.
        with exclusive(BUILDS / f"{name}.text"):
            configuration.write_text(text)
            program = await compile_firmware(configuration)
        device = Device(name, program, tmp_path)
        started.append(device)
        await device.start()
        await new_hub.wait_for(RegistrationProved)
        await new_hub.wait_for(SessionProved)
        await new_hub.wait_for(DescriptionReceived)
        return device

    yield start
    for device in started:
        await device.stop()


def compile_shared(
    name: str, rest: str, factory: pytest.TempPathFactory, *, node: str = ""
) -> SharedProgram:
    """Compile what many tests run, each with a hub and a flash of its own."""
    hub = BenchHub(HUB_KEY, TOKEN)
    (hub.port,) = free_ports(1)
    program = factory.mktemp(name) / "program"
    with exclusive(SHARED_BUILDS / name) as build:
        file = build / f"{name}.yaml"
        file.write_text(small_yaml_for(hub, rest, node=node))
        outcome = run_esphome("compile", file=file, data=build)
        assert outcome.accepted, outcome.text[-6000:]
        built = build / "build" / "device" / ".pioenvs" / "device" / "program"
        shutil.copy2(built, program)
    return SharedProgram(program, hub.port)


@asynccontextmanager
async def running(
    shared: SharedProgram, hub: BenchHub, folder: Path
) -> AsyncGenerator[Device]:
    """Run a device that has never been started until the hub has its description."""
    device = Device("shared", shared.program, folder)
    await device.start()
    try:
        await hub.wait_for(SessionProved)
        await hub.wait_for(DescriptionReceived)
        yield device
    finally:
        await device.stop()


@pytest.fixture(scope="session")
def asking(tmp_path_factory: pytest.TempPathFactory) -> SharedProgram:
    """A device that asks its hub for things."""
    return compile_shared("asking", ASKING, tmp_path_factory)


@pytest.fixture(scope="session")
def sleeping(tmp_path_factory: pytest.TempPathFactory) -> SharedProgram:
    """A device that sleeps."""
    return compile_shared("sleeping", SLEEPING, tmp_path_factory)


@pytest_asyncio.fixture
async def asking_hub(asking: SharedProgram, idle_hub: BenchHub) -> BenchHub:
    """A hub that listens where the program dials."""
    await idle_hub.start(asking.port)
    return idle_hub


@pytest_asyncio.fixture
async def asker(
    asking: SharedProgram, asking_hub: BenchHub, tmp_path: Path
) -> AsyncIterator[Device]:
    """A device that the hub has the description of."""
    async with running(asking, asking_hub, tmp_path) as device:
        yield device


@pytest.fixture(scope="session")
def workbench(tmp_path_factory: pytest.TempPathFactory) -> SharedProgram:
    """A device with what the tests of several domains want, each its own."""
    return compile_shared("workbench", WORKBENCH, tmp_path_factory)


@pytest_asyncio.fixture
async def workbench_hub(workbench: SharedProgram, idle_hub: BenchHub) -> BenchHub:
    """A hub that listens where the program dials."""
    await idle_hub.start(workbench.port)
    return idle_hub


@pytest_asyncio.fixture
async def workbench_device(
    workbench: SharedProgram, workbench_hub: BenchHub, tmp_path: Path
) -> AsyncIterator[Device]:
    """A device that the hub has the description of."""
    async with running(workbench, workbench_hub, tmp_path) as device:
        yield device


@pytest.fixture(scope="session")
def small_frames(tmp_path_factory: pytest.TempPathFactory) -> SharedProgram:
    """A device with the frames of a small board."""
    node = "  build_flags: -DUSE_OCEANREMOTE_SMALL_FRAMES\n"
    return compile_shared("small-frames", SMALL_FRAMES, tmp_path_factory, node=node)


@pytest_asyncio.fixture
async def small_frames_hub(small_frames: SharedProgram, idle_hub: BenchHub) -> BenchHub:
    """A hub that listens where the program dials."""
    await idle_hub.start(small_frames.port)
    return idle_hub


@pytest_asyncio.fixture
async def small_frames_device(
    small_frames: SharedProgram, small_frames_hub: BenchHub, tmp_path: Path
) -> AsyncIterator[Device]:
    """A device that the hub has the description of."""
    async with running(small_frames, small_frames_hub, tmp_path) as device:
        yield device
