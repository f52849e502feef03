"""The honeypot: who walks into it, who never can, and what it must never hide."""

from http import HTTPStatus
from urllib.parse import unquote

from aiohttp import web
from homeassistant.components import frontend
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.oceanremote.common.const import CONNECT_PATH
from custom_components.oceanremote.http.honeypot import TRAPS, is_trap
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.limits import Lane

from .http_support import (
    LOOPBACK,
    OTHER_STRANGER,
    STRANGER,
    audited,
    coming_from,
    is_banned,
    trust_the_test_client,
)

pytestmark = pytest.mark.usefixtures("proxy")

NOWHERE = "/nothing-is-here"
PROMISED = (
    "/admin",
    "/wp-admin/",
    "/wp-login.php",
    "/phpmyadmin/index.php",
    "/.env",
    "/xmlrpc.php",
    "/blog/wp-login.php",
    "/public/.git/config",
    "/%77P-admin",
)


@pytest.fixture
async def proxy(hass: HomeAssistant) -> None:
    """Let requests come from other addresses than this machine's."""
    await trust_the_test_client(hass)


async def set_option(
    hass: HomeAssistant, entry: MockConfigEntry, **chosen: object
) -> None:
    """Choose security options, as the options flow does."""
    hass.config_entries.async_update_entry(entry, options={"security": chosen})
    await hass.async_block_till_done()


@pytest.mark.parametrize("path", PROMISED)
@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
async def test_one_hit_bans_its_sender_and_nobody_else(
    hub: Hub, hass_client_no_auth: ClientSessionGenerator, path: str, method: str
) -> None:
    """A scanner is banned and audited at its first request, by any method."""
    client = await hass_client_no_auth()
    answer = await client.request(method, path, headers=coming_from(STRANGER))
    assert answer.status == HTTPStatus.NOT_FOUND
    assert is_banned(hub, STRANGER)
    assert not is_banned(hub, OTHER_STRANGER)
    assert not is_banned(hub, LOOPBACK)
    (hit,) = await audited(hub, "honeypot")
    assert hit["actor"]["address"] == STRANGER
    assert hit["detail"]["what"] == unquote(path)
    (ban,) = await audited(hub, "banned")
    assert ban["actor"]["address"] == STRANGER


@pytest.mark.parametrize(
    "path",
    ["//wp-admin", "/WP-Admin", "/a/b/.env", "/.aws/credentials", "/x//shell.php"],
)
def test_a_trap_however_it_is_spelt(path: str) -> None:
    """Scanners double slashes, and guess below which directory a site may lie."""
    assert is_trap(path)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/lovelace/admin",
        "/local/vendor/x.js",
        "/api/solr",
        "/wp-admins",
        "/env",
    ],
)
def test_no_trap_in_the_middle_of_a_path(path: str) -> None:
    """A word that anybody may use counts only where a path begins."""
    assert not is_trap(path)


async def test_trap_answers_as_a_path_that_is_not_there(
    hub: Hub, hass_client_no_auth: ClientSessionGenerator
) -> None:
    """Status, body and headers tell a scanner nothing."""
    client = await hass_client_no_auth()
    trap = await client.get("/wp-login.php", headers=coming_from(STRANGER))
    plain = await client.get(NOWHERE, headers=coming_from(OTHER_STRANGER))
    assert trap.status == plain.status == HTTPStatus.NOT_FOUND
    assert await trap.read() == await plain.read()
    unsaid = {"Date"}
    assert {k: v for k, v in trap.headers.items() if k not in unsaid} == {
        k: v for k, v in plain.headers.items() if k not in unsaid
    }


async def test_ban_shuts_the_devices_endpoint_for_http(
    hub: Hub, hass_client_no_auth: ClientSessionGenerator
) -> None:
    """What a ban is for: the slow lane is all that is left, and it is bounded."""
    client = await hass_client_no_auth()
    await client.get("/.env", headers=coming_from(STRANGER))
    sockets = [
        await client.ws_connect(CONNECT_PATH, headers=coming_from(STRANGER))
        for _ in range(hub.security.admission.policy.settings.slow_lane_connections)
    ]
    refused = await client.get(
        CONNECT_PATH,
        headers=coming_from(
            STRANGER,
            **{
                "Connection": "Upgrade",
                "Upgrade": "websocket",
                "Sec-WebSocket-Version": "13",
                "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
            },
        ),
    )
    assert refused.status == HTTPStatus.TOO_MANY_REQUESTS
    assert int(refused.headers["Retry-After"]) > 0
    for socket in sockets:
        await socket.close()


async def test_visitor_of_a_hostile_page_is_not_banned(
    hub: Hub, hass_client_no_auth: ClientSessionGenerator
) -> None:
    """An <img src="…/wp-admin"> elsewhere must not lock its viewer out; it is noted."""
    client = await hass_client_no_auth()
    headers = coming_from(STRANGER, **{"Sec-Fetch-Site": "cross-site"})
    answer = await client.get("/wp-admin", headers=headers)
    assert answer.status == HTTPStatus.NOT_FOUND
    assert not is_banned(hub, STRANGER)
    (hit,) = await audited(hub, "honeypot")
    assert hit["detail"]["cross_site"] is True


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-site"},
        {"Referer": "http://elsewhere.example/page"},
        {"Referer": "http://hub.example:8123/", "Origin": "http://elsewhere.example"},
        {"Referer": "http://hub.example/"},
        {"Referer": "http://hub.example.elsewhere.example/"},
        {"Origin": "null"},
        {"Referer": "http://[::1"},
    ],
)
async def test_visitor_of_a_hostile_page_is_known_without_tls(
    hub: Hub, hass_client_no_auth: ClientSessionGenerator, headers: dict[str, str]
) -> None:
    """Browsers tell plain http no Sec-Fetch-Site: another host in the headers will do."""
    client = await hass_client_no_auth()
    sent = coming_from(STRANGER, Host="hub.example:8123", **headers)
    for _ in range(25):
        await client.get("/wp-admin", headers=sent)
    assert not is_banned(hub, STRANGER)
    # A scanner that says so is not let off either.
    moment = hub.security.admission.moment()
    lane = hub.security.admission.policy.lane_of(
        hub.security.admission._book.classify(STRANGER), moment
    )
    assert lane is Lane.THROTTLED


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Referer": "http://hub.example:8123/wp-admin"},
        {"Referer": "http://HUB.example:8123/", "Origin": "http://hub.example:8123"},
        {"Sec-Fetch-Site": "none", "Origin": "", "Referer": ""},
    ],
)
async def test_who_names_no_other_host_is_banned(
    hub: Hub, hass_client_no_auth: ClientSessionGenerator, headers: dict[str, str]
) -> None:
    """A scanner often names the host that it scans as the page that it comes from."""
    client = await hass_client_no_auth()
    sent = coming_from(STRANGER, Host="hub.example:8123", **headers)
    await client.get("/wp-admin", headers=sent)
    assert is_banned(hub, STRANGER)


@pytest.mark.parametrize("site", ["same-origin", "none", "CROSS-SITE", "cross-site, x"])
async def test_only_what_browsers_say_exempts(
    hub: Hub, hass_client_no_auth: ClientSessionGenerator, site: str
) -> None:
    """Any other word in Sec-Fetch-Site excuses nobody."""
    client = await hass_client_no_auth()
    headers = coming_from(STRANGER, **{"Sec-Fetch-Site": site})
    await client.get("/wp-admin", headers=headers)
    assert is_banned(hub, STRANGER)


async def test_hub_and_proxy_are_never_banned(
    hub: Hub, hass_client_no_auth: ClientSessionGenerator
) -> None:
    """Neither a request of the proxy itself nor one that claims loopback."""
    client = await hass_client_no_auth()
    for headers in ({}, coming_from(LOOPBACK), coming_from("::1")):
        await client.get("/.env", headers=headers)
    assert not hub.security.admission.policy.bans.active(
        hub.security.admission.moment().wall
    )


async def test_one_ban_covers_the_network_of_an_ipv6_host(
    hub: Hub, hass_client_no_auth: ClientSessionGenerator
) -> None:
    """A host that owns a /64 is one address."""
    client = await hass_client_no_auth()
    await client.get("/.env", headers=coming_from("2001:db8:1:2::a"))
    assert is_banned(hub, "2001:db8:1:2::/64")


async def test_ban_outlives_a_restart(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """Nobody gets out of it by waiting for an update."""
    client = await hass_client_no_auth()
    await client.get("/.env", headers=coming_from(STRANGER))
    assert await hass.config_entries.async_reload(hub_entry.entry_id)
    assert is_banned(hub_entry.runtime_data.hub, STRANGER)


async def test_switched_off_it_is_not_there(
    hass: HomeAssistant,
    hub: Hub,
    hub_entry: MockConfigEntry,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """By an option, at once, and back again."""
    client = await hass_client_no_auth()
    await set_option(hass, hub_entry, honeypot=False)
    answer = await client.get("/wp-admin", headers=coming_from(STRANGER))
    assert answer.status == HTTPStatus.NOT_FOUND
    assert not is_banned(hub, STRANGER)
    assert not await audited(hub, "honeypot")
    await set_option(hass, hub_entry, honeypot=True)
    await client.get("/wp-admin", headers=coming_from(STRANGER))
    assert is_banned(hub, STRANGER)


async def test_without_a_hub_nothing_is_trapped(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """The resource outlives the hub and then matches nothing."""
    client = await hass_client_no_auth()
    await hass.config_entries.async_unload(hub_entry.entry_id)
    answer = await client.get("/wp-admin", headers=coming_from(STRANGER))
    assert answer.status == HTTPStatus.NOT_FOUND
    assert await hass.config_entries.async_setup(hub_entry.entry_id)
    assert not is_banned(hub_entry.runtime_data.hub, STRANGER)


async def served(request: web.Request) -> web.Response:
    """Serve what somebody else has registered."""
    return web.Response(text="served")


@pytest.mark.parametrize("route", ["/admin", "/{page}", "/admin/{tail:.*}"])
async def test_what_another_integration_serves_is_served(
    hass: HomeAssistant,
    hub: Hub,
    hass_client_no_auth: ClientSessionGenerator,
    route: str,
) -> None:
    """Even if it registered after the traps, with a pattern for a path."""
    hass.http.app.router.add_get(route, served)
    client = await hass_client_no_auth()
    path = "/admin/users" if route.startswith("/admin/") else "/admin"
    answer = await client.get(path, headers=coming_from(STRANGER))
    assert (answer.status, await answer.text()) == (HTTPStatus.OK, "served")
    assert not is_banned(hub, STRANGER)


async def test_path_that_is_served_by_another_method_is_no_trap(
    hass: HomeAssistant, hub: Hub, hass_client_no_auth: ClientSessionGenerator
) -> None:
    """Who asks for it in the wrong way is told so."""
    hass.http.app.router.add_post("/admin", served)
    client = await hass_client_no_auth()
    answer = await client.get("/admin", headers=coming_from(STRANGER))
    assert answer.status == HTTPStatus.METHOD_NOT_ALLOWED
    assert not is_banned(hub, STRANGER)


async def test_panel_of_the_frontend_is_no_trap(
    hass: HomeAssistant, hub: Hub, hass_client_no_auth: ClientSessionGenerator
) -> None:
    """A dashboard at /admin is a person's own choice, made at any time."""
    assert await async_setup_component(hass, "frontend", {})
    frontend.async_register_built_in_panel(hass, "iframe", frontend_url_path="admin")
    client = await hass_client_no_auth()
    answer = await client.get("/admin", headers=coming_from(STRANGER))
    assert answer.status == HTTPStatus.OK
    await client.get("/wp-admin", headers=coming_from(OTHER_STRANGER))
    assert not is_banned(hub, STRANGER)
    assert is_banned(hub, OTHER_STRANGER)


def test_no_trap_lies_where_home_assistant_serves() -> None:
    """First segments that Home Assistant itself uses are none of the traps."""
    own = {
        "api",
        "auth",
        "config",
        "developer-tools",
        "frontend_latest",
        "history",
        "local",
        "lovelace",
        "map",
        "media",
        "profile",
        "self-unban",
        "static",
    }
    assert not own & TRAPS
