"""A hub that came back from a backup: one decision about all of its devices."""

from collections.abc import AsyncGenerator
from typing import Any

from homeassistant.components.persistent_notification import (
    _async_get_or_create_notifications,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.oceanremote.audit.startup import anchor_path
from custom_components.oceanremote.common.const import DOMAIN
from custom_components.oceanremote.device.status import DeviceStatus
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.trust import Standing
from custom_components.oceanremote.trust.restored import (
    ISSUE_RESTORED,
    day_text,
    moment_text,
)
from custom_components.oceanremote.vault import (
    Vault,
    changes,
    default_key_path,
    vault_path,
)

from ..flow_support import text_at
from ..http_support import audited
from ..runtime_support import loaded, make_entry
from ..vault_support import full_disk, make_board, make_token, register
from .support import FIX, Browser, issue, set_option, users_of

NAMES = ("Well", "Garden pump", "Gate")


@pytest.fixture
async def restored(hass: HomeAssistant) -> AsyncGenerator[MockConfigEntry]:
    """Return a hub with three devices, all away, whose anchor is gone."""
    entry = await make_entry(hass, *NAMES)
    vault = await Vault.open(
        hass, vault_path(hass), default_key_path(hass), create=False
    )
    for number in range(len(NAMES)):
        await register(vault, f"enrolment{number}", make_board(number))
    await vault.stop()
    # The vault is older than the log's directory, which does not exist yet.
    async with loaded(hass, entry):
        yield entry


@pytest.fixture
def hub(restored: MockConfigEntry) -> Hub:
    """Return the hub that came back."""
    loaded: Hub = restored.runtime_data.hub
    return loaded


@pytest.fixture
def hub_entry(restored: MockConfigEntry) -> MockConfigEntry:
    """Return its config entry."""
    return restored


def statuses(hub: Hub) -> dict[str, DeviceStatus]:
    """Return the status of each device by its name."""
    return {device.name: device.status for device in hub.coordinators.values()}


def shown(hass: HomeAssistant) -> dict[str, str] | None:
    """Return what the one issue says, None where it is not shown."""
    found = issue(hass, ISSUE_RESTORED)
    return None if found is None else found.translation_placeholders


def all_issues(hass: HomeAssistant) -> list[str]:
    """Return the ids of our issues."""
    issues = ir.async_get(hass).issues
    return [issue_id for domain, issue_id in issues if domain == DOMAIN]


class Dialog:
    """The open dialog of the one issue."""

    def __init__(self, browser: Browser, flow: Any) -> None:
        """Read what the page shows."""
        self._browser = browser
        self.flow = flow
        fields = {field["name"]: field for field in flow["data_schema"]}
        self.defaults = {name: field["default"] for name, field in fields.items()}
        select = fields["devices"]["selector"]["select"]
        self.multiple, self.mode = select["multiple"], select["mode"]
        self.labels = [option["label"] for option in select["options"]]
        self.ids = {
            option["label"].partition(":")[0]: option["value"]
            for option in select["options"]
        }

    @classmethod
    async def open(cls, browser: Browser) -> Dialog:
        """Open it."""
        body = {"handler": DOMAIN, "issue_id": ISSUE_RESTORED}
        status, flow = await browser.post(FIX, body)
        assert status == 200
        assert flow["type"] == "form"
        return cls(browser, flow)

    async def tick(self, *names: str, everything: bool = False) -> Any:
        """Tick devices by their names, and submit."""
        status, done = await self._browser.post(
            f"{FIX}/{self.flow['flow_id']}",
            {
                "devices": [self.ids[name] for name in names],
                "all_devices": everything,
            },
        )
        assert status == 200
        return done


async def test_one_issue_lists_every_device_and_none_is_ticked(
    hass: HomeAssistant, hub: Hub, admin: Browser
) -> None:
    """Nobody is connected; nobody has a code to compare."""
    assert set(statuses(hub).values()) == {DeviceStatus.WAITING_FOR_APPROVAL}
    assert ISSUE_RESTORED in all_issues(hass)
    assert not [found for found in all_issues(hass) if found.startswith("approval")]
    dialog = await Dialog.open(admin)
    assert dialog.multiple
    assert dialog.mode == "list"
    assert dialog.defaults == {"devices": [], "all_devices": False}
    enrolled = hub.vault.devices["enrolment0"].enrolled_at
    day, moment = day_text(enrolled), moment_text(enrolled)
    assert moment.startswith(f"{day} ")
    assert dialog.labels == [
        f"{name}: enrolled {day}, last seen {moment}" for name in sorted(NAMES)
    ]


async def test_what_is_ticked_counts_and_the_rest_waits(
    hass: HomeAssistant, hub: Hub, admin: Browser, hass_admin_user: MockUser
) -> None:
    """One decision, audited with the user; the issue stays for who waits."""
    done = await (await Dialog.open(admin)).tick("Gate", "Well")
    assert (done["type"], done["reason"]) == ("abort", "some_wait")
    assert done["description_placeholders"] == {"confirmed": "2", "waiting": "1"}
    assert statuses(hub) == {
        "Gate": DeviceStatus.OFFLINE,
        "Well": DeviceStatus.OFFLINE,
        "Garden pump": DeviceStatus.WAITING_FOR_APPROVAL,
    }
    placeholders = shown(hass)
    assert placeholders is not None
    assert placeholders["count"] == "1"
    # One line for each, and one for the decision.
    assert await users_of(hub, "approved") == [hass_admin_user.id] * 3
    assert [
        record["detail"].get("count") for record in await audited(hub, "approved")
    ] == [None, None, 2]
    # The rest, later.
    done = await (await Dialog.open(admin)).tick("Garden pump")
    assert done["type"] == "create_entry"
    assert shown(hass) is None


async def test_all_of_them_at_once(
    hass: HomeAssistant, restored: MockConfigEntry, hub: Hub, admin: Browser
) -> None:
    """Absent ones included; a restart does not ask again."""
    done = await (await Dialog.open(admin)).tick(everything=True)
    assert done["type"] == "create_entry"
    assert set(statuses(hub).values()) == {DeviceStatus.OFFLINE}
    assert await hass.config_entries.async_reload(restored.entry_id)
    assert set(statuses(restored.runtime_data.hub).values()) == {DeviceStatus.OFFLINE}
    assert shown(hass) is None


async def test_it_is_said_that_devices_have_to_be_confirmed(
    hass: HomeAssistant, hub: Hub, admin: Browser
) -> None:
    """A notification beside the repair, once for the hub; until all is decided."""
    notice, shown = f"{DOMAIN}_restored_hub", _async_get_or_create_notifications(hass)
    assert notice in shown
    await (await Dialog.open(admin)).tick("Gate", "Well")
    assert notice in shown
    await (await Dialog.open(admin)).tick("Garden pump")
    assert notice not in shown


async def test_nothing_ticked_is_no_decision(hub: Hub, admin: Browser) -> None:
    """It is said, and the page stays."""
    done = await (await Dialog.open(admin)).tick()
    assert done["type"] == "form"
    assert done["errors"] == {"base": "nothing_ticked"}
    assert set(statuses(hub).values()) == {DeviceStatus.WAITING_FOR_APPROVAL}


async def test_an_ordinary_user_neither_sees_nor_decides(
    hub: Hub,
    admin: Browser,
    hass_client: ClientSessionGenerator,
    hass_read_only_access_token: str,
) -> None:
    ordinary = Browser(await hass_client(hass_read_only_access_token))
    body = {"handler": DOMAIN, "issue_id": ISSUE_RESTORED}
    assert (await ordinary.post(FIX, body))[0] == 401
    dialog = await Dialog.open(admin)
    status, _ = await ordinary.post(
        f"{FIX}/{dialog.flow['flow_id']}", {"all_devices": True}
    )
    assert status == 401
    assert set(statuses(hub).values()) == {DeviceStatus.WAITING_FOR_APPROVAL}


async def test_required_mfa_is_required_here_too(
    hass: HomeAssistant, restored: MockConfigEntry, hub: Hub, admin: Browser
) -> None:
    dialog = await Dialog.open(admin)
    await set_option(hass, restored, mfa_required=True)
    done = await dialog.tick(everything=True)
    assert (done["type"], done["reason"]) == ("abort", "mfa_required")
    assert set(statuses(hub).values()) == {DeviceStatus.WAITING_FOR_APPROVAL}
    assert await audited(hub, "denied")


async def test_a_board_that_registered_meanwhile_is_another_matter(
    hass: HomeAssistant, hub: Hub, admin: Browser
) -> None:
    """With approval required it waits for its own code, as any newcomer."""
    dialog = await Dialog.open(admin)
    hub.vault.approval_required = True
    await register(hub.vault, "enrolment2", make_board(9))
    done = await dialog.tick(everything=True)
    assert done["type"] == "create_entry"
    assert statuses(hub) == {
        "Gate": DeviceStatus.WAITING_FOR_APPROVAL,
        "Well": DeviceStatus.OFFLINE,
        "Garden pump": DeviceStatus.OFFLINE,
    }


async def test_a_quarantine_in_the_backup_stays_and_is_asked_about_afterwards(
    hass: HomeAssistant, restored: MockConfigEntry, hub: Hub, admin: Browser
) -> None:
    """Its release is no confirmation."""
    gate = next(one for one in hub.coordinators.values() if one.name == "Gate")
    await (await Dialog.open(admin)).tick(everything=True)
    await hub.security.trust.async_quarantine(gate, None)
    await hass.config_entries.async_unload(restored.entry_id)
    await hass.async_add_executor_job(anchor_path(hass).unlink)
    assert await hass.config_entries.async_setup(restored.entry_id)
    again: Hub = restored.runtime_data.hub
    dialog = await Dialog.open(admin)
    assert list(dialog.ids) == ["Garden pump", "Well"]
    await dialog.tick(everything=True)
    assert statuses(again)["Gate"] is DeviceStatus.QUARANTINED
    assert shown(hass) is None
    gate = next(one for one in again.coordinators.values() if one.name == "Gate")
    await again.security.trust.async_release(gate, None)
    assert list((await Dialog.open(admin)).ids) == ["Gate"]


async def test_a_full_disk_changes_nothing(
    hass: HomeAssistant, hub: Hub, admin: Browser
) -> None:
    dialog = await Dialog.open(admin)
    with full_disk():
        done = await dialog.tick(everything=True)
    assert (done["type"], done["reason"]) == ("abort", "not_stored")
    assert set(statuses(hub).values()) == {DeviceStatus.WAITING_FOR_APPROVAL}
    assert shown(hass) is not None


async def test_it_is_asked_again_after_every_start(
    hass: HomeAssistant, restored: MockConfigEntry, hub: Hub
) -> None:
    """With the time of the backup, not that of the start."""
    before = shown(hass)
    assert before is not None
    restore = hub.vault.restore
    assert restore is not None
    assert restore.backup_at is not None
    assert before["when"] == moment_text(restore.backup_at)
    ir.async_delete_issue(hass, DOMAIN, ISSUE_RESTORED)
    assert await hass.config_entries.async_reload(restored.entry_id)
    assert shown(hass) == before


async def test_who_leaves_the_list_leaves_the_issue(
    hass: HomeAssistant, restored: MockConfigEntry, hub: Hub
) -> None:
    """Removed, revoked, registered anew, approved by an action: nobody is left."""
    well, pump, gate = hub.coordinators.values()
    hass.config_entries.async_remove_subentry(restored, well.subentry_id)
    await hass.async_block_till_done()
    assert (shown(hass) or {})["count"] == "2"
    await hub.async_revoke(gate.subentry_id)
    assert (shown(hass) or {})["count"] == "1"
    await hub.security.trust.async_approve(pump, None)
    assert shown(hass) is None
    record = pump.record
    assert record is not None
    assert (record.standing, record.restored) == (Standing.ACTIVE, False)


async def test_without_a_hub_the_issue_stays(
    hass: HomeAssistant, restored: MockConfigEntry, admin: Browser
) -> None:
    dialog = await Dialog.open(admin)
    await hass.config_entries.async_unload(restored.entry_id)
    done = await dialog.tick(everything=True)
    assert (done["type"], done["reason"]) == ("abort", "hub_not_loaded")


@pytest.mark.parametrize("key", ["restored", "restored_in_part"])
def test_every_word_is_there(key: str) -> None:
    placeholders = {"when": "2026-11-20 08:00", "count": "3"}
    assert "2026-11-20" in text_at("issues", key, "title").format(**placeholders)
    flow = ("issues", key, "fix_flow")
    assert "2026-11-20" in text_at(*flow, "step", "confirm", "description").format(
        **placeholders
    )
    for field in ("devices", "all_devices"):
        assert text_at(*flow, "step", "confirm", "data", field)
    assert text_at(*flow, "error", "nothing_ticked")
    for reason in ("hub_not_loaded", "mfa_required", "not_stored", "some_wait"):
        assert text_at(*flow, "abort", reason)


def test_a_moment_that_no_clock_can_have_meant() -> None:
    assert moment_text(None) == "?"
    assert moment_text(1e300) == "?"
    assert moment_text(dt_util.utc_from_timestamp(0)).startswith("19")


async def test_registration_tokens_of_the_backup_are_void(
    hass: HomeAssistant, restored: MockConfigEntry, hub: Hub
) -> None:
    token = make_token()
    await hub.vault.apply(changes.add_enrolment("enrolment0", token, 4e9))
    await hass.config_entries.async_unload(restored.entry_id)
    await hass.async_add_executor_job(anchor_path(hass).unlink)
    assert await hass.config_entries.async_setup(restored.entry_id)
    again: Hub = restored.runtime_data.hub
    assert again.vault.devices["enrolment0"].registration is None
