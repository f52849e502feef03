"""Who may decide, and what can happen between the page and the click."""

from homeassistant.components.http import KEY_HASS_USER, current_request
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import Unauthorized
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.oceanremote.common.const import DOMAIN
from custom_components.oceanremote.device.coordinator import DeviceCoordinator
from custom_components.oceanremote.device.status import DeviceStatus
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.trust import Standing
from custom_components.oceanremote.repairs import async_create_fix_flow
from custom_components.oceanremote.repairs.trust import ApprovalFlow, QuarantineFlow

from ..flow_support import text_at
from ..http_support import audited
from ..runtime_support import only_coordinator
from ..vault_support import full_disk
from .support import FIX, Browser, issue, set_option

# -- who may decide ------------------------------------------------------------------


@pytest.mark.parametrize("option", ["reenrol", "release", "revoke"])
async def test_an_ordinary_user_decides_nothing(
    hass: HomeAssistant,
    hub: Hub,
    pump: DeviceCoordinator,
    suspect: str,
    admin: Browser,
    hass_client: ClientSessionGenerator,
    hass_read_only_access_token: str,
    option: str,
) -> None:
    """He opens no dialog, and answers none that an administrator has opened."""
    ordinary = Browser(await hass_client(hass_read_only_access_token))
    generation = hub.vault.generation
    status, _ = await ordinary.post(FIX, {"handler": DOMAIN, "issue_id": suspect})
    assert status == 401
    flow = await admin.begin(suspect)
    status, _ = await ordinary.post(
        f"{FIX}/{flow['flow_id']}", {"next_step_id": option}
    )
    assert status == 401
    assert pump.status is DeviceStatus.QUARANTINED
    assert hub.vault.generation == generation
    assert not hass.config_entries.subentries.async_progress()


@pytest.mark.parametrize("option", ["reenrol", "release", "revoke"])
async def test_an_ordinary_user_who_was_let_through_is_refused_and_audited(
    hass: HomeAssistant,
    hub: Hub,
    pump: DeviceCoordinator,
    suspect: str,
    hass_read_only_user: MockUser,
    option: str,
) -> None:
    """Should Home Assistant ever fail to check."""
    user = hass_read_only_user
    begin = hass.data["repairs"]["flow_manager"]
    flow = await begin.async_init(DOMAIN, context={"issue_id": suspect})
    known = current_request.set({KEY_HASS_USER: user})  # type: ignore[arg-type]
    try:
        with pytest.raises(Unauthorized):
            await begin.async_configure(flow["flow_id"], {"next_step_id": option})
    finally:
        current_request.reset(known)
    assert pump.status is DeviceStatus.QUARANTINED
    (record,) = await audited(hub, "denied")
    assert record["actor"]["user"] == user.id
    assert record["detail"]["why"] == "not an administrator"
    assert record["detail"]["what"] == f"repair {suspect}"


@pytest.mark.parametrize("option", ["reenrol", "release", "revoke"])
async def test_required_mfa_is_required_here_too(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    pump: DeviceCoordinator,
    suspect: str,
    admin: Browser,
    hass_admin_user: MockUser,
    option: str,
) -> None:
    """A dialog is no way around what is demanded of the actions."""
    await set_option(hass, hub_entry, mfa_required=True)
    done = await admin.settle(suspect, option)
    assert (done["type"], done["reason"]) == ("abort", "mfa_required")
    assert pump.status is DeviceStatus.QUARANTINED
    assert issue(hass, suspect) is not None
    (record,) = await audited(hub, "denied")
    assert record["actor"]["user"] == hass_admin_user.id
    assert record["detail"]["why"] == "no multi-factor authentication"


async def test_account_with_mfa_may_decide(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    pump: DeviceCoordinator,
    suspect: str,
    admin: Browser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await set_option(hass, hub_entry, mfa_required=True)

    async def enabled(user: object) -> dict[str, str]:
        return {"totp": "One-time password"}

    monkeypatch.setattr(hass.auth, "async_get_enabled_mfa", enabled)
    assert (await admin.settle(suspect, "release"))["type"] == "create_entry"
    assert pump.status is DeviceStatus.ONLINE


# -- what can happen between the page and the click ----------------------------------


@pytest.mark.parametrize("option", ["reenrol", "release", "revoke"])
async def test_a_device_that_vanished_needs_no_decision(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    pump: DeviceCoordinator,
    suspect: str,
    admin: Browser,
    option: str,
) -> None:
    flow = await admin.begin(suspect)
    hass.config_entries.async_remove_subentry(hub_entry, pump.subentry_id)
    await hass.async_block_till_done()
    done = await admin.choose(flow, option)
    assert (done["type"], done["reason"]) == ("abort", "device_gone")
    assert issue(hass, suspect) is None


@pytest.mark.parametrize("option", ["reenrol", "release", "revoke"])
async def test_without_a_hub_the_issue_stays(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    suspect: str,
    admin: Browser,
    option: str,
) -> None:
    flow = await admin.begin(suspect)
    await hass.config_entries.async_unload(hub_entry.entry_id)
    done = await admin.choose(flow, option)
    assert (done["type"], done["reason"]) == ("abort", "hub_not_loaded")
    assert issue(hass, suspect) is not None
    await hass.config_entries.async_setup(hub_entry.entry_id)
    standing = only_coordinator(hub_entry.runtime_data.hub).status
    assert standing is DeviceStatus.QUARANTINED


async def test_a_hub_that_stops_before_the_reconfiguration_says_so(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    suspect: str,
    admin: Browser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def refused(*args: object, **kwargs: object) -> dict[str, object]:
        return {"type": FlowResultType.ABORT, "reason": "hub_not_loaded"}

    monkeypatch.setattr(hass.config_entries.subentries, "async_init", refused)
    done = await admin.settle(suspect, "reenrol")
    assert (done["type"], done["reason"]) == ("abort", "hub_not_loaded")
    assert issue(hass, suspect) is not None


async def test_the_same_answer_sent_twice_counts_once(
    hub: Hub, pump: DeviceCoordinator, suspect: str, admin: Browser
) -> None:
    flow = await admin.begin(suspect)
    body = {"next_step_id": "release"}
    assert (await admin.post(f"{FIX}/{flow['flow_id']}", body))[0] == 200
    assert (await admin.post(f"{FIX}/{flow['flow_id']}", body))[0] == 404
    assert pump.status is DeviceStatus.ONLINE
    assert len(await audited(hub, "released")) == 1


async def test_of_two_open_dialogs_the_later_finds_it_done(
    hass: HomeAssistant,
    hub: Hub,
    pump: DeviceCoordinator,
    suspect: str,
    admin: Browser,
) -> None:
    first, second = [await admin.begin(suspect) for _ in range(2)]
    await admin.choose(first, "release")
    done = await admin.choose(second, "release")
    assert (done["type"], done["reason"]) == ("abort", "not_stored")
    assert pump.status is DeviceStatus.ONLINE
    assert len(await audited(hub, "released")) == 1
    assert issue(hass, suspect) is None


async def test_a_revoked_device_cannot_be_released(
    pump: DeviceCoordinator, suspect: str, admin: Browser
) -> None:
    first, second = [await admin.begin(suspect) for _ in range(2)]
    await admin.choose(first, "revoke")
    done = await admin.choose(second, "release")
    assert (done["type"], done["reason"]) == ("abort", "changed_meanwhile")
    assert pump.status is DeviceStatus.REVOKED


async def test_a_full_disk_changes_nothing_and_keeps_the_issue(
    hass: HomeAssistant, pump: DeviceCoordinator, suspect: str, admin: Browser
) -> None:
    flow = await admin.begin(suspect)
    with full_disk():
        done = await admin.choose(flow, "release")
    assert (done["type"], done["reason"]) == ("abort", "not_stored")
    assert pump.record is not None
    assert pump.record.standing is Standing.QUARANTINED
    assert not pump.available
    assert issue(hass, suspect) is not None
    assert (await admin.settle(suspect, "release"))["type"] == "create_entry"


async def test_a_full_disk_stops_no_revocation(
    hass: HomeAssistant, pump: DeviceCoordinator, suspect: str, admin: Browser
) -> None:
    """The dialog says that it counts, and that it is not stored yet."""
    flow = await admin.begin(suspect)
    with full_disk():
        done = await admin.choose(flow, "revoke")
    assert (done["type"], done["reason"]) == ("abort", "revoked_not_stored")
    assert pump.status is DeviceStatus.REVOKED
    assert issue(hass, suspect) is None


async def test_a_choice_that_is_not_offered_is_refused(
    pump: DeviceCoordinator, newcomer: str, admin: Browser
) -> None:
    flow = await admin.begin(newcomer)
    status, _ = await admin.post(
        f"{FIX}/{flow['flow_id']}", {"next_step_id": "release"}
    )
    assert status == 400
    assert pump.status is DeviceStatus.WAITING_FOR_APPROVAL


async def test_a_suspect_is_shown_again_after_a_restart(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub, suspect: str
) -> None:
    """Home Assistant forgets issues; the device may be switched off for long."""
    await hass.config_entries.async_unload(hub_entry.entry_id)
    ir.async_delete_issue(hass, DOMAIN, suspect)
    await hass.config_entries.async_setup(hub_entry.entry_id)
    shown = issue(hass, suspect)
    assert shown is not None
    assert shown.is_fixable


# -- words ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "flow"), [("quarantined", QuarantineFlow), ("approval", ApprovalFlow)]
)
async def test_every_choice_and_every_end_has_words(
    hass: HomeAssistant, kind: str, flow: type[QuarantineFlow | ApprovalFlow]
) -> None:
    made = await async_create_fix_flow(hass, f"{kind}_x", None)
    assert type(made) is flow
    for option in flow.menu:
        for part in ("menu_options", "menu_option_descriptions"):
            assert text_at("issues", kind, "fix_flow", "step", "init", part, option)
    for reason in (
        "changed_meanwhile",
        "device_gone",
        "hub_not_loaded",
        "mfa_required",
        "not_stored",
        "reconfigure",
        "revoked_not_stored",
    ):
        assert text_at("issues", kind, "fix_flow", "abort", reason)
