"""Real firmware that dials `wss://`: a hub behind its own TLS, by each library."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
import shutil
import ssl

import pytest
import pytest_asyncio

from custom_components.oceanremote.protocol import Domain, SessionProved
from lab.firmware import Device
from lab.paths import CACHE

from .bench_hub import BenchHub
from .certificates import Authority, new_root
from .conftest import HUB_KEY, TOKEN, free_ports
from .esphome_runner import CONFIGS, run_esphome

BUILD = CACHE / "firmware-tls"


@dataclass(frozen=True)
class TlsBench:
    """A program, the port that it dials on localhost, and the root it believes."""

    program: Path
    port: int
    root: Authority


@pytest.fixture(scope="module")
def tls_bench(tmp_path_factory: pytest.TempPathFactory) -> TlsBench:
    """The program, compiled with a root of this run."""
    root = new_root()
    folder = tmp_path_factory.mktemp("tls")
    ca, _ = root.save(folder, "root")
    (port,) = free_ports(1)
    outcome = run_esphome(
        "compile",
        file=CONFIGS / "tls.yaml",
        data=BUILD,
        url=f"wss://localhost:{port}",
        ca=str(ca),
        hub_key=BenchHub(HUB_KEY, TOKEN).key_text,
        registration_token=TOKEN.text,
    )
    assert outcome.accepted, outcome.text[-6000:]
    built = BUILD / "build" / "everything" / ".pioenvs" / "everything" / "program"
    shutil.copy2(built, folder / "program")
    return TlsBench(folder / "program", port, root)


@pytest_asyncio.fixture
async def device(tls_bench: TlsBench, tmp_path: Path) -> AsyncIterator[Device]:
    """A device that has never been started."""
    device = Device("tls", tls_bench.program, tmp_path)
    yield device
    await device.stop()


@pytest_asyncio.fixture
async def hub() -> AsyncIterator[BenchHub]:
    """A hub that does not listen yet."""
    hub = BenchHub(HUB_KEY, TOKEN)
    yield hub
    await hub.stop()


def _context(bench: TlsBench, folder: Path) -> ssl.SSLContext:
    authority = bench.root.intermediate("Middle")
    return authority.issue("localhost").context(folder)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_a_device_registers_obeys_and_rotates_through_tls(
    tls_bench: TlsBench,
    device: Device,
    hub: BenchHub,
    tmp_path: Path,
    version: ssl.TLSVersion,
) -> None:
    context = _context(tls_bench, tmp_path)
    context.minimum_version = context.maximum_version = version
    await hub.start(tls_bench.port, context)
    await device.start()
    session = await hub.wait_until_ready()
    assert hub.registry.active is not None
    assert session.device_key == hub.registry.active[1]
    assert f"Hub: wss://localhost:{tls_bench.port}/" in device.log()
    switch = hub.address(Domain.SWITCH, "relay")
    await hub.command(switch, {1: True})
    await hub.wait_for_state(Domain.SWITCH, "relay", bool)
    mark = len(hub.events)
    await hub.act(lambda connection, now: connection.rotate(now))
    assert (await hub.wait_for(SessionProved, mark)).rotated
