"""Every dialog that changes what a hub trusts obeys the rule of its actions."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp.test_utils import TestClient
from homeassistant.components.http import KEY_HASS_USER, current_request
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import Unauthorized
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.oceanremote.admission.settings import LIMITS, SecurityOptions
from custom_components.oceanremote.common.const import (
    CONF_URLS,
    DOMAIN,
    SUBENTRY_CHALLENGE_DEVICE,
    SUBENTRY_DEVICE,
)
from custom_components.oceanremote.hub import Hub

from .challenge_support import STRICT, add_challenge_device, data_of
from .flow_support import LOCAL, text_at
from .http_support import audited
from .runtime_support import Device, eventually, only_coordinator
from .test_challenge_flow import TABLES, device_form
from .test_repairs import issue, lose_record, second_subentry

__all__ = ["second_subentry"]

ENTRIES = "/api/config/config_entries"
SUBENTRIES = f"{ENTRIES}/subentries/flow"
REPAIRS = "/api/repairs/issues/fix"


class Browser:
    """An administrator at Home Assistant's pages."""

    def __init__(self, client: TestClient) -> None:
        """Be logged in by this client."""
        self._client = client

    async def post(self, path: str, body: dict[str, Any]) -> Any:
        """Return the answer to a request that Home Assistant lets in."""
        response = await self._client.post(path, json=body)
        assert response.status == 200, await response.text()
        return await response.json()

    async def walk(
        self, path: str, begin: dict[str, Any], *pages: dict[str, Any]
    ) -> Any:
        """Open a dialog and fill in its pages, as far as it goes."""
        flow = await self.post(path, begin)
        for page in pages:
            if flow["type"] == "abort":
                break
            flow = await self.post(f"{path}/{flow['flow_id']}", page)
        return flow


type Walk = Callable[[Browser, MockConfigEntry], Awaitable[Any]]


def subentry_of(entry: MockConfigEntry, kind: str) -> str:
    """Return the first subentry of a kind."""
    return next(
        subentry_id
        for subentry_id, subentry in entry.subentries.items()
        if subentry.subentry_type == kind
    )


def handler(entry: MockConfigEntry, kind: str) -> dict[str, Any]:
    """Return what names a subentry flow."""
    return {"handler": [entry.entry_id, kind]}


def known(entry: MockConfigEntry, kind: str) -> dict[str, Any]:
    """Return what names the reconfiguration of a device that is there."""
    return {**handler(entry, kind), "subentry_id": subentry_of(entry, kind)}


async def add_device(browser: Browser, entry: MockConfigEntry) -> Any:
    return await browser.walk(
        SUBENTRIES,
        handler(entry, SUBENTRY_DEVICE),
        {"name": "Sauna", "board": "esp32"},
    )


async def new_token(browser: Browser, entry: MockConfigEntry) -> Any:
    return await browser.walk(
        SUBENTRIES,
        known(entry, SUBENTRY_DEVICE),
        {"next_step_id": "new_token"},
        {},
    )


async def replace_board(browser: Browser, entry: MockConfigEntry) -> Any:
    return await browser.walk(
        SUBENTRIES,
        known(entry, SUBENTRY_DEVICE),
        {"next_step_id": "replace_board"},
        {"board": "esp8266"},
    )


async def add_challenge(browser: Browser, entry: MockConfigEntry) -> Any:
    return await browser.walk(
        SUBENTRIES,
        handler(entry, SUBENTRY_CHALLENGE_DEVICE),
        device_form(name="Gate"),
        TABLES,
        {"test_connection": False},
    )


async def change_challenge(browser: Browser, entry: MockConfigEntry) -> Any:
    return await browser.walk(
        SUBENTRIES,
        known(entry, SUBENTRY_CHALLENGE_DEVICE),
        {**device_form(name="Gate"), "generate_secret": True},
        TABLES,
        {"test_connection": False},
    )


SUBENTRY_WALKS: list[Walk] = [
    add_device,
    new_token,
    replace_board,
    add_challenge,
    change_challenge,
]


@pytest.fixture(autouse=True)
async def _pages(hass: HomeAssistant) -> None:
    """Load what serves the dialogs."""
    for component in ("config", "repairs"):
        assert await async_setup_component(hass, component, {})


@pytest.fixture
async def browser(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hass_client: ClientSessionGenerator
) -> Browser:
    """Return an administrator's browser; there is a challenge device, too."""
    await add_challenge_device(hass, hub_entry, data_of(STRICT, 1))
    return Browser(await hass_client())


async def require_mfa(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Switch the option on."""
    hass.config_entries.async_update_entry(
        entry, options={**entry.options, "security": {"mfa_required": True}}
    )
    await hass.async_block_till_done()


def has_mfa(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every account have multi-factor authentication."""

    async def enabled(user: object) -> dict[str, str]:
        return {"totp": "One-time password"}

    monkeypatch.setattr(hass.auth, "async_get_enabled_mfa", enabled)


def registered_titles(entry: MockConfigEntry) -> list[tuple[str, dict[str, Any]]]:
    """Return names and data of all devices."""
    return [(item.title, dict(item.data)) for item in entry.subentries.values()]


@pytest.mark.parametrize("walk", SUBENTRY_WALKS)
async def test_required_mfa_is_required_in_the_dialogs_of_devices(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    browser: Browser,
    hass_admin_user: MockUser,
    walk: Walk,
) -> None:
    """Nothing is issued, nothing is shown, and it is audited who tried."""
    await require_mfa(hass, hub_entry)
    before, generation = registered_titles(hub_entry), hub.vault.generation
    flow = await walk(browser, hub_entry)
    assert (flow["type"], flow["reason"]) == ("abort", "mfa_required")
    assert registered_titles(hub_entry) == before
    assert hub.vault.generation == generation
    (record,) = await audited(hub, "denied")
    assert record["actor"]["user"] == hass_admin_user.id
    assert record["detail"]["why"] == "no multi-factor authentication"
    for kind in (SUBENTRY_DEVICE, SUBENTRY_CHALLENGE_DEVICE):
        assert text_at("config_subentries", kind, "abort", "mfa_required")


@pytest.mark.parametrize("step", ["show_yaml", "new_token", "replace_board"])
async def test_a_dialog_that_was_open_before_is_no_way_around_it(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    browser: Browser,
    step: str,
) -> None:
    """The registration token in a YAML is a secret, too."""
    await hub.async_issue_registration_token(subentry_of(hub_entry, SUBENTRY_DEVICE))
    flow = await browser.post(SUBENTRIES, known(hub_entry, SUBENTRY_DEVICE))
    await require_mfa(hass, hub_entry)
    done = await browser.post(f"{SUBENTRIES}/{flow['flow_id']}", {"next_step_id": step})
    assert (done["type"], done["reason"]) == ("abort", "mfa_required")


@pytest.mark.parametrize("walk", SUBENTRY_WALKS)
async def test_who_has_mfa_may_and_is_named_in_the_audit_log(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    browser: Browser,
    hass_admin_user: MockUser,
    monkeypatch: pytest.MonkeyPatch,
    walk: Walk,
) -> None:
    """Whoever issues a token or stores a secret."""
    has_mfa(hass, monkeypatch)
    await require_mfa(hass, hub_entry)
    flow = await walk(browser, hub_entry)
    assert flow.get("errors") in (None, {})
    assert flow.get("reason") in (None, "reconfigure_successful")
    (record,) = await audited(hub, "token_issued")
    assert record["actor"]["user"] == hass_admin_user.id
    assert record["actor"]["device"] is not None
    assert await audited(hub, "denied") == []


async def test_a_change_that_touches_no_secret_is_audited_too(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    browser: Browser,
    hass_admin_user: MockUser,
) -> None:
    flow = await browser.walk(
        SUBENTRIES,
        known(hub_entry, SUBENTRY_CHALLENGE_DEVICE),
        device_form(name="Gate", port=7),
        TABLES,
        {"test_connection": False},
    )
    assert flow["reason"] == "reconfigure_successful"
    (record,) = await audited(hub, "policy")
    assert record["actor"]["user"] == hass_admin_user.id
    assert record["detail"]["what"] == "challenge device changed"
    assert await audited(hub, "token_issued") == []


async def test_the_action_names_who_issued_a_token(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub, hass_admin_user: MockUser
) -> None:
    """As the dialogs do."""
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, only_coordinator(hub).subentry_id), hub_entry.entry_id
    )
    assert device is not None
    await hass.services.async_call(
        DOMAIN,
        "issue_registration_token",
        {"device_id": device.id},
        blocking=True,
        return_response=True,
        context=Context(user_id=hass_admin_user.id),
    )
    (record,) = await audited(hub, "token_issued")
    assert record["actor"]["user"] == hass_admin_user.id


@pytest.mark.usefixtures("unprobed")
async def test_the_options_and_the_key_file_are_held_to_the_rule(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    browser: Browser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Who has no MFA cannot simply switch the rule off."""
    await require_mfa(hass, hub_entry)
    options = {
        "address_local": LOCAL,
        "session_lifetime": 60,
        "rotation_margin": 300,
    }
    dialogs = {
        "options": (f"{ENTRIES}/options/flow", {"handler": hub_entry.entry_id}),
        "config": (
            f"{ENTRIES}/flow",
            {"handler": DOMAIN, "entry_id": hub_entry.entry_id},
        ),
    }
    for kind, (path, begin) in dialogs.items():
        flow = await browser.walk(path, begin, options)
        assert (flow["type"], flow["reason"]) == ("abort", "mfa_required")
        assert text_at(kind, "abort", "mfa_required")
    assert len(await audited(hub, "denied")) == 2
    has_mfa(hass, monkeypatch)
    go_on = {"next_step_id": "finish"}
    flow = await browser.walk(*dialogs["options"], options, go_on)
    assert flow["type"] == "create_entry"
    assert hub_entry.options[CONF_URLS] == [LOCAL]


@pytest.mark.usefixtures("unprobed")
@pytest.mark.parametrize("with_mfa", [False, True])
async def test_nobody_requires_what_his_own_account_lacks(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    browser: Browser,
    hass_admin_user: MockUser,
    monkeypatch: pytest.MonkeyPatch,
    with_mfa: bool,
) -> None:
    """He could not take it back: the options are held to the rule as well."""
    if with_mfa:
        has_mfa(hass, monkeypatch)
    security = SecurityOptions.of(hub_entry.options)
    limits = {name: getattr(security.limits, name) for name in LIMITS}
    options = {
        "address_local": LOCAL,
        "session_lifetime": 60,
        "rotation_margin": 300,
        "security": {
            "approval_required": False,
            "honeypot": True,
            "mfa_required": True,
            "escalate_bans": False,
            "tls_required": False,
            **limits,
        },
    }
    path, begin = f"{ENTRIES}/options/flow", {"handler": hub_entry.entry_id}
    flow = await browser.post(path, begin)
    assert (hass_admin_user.name in flow["description_placeholders"]["hint"]) is (
        not with_mfa
    )
    done = await browser.post(f"{path}/{flow['flow_id']}", options)
    go_on = {"next_step_id": "finish"}
    if with_mfa:
        done = await browser.post(f"{path}/{flow['flow_id']}", go_on)
        assert done["type"] == "create_entry"
        assert SecurityOptions.of(hub_entry.options).mfa_required
        return
    assert (done["type"], done["errors"]) == ("form", {"base": "mfa_missing"})
    assert text_at("options", "error", "mfa_missing")
    assert not SecurityOptions.of(hub_entry.options).mfa_required
    # All else can be changed, and he is still let in.
    options["security"]["mfa_required"] = False
    await browser.post(f"{path}/{flow['flow_id']}", options)
    done = await browser.post(f"{path}/{flow['flow_id']}", go_on)
    assert done["type"] == "create_entry"


async def test_without_a_running_hub_the_rule_still_holds(
    hass: HomeAssistant, hub_entry: MockConfigEntry, browser: Browser
) -> None:
    """The key file can be changed just then; there is no log to write to."""
    await require_mfa(hass, hub_entry)
    await hass.config_entries.async_unload(hub_entry.entry_id)
    flow = await browser.post(
        f"{ENTRIES}/flow", {"handler": DOMAIN, "entry_id": hub_entry.entry_id}
    )
    assert (flow["type"], flow["reason"]) == ("abort", "mfa_required")


@pytest.mark.parametrize("option", ["replace", "keep"])
async def test_whose_board_it_is_is_decided_under_the_rule(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    browser: Browser,
    second_subentry: str,
    hass_admin_user: MockUser,
    monkeypatch: pytest.MonkeyPatch,
    option: str,
) -> None:
    """Refused without MFA and the issue stays; allowed with it, and audited."""
    issue_id = f"same_mac_{second_subentry}"
    await require_mfa(hass, hub_entry)
    walk = (
        REPAIRS,
        {"handler": DOMAIN, "issue_id": issue_id},
        {"next_step_id": option},
    )
    device = hub.coordinator_for(second_subentry)
    registration = device.record.registration
    flow = await browser.walk(*walk)
    assert (flow["type"], flow["reason"]) == ("abort", "mfa_required")
    assert text_at("issues", "same_mac", "fix_flow", "abort", "mfa_required")
    assert issue(hass, issue_id) is not None
    assert device.record.registration == registration

    has_mfa(hass, monkeypatch)
    assert (await browser.walk(*walk))["type"] == "create_entry"
    kind = "replaced" if option == "replace" else "registration_refused"
    (record,) = await audited(hub, kind)
    assert record["actor"]["user"] == hass_admin_user.id
    assert record["actor"]["device"] == device.enrolment_id


async def test_a_lost_device_is_registered_again_under_the_rule(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    browser: Browser,
    connected_device: Device,
) -> None:
    """The repair that leads to a new token stays, and leads nowhere."""
    issue_id = f"lost_device_{only_coordinator(hub).subentry_id}"
    await lose_record(connected_device)
    await eventually(lambda: issue(hass, issue_id))
    await require_mfa(hass, hub_entry)
    flow = await browser.walk(REPAIRS, {"handler": DOMAIN, "issue_id": issue_id}, {})
    assert (flow["type"], flow["reason"]) == ("abort", "mfa_required")
    assert text_at("issues", "lost_device", "fix_flow", "abort", "mfa_required")
    assert issue(hass, issue_id) is not None


async def test_a_user_whom_home_assistant_should_not_have_let_in_is_turned_away(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub
) -> None:
    """The flows do not rely on Home Assistant's pages alone."""
    ordinary = MockUser(name="Ordinary").add_to_hass(hass)
    ordinary.groups = []
    token = current_request.set({KEY_HASS_USER: ordinary})
    try:
        with pytest.raises(Unauthorized):
            await hass.config_entries.subentries.async_init(
                (hub_entry.entry_id, SUBENTRY_DEVICE), context={"source": "user"}
            )
    finally:
        current_request.reset(token)
    (record,) = await audited(hub, "denied")
    assert record["actor"]["user"] == ordinary.id
    assert record["detail"]["why"] == "not an administrator"
