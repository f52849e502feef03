"""Repairs about a device's standing, settled as a person does it: in the browser."""

from dataclasses import replace
from typing import Any

from aiohttp.test_utils import TestClient
from homeassistant.components.http import KEY_HASS_USER, current_request
from homeassistant.components.persistent_notification import (
    _async_get_or_create_notifications,
)
from homeassistant.components.repairs.const import FlowType
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError, Unauthorized
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.oceanremote.const import DOMAIN, DeviceStatus
from custom_components.oceanremote.coordinator import DeviceCoordinator
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.trust import short_authentication_string
from custom_components.oceanremote.protocol import RegistrationToken
from custom_components.oceanremote.protocol.entities import switch_command
from custom_components.oceanremote.repairs import async_create_fix_flow
from custom_components.oceanremote.security.startup import async_wipe_audit
from custom_components.oceanremote.trust_repairs import ApprovalFlow, QuarantineFlow
from custom_components.oceanremote.vault_records import Standing
from tests.support.device_driver import DeviceDriver

from .flow_support import answer, choose as choose_in_flow, text_at
from .http_support import audited
from .runtime_support import PUMP, Device, eventually, only_coordinator
from .test_device_flow import full_disk

FIX = "/api/repairs/issues/fix"


class Browser:
    """Somebody at Home Assistant's repairs page."""

    def __init__(self, client: TestClient) -> None:
        """Be logged in by this client."""
        self._client = client

    async def post(self, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        """Return status and answer."""
        response = await self._client.post(path, json=body)
        if response.content_type != "application/json":
            return response.status, await response.text()
        return response.status, await response.json()

    async def begin(self, issue_id: str) -> Any:
        """Open the dialog of an issue."""
        status, flow = await self.post(FIX, {"handler": DOMAIN, "issue_id": issue_id})
        assert status == 200
        assert flow["type"] == "menu"
        return flow

    async def choose(self, flow: Any, option: str) -> Any:
        """Choose in an open dialog."""
        status, done = await self.post(
            f"{FIX}/{flow['flow_id']}", {"next_step_id": option}
        )
        assert status == 200
        return done

    async def settle(self, issue_id: str, option: str) -> Any:
        """Open a dialog and choose."""
        return await self.choose(await self.begin(issue_id), option)


@pytest.fixture(autouse=True)
async def _repairs(hass: HomeAssistant) -> None:
    """Load what shows the issues, before anything listens."""
    assert await async_setup_component(hass, "repairs", {})


@pytest.fixture
def pump(hub: Hub) -> DeviceCoordinator:
    """Return the device that all this is about."""
    return only_coordinator(hub)


@pytest.fixture
async def admin(hass_client: ClientSessionGenerator) -> Browser:
    """Return an administrator's browser."""
    return Browser(await hass_client())


def issue(hass: HomeAssistant, issue_id: str) -> ir.IssueEntry | None:
    """Return an issue of ours that is shown now."""
    found = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    return found if found is not None and found.active else None


def shown_fixable(hass: HomeAssistant, issue_id: str) -> bool:
    """Return whether an issue of ours is shown, and can be settled."""
    found = issue(hass, issue_id)
    return found is not None and bool(found.is_fixable)


async def users_of(hub: Hub, kind: str) -> list[str | None]:
    """Return who is named in the audit records of one kind."""
    return [record["actor"]["user"] for record in await audited(hub, kind)]


@pytest.fixture
async def suspect(
    hass: HomeAssistant, hub: Hub, pump: DeviceCoordinator, connected_device: Device
) -> str:
    """Let a connected device be suspected; return the issue's id."""
    issue_id = f"quarantined_{pump.subentry_id}"
    hub.suspect(pump.device_id, "two live links")
    await eventually(lambda: issue(hass, issue_id))
    return issue_id


@pytest.fixture
async def approval(hass: HomeAssistant, hub_entry: MockConfigEntry) -> None:
    """Require approval of new devices."""
    await set_option(hass, hub_entry, approval_required=True)


async def set_option(
    hass: HomeAssistant, entry: MockConfigEntry, **security: bool
) -> None:
    """Change the security options as the options dialog does."""
    hass.config_entries.async_update_entry(
        entry, options={**entry.options, "security": security}
    )
    await hass.async_block_till_done()


@pytest.fixture
async def newcomer(
    hass: HomeAssistant,
    approval: None,
    pump: DeviceCoordinator,
    enrolled_device: Device,
) -> str:
    """Let a device register and wait; return the issue's id."""
    issue_id = f"approval_{pump.subentry_id}"
    await enrolled_device.connect()
    await eventually(lambda: issue(hass, issue_id))
    return issue_id


async def command(pump: DeviceCoordinator) -> None:
    """Switch the pump on."""
    await pump.async_command(PUMP.address, switch_command(True), None)


def flash_again(device: Device, token: RegistrationToken) -> None:
    """Give the board another YAML; it keeps the key that it has."""
    flash = device.driver.flash
    flash.identity = replace(
        flash.identity,
        registration=token,
        generation=0,
        token=None,
        previous_token=None,
    )


def copy_of(device: Device, *, ahead: int = 0) -> Device:
    """Return another board with all of a device's flash, `ahead` in its counter."""
    identity = device.driver.flash.identity
    driver = DeviceDriver(
        identity.hub_public, identity.registration, identity.mac, [PUMP]
    )
    driver.flash.identity = identity
    driver.flash.counter = device.driver.flash.counter + ahead
    driver.connect()
    return Device(device._client, driver)


# -- a suspect ------------------------------------------------------------------


async def test_a_suspect_is_explained_with_its_choices(
    hass: HomeAssistant, suspect: str, admin: Browser
) -> None:
    shown = issue(hass, suspect)
    assert shown is not None
    assert shown.is_fixable
    assert shown.translation_key == "quarantined"
    assert "Garden pump" in text_at("issues", "quarantined", "title").format(
        **(shown.translation_placeholders or {})
    )
    flow = await admin.begin(suspect)
    assert flow["menu_options"] == ["reenrol", "release", "revoke"]
    assert "Garden pump" in text_at(
        "issues", "quarantined", "fix_flow", "step", "init", "description"
    ).format(**flow["description_placeholders"])


async def test_release_lets_it_act_again_and_names_who_did_it(
    hass: HomeAssistant,
    hub: Hub,
    pump: DeviceCoordinator,
    connected_device: Device,
    suspect: str,
    admin: Browser,
    hass_admin_user: MockUser,
) -> None:
    with pytest.raises(HomeAssistantError):
        await command(pump)
    assert not connected_device.driver.commands
    done = await admin.settle(suspect, "release")
    assert done["type"] == "create_entry"
    assert pump.status is DeviceStatus.ONLINE
    await command(pump)
    assert len(connected_device.driver.commands) == 1
    assert issue(hass, suspect) is None
    assert await users_of(hub, "released") == [hass_admin_user.id]


async def test_revoke_locks_both_out_and_names_who_did_it(
    hass: HomeAssistant,
    hub: Hub,
    pump: DeviceCoordinator,
    connected_device: Device,
    suspect: str,
    admin: Browser,
    hass_admin_user: MockUser,
) -> None:
    copy = copy_of(connected_device, ahead=10)
    done = await admin.settle(suspect, "revoke")
    assert done["type"] == "create_entry"
    await connected_device.wait_closed()
    assert connected_device.driver.revoked
    assert pump.status is DeviceStatus.REVOKED
    assert issue(hass, suspect) is None
    await eventually_audited(hub, "revoked")
    assert await users_of(hub, "revoked") == [hass_admin_user.id]
    await copy.dial()
    await copy.wait_closed()
    assert not pump.connected


async def eventually_audited(hub: Hub, kind: str) -> None:
    """Wait for a record that is written after the answer."""
    await hub.security.audit.flush()
    assert await audited(hub, kind)


async def test_register_anew_makes_a_copy_worthless(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    pump: DeviceCoordinator,
    connected_device: Device,
    admin: Browser,
) -> None:
    """Even one that was further on: its counter says nothing about the new identity."""
    await connected_device.hang_up()
    copy = copy_of(connected_device, ahead=1000)
    await copy.connect()
    await copy.hang_up()
    await connected_device.dial()
    await connected_device.wait_closed()
    issue_id = f"quarantined_{pump.subentry_id}"
    await eventually(lambda: issue(hass, issue_id))

    done = await admin.settle(issue_id, "reenrol")
    assert (done["type"], done["reason"]) == ("abort", "reconfigure")
    kind, flow_id = done["next_flow"]
    assert kind == FlowType.CONFIG_SUBENTRIES_FLOW
    assert issue(hass, issue_id) is not None
    flow = hass.config_entries.subentries.async_get(flow_id)
    assert flow["step_id"] == "reconfigure"
    form = await choose_in_flow(hass, {"flow_id": flow_id}, "new_token")
    await answer(hass, form)
    record = pump.record
    assert record is not None
    assert record.registration is not None
    # Until the new registration nobody is believed, whoever may hold the old flash.
    assert pump.status is DeviceStatus.QUARANTINED

    flash_again(connected_device, RegistrationToken(record.registration.secret))
    await connected_device.connect()
    await eventually(lambda: pump.available)
    assert issue(hass, issue_id) is None
    await copy.dial()
    await eventually(lambda: copy.driver.closed)
    assert not copy.welcomed
    await copy.hang_up()
    assert pump.available
    await command(pump)
    assert len(connected_device.driver.commands) == 1


async def test_register_anew_can_be_begun_twice(
    hass: HomeAssistant, pump: DeviceCoordinator, suspect: str, admin: Browser
) -> None:
    """Who closed the second dialog opens it again."""
    flows = [(await admin.settle(suspect, "reenrol"))["next_flow"] for _ in range(2)]
    for _, flow_id in flows:
        assert hass.config_entries.subentries.async_get(flow_id)
    assert pump.status is DeviceStatus.QUARANTINED


# -- a newcomer -----------------------------------------------------------------


async def test_a_newcomer_is_shown_with_the_code_of_its_session(
    hass: HomeAssistant,
    hub: Hub,
    pump: DeviceCoordinator,
    enrolled_device: Device,
    newcomer: str,
    admin: Browser,
) -> None:
    code = code_on_the_board(hub, enrolled_device)
    flow = await admin.begin(newcomer)
    assert flow["menu_options"] == ["approve", "revoke"]
    assert flow["description_placeholders"]["code"] == code
    assert code in text_at(
        "issues", "approval", "fix_flow", "step", "init", "description"
    ).format(**flow["description_placeholders"])


def code_on_the_board(hub: Hub, device: Device) -> str:
    """Return what the board's log shows."""
    epoch = device.driver.connection._epochs.receiving
    assert epoch is not None
    key = device.driver.flash.identity.key.public
    return short_authentication_string(
        hub.vault.hub_key.public, key, epoch.handshake_hash
    )


async def test_approve_lets_it_count_and_names_who_did_it(
    hass: HomeAssistant,
    hub: Hub,
    pump: DeviceCoordinator,
    enrolled_device: Device,
    newcomer: str,
    admin: Browser,
    hass_admin_user: MockUser,
) -> None:
    with pytest.raises(HomeAssistantError):
        await command(pump)
    done = await admin.settle(newcomer, "approve")
    assert done["type"] == "create_entry"
    await eventually(lambda: pump.available)
    await command(pump)
    assert len(enrolled_device.driver.commands) == 1
    assert issue(hass, newcomer) is None
    assert await users_of(hub, "approved") == [hass_admin_user.id]


async def test_codes_that_differ_lock_it_out(
    hass: HomeAssistant,
    hub: Hub,
    pump: DeviceCoordinator,
    enrolled_device: Device,
    newcomer: str,
    admin: Browser,
    hass_admin_user: MockUser,
) -> None:
    done = await admin.settle(newcomer, "revoke")
    assert done["type"] == "create_entry"
    await enrolled_device.wait_closed()
    assert enrolled_device.driver.revoked
    assert pump.status is DeviceStatus.REVOKED
    assert issue(hass, newcomer) is None
    assert await users_of(hub, "revoked") == [hass_admin_user.id]


async def test_who_was_compared_is_who_is_approved(
    hass: HomeAssistant,
    hub: Hub,
    pump: DeviceCoordinator,
    enrolled_device: Device,
    newcomer: str,
    admin: Browser,
) -> None:
    """Another board registers, and stalls, while the first one's code is on screen."""
    flow = await admin.begin(newcomer)
    text, _ = await hub.async_issue_registration_token(pump.subentry_id)
    identity = enrolled_device.driver.flash.identity
    thief = Device(
        enrolled_device._client,
        DeviceDriver(identity.hub_public, text, identity.mac, [PUMP]),
    )
    await enrolled_device.hang_up()
    await thief.connect()
    done = await admin.choose(flow, "approve")
    assert (done["type"], done["reason"]) == ("abort", "changed_meanwhile")
    assert pump.status is DeviceStatus.WAITING_FOR_APPROVAL
    again = await admin.begin(newcomer)
    assert again["description_placeholders"]["code"] == code_on_the_board(hub, thief)
    await thief.hang_up()


async def test_a_code_never_outlives_the_board_that_showed_it(
    hass: HomeAssistant,
    hub: Hub,
    pump: DeviceCoordinator,
    enrolled_device: Device,
    newcomer: str,
) -> None:
    """Quarantine and release keep it for the same board, and for no other."""
    code = code_on_the_board(hub, enrolled_device)
    trust = hub.office.trust
    await trust.async_quarantine(pump, None)
    await trust.async_release(pump, None)
    shown = issue(hass, newcomer)
    assert shown is not None
    assert shown.translation_placeholders == {"name": "Garden pump", "code": code}
    text, _ = await hub.async_issue_registration_token(pump.subentry_id)
    identity = enrolled_device.driver.flash.identity
    thief = Device(
        enrolled_device._client,
        DeviceDriver(identity.hub_public, text, identity.mac, [PUMP]),
    )
    await enrolled_device.hang_up()
    await thief.connect()
    await thief.hang_up()
    ir.async_create_issue(
        hass,
        DOMAIN,
        newcomer,
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key="approval",
        translation_placeholders=shown.translation_placeholders,
        data=shown.data,
    )
    await trust.async_quarantine(pump, None)
    shown = issue(hass, f"quarantined_{pump.subentry_id}")
    assert shown is not None
    assert (shown.translation_placeholders or {})["code"] == "-"


async def test_a_restored_hub_asks_for_every_device(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    connected_device: Device,
    admin: Browser,
    hass_admin_user: MockUser,
) -> None:
    """Its log went back too: nobody acts before an administrator has confirmed him."""
    await connected_device.hang_up()
    assert await hass.config_entries.async_unload(hub_entry.entry_id)
    await async_wipe_audit(hass)
    assert await hass.config_entries.async_setup(hub_entry.entry_id)
    restored: Hub = hub_entry.runtime_data
    pump = only_coordinator(restored)
    issue_id = f"approval_{pump.subentry_id}"
    # Shown at once: the device may be away for long. Without its code to compare,
    # nobody is asked to approve.
    waiting = issue(hass, issue_id)
    assert waiting is not None
    assert not waiting.is_fixable
    assert waiting.translation_placeholders is not None
    for part in ("title", "description"):
        text = text_at("issues", str(waiting.translation_key), part)
        assert pump.name in text.format(**waiting.translation_placeholders)
    assert f"{DOMAIN}_restored_hub" in _async_get_or_create_notifications(hass)
    await connected_device.connect()
    await eventually(lambda: shown_fixable(hass, issue_id))
    with pytest.raises(HomeAssistantError):
        await command(pump)
    flow = await admin.begin(issue_id)
    code = flow["description_placeholders"]["code"]
    assert code == code_on_the_board(restored, connected_device)
    assert (await admin.choose(flow, "approve"))["type"] == "create_entry"
    await command(pump)
    assert await users_of(restored, "approved") == [hass_admin_user.id]


# -- who may decide -------------------------------------------------------------


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


# -- what can happen between the page and the click --------------------------------


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
    standing = only_coordinator(hub_entry.runtime_data).status
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


@pytest.mark.parametrize("option", ["release", "revoke"])
async def test_a_full_disk_changes_nothing_and_keeps_the_issue(
    hass: HomeAssistant,
    pump: DeviceCoordinator,
    suspect: str,
    admin: Browser,
    option: str,
) -> None:
    flow = await admin.begin(suspect)
    with full_disk():
        done = await admin.choose(flow, option)
    assert (done["type"], done["reason"]) == ("abort", "not_stored")
    assert pump.record is not None
    assert pump.record.standing is Standing.QUARANTINED
    assert not pump.available
    assert issue(hass, suspect) is not None
    assert (await admin.settle(suspect, option))["type"] == "create_entry"


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


# -- words ------------------------------------------------------------------------


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
    ):
        assert text_at("issues", kind, "fix_flow", "abort", reason)
