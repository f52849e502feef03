"""Real firmware whose hub tells it where else it can be reached."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
import shutil

import pytest
import pytest_asyncio

from custom_components.oceanremote.protocol import AddressesReported
from custom_components.oceanremote.protocol.addresses import Addresses, list_of
from lab.firmware import Device
from lab.network import free_ports
from lab.paths import CACHE

from .bench_hub import BenchHub
from .conftest import HUB_KEY, TOKEN
from .esphome_runner import run_esphome
from .small_device import small_yaml

BUILD = CACHE / "firmware-addresses"
CRASH_POINTS = """  build_flags:
    - -DUSE_OCEANREMOTE_CRASH_POINTS
"""

# One program for all.
pytestmark = pytest.mark.xdist_group("addresses")


@dataclass(frozen=True)
class Program:
    """What dials one port; and two more ports."""

    path: Path
    port: int
    new_port: int
    dead_port: int


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """Compile the program with this run's port."""
    folder = tmp_path_factory.mktemp("addresses")
    ports = free_ports(3)
    configuration = folder / "device.yaml"
    configuration.write_text(
        small_yaml(
            "switch:\n  - {platform: template, name: Relay, optimistic: true}\n",
            url=f"ws://127.0.0.1:{ports[0]}",
            hub_key=BenchHub(HUB_KEY, TOKEN).key_text,
            token=TOKEN.text,
            node=CRASH_POINTS,
        )
    )
    outcome = run_esphome("compile", file=configuration, data=BUILD)
    assert outcome.accepted, outcome.text[-6000:]
    (built,) = BUILD.glob("build/*/.pioenvs/*/program")
    shutil.copy2(built, folder / "program")
    return Program(folder / "program", *ports)


@pytest_asyncio.fixture
async def device(program: Program, tmp_path: Path) -> AsyncIterator[Device]:
    """A device that has never been started."""
    device = Device("addresses", program.path, tmp_path)
    yield device
    await device.stop()


@pytest_asyncio.fixture
async def hub(program: Program, idle_hub: BenchHub) -> BenchHub:
    """A hub where the configuration says."""
    await idle_hub.start(program.port)
    return idle_hub


@pytest_asyncio.fixture
async def moved(hub: BenchHub) -> AsyncIterator[BenchHub]:
    """The same hub at another port, where it does not listen yet."""
    moved = BenchHub(HUB_KEY, TOKEN)
    moved.registry = hub.registry
    yield moved
    await moved.stop()


def at(*ports: int) -> Addresses:
    """Return a list of addresses on this machine."""
    told = list_of([f"ws://127.0.0.1:{port}" for port in ports])
    assert told is not None
    return told


async def stored(hub: BenchHub, since: int = 0, version: int | None = None) -> int:
    """Wait for what the device has stored; return what of it has proved."""
    event = await hub.wait_for(
        AddressesReported,
        since,
        lambda event: version is None or event.stored.version == version,
    )
    return event.stored.proved


async def tell(hub: BenchHub, told: Addresses) -> None:
    """Tell a list and wait until it is stored."""
    await hub.wait_until_ready()
    await stored(hub)
    await hub.act(lambda connection, now: connection.tell_addresses(told, now))
    await stored(hub, version=told.version)


async def test_a_hub_that_moves_after_it_has_said_so_is_found(
    program: Program, hub: BenchHub, moved: BenchHub, device: Device
) -> None:
    told = at(program.new_port)
    await device.start()
    await tell(hub, told)
    await hub.stop()
    await moved.start(program.new_port)
    await moved.wait_until_ready()
    assert await stored(moved, version=told.version) == 0b1


async def test_a_new_address_is_tried_at_the_next_dial(
    program: Program, hub: BenchHub, moved: BenchHub, device: Device
) -> None:
    """While the old one works: whoever switches that off knows what does."""
    await device.start()
    await moved.start(program.new_port)
    await tell(hub, at(program.new_port))
    await hub.drop()
    await moved.wait_until_ready()
    assert hub.links == 1


async def test_a_list_outlives_a_restart_of_the_firmware(
    program: Program, hub: BenchHub, moved: BenchHub, device: Device
) -> None:
    told = at(program.new_port)
    await device.start()
    await tell(hub, told)
    await device.kill()
    await hub.stop()
    await moved.start(program.new_port)
    await device.start()
    await moved.wait_until_ready()
    assert await stored(moved, version=told.version) == 0b1


async def test_a_list_of_dead_addresses_costs_nothing(
    program: Program, hub: BenchHub, device: Device
) -> None:
    told = Addresses(
        7,
        (
            f"ws://127.0.0.1:{program.dead_port}",
            "wss://home.example.com",
            "ws://no-such-host.invalid",
            "http://127.0.0.1",
        ),
    )
    await device.start()
    await tell(hub, told)
    event = hub.events[-1]
    assert isinstance(event, AddressesReported)
    assert event.stored.unusable == 0b1010, "no TLS in this build, and no such scheme"
    await device.wait_for_log(r"Not to be dialed from here: wss://home\.example\.com")
    for restart in (False, True):
        mark = len(hub.events)
        if restart:
            await device.kill()
            await device.start()
        else:
            await hub.drop()
        await hub.wait_until_ready(mark)
        assert await stored(hub, mark, told.version) == 0


async def test_what_led_to_the_hub_is_dialed_until_something_new_has(
    program: Program, hub: BenchHub, moved: BenchHub, device: Device
) -> None:
    """Its own address is long gone, the next one is a mistake."""
    await device.start()
    await tell(hub, at(program.new_port))
    await hub.stop()
    await moved.start(program.new_port)
    await tell(moved, at(program.dead_port))
    await device.kill()
    mark = len(moved.events)
    await device.start()
    await moved.wait_until_ready(mark)


@pytest.mark.parametrize("step", ["addresses_received", "addresses_saved"])
async def test_a_power_cut_while_a_list_is_stored_heals(
    program: Program, hub: BenchHub, moved: BenchHub, device: Device, step: str
) -> None:
    told = at(program.new_port)
    device.environment["OCEANREMOTE_CRASH_AT"] = step
    await device.start()
    await hub.wait_until_ready()
    assert await stored(hub, version=0) == 0
    await hub.act(lambda connection, now: connection.tell_addresses(told, now))
    assert await device.wait() == 137
    del device.environment["OCEANREMOTE_CRASH_AT"]
    mark = len(hub.events)
    await device.start()
    await hub.wait_until_ready(mark)
    version = 0 if step == "addresses_received" else told.version
    assert await stored(hub, mark, version) == 0


async def test_a_power_cut_after_a_new_address_has_proved_heals(
    program: Program, hub: BenchHub, moved: BenchHub, device: Device
) -> None:
    told = at(program.new_port)
    await device.start()
    await tell(hub, told)
    await device.kill()
    await hub.stop()
    await moved.start(program.new_port)
    device.environment["OCEANREMOTE_CRASH_AT"] = "address_proved"
    await device.start()
    assert await device.wait() == 137
    del device.environment["OCEANREMOTE_CRASH_AT"]
    await device.start()
    await moved.wait_until_ready()
    assert await stored(moved, version=told.version) == 0b1


async def test_the_list_of_another_hub_is_not_dialed(
    program: Program, hub: BenchHub, device: Device
) -> None:
    """A file that is damaged, too, is none."""
    await device.start()
    await tell(hub, at(program.new_port))
    await device.kill()
    (file,) = device.flash.glob("*.oceanremote-addresses")
    record = bytearray(file.read_bytes())
    record[4] ^= 1
    file.write_bytes(record)
    mark = len(hub.events)
    await device.start()
    await hub.wait_until_ready(mark)
    assert await stored(hub, mark, 0) == 0
