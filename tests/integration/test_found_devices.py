"""Home Assistant's list has lost a device: it gets it back, or a person decides."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.oceanremote.common.const import DOMAIN
from custom_components.oceanremote.device.status import DeviceStatus
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.hub.found import ISSUE_FOUND
from custom_components.oceanremote.policy.trust import Standing
from custom_components.oceanremote.vault import changes
from custom_components.oceanremote.vault.records import EnrolmentRecord

from .flow_support import answer, start_device_flow, text_at
from .http_support import audited
from .runtime_support import Device, eventually, load, only_coordinator
from .trust_repairs.support import FIX, Browser, issue, users_of
from .vault_support import full_disk, make_board, make_token, register

GENERIC_REFUSAL = 1008
WELL = EnrolmentRecord(title="Well", board="esp8266", node_name="well")


pytestmark = pytest.mark.usefixtures("repairs_page")


async def lose_the_list(hass: HomeAssistant, entry: MockConfigEntry) -> Hub:
    """Start again with a list that Home Assistant saved before the devices were on it."""
    await hass.config_entries.async_unload(entry.entry_id)
    for subentry_id in tuple(entry.subentries):
        hass.config_entries.async_remove_subentry(entry, subentry_id)
    return await load(hass, entry)


async def test_killed_within_a_second_of_add_device(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub
) -> None:
    """The subentry was not saved yet; the YAML is on the screen, and stays good."""
    flow = await start_device_flow(hass, hub_entry)
    await answer(hass, flow, name="Well", board="esp8266")
    await hass.async_block_till_done()
    (well,) = [one for one in hub.coordinators.values() if one.name == "Well"]
    record = hub.vault.devices[well.enrolment_id]
    again = await lose_the_list(hass, hub_entry)
    (found,) = again.coordinators.values()
    assert (found.name, found.enrolment_id) == ("Well", well.enrolment_id)
    assert again.vault.devices[well.enrolment_id] == record
    subentry = hub_entry.subentries[found.subentry_id]
    assert dict(subentry.data) == {
        "enrolment_id": well.enrolment_id,
        "board": "esp8266",
        "node_name": "well",
    }
    assert found.status is DeviceStatus.WAITING
    assert issue(hass, ISSUE_FOUND) is None


async def test_an_enrolment_that_is_over_does_not_come_back(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub
) -> None:
    await hub.vault.apply(
        changes.add_enrolment("old", make_token(), 1.0, enrolment=WELL)
    )
    again = await lose_the_list(hass, hub_entry)
    assert not again.coordinators
    assert "old" not in again.vault.devices


async def test_devices_are_not_revoked_because_the_list_is_old(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    connected_device: Device,
    admin: Browser,
    hass_admin_user: MockUser,
) -> None:
    """They are not let in, not told to wipe themselves, and adopted as they stand."""
    enrolment_id = only_coordinator(hub).enrolment_id
    await connected_device.hang_up()
    again = await lose_the_list(hass, hub_entry)
    assert not again.coordinators
    assert again.vault.devices[enrolment_id].standing is Standing.ACTIVE
    assert issue(hass, ISSUE_FOUND) is not None
    await connected_device.dial()
    assert await connected_device.wait_closed() == GENERIC_REFUSAL
    assert not connected_device.driver.revoked
    done = await settle(admin, "adopt", everything=True)
    assert done["type"] == "create_entry"
    await hass.async_block_till_done()
    await connected_device.connect()
    await eventually(lambda: only_coordinator(again).available)
    assert issue(hass, ISSUE_FOUND) is None
    assert hass_admin_user.id in await users_of(again, "replaced")


async def test_what_is_not_ticked_waits_and_what_is_revoked_stays_out(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    connected_device: Device,
    admin: Browser,
) -> None:
    """Two lost devices: one is told that it is revoked, one is still undecided."""
    enrolment_id = only_coordinator(hub).enrolment_id
    await register(hub.vault, "other", make_board(3))
    await connected_device.hang_up()
    again = await lose_the_list(hass, hub_entry)
    done = await settle(admin, "revoke")
    assert done["errors"] == {"base": "nothing_ticked"}
    done = await settle(admin, "revoke", enrolment_id)
    assert (done["type"], done["reason"]) == ("abort", "some_wait")
    assert [record.enrolment_id for record in again.found.records()] == ["other"]
    assert await audited(again, "revoked")
    await connected_device.dial()
    await connected_device.wait_closed()
    assert connected_device.driver.revoked
    # A restart asks about the other again.
    assert await hass.config_entries.async_reload(hub_entry.entry_id)
    later: Hub = hub_entry.runtime_data.hub
    assert [record.enrolment_id for record in later.found.records()] == ["other"]


async def test_a_full_disk_lets_none_of_the_revoked_in(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    connected_device: Device,
    admin: Browser,
) -> None:
    """All that were ticked are revoked, and the dialog says what is missing."""
    enrolment_id = only_coordinator(hub).enrolment_id
    await register(hub.vault, "other", make_board(3))
    await connected_device.hang_up()
    again = await lose_the_list(hass, hub_entry)
    with full_disk():
        done = await settle(admin, "revoke", enrolment_id, "other")
        assert (done["type"], done["reason"]) == ("abort", "revoked_not_stored")
        assert not again.found.records()
        assert issue(hass, ISSUE_FOUND) is None
        await connected_device.dial()
        await connected_device.wait_closed()
        assert connected_device.driver.revoked
    assert await hass.config_entries.async_reload(hub_entry.entry_id)
    later: Hub = hub_entry.runtime_data.hub
    assert not later.found.records()


async def settle(
    admin: Browser, step: str, *enrolment_ids: str, everything: bool = False
) -> Any:
    """Open the issue, choose what to do, and tick."""
    body = {"handler": DOMAIN, "issue_id": ISSUE_FOUND}
    status, flow = await admin.post(FIX, body)
    assert (status, flow["menu_options"]) == (200, ["adopt", "revoke"])
    form = await admin.choose(flow, step)
    assert [field["default"] for field in form["data_schema"]] == [[], False]
    status, done = await admin.post(
        f"{FIX}/{flow['flow_id']}",
        {"devices": list(enrolment_ids), "all_devices": everything},
    )
    assert status == 200
    return done


def test_every_word_is_there() -> None:
    flow = ("issues", "found", "fix_flow")
    for step in ("adopt", "revoke"):
        for part in ("menu_options", "menu_option_descriptions"):
            assert text_at(*flow, "step", "init", part, step)
        assert text_at(*flow, "step", step, "title")
    for reason in (
        "hub_not_loaded",
        "mfa_required",
        "not_stored",
        "revoked_not_stored",
        "some_wait",
    ):
        assert text_at(*flow, "abort", reason)
