"""What every integration test stands on: the integration, in a directory of its own."""

from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.oceanremote.flows import address_pages
from custom_components.oceanremote.flows.probe import Finding, Probe
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.vault import Vault, vault_path
from tests.support.device_driver import DeviceDriver

from .runtime_support import (
    FLOW,
    MAC,
    PUMP,
    Device,
    Records,
    Skew,
    come_online,
    loaded,
    make_entry,
    only_coordinator,
)
from .trust_repairs.support import Browser
from .vault_support import open_vault


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """Give each test its own configuration directory: the vault is a real file."""
    return hass_tmp_config_dir


@pytest.fixture(autouse=True)
def _custom_integrations(enable_custom_integrations: None) -> None:
    """Load integrations from `custom_components`."""


@pytest.fixture
def unprobed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let flows find this Home Assistant at every address, without dialing any."""

    async def probe(hass: HomeAssistant, urls: Sequence[str]) -> list[Probe]:
        return [Probe(url, Finding.HERE) for url in urls]

    monkeypatch.setattr(address_pages, "async_probe", probe)


@pytest.fixture
async def hub_entry(hass: HomeAssistant) -> AsyncGenerator[MockConfigEntry]:
    """Return a loaded hub with one device, "Garden pump", that never connected."""
    async with loaded(hass, await make_entry(hass, "Garden pump")) as entry:
        yield entry


@pytest.fixture
def hub(hub_entry: MockConfigEntry) -> Hub:
    """Return the hub of `hub_entry`."""
    loaded: Hub = hub_entry.runtime_data.hub
    return loaded


@pytest.fixture
def records(hub: Hub) -> Records:
    """Return what the hub records from now on."""
    return Records(hub)


@pytest.fixture
def skew(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Skew:
    """Return a way to let time pass for the hub."""
    return Skew(hub, monkeypatch)


@pytest.fixture
async def enrolled_device(
    hub: Hub, hass_client_no_auth: ClientSessionGenerator
) -> AsyncGenerator[Device]:
    """Return a board that was flashed with a registration token and has not dialled."""
    subentry_id = only_coordinator(hub).subentry_id
    token, _ = await hub.async_issue_registration_token(subentry_id)
    device = Device(
        await hass_client_no_auth(),
        DeviceDriver(hub.vault.hub_key.public, token, MAC, [PUMP, FLOW]),
    )
    yield device
    await device.hang_up()


@pytest.fixture
async def connected_device(
    hass: HomeAssistant, hub: Hub, enrolled_device: Device
) -> Device:
    """Return the board, registered, with a welcomed session and its entities added."""
    return await come_online(hass, enrolled_device, only_coordinator(hub))


@pytest.fixture
async def repairs_page(hass: HomeAssistant) -> None:
    """Load what shows the issues, before anything listens."""
    assert await async_setup_component(hass, "repairs", {})


@pytest.fixture
async def admin(hass_client: ClientSessionGenerator) -> Browser:
    """Return an administrator's browser."""
    return Browser(await hass_client())


@pytest.fixture
async def vault(hass: HomeAssistant) -> AsyncGenerator[Vault]:
    """Return a new vault."""
    vault = await open_vault(hass, create=True)
    yield vault
    await vault.stop()


@pytest.fixture
def storage(hass: HomeAssistant) -> Path:
    """Return the directory of vault and key."""
    return vault_path(hass).parent
