"""What each choice does, and who is named for it."""

from homeassistant.components.repairs.const import FlowType
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.oceanremote.common.const import DOMAIN
from custom_components.oceanremote.device.coordinator import DeviceCoordinator
from custom_components.oceanremote.device.status import DeviceStatus
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.protocol import RegistrationToken

from ..flow_support import answer, choose as choose_in_flow, text_at
from ..runtime_support import (
    Device,
    another_board,
    eventually,
    flash_again,
    flash_copy,
    only_coordinator,
)
from .support import (
    Browser,
    code_on_the_board,
    command,
    eventually_audited,
    issue,
    shown_fixable,
    users_of,
)

# -- a suspect -----------------------------------------------------------------------


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
    copy = flash_copy(connected_device, ahead=10)
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


async def test_register_anew_makes_a_copy_worthless(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    pump: DeviceCoordinator,
    connected_device: Device,
    admin: Browser,
) -> None:
    """Even one that was further on: its counter says nothing about the new identity."""
    await connected_device.hang_up()
    copy = flash_copy(connected_device, ahead=1000)
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


# -- a newcomer ----------------------------------------------------------------------


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
    token = RegistrationToken.parse(text)
    thief = another_board(enrolled_device, registration=token)
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
    trust = hub.security.trust
    await trust.async_quarantine(pump, None)
    await trust.async_release(pump, None)
    shown = issue(hass, newcomer)
    assert shown is not None
    assert shown.translation_placeholders == {"name": "Garden pump", "code": code}
    text, _ = await hub.async_issue_registration_token(pump.subentry_id)
    token = RegistrationToken.parse(text)
    thief = another_board(enrolled_device, registration=token)
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


async def test_a_newcomer_is_not_approved_while_it_is_away(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    newcomer: str,
    enrolled_device: Device,
    admin: Browser,
    hass_admin_user: MockUser,
) -> None:
    """After a restart there is no code to compare before it has connected."""
    await enrolled_device.hang_up()
    assert await hass.config_entries.async_unload(hub_entry.entry_id)
    ir.async_delete_issue(hass, DOMAIN, newcomer)
    assert await hass.config_entries.async_setup(hub_entry.entry_id)
    hub: Hub = hub_entry.runtime_data.hub
    pump = only_coordinator(hub)
    waiting = issue(hass, newcomer)
    assert waiting is not None
    assert not waiting.is_fixable
    assert waiting.translation_placeholders is not None
    for part in ("title", "description"):
        text = text_at("issues", str(waiting.translation_key), part)
        assert pump.name in text.format(**waiting.translation_placeholders)
    await enrolled_device.connect()
    await eventually(lambda: shown_fixable(hass, newcomer))
    with pytest.raises(HomeAssistantError):
        await command(pump)
    flow = await admin.begin(newcomer)
    code = flow["description_placeholders"]["code"]
    assert code == code_on_the_board(hub, enrolled_device)
    assert (await admin.choose(flow, "approve"))["type"] == "create_entry"
    await eventually(lambda: pump.available)
    await command(pump)
    assert await users_of(hub, "approved") == [hass_admin_user.id]
