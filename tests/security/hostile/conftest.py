"""A hub behind a trusted proxy, so that one machine can be many addresses."""

from collections.abc import AsyncGenerator
from functools import partial

from aiohttp.test_utils import TestClient
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.oceanremote.device.coordinator import DeviceCoordinator
from custom_components.oceanremote.hub import Hub
from tests.integration.conftest import (  # noqa: F401
    _custom_integrations,
    hass_config_dir,
    records,
    skew,
)
from tests.integration.runtime_support import (
    FLOW,
    MAC,
    PUMP,
    Device,
    come_online,
    load,
    loaded,
    make_entry,
    only_coordinator,
)
from tests.support.device_driver import DeviceDriver

from .attacker import HOME, Client
from .support import Restart


@pytest.fixture(name="proxied_http")
async def _proxied_http(hass: HomeAssistant) -> None:
    """Let the test's own address be a proxy that names the client."""
    config = {"use_x_forwarded_for": True, "trusted_proxies": ["127.0.0.1", "::1"]}
    assert await async_setup_component(hass, "http", {"http": config})


@pytest.fixture
async def hub_entry(
    hass: HomeAssistant, proxied_http: None
) -> AsyncGenerator[MockConfigEntry]:
    """Return a loaded hub with two devices that never connected."""
    async with loaded(hass, await make_entry(hass, "Garden pump", "Lamp")) as entry:
        yield entry


@pytest.fixture
def hub(hub_entry: MockConfigEntry) -> Hub:
    """Return the hub."""
    loaded: Hub = hub_entry.runtime_data.hub
    return loaded


@pytest.fixture
def pump(hub: Hub) -> DeviceCoordinator:
    """Return the coordinator of the one device."""
    return next(iter(hub.coordinators.values()))


@pytest.fixture
async def server(hass_client_no_auth: ClientSessionGenerator, hub: Hub) -> TestClient:
    """Return a way to the hub's HTTP server, without any login."""
    return await hass_client_no_auth()


@pytest.fixture
async def enrolled_device(hub: Hub, server: TestClient) -> AsyncGenerator[Device]:
    """Return the pump's board at home, flashed, which has not dialled yet."""
    coordinator = next(iter(hub.coordinators.values()))
    token, _ = await hub.async_issue_registration_token(coordinator.subentry_id)
    device = Device(
        Client(server, HOME),  # type: ignore[arg-type]
        DeviceDriver(hub.vault.hub_key.public, token, MAC, [PUMP, FLOW]),
    )
    yield device
    await device.hang_up()


@pytest.fixture
async def device(hass: HomeAssistant, hub: Hub, enrolled_device: Device) -> Device:
    """Return the pump's board, registered and in session."""
    coordinator = next(iter(hub.coordinators.values()))
    return await come_online(hass, enrolled_device, coordinator)


@pytest.fixture
def restart(hass: HomeAssistant, hub_entry: MockConfigEntry) -> Restart:
    """Return a way to load the hub again after it was unloaded."""
    return partial(load, hass, hub_entry)


@pytest.fixture
async def user_token(hass: HomeAssistant) -> str:
    """Return the access token of a user who is no administrator."""
    return await token_of(hass, MockUser(is_owner=False, name="Guest"))


@pytest.fixture
async def admin_token(hass: HomeAssistant, hass_admin_user: MockUser) -> str:
    """Return the access token of an administrator."""
    return await token_of(hass, hass_admin_user)


async def token_of(hass: HomeAssistant, user: MockUser) -> str:
    """Return a new access token of a user."""
    user.add_to_hass(hass)
    refresh = await hass.auth.async_create_refresh_token(user, "https://example.com/")
    return hass.auth.async_create_access_token(refresh)


__all__ = ["only_coordinator"]
