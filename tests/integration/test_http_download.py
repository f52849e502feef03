"""The link beside a device's YAML: who may follow it, and for how long."""

from http import HTTPStatus
import re
from typing import Any
from unittest.mock import patch

from aiohttp.test_utils import TestClient
from homeassistant.auth.const import GROUP_ID_ADMIN, GROUP_ID_USER
from homeassistant.components.http.auth import SIGN_QUERY_PARAM
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.oceanremote.flows.downloads import (
    LIFETIME,
    MAX_DOCUMENTS,
    Downloads,
    async_downloads,
)
from custom_components.oceanremote.hub import Hub

from .http_support import (
    STRANGER,
    another_user,
    audited,
    coming_from,
    trust_the_test_client,
)

FLOW = "/api/config/config_entries/subentries/flow"
OVER = "This link is no longer valid. Open the dialog in Home Assistant again."


@pytest.fixture(autouse=True)
async def _proxy(hass: HomeAssistant) -> None:
    """Stand behind a trusted proxy, and serve the configuration pages."""
    await trust_the_test_client(hass)
    assert await async_setup_component(hass, "config", {})


@pytest.fixture
async def administrator(
    hub_entry: MockConfigEntry, hass_client: ClientSessionGenerator
) -> TestClient:
    """Return the browser of an administrator."""
    return await hass_client()


@pytest.fixture
async def anybody(
    hub_entry: MockConfigEntry, hass_client_no_auth: ClientSessionGenerator
) -> TestClient:
    """Return a browser without a login."""
    return await hass_client_no_auth()


async def show_yaml(client: TestClient, entry: MockConfigEntry) -> dict[str, Any]:
    """Add a device; return the page with its YAML."""
    begun = await client.post(FLOW, json={"handler": [entry.entry_id, "device"]})
    flow_id = (await begun.json())["flow_id"]
    body = {"name": "Station", "board": "esp32"}
    shown = await client.post(f"{FLOW}/{flow_id}", json=body)
    page: dict[str, Any] = await shown.json()
    assert page["step_id"] == "show_yaml"
    return page


def link_of(page: dict[str, Any]) -> str:
    """Return where the page's link leads."""
    link = page["description_placeholders"]["download"]
    found = re.fullmatch(
        r'<a href="(/api/[^"]+)" target="_blank">station.yaml</a>', link
    )
    assert found
    return found[1]


async def test_the_link_alone_gives_the_file(
    hub_entry: MockConfigEntry, administrator: TestClient, anybody: TestClient
) -> None:
    """A browser follows it without a header; nothing keeps what it was given."""
    page = await show_yaml(administrator, hub_entry)
    (field,) = page["data_schema"]
    answer = await anybody.get(link_of(page))
    assert answer.status == HTTPStatus.OK
    assert await answer.text() == field["default"]
    assert answer.content_type == "application/yaml"
    assert (
        answer.headers["Content-Disposition"] == 'attachment; filename="station.yaml"'
    )
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("how", ["closed", "done"])
async def test_the_link_ends_with_the_dialog(
    hub_entry: MockConfigEntry,
    administrator: TestClient,
    anybody: TestClient,
    how: str,
) -> None:
    """Closed or finished; it says so in words."""
    page = await show_yaml(administrator, hub_entry)
    path = f"{FLOW}/{page['flow_id']}"
    ended = await (
        administrator.delete(path)
        if how == "closed"
        else administrator.post(path, json={})
    )
    assert ended.status == HTTPStatus.OK
    answer = await anybody.get(link_of(page))
    assert (answer.status, await answer.text()) == (HTTPStatus.NOT_FOUND, OVER)


async def test_an_old_link_is_nobodys_failed_login(
    hass: HomeAssistant,
    hub: Hub,
    hub_entry: MockConfigEntry,
    administrator: TestClient,
    anybody: TestClient,
) -> None:
    """Home Assistant would count it as one, and might ban a tab that was left open."""
    path = link_of(await show_yaml(administrator, hub_entry))
    with (
        patch("homeassistant.components.http.ban.process_wrong_login") as wrong_login,
    ):
        torn = path.replace(f"{SIGN_QUERY_PARAM}=", f"{SIGN_QUERY_PARAM}=x")
        answer = await anybody.get(torn)
        assert (answer.status, await answer.text()) == (HTTPStatus.NOT_FOUND, OVER)
        assert not wrong_login.called
        bare = await anybody.get(path.partition("?")[0])
        assert bare.status == HTTPStatus.UNAUTHORIZED
        assert wrong_login.called


async def test_strangers_are_counted(
    hub: Hub, hub_entry: MockConfigEntry, administrator: TestClient, anybody: TestClient
) -> None:
    """Guessing signatures is slowed down like every request without a login."""
    path = link_of(await show_yaml(administrator, hub_entry)) + "x"
    statuses = [
        (await anybody.get(path, headers=coming_from(STRANGER))).status
        for _ in range(hub.security.options.limits.anonymous_requests_per_minute + 1)
    ]
    assert set(statuses[:-1]) == {HTTPStatus.NOT_FOUND}
    assert statuses[-1] == HTTPStatus.TOO_MANY_REQUESTS
    assert await audited(hub, "denied")


async def test_who_is_no_administrator_any_more_gets_nothing(
    hub_entry: MockConfigEntry,
    administrator: TestClient,
    anybody: TestClient,
    hass_admin_user: MockUser,
) -> None:
    """The account counts at the time of the request."""
    page = await show_yaml(administrator, hub_entry)
    hass_admin_user.groups = []
    answer = await anybody.get(link_of(page))
    assert answer.status == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("group", [GROUP_ID_USER, GROUP_ID_ADMIN])
async def test_nobody_else_gets_the_file(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    administrator: TestClient,
    anybody: TestClient,
    group: str,
) -> None:
    """Not even another administrator: he may have a dialog of his own."""
    page = await show_yaml(administrator, hub_entry)
    bare = link_of(page).partition("?")[0]
    _, token = await another_user(hass, group)
    bearer = {"Authorization": f"Bearer {token}"}
    other = await anybody.get(bare, headers=bearer)
    assert (other.status, await other.text()) == (HTTPStatus.NOT_FOUND, OVER)
    own = await administrator.get(bare)
    assert own.status == HTTPStatus.OK


async def test_unloaded_hub_gives_nothing(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    administrator: TestClient,
    anybody: TestClient,
) -> None:
    """What is in memory still is not given out."""
    page = await show_yaml(administrator, hub_entry)
    await hass.config_entries.async_unload(hub_entry.entry_id)
    answer = await anybody.get(link_of(page))
    assert answer.status == HTTPStatus.SERVICE_UNAVAILABLE


async def test_a_flow_without_a_person_offers_no_link(
    hass: HomeAssistant, hub_entry: MockConfigEntry
) -> None:
    """There is no login that could follow it."""
    flow = await hass.config_entries.subentries.async_init(
        (hub_entry.entry_id, "device"), context={"source": "user"}
    )
    page = await hass.config_entries.subentries.async_configure(
        flow["flow_id"], {"name": "Station", "board": "esp32"}
    )
    assert page["description_placeholders"]["download"] == "`station.yaml`"
    assert async_downloads(hass).find("", "", 0.0) is None


def test_documents_have_a_life_and_a_number() -> None:
    """An hour, and sixteen at once: the oldest gives way."""
    downloads = Downloads()
    first = downloads.offer("a.yaml", "a", "me", 0.0)
    assert downloads.find(first, "me", LIFETIME - 1) is not None
    assert downloads.find(first, "you", LIFETIME - 1) is None
    for number in range(MAX_DOCUMENTS):
        last = downloads.offer("b.yaml", str(number), "me", 1.0)
    assert downloads.find(first, "me", 2.0) is None
    kept = downloads.find(last, "me", LIFETIME)
    assert kept is not None
    assert kept.text not in repr(kept)
    assert downloads.find(last, "me", LIFETIME + 1) is None
