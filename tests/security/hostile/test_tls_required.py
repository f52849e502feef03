"""With "TLS required" devices in the open dial by TLS, or not at all."""

from http import HTTPStatus

from aiohttp.test_utils import TestClient
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.common.const import CONNECT_PATH
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.audit.kinds import AuditKind

from .attacker import STRANGER
from .support import audited

DIAL = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
LET_IN = HTTPStatus.SWITCHING_PROTOCOLS


@pytest.fixture(autouse=True)
async def _tls_required(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub
) -> None:
    options = {**hub_entry.options, "security": {"tls_required": True}}
    hass.config_entries.async_update_entry(hub_entry, options=options)
    await hass.async_block_till_done()


async def dial(server: TestClient, **headers: str) -> tuple[int, str | None]:
    """Return status and Retry-After of a device that dials by way of the proxy."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    response = await server.get(CONNECT_PATH, headers=DIAL | named)
    response.close()
    return response.status, response.headers.get("Retry-After")


@pytest.mark.parametrize("address", [STRANGER, "8.8.8.8", "2001:db8::9"])
async def test_a_plain_connection_from_the_internet_is_refused(
    hub: Hub, server: TestClient, address: str
) -> None:
    """403 and the longest pause: dialling again soon changes nothing."""
    assert await dial(server, X_Forwarded_For=address) == (HTTPStatus.FORBIDDEN, "300")
    (event,) = await audited(hub, AuditKind.DENIED)
    assert event.detail["what"] == "tls_required"
    assert not hub.security.admission.policy.unproved_connections


async def test_with_tls_it_is_let_in(hub: Hub, server: TestClient) -> None:
    headers = {"X_Forwarded_For": STRANGER, "X_Forwarded_Proto": "https"}
    assert (await dial(server, **headers))[0] == LET_IN


@pytest.mark.parametrize("address", ["192.168.1.20", "100.64.3.4", "fd12::1"])
async def test_at_home_it_may_be_plain(
    hub: Hub, server: TestClient, address: str
) -> None:
    assert (await dial(server, X_Forwarded_For=address))[0] == LET_IN


async def test_a_proxy_that_names_nobody_may_forward_for_anybody(
    hub: Hub, server: TestClient
) -> None:
    assert (await dial(server))[0] == HTTPStatus.FORBIDDEN
