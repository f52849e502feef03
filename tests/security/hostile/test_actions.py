"""What an administrator does about strangers, the log and the report."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

from aiohttp.test_utils import TestClient
from homeassistant.core import Context, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
    UnknownUser,
)
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
import voluptuous as vol

from custom_components.oceanremote.audit.log import AuditLog
from custom_components.oceanremote.common.const import CONF_URLS, DOMAIN
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.audit.check import Checker
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.report import async_report
from tests.integration.runtime_support import Device

from .attacker import STRANGER, Client, thief
from .support import audited


async def act(
    hass: HomeAssistant, action: str, user: str | None = None, **data: Any
) -> Any:
    """Call an action; return its response, if it has one."""
    services = hass.services.async_services_for_domain(DOMAIN)
    return await hass.services.async_call(
        DOMAIN,
        action,
        data,
        blocking=True,
        context=Context(user_id=user),
        return_response=services[action].supports_response.value == "only",
    )


async def test_a_ban_by_hand_and_its_end(
    hass: HomeAssistant, hub: Hub, hass_admin_user: MockUser
) -> None:
    await act(
        hass, "ban", hass_admin_user.id, address=STRANGER, duration=timedelta(hours=2)
    )
    (ban,) = (await act(hass, "list_bans"))["bans"]
    assert ban["address"] == STRANGER
    assert ban["source"] == "administrator"
    await act(hass, "ban", address="2001:db8:1:2::9")
    bans = (await act(hass, "list_bans"))["bans"]
    assert [ban["address"] for ban in bans] == [STRANGER, "2001:db8:1:2::/64"]
    await act(hass, "unban", address="2001:db8:1:2::/64")
    await act(hass, "unban", hass_admin_user.id, address=STRANGER)
    assert (await act(hass, "list_bans"))["bans"] == []
    assert [event.actor.user for event in await audited(hub, AuditKind.BANNED)] == [
        hass_admin_user.id,
        None,
    ]
    with pytest.raises(ServiceValidationError, match="not banned"):
        await act(hass, "unban", address=STRANGER)


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("127.0.0.1", "cannot be banned"),
        ("::1", "cannot be banned"),
        ("pump", "not an IP address"),
        ("10.0.0.0/8", "not an IP address"),
    ],
)
async def test_what_cannot_be_banned(
    hass: HomeAssistant, hub: Hub, address: str, text: str
) -> None:
    with pytest.raises(ServiceValidationError, match=text):
        await act(hass, "ban", address=address)


@pytest.mark.parametrize(
    "duration",
    [
        timedelta(days=3651),
        {"days": 999_999_999},
        {"days": 10**15},
        timedelta(),
        {"seconds": -5},
    ],
)
async def test_a_ban_has_an_end_that_can_be_told(
    hass: HomeAssistant, hub: Hub, duration: object
) -> None:
    """One beyond every calendar would keep all the others from being listed."""
    with pytest.raises(vol.Invalid):
        await act(hass, "ban", address=STRANGER, duration=duration)
    await act(hass, "ban", address=STRANGER, duration=timedelta(days=3650))
    assert len((await act(hass, "list_bans"))["bans"]) == 1


@pytest.mark.parametrize("action", ["verify_audit", "export_audit"])
async def test_a_log_that_cannot_be_read_is_said(
    hass: HomeAssistant, hub: Hub, action: str
) -> None:
    """Nothing was to be changed, and the caller has done nothing wrong."""
    with (
        patch.object(AuditLog, "verify", side_effect=OSError("bad sector")),
        patch.object(AuditLog, "read", side_effect=OSError("bad sector")),
        pytest.raises(HomeAssistantError, match="bad sector") as caught,
    ):
        await act(hass, action)
    assert caught.value.translation_key == "audit_unavailable"
    assert not isinstance(caught.value, ServiceValidationError)


async def test_the_log_is_verified_and_exported_whole(
    hass: HomeAssistant, hub: Hub, device: Device
) -> None:
    answer = await act(hass, "verify_audit")
    assert answer["intact"] is True
    exported = await act(hass, "export_audit", limit=10_000)
    lines = [f"{line}\n" for line in exported["lines"]]
    checker = Checker()
    checker.begin("exported")
    for line in lines:
        checker.take(line)
    report = checker.end()
    assert report.intact
    assert report.head.hash == exported["head"]["hash"]
    kinds = {line.split('"kind":"')[1].split('"')[0] for line in lines}
    assert {"started", "token_issued", "registered", "session", "exported"} <= kinds
    (last,) = (await act(hass, "export_audit", limit=1))["lines"]
    assert '"kind":"exported"' in last


async def test_the_report_scores_and_computes(
    hass: HomeAssistant, hub: Hub, device: Device, hass_admin_user: MockUser
) -> None:
    report = await act(hass, "security_report")
    assert 50 <= report["score"] < 100
    topics = {finding["topic"]: finding for finding in report["findings"]}
    assert topics["strong authentication of people"]["level"] == "not_met"
    assert topics["changes are noticed"]["level"] == "met"
    assert topics["a copy of the vault"]["level"] == "met"
    assert topics["best practice cryptography"]["provision"] == "5.5-1"
    assert all(
        finding["what_to_do"] or finding["level"] == "met"
        for finding in report["findings"]
    )
    assert report["guessing"][0]["one_guess"] == "2^-256.0"
    assert report["corrections"]


async def test_a_decoy_opens_nothing_and_sounds_the_alarm(
    hass: HomeAssistant, hub: Hub, server: TestClient, admin_token: str
) -> None:
    decoy = await act(hass, "create_decoy")
    board = thief(
        server,
        hub.vault.hub_key.public,
        b"\x02\x00\x00\x00\x00\x01",
        token=decoy["registration_token"],
    )
    await board.dial()
    assert await board.wait_closed() == 1008
    assert not board.driver.registered
    assert len(await audited(hub, AuditKind.DECOY_CREATED)) == 1
    (event,) = await audited(hub, AuditKind.DECOY)
    assert event.detail["what"] == "a registration token"
    assert event.actor.address == STRANGER
    person = Client(server, STRANGER, admin_token)
    path = f"/api/device/{decoy['device_id']}/renew-session/"
    assert (await person.post(path)).status == 404
    assert len(await audited(hub, AuditKind.DECOY)) == 2


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("ban", {"address": STRANGER}),
        ("unban", {"address": STRANGER}),
        ("list_bans", {}),
        ("verify_audit", {}),
        ("export_audit", {}),
        ("security_report", {}),
        ("create_decoy", {}),
        ("create_backup", {}),
        ("roll_over_hub_key", {"step": "prepare"}),
        ("restore_backup", {"backup": "vault-20260101T000000"}),
    ],
)
async def test_only_administrators(
    hass: HomeAssistant,
    hub: Hub,
    hass_read_only_user: MockUser,
    action: str,
    data: dict[str, Any],
) -> None:
    with pytest.raises(Unauthorized):
        await act(hass, action, hass_read_only_user.id, **data)
    with pytest.raises(UnknownUser):
        await act(hass, action, "nobody", **data)
    (event,) = await audited(hub, AuditKind.DENIED)
    assert event.detail["what"] == action


async def test_without_a_hub_there_is_nothing_to_ask(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    hass_read_only_user: MockUser,
) -> None:
    await hass.config_entries.async_unload(hub_entry.entry_id)
    with pytest.raises(ServiceValidationError, match="not running"):
        await act(hass, "list_bans")
    with pytest.raises(Unauthorized):
        await act(hass, "list_bans", hass_read_only_user.id)


@pytest.mark.usefixtures("unprobed")
async def test_the_options_change_the_limits_and_are_audited(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub, device: Device
) -> None:
    flow = await hass.config_entries.options.async_init(hub_entry.entry_id)
    result = await hass.config_entries.options.async_configure(
        flow["flow_id"],
        {
            "address_local": "ws://192.168.1.11:8123",
            "session_lifetime": 60,
            "rotation_margin": 300,
            "security": {"failures_before_ban": 3.0, "approval_required": True},
        },
    )
    result = await hass.config_entries.options.async_configure(
        flow["flow_id"], {"next_step_id": "finish"}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert hub.security.options.limits.failures_before_ban == 3
    assert hub.security.admission.policy.settings.failures_before_ban == 3
    assert hub.vault.approval_required
    (event,) = await audited(hub, AuditKind.POLICY)
    assert (
        event.detail.items()
        >= {
            "approval_required": "True",
            "failures_before_ban": "3",
            "session_lifetime": "3600",
            "urls": "['ws://192.168.1.11:8123']",
        }.items()
    )
    # A device that is trusted already is not asked again.
    assert next(iter(hub.coordinators.values())).available


@pytest.mark.usefixtures("unprobed")
async def test_who_changes_an_option_is_named_with_what_he_changed(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    hass_client: ClientSessionGenerator,
    hass_admin_user: MockUser,
) -> None:
    """No more and no less: a longer session is a policy, too."""
    assert await async_setup_component(hass, "config", {})
    client = await hass_client()
    flows = "/api/config/config_entries/options/flow"
    answer = await client.post(flows, json={"handler": hub_entry.entry_id})
    flow = (await answer.json())["flow_id"]
    chosen = {
        "address_local": "ws://192.168.1.11:8123",
        "session_lifetime": 60,
        "rotation_margin": 300,
        "security": {},
    }
    await client.post(f"{flows}/{flow}", json=chosen)
    await client.post(f"{flows}/{flow}", json={"next_step_id": "finish"})
    await hass.async_block_till_done()
    answer = await client.post(flows, json={"handler": hub_entry.entry_id})
    flow = (await answer.json())["flow_id"]
    await client.post(f"{flows}/{flow}", json={**chosen, "session_lifetime": 120})
    await hass.async_block_till_done()
    *_, event = await audited(hub, AuditKind.POLICY)
    assert event.detail == {"session_lifetime": "7200"}
    assert event.actor.user == hass_admin_user.id


async def test_what_is_advisable_is_no_repair(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    hass_admin_user: MockUser,
) -> None:
    """Every home would be nagged: it is in the report, and in the options."""
    hass.config_entries.async_update_entry(
        hub_entry, options={CONF_URLS: ["ws://home.example.com:8123"]}
    )
    await hass.async_block_till_done()
    assert await hass.config_entries.async_reload(hub_entry.entry_id)
    issues = ir.async_get(hass).issues
    assert not [issue_id for domain, issue_id in issues if domain == DOMAIN]
    report = await async_report(hub_entry.runtime_data.hub)
    found = {finding["topic"]: finding for finding in report["findings"]}
    people = found["strong authentication of people"]
    assert (people["level"], bool(people["what_to_do"])) == ("not_met", True)
    assert "plain HTTP" in found["confidential in transit"]["because"]
