"""Real firmware that dials `wss://`, with each library, straight and by proxies."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
import os
from pathlib import Path
import shutil
import ssl

import pytest
import pytest_asyncio

from custom_components.oceanremote.protocol import Domain, SessionProved
from lab.certificates import (
    Authority,
    Identity,
    lets_encrypt_like,
    new_root,
    self_signed,
)
from lab.firmware import Device
from lab.network import free_port
from lab.paths import CACHE, MULTIARCH
from lab.tls_proxy import PROXIES, TlsProxy

from .bench_hub import BenchHub
from .conftest import HUB_KEY, TOKEN
from .esphome_runner import CONFIGS, run_esphome
from .tls_driver import EACH_LIBRARY, UNPACKED, Library

BUILD = CACHE / "firmware-tls"
HOST = "localhost"


@dataclass(frozen=True)
class TlsBench:
    """A program, the port that it dials on localhost, and whom it believes."""

    program: Path
    port: int
    library: Library
    # A root, and what signs under it in a chain as long as Let's Encrypt's.
    root: Authority
    signer: Authority

    def identity(self, **arguments: str) -> Identity:
        """Return an honest server's identity."""
        return self.signer.issue(HOST, **arguments)


@pytest.fixture(scope="module", params=EACH_LIBRARY)
def tls_bench(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> TlsBench:
    """The program with each library, compiled with a root of this run."""
    library = request.param
    root, signer = lets_encrypt_like()
    folder = tmp_path_factory.mktemp("tls")
    ca, _ = root.save(folder, "root")
    port = free_port()
    name = "tls" if library is Library.OPENSSL else f"tls-{library.lower()}"
    outcome = run_esphome(
        "compile",
        file=CONFIGS / f"{name}.yaml",
        data=BUILD / library.lower(),
        url=f"wss://{HOST}:{port}",
        ca=str(ca),
        unpacked=str(UNPACKED),
        libraries=str(library.folder),
        hub_key=BenchHub(HUB_KEY, TOKEN).key_text,
        registration_token=TOKEN.text,
    )
    assert outcome.accepted, outcome.text[-6000:]
    built = BUILD / library.lower() / "build/tls/.pioenvs/tls/program"
    shutil.copy2(built, folder / "program")
    return TlsBench(folder / "program", port, library, root, signer)


@pytest_asyncio.fixture
async def device(tls_bench: TlsBench, tmp_path: Path) -> AsyncIterator[Device]:
    """A device that has never been started."""
    device = Device("tls", tls_bench.program, tmp_path)
    yield device
    await device.stop()


@pytest.fixture
def hub(idle_hub: BenchHub) -> BenchHub:
    """A hub that does not listen yet."""
    return idle_hub


async def _live_a_little(hub: BenchHub) -> None:
    """Register, obey, rotate."""
    session = await hub.wait_until_ready()
    assert hub.registry.active is not None
    assert session.device_key == hub.registry.active[1]
    await hub.command(hub.address(Domain.SWITCH, "relay"), {1: True})
    await hub.wait_for_state(Domain.SWITCH, "relay", bool)
    mark = len(hub.events)
    await hub.act(lambda connection, now: connection.rotate(now))
    assert (await hub.wait_for(SessionProved, mark)).rotated


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_a_device_registers_obeys_and_rotates_through_tls(
    tls_bench: TlsBench,
    device: Device,
    hub: BenchHub,
    tmp_path: Path,
    version: ssl.TLSVersion,
) -> None:
    """Behind the server that Home Assistant has, too."""
    context = tls_bench.identity().context(tmp_path)
    context.maximum_version = version
    await hub.start(tls_bench.port, context)
    await device.start()
    await _live_a_little(hub)
    assert f"Hub: wss://{HOST}:{tls_bench.port}/" in device.log()


@pytest.mark.parametrize("proxy", PROXIES)
@pytest.mark.parametrize("key", ["p256", "rsa2048"])
async def test_a_device_lives_behind_a_proxy_that_ends_tls(
    tls_bench: TlsBench,
    device: Device,
    hub: BenchHub,
    tmp_path: Path,
    proxy: str,
    key: str,
) -> None:
    """HTTP/2 is on offer there as well; a link comes back when the proxy does."""
    chain, private = tls_bench.identity(key=key).save(tmp_path)
    await hub.start()
    server = TlsProxy(proxy, tls_bench.port, hub.port, chain, private, tmp_path)
    await server.start()
    try:
        await device.start()
        await _live_a_little(hub)
        mark = len(hub.events)
        await server.stop()
        await device.wait_for_log("Disconnected: ")
        await server.start()
        await hub.wait_until_ready(mark)
    finally:
        await server.stop()


async def test_a_bad_certificate_is_told_and_the_address_tried_again(
    tls_bench: TlsBench, device: Device, hub: BenchHub, tmp_path: Path
) -> None:
    cases = [
        (self_signed(HOST), "certificate of an unknown authority, or self-signed"),
        (new_root("X1").issue(HOST), "certificate of an unknown authority"),
        (tls_bench.signer.issue("other.test"), "certificate is for another name"),
        (tls_bench.signer.issue(HOST, days=(-9, -1)), "certificate has expired"),
    ]
    await device.start()
    for number, (identity, reason) in enumerate(cases):
        await hub.start(tls_bench.port, identity.context(tmp_path / str(number)))
        await device.wait_for_log(rf"No session with {HOST}:\d+: {reason}")
        await hub.stop()
    assert hub.links == 0
    await hub.start(tls_bench.port, tls_bench.identity().context(tmp_path))
    await hub.wait_until_ready()


async def test_a_board_whose_clock_lags_by_two_years_connects(
    tls_bench: TlsBench, device: Device, hub: BenchHub, tmp_path: Path
) -> None:
    """The build's time is its lower bound; it knows no better until a session."""
    device.environment |= {
        "LD_PRELOAD": os.fspath(
            Path(f"/usr/lib/{MULTIARCH}/faketime/libfaketime.so.1")
        ),
        "FAKETIME": "-730d",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    await hub.start(tls_bench.port, tls_bench.identity().context(tmp_path))
    await device.start()
    await hub.wait_until_ready()
