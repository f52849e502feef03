"""Requests without a login: so many a minute, and then as Home Assistant refuses them."""

from http import HTTPStatus

from aiohttp.test_utils import TestClient
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from custom_components.oceanremote.common.const import CONNECT_PATH
from custom_components.oceanremote.http.pages import API_PATH
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.policy.limits import Denial

from .attacker import HOME, STRANGER, Client
from .support import audited

RENEW = "/api/device/a0b1c2d3e4f5/renew-session/"
RENEW_TWIN = "/api/oceanremote/devices/a0b1c2d3e4f5/renew-session"
# Home Assistant's own, which nobody sees without a login.
FOREIGN = "/api/config"
NO_LOGIN, TOO_MANY = HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS


@pytest.fixture(name="proxied_http")
async def _home_assistants_api(hass: HomeAssistant, proxied_http: None) -> None:
    """Serve what Home Assistant itself refuses without a login."""
    assert await async_setup_component(hass, "api", {})


@pytest.fixture(autouse=True)
def _one_moment(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let all of a test happen at once, however slow the machine."""
    moment = hub.now()
    monkeypatch.setattr(hub.admission, "_now", lambda: moment)


async def ask(client: Client, path: str) -> int:
    """Return the status of one request to an endpoint, by its method."""
    response = await (client.get(path) if path == CONNECT_PATH else client.post(path))
    return int(response.status)


@pytest.mark.parametrize("path", [RENEW, RENEW_TWIN, API_PATH, CONNECT_PATH])
async def test_twenty_requests_a_minute_without_a_login(
    hub: Hub, server: TestClient, path: str
) -> None:
    stranger = Client(server, STRANGER)
    refused = HTTPStatus.UPGRADE_REQUIRED if path == CONNECT_PATH else NO_LOGIN
    assert [await ask(stranger, path) for _ in range(20)] == [refused] * 20
    assert await ask(stranger, path) == TOO_MANY
    assert await ask(Client(server, HOME), path) == refused
    (event,) = await audited(hub, AuditKind.DENIED)
    assert event.detail["what"] == Denial.ANONYMOUS_RATE
    assert event.actor.address == STRANGER


async def test_who_is_refused_is_told_how_long(hub: Hub, server: TestClient) -> None:
    stranger = Client(server, STRANGER)
    for _ in range(20):
        await stranger.post(RENEW)
    assert int((await stranger.post(RENEW)).headers["Retry-After"]) > 0
    assert int((await stranger.get(CONNECT_PATH)).headers["Retry-After"]) > 0


@pytest.mark.parametrize("path", [RENEW, API_PATH])
async def test_the_refusal_is_home_assistants_own(
    hub: Hub, server: TestClient, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    theirs = await Client(server, STRANGER).get(FOREIGN)
    assert "invalid authentication" in caplog.text
    caplog.clear()
    ours = await Client(server, STRANGER).post(path)
    assert ours.status == theirs.status == NO_LOGIN
    assert await ours.text() == await theirs.text()
    assert dict(ours.headers) | {"Date": ""} == dict(theirs.headers) | {"Date": ""}
    # Its count of failed logins has noticed.
    assert f"invalid authentication from {STRANGER}" in caplog.text


async def test_users_are_counted_by_themselves(
    hub: Hub, server: TestClient, admin_token: str
) -> None:
    stranger = Client(server, STRANGER)
    for _ in range(21):
        await stranger.post(RENEW)
    admin = Client(server, STRANGER, admin_token)
    statuses = {await ask(admin, RENEW) for _ in range(25)}
    assert statuses == {HTTPStatus.NOT_FOUND}


async def test_the_way_out_of_a_ban_stays_open(hub: Hub, server: TestClient) -> None:
    stranger = Client(server, STRANGER)
    await stranger.get("/.env")
    assert await ask(stranger, RENEW) == TOO_MANY
    assert await ask(stranger, CONNECT_PATH) == TOO_MANY
    assert await ask(stranger, API_PATH) == NO_LOGIN
