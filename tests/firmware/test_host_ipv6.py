"""Real firmware that reaches its hub over IPv6, over IPv4, or over what works.

The machine needs IPv6 on its loopback interface.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
import shutil
import socket
import subprocess

from aiohttp import web
import pytest
import pytest_asyncio

from lab.firmware import Device
from lab.network import free_ports
from lab.paths import CACHE

from .bench_hub import BenchHub
from .conftest import HUB_KEY, TOKEN
from .esphome_runner import run_esphome
from .small_device import small_yaml

BUILD = CACHE / "firmware-ipv6"
NAME = "hub.test"
IPV4_FIRST = "127.0.0.1,::1"
IPV6_FIRST = "::1,127.0.0.1"
SHIM_SOURCE = Path(__file__).parent / "names" / "getaddrinfo.c"

# One program for all.
pytestmark = pytest.mark.xdist_group("ipv6")


@dataclass(frozen=True)
class Ipv6Bench:
    """A program that dials `[::1]` and then a name, and what resolves the name."""

    program: Path
    shim: Path
    literal_port: int
    name_port: int


@pytest.fixture(scope="module")
def ipv6_bench(tmp_path_factory: pytest.TempPathFactory) -> Ipv6Bench:
    """Compile the program with this run's ports, and the look-up."""
    folder = tmp_path_factory.mktemp("ipv6")
    literal_port, name_port = free_ports(2)
    configuration = folder / "device.yaml"
    configuration.write_text(
        small_yaml(
            "switch:\n  - {platform: template, name: Relay, optimistic: true}\n",
            url=f'["ws://[::1]:{literal_port}", "ws://{NAME}:{name_port}"]',
            hub_key=BenchHub(HUB_KEY, TOKEN).key_text,
            token=TOKEN.text,
        )
    )
    outcome = run_esphome("compile", file=configuration, data=BUILD)
    assert outcome.accepted, outcome.text[-6000:]
    (built,) = BUILD.glob("build/*/.pioenvs/*/program")
    shutil.copy2(built, folder / "program")
    shim = folder / "names.so"
    command = ["gcc", "-shared", "-fPIC", "-Wall", "-Werror", "-o", shim, SHIM_SOURCE]
    subprocess.run([*command, "-ldl"], check=True, timeout=60)
    return Ipv6Bench(folder / "program", shim, literal_port, name_port)


@pytest_asyncio.fixture
async def device(ipv6_bench: Ipv6Bench, tmp_path: Path) -> AsyncIterator[Device]:
    """A device that has never been started, on a machine that knows no name."""
    device = Device("ipv6", ipv6_bench.program, tmp_path)
    device.environment |= {"LD_PRELOAD": str(ipv6_bench.shim), "TEST_NAMES": ""}
    yield device
    await device.stop()


@pytest.fixture
def hub(idle_hub: BenchHub) -> BenchHub:
    """A hub that does not listen yet."""
    return idle_hub


async def test_a_literal_is_dialed(
    ipv6_bench: Ipv6Bench, device: Device, hub: BenchHub
) -> None:
    await hub.start(ipv6_bench.literal_port, host="::1")
    await device.start()
    await hub.wait_until_ready()
    # RFC 9110, section 7.2: as in the URL.
    assert hub.hosts == [f"[::1]:{ipv6_bench.literal_port}"]


@pytest.mark.parametrize("listens", ["127.0.0.1", "::1"])
@pytest.mark.parametrize("addresses", [IPV4_FIRST, IPV6_FIRST, "only"])
async def test_a_name_is_reached_over_whatever_works(
    ipv6_bench: Ipv6Bench, device: Device, hub: BenchHub, addresses: str, listens: str
) -> None:
    """Within one dial: that one of two is refused is no failure of the hub's."""
    found = listens if addresses == "only" else addresses
    device.environment["TEST_NAMES"] = f"{NAME}={found}"
    await hub.start(ipv6_bench.name_port, host=listens)
    await device.start()
    await hub.wait_until_ready()
    assert f"No session with {NAME}" not in device.log()
    assert hub.hosts == [f"{NAME}:{ipv6_bench.name_port}"]


async def test_a_name_that_leads_nowhere_fails_once(
    ipv6_bench: Ipv6Bench, device: Device
) -> None:
    device.environment["TEST_NAMES"] = f"{NAME}={IPV6_FIRST}"
    await device.start()
    await device.wait_for_log(
        rf"No session with {NAME}:{ipv6_bench.name_port}: connection refused"
    )


async def test_another_server_on_one_family_hides_no_hub_on_the_other(
    ipv6_bench: Ipv6Bench, device: Device, hub: BenchHub
) -> None:
    """A router's own page on the name's IPv6 address; afterwards it is passed over."""
    device.environment["TEST_NAMES"] = f"{NAME}={IPV6_FIRST}"
    asked: list[str] = []

    async def refuse(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(status=404)

    other = BenchHub(HUB_KEY, TOKEN)
    other.impostor = refuse
    await other.start(ipv6_bench.name_port, host="::1")
    try:
        await hub.start(ipv6_bench.name_port)
        await device.start()
        await hub.wait_until_ready()
        assert len(asked) == 1
        mark = len(hub.events)
        await hub.drop()
        await hub.wait_until_ready(mark)
    finally:
        await other.stop()
    assert len(asked) == 1


async def test_a_family_that_is_silent_costs_seconds_and_no_dial(
    ipv6_bench: Ipv6Bench, device: Device, hub: BenchHub
) -> None:
    """A full queue, which Linux leaves without an answer, is a network that drops."""
    device.environment["TEST_NAMES"] = f"{NAME}={IPV6_FIRST}"
    address = ("::1", ipv6_bench.name_port)
    silent = socket.socket(socket.AF_INET6)
    waiting = [socket.socket(socket.AF_INET6) for _ in range(3)]
    try:
        silent.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        silent.bind(address)
        silent.listen(0)
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(address)
        await asyncio.sleep(0.1)
        await hub.start(ipv6_bench.name_port)
        await device.start()
        await hub.wait_until_ready()
    finally:
        for one in (silent, *waiting):
            one.close()
    assert f"No session with {NAME}" not in device.log()
