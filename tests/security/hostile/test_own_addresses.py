"""The hub itself is never banned, whichever of its addresses a request comes from."""

from collections.abc import Generator
from unittest.mock import patch

from aiohttp.test_utils import TestClient
from homeassistant.components.http import ApiConfig
from homeassistant.core import HomeAssistant
import pytest

from custom_components.oceanremote.admission.clients import address_book
from custom_components.oceanremote.hub import Hub

from .attacker import STRANGER, Client

ADAPTERS = "homeassistant.components.network.async_get_loaded_adapters"


def adapter(*, enabled: bool, v4: list[str], v6: list[str]) -> dict[str, object]:
    """Return an adapter as Home Assistant lists it."""
    return {
        "name": "eth",
        "index": 1,
        "enabled": enabled,
        "auto": enabled,
        "default": enabled,
        "ipv4": [{"address": one, "network_prefix": 24} for one in v4],
        "ipv6": [
            {"address": one, "flowinfo": 0, "scope_id": 3, "network_prefix": 64}
            for one in v6
        ],
    }


@pytest.fixture(autouse=True)
def _two_adapters(mock_network: None) -> Generator[None]:
    """Give the hub a second network, which other integrations may not use."""
    found = [
        adapter(enabled=True, v4=["192.168.1.5"], v6=["2001:db8:1::5", "fe80::5"]),
        adapter(enabled=False, v4=["192.168.2.5"], v6=[]),
    ]
    with patch(ADAPTERS, return_value=found):
        yield


@pytest.mark.parametrize(
    "address", ["192.168.1.5", "192.168.2.5", "2001:db8:1::5", "2001:db8:1::77"]
)
async def test_no_address_of_the_hub_is_banned(
    hub: Hub, server: TestClient, address: str
) -> None:
    await Client(server, address).get("/.env")
    await Client(server, STRANGER).get("/.env")
    wall = hub.security.admission.moment().wall
    assert [ban.key for ban in hub.security.admission.policy.bans.active(wall)] == [
        STRANGER
    ]
    assert not hub.security.admission.may_ban(address)


@pytest.mark.parametrize("address", ["192.168.2.6", "2001:db8:2::5"])
async def test_its_neighbours_are(hub: Hub, server: TestClient, address: str) -> None:
    await Client(server, address).get("/.env")
    assert len(hub.security.admission.policy.bans) == 1


@pytest.mark.parametrize(
    ("bound_to", "address", "bannable"),
    [
        ("192.168.9.9", "192.168.9.9", False),
        ("homeassistant.local", "192.168.9.9", True),
        ("homeassistant.local", "192.168.1.5", False),
    ],
)
async def test_the_address_that_the_server_is_bound_to(
    hass: HomeAssistant, hub: Hub, bound_to: str, address: str, bannable: bool
) -> None:
    hass.config.api = ApiConfig(bound_to, bound_to, 8123, False)
    assert address_book(hass).classify(address).bannable is bannable
