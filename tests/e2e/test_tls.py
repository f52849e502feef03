"""Devices that dial `wss://`: by each proxy that ends TLS, and to Home Assistant's own."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
import json
from pathlib import Path

from playwright.async_api import Page
import pytest
import pytest_asyncio

from lab.browser import browser_page, screenshot, shown_yaml
from lab.certificates import Authority, lets_encrypt_like
from lab.firmware import Device, compile_firmware, save_with_local_component
from lab.house import House
from lab.network import free_port
from lab.tls_proxy import PROXIES, TlsProxy

from .conftest import BENCH
from .support import REGISTERED, SESSION, Enrolled, wait_for_relay
from .walks import accept_loopback, begin_set_up, name_device

pytestmark = pytest.mark.asyncio(loop_scope="session")

FIRMWARE = BENCH.with_name("bench-tls.yaml")


@dataclass(frozen=True)
class Trust:
    """A root as a file, and what signs under it as Let's Encrypt does."""

    root: Path
    signer: Authority


@pytest.fixture(scope="module")
def trust(tmp_path_factory: pytest.TempPathFactory) -> Trust:
    """The authority of every server here."""
    root, signer = lets_encrypt_like()
    chain, _ = root.save(tmp_path_factory.mktemp("trust"), "root")
    return Trust(chain, signer)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def secure_house(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[House]:
    """A house of its own, which believes its proxies."""
    house = House(tmp_path_factory.mktemp("secure"))
    house.home_assistant.trust_this_machine()
    try:
        await house.build()
        yield house
    finally:
        await house.tear_down()


async def _enrol(
    house: House, trust: Trust, name: str, mac: str, port: int
) -> Enrolled:
    """Bring a device to a session by an address with TLS."""
    enrolment = await house.add_device(name)
    url = f"wss://localhost:{port}"
    device = await house.flash(
        name, FIRMWARE, enrolment, mac=mac, url=url, authority=trust.root
    )
    await device.start()
    await device.wait_for_log(REGISTERED)
    await device.wait_for_log(SESSION)
    assert f"Hub: {url}/" in device.log()
    entities = await wait_for_relay(house, enrolment)
    return Enrolled(house, enrolment, device, entities)


async def _obey_and_rotate(enrolled: Enrolled, turn: bool = True) -> None:
    house, device = enrolled.house, enrolled.device
    relay = enrolled.entity("switch-0-relay")
    await house.client.wait_for_state(relay, "off" if turn else "on")
    mark = device.mark()
    await enrolled.set_relay(turn)
    await device.wait_for_log(f"bench: relay {'on' if turn else 'off'}", since=mark)
    registry_id = await house.registry_id(enrolled.enrolment.subentry_id)
    await house.client.call("oceanremote.renew_session", {"device_id": registry_id})
    await device.wait_for_log("Session rotated", since=mark)
    assert "bench: disconnected" not in device.log(mark)


async def _is_back(device: Device, mark: int) -> None:
    await device.wait_for_log("bench: disconnected", since=mark)
    await device.wait_for_log(SESSION, since=mark)
    assert REGISTERED not in device.log(mark)


async def test_devices_live_behind_each_proxy_and_over_a_restart(
    secure_house: House, trust: Trust, tmp_path: Path
) -> None:
    """Enrol, obey, rotate; and all are back when Home Assistant is."""
    chain, key = trust.signer.issue("localhost").save(tmp_path)
    enrolled: list[Enrolled] = []
    async with AsyncExitStack() as stack:
        for number, name in enumerate(PROXIES, 1):
            port, upstream = free_port(), secure_house.home_assistant.port
            proxy = TlsProxy(name, port, upstream, chain, key, tmp_path / name)
            await proxy.start()
            stack.push_async_callback(proxy.stop)
            mac = f"02:00:00:0C:75:{number:02X}"
            one = await _enrol(secure_house, trust, f"by-{name}", mac, port)
            await _obey_and_rotate(one)
            enrolled.append(one)
        marks = [one.device.mark() for one in enrolled]
        await secure_house.home_assistant.stop()
        await secure_house.restart()
        for one, mark in zip(enrolled, marks, strict=True):
            await _is_back(one.device, mark)
            await _obey_and_rotate(one, turn=False)
            await one.device.stop()


async def test_a_person_names_an_https_address_and_the_device_dials_it(
    trust: Trust, tmp_path: Path, pictures: Path
) -> None:
    """As a browser shows it; the set-up looks at the certificate and says what it saw."""
    chain, key = trust.signer.issue("localhost").save(tmp_path)
    house = House(tmp_path)
    house.home_assistant.trust_this_machine()
    port = free_port()
    proxy = TlsProxy(
        "nginx", port, house.home_assistant.port, chain, key, tmp_path / "nginx"
    )
    try:
        await proxy.start()
        await house.home_assistant.start()
        await house.client.onboard()
        async with browser_page(house.client) as page:
            yaml = await _walk(page, house, f"https://localhost:{port}", pictures)
        assert f"wss://localhost:{port}" in yaml
        # What the page advises for an authority that nobody knows.
        known = yaml.replace("oceanremote:\n", f"oceanremote:\n  {_ca(trust)}\n", 1)
        configuration = save_with_local_component(known, "by-https")
        program = await compile_firmware(configuration)
        device = Device("by-https", program, house.directory)
        house.devices.append(device)
        await device.start()
        await device.wait_for_log("Registered with the hub")
        assert f"Hub: wss://localhost:{port}/" in device.log()
    finally:
        await house.tear_down()
        await proxy.stop()


def _ca(trust: Trust) -> str:
    return f"tls: {{ca: {json.dumps(str(trust.root))}}}"


async def _walk(page: Page, house: House, address: str, pictures: Path) -> str:
    """Add the integration and a device; return the YAML that is shown."""
    await begin_set_up(page, house, address)
    await accept_loopback(page)
    await page.get_by_text("signed by an authority that").wait_for()
    await screenshot(page, pictures / "address-with-tls.png")
    await page.get_by_text("Go on with these addresses").click()
    await name_device(page, "By HTTPS")
    await page.get_by_role("button", name="Next").click()
    await page.get_by_text("ESPHome YAML for By HTTPS").wait_for()
    return await shown_yaml(page)


async def test_home_assistants_own_tls_is_dialed_in_both_of_its_profiles(
    trust: Trust, tmp_path: Path
) -> None:
    """The one that begins at TLS 1.2, and the one that is TLS 1.3 only."""
    house = House(tmp_path)
    chain, key = trust.signer.issue("localhost", key="rsa2048").save(tmp_path)
    house.home_assistant.serve_tls(chain, key, "intermediate_v6")
    house.client.url = house.home_assistant.url
    try:
        await house.build()
        one = await _enrol(
            house, trust, "own-tls", "02:00:00:0C:75:10", house.home_assistant.port
        )
        await _obey_and_rotate(one)
        mark = one.device.mark()
        await house.home_assistant.stop()
        house.home_assistant.serve_tls(chain, key, "modern_v6")
        await house.restart()
        await _is_back(one.device, mark)
        await _obey_and_rotate(one, turn=False)
    finally:
        await house.tear_down()
