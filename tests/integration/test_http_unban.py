"""`/self-unban/`: the way out for people, and for nobody else."""

from http import HTTPStatus
import re

from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient
from homeassistant.auth.providers.homeassistant import HassAuthProvider
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.oceanremote.hub import Hub

from .http_support import (
    OTHER_STRANGER,
    STRANGER,
    another_user,
    audited,
    coming_from,
    is_banned,
    trust_the_test_client,
)

pytestmark = pytest.mark.usefixtures("proxy")

PAGE = "/self-unban/"
API = "/api/oceanremote/self-unban"
SCRIPT, STYLE = f"{API}/page.js", f"{API}/page.css"
PARTS = (PAGE, SCRIPT, STYLE)
ICON = "/static/icons/favicon.ico"


@pytest.fixture
async def proxy(hass: HomeAssistant, local_auth: HassAuthProvider) -> None:
    """Let requests come from other addresses than this machine's; serve the login."""
    await trust_the_test_client(hass)
    assert await async_setup_component(hass, "auth", {})


@pytest.fixture
async def banned(hub: Hub, hass_client_no_auth: ClientSessionGenerator) -> TestClient:
    """Return a client without a login; two addresses have walked into the honeypot."""
    client: TestClient = await hass_client_no_auth()
    for address in (STRANGER, OTHER_STRANGER):
        await client.get("/wp-admin", headers=coming_from(address))
        assert is_banned(hub, address)
    return client


async def log_in(hass: HomeAssistant, client: TestClient, user: MockUser) -> str:
    """Return an access token as the page's script gets one: by an OAuth code."""
    (provider,) = hass.auth.get_auth_providers("homeassistant")
    assert isinstance(provider, HassAuthProvider)
    await provider.async_add_auth("ann", "correct horse")
    credentials = await provider.async_get_or_create_credentials({"username": "ann"})
    await hass.auth.async_link_user(user, credentials)
    origin = str(client.make_url("/"))
    begun = await client.post(
        "/auth/login_flow",
        json={
            "client_id": origin,
            "handler": ["homeassistant", None],
            "redirect_uri": f"{origin.rstrip('/')}{PAGE}",
        },
        headers=coming_from(STRANGER),
    )
    assert begun.status == HTTPStatus.OK
    flow = (await begun.json())["flow_id"]
    done = await client.post(
        f"/auth/login_flow/{flow}",
        json={"client_id": origin, "username": "ann", "password": "correct horse"},
        headers=coming_from(STRANGER),
    )
    code = (await done.json())["result"]
    tokens = await client.post(
        "/auth/token",
        data={"grant_type": "authorization_code", "code": code, "client_id": origin},
        headers=coming_from(STRANGER),
    )
    assert tokens.status == HTTPStatus.OK
    access: str = (await tokens.json())["access_token"]
    return access


def bearer(address: str, token: str) -> dict[str, str]:
    """Return the headers of a logged-in request from an address."""
    return coming_from(address, Authorization=f"Bearer {token}")


async def test_login_from_the_banned_address_lifts_its_ban_only(
    hass: HomeAssistant, hub: Hub, banned: TestClient, hass_admin_user: MockUser
) -> None:
    """Home Assistant's own login, with the page as its client, from end to end."""
    page = await banned.get(PAGE, headers=coming_from(STRANGER))
    assert page.status == HTTPStatus.OK
    token = await log_in(hass, banned, hass_admin_user)
    answer = await banned.post(API, headers=bearer(STRANGER, token))
    assert answer.status == HTTPStatus.OK
    assert not is_banned(hub, STRANGER)
    assert is_banned(hub, OTHER_STRANGER)
    (record,) = await audited(hub, "unbanned")
    assert record["actor"]["user"] == hass_admin_user.id
    assert record["actor"]["address"] == STRANGER


async def test_any_account_opens_its_own_way_out(
    hass: HomeAssistant, hub: Hub, banned: TestClient
) -> None:
    """An ordinary user is no stranger."""
    _, token = await another_user(hass)
    answer = await banned.post(API, headers=bearer(STRANGER, token))
    assert answer.status == HTTPStatus.OK
    assert not is_banned(hub, STRANGER)


async def test_ban_of_an_administrator_is_lifted_by_one_only(
    hass: HomeAssistant, hub: Hub, hass_client_no_auth: ClientSessionGenerator
) -> None:
    """What a person has decided, an ordinary user does not undo; the try is audited."""
    hub.security.admission.ban(STRANGER, None, 3600)
    user, token = await another_user(hass)
    client = await hass_client_no_auth()
    answer = await client.post(API, headers=bearer(STRANGER, token))
    assert answer.status == HTTPStatus.FORBIDDEN
    assert is_banned(hub, STRANGER)
    (record,) = await audited(hub, "denied")
    assert record["actor"]["user"] == user.id


@pytest.mark.parametrize("token", [None, "nonsense", ""])
async def test_without_a_login_the_ban_stays(
    hub: Hub, banned: TestClient, token: str | None
) -> None:
    """401: no cookie, no form field, nothing but a bearer token counts."""
    headers = coming_from(STRANGER) if token is None else bearer(STRANGER, token)
    headers["Cookie"] = "access_token=x; session=y"
    answer = await banned.post(API, data={"token": "x"}, headers=headers)
    assert answer.status == HTTPStatus.UNAUTHORIZED
    assert is_banned(hub, STRANGER)


async def test_get_lifts_nothing(
    hass: HomeAssistant, hub: Hub, banned: TestClient
) -> None:
    """A link that somebody is made to follow changes nothing."""
    _, token = await another_user(hass)
    answer = await banned.get(API, headers=bearer(STRANGER, token))
    assert answer.status == HTTPStatus.METHOD_NOT_ALLOWED
    assert is_banned(hub, STRANGER)


async def test_other_sites_cannot_ask_in_a_visitors_name(
    hub: Hub, banned: TestClient
) -> None:
    """No other origin gets leave from the browser to send the bearer token."""
    answer = await banned.options(
        API,
        headers=coming_from(
            STRANGER,
            Origin="https://evil.example",
            **{
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "authorization",
            },
        ),
    )
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert answer.status >= HTTPStatus.BAD_REQUEST


def assert_guarded(answer: ClientResponse) -> None:
    """Nothing foreign is loaded, framed, sniffed, cached or told where we came from."""
    policy = dict(
        directive.split(" ", 1)
        for directive in answer.headers["Content-Security-Policy"].split("; ")
    )
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["base-uri"] == "'none'"
    assert policy["form-action"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["img-src"] == policy["connect-src"] == "'self'"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("part", PARTS)
async def test_every_part_carries_the_headers(
    hub: Hub, banned: TestClient, part: str
) -> None:
    """All of them, and no cookie."""
    answer = await banned.get(part, headers=coming_from(STRANGER))
    assert answer.status == HTTPStatus.OK
    assert_guarded(answer)
    assert "Strict-Transport-Security" not in answer.headers
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("part", PARTS)
async def test_over_tls_the_browser_is_told_to_stay_there(
    hub: Hub, banned: TestClient, part: str
) -> None:
    """HSTS, where the trusted proxy has taken TLS off."""
    answer = await banned.get(
        part, headers=coming_from(STRANGER, **{"X-Forwarded-Proto": "https"})
    )
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


async def test_page_has_nothing_that_its_policy_forbids(
    hub: Hub, banned: TestClient
) -> None:
    """No inline script, style or handler; every address is one of ours."""
    text = await (await banned.get(PAGE, headers=coming_from(STRANGER))).text()
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert "<style" not in text
    assert not re.search(r"\s(on\w+|style)=", text)
    addresses = re.findall(r'(?:src|href)="([^"]*)"', text)
    assert sorted(addresses) == sorted(["/", ICON, SCRIPT, STYLE])
    script = await (await banned.get(SCRIPT, headers=coming_from(STRANGER))).text()
    assert "innerHTML" not in script
    assert not re.search(r"https?://", script)


async def test_script_gives_its_login_back_whatever_happens(
    hub: Hub, banned: TestClient
) -> None:
    """The refresh token is revoked in a `finally`, not after what may fail."""
    script = await (await banned.get(SCRIPT, headers=coming_from(STRANGER))).text()
    end = script[script.index("finally") :]
    assert "giveBack(tokens.refresh_token)" in end
    assert '"/auth/revoke"' in script


async def test_twenty_anonymous_requests_a_minute(hub: Hub, banned: TestClient) -> None:
    """Then 429 with the time to wait; another address is served."""
    allowed = hub.security.options.limits.anonymous_requests_per_minute
    served = 0
    while (
        answer := await banned.get(PAGE, headers=coming_from(STRANGER))
    ).status == HTTPStatus.OK:
        served += 1
        assert served < 2 * allowed
    # The bucket fills again while we ask.
    assert served >= allowed
    assert answer.status == HTTPStatus.TOO_MANY_REQUESTS
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert "Wait a minute" in await answer.text()
    assert_guarded(answer)
    other = await banned.get(PAGE, headers=coming_from(OTHER_STRANGER))
    assert other.status == HTTPStatus.OK


async def test_without_a_hub_the_page_says_so_in_words(
    hass: HomeAssistant, hub: Hub, banned: TestClient
) -> None:
    """503 for a person: a sentence, not JSON; for the script, JSON."""
    await hass.config_entries.async_unload(hub.entry.entry_id)
    answer = await banned.get(PAGE, headers=coming_from(STRANGER))
    assert answer.status == HTTPStatus.SERVICE_UNAVAILABLE
    assert answer.content_type == "text/html"
    assert "OceanRemote is not running at the moment." in await answer.text()
    assert_guarded(answer)
    script = await banned.get(SCRIPT, headers=coming_from(STRANGER))
    assert script.status == HTTPStatus.SERVICE_UNAVAILABLE
    assert script.content_type == "application/json"


async def test_address_that_is_not_banned(
    hass: HomeAssistant, hub: Hub, hass_client_no_auth: ClientSessionGenerator
) -> None:
    """It is told so, and no ban is invented in the audit log."""
    _, token = await another_user(hass)
    client = await hass_client_no_auth()
    answer = await client.post(API, headers=bearer(STRANGER, token))
    assert answer.status == HTTPStatus.OK
    assert not await audited(hub, "unbanned")
