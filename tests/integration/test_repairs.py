"""Issues in words a person understands, and what settling them does."""

import os
from typing import Any

from homeassistant.components.repairs.const import FlowType
from homeassistant.components.repairs.issue_handler import RepairsFlowManager
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.oceanremote.common.const import DOMAIN
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.trust import Standing
from custom_components.oceanremote.protocol import RefusalReason
from custom_components.oceanremote.protocol.keys import KeyPair, RegistrationToken
from custom_components.oceanremote.trust.registration_issues import async_handle_refusal
from custom_components.oceanremote.trust.vault_issues import async_create_vault_issue
from custom_components.oceanremote.vault import default_key_path, vault_path
from custom_components.oceanremote.vault.errors import (
    VaultDamaged,
    VaultError,
    VaultKeyMissing,
    VaultMissing,
    VaultUnavailable,
)

from .flow_support import text_at
from .runtime_support import MAC, OTHER_MAC, Device, eventually, flash_again, make_entry
from .test_device_flow import add_device, token_of
from .vault_support import files_in, full_disk


def issue(hass: HomeAssistant, issue_id: str) -> ir.IssueEntry | None:
    """Return an issue of ours."""
    return ir.async_get(hass).async_get_issue(DOMAIN, issue_id)


def issues(hass: HomeAssistant) -> list[str]:
    """Return the kinds of all issues of ours."""
    return [
        str(item.translation_key)
        for (domain, _), item in ir.async_get(hass).issues.items()
        if domain == DOMAIN
    ]


@pytest.fixture(autouse=True)
async def _repairs(hass: HomeAssistant) -> None:
    """Load what shows the issues, before anything listens."""
    assert await async_setup_component(hass, "repairs", {})


def manager(hass: HomeAssistant) -> RepairsFlowManager:
    """Return Home Assistant's manager of repairs."""
    found: RepairsFlowManager = hass.data["repairs"]["flow_manager"]
    return found


async def begin(hass: HomeAssistant, issue_id: str) -> Any:
    """Begin to fix an issue."""
    return await manager(hass).async_init(DOMAIN, context={"issue_id": issue_id})


async def choose(hass: HomeAssistant, flow: Any, option: str) -> Any:
    """Choose from the menu of a fix."""
    return await manager(hass).async_configure(
        flow["flow_id"], {"next_step_id": option}
    )


@pytest.mark.parametrize(
    ("damage", "kind", "state"),
    [
        ("vault gone", "vault_missing", ConfigEntryState.SETUP_ERROR),
        ("key gone", "vault_key_missing", ConfigEntryState.SETUP_ERROR),
        ("bit flipped", "vault_damaged", ConfigEntryState.SETUP_ERROR),
        ("unreadable", "vault_unavailable", ConfigEntryState.SETUP_RETRY),
    ],
)
async def test_vault_that_cannot_be_opened_is_explained_and_left_alone(
    hass: HomeAssistant, damage: str, kind: str, state: ConfigEntryState
) -> None:
    """Fail closed, one issue, nothing overwritten; gone once it opens again."""
    entry = await make_entry(hass, "Garden pump")
    path, key_path = vault_path(hass), default_key_path(hass)
    saved = files_in(path.parent)
    if damage == "vault gone":
        path.unlink()
    elif damage == "key gone":
        key_path.unlink()
    elif damage == "bit flipped":
        sealed = bytearray(path.read_bytes())
        sealed[-1] ^= 1
        path.write_bytes(sealed)
    else:
        path.unlink()
        path.symlink_to(path)
    left = {name: data for name, data in saved.items() if damage == "key gone"}

    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is state
    assert issues(hass) == [kind]
    found = issue(hass, f"vault_{entry.entry_id}")
    assert not found.is_fixable
    for part in ("title", "description"):
        text_at("issues", kind, part).format(**found.translation_placeholders)
    if left:
        assert files_in(path.parent) == {"oceanremote.vault": left["oceanremote.vault"]}

    path.unlink(missing_ok=True)
    path.write_bytes(saved["oceanremote.vault"])
    key_path.write_bytes(saved["oceanremote.key"])
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert issues(hass) == []
    await hass.config_entries.async_unload(entry.entry_id)


async def test_issue_goes_with_the_hub(hass: HomeAssistant) -> None:
    """A hub that is removed leaves no issue, and no damaged vault."""
    entry = await make_entry(hass, "Garden pump")
    vault_path(hass).write_bytes(b"damaged")
    await hass.config_entries.async_setup(entry.entry_id)
    assert issues(hass) == ["vault_damaged"]
    await hass.config_entries.async_remove(entry.entry_id)
    assert issues(hass) == []
    assert files_in(vault_path(hass).parent) == {}


@pytest.mark.parametrize(
    "err",
    [
        VaultMissing("x"),
        VaultKeyMissing("x"),
        VaultDamaged("x"),
        VaultUnavailable("x"),
        VaultError("x"),
    ],
)
async def test_every_vault_error_has_words(
    hass: HomeAssistant, hub_entry: MockConfigEntry, err: VaultError
) -> None:
    """Whatever the vault raises when it is opened."""
    async_create_vault_issue(hass, hub_entry, err)
    (kind,) = issues(hass)
    assert text_at("issues", kind, "title")


@pytest.fixture
async def second_subentry(
    hass: HomeAssistant, hub_entry: MockConfigEntry, connected_device: Device
) -> str:
    """Return a second device, for which the connected board now tries to register."""
    created = await add_device(hass, hub_entry, name="Sauna", board="host")
    await hass.async_block_till_done()
    subentry_id = list(hub_entry.subentries)[-1]
    await connected_device.hang_up()
    flash_again(connected_device, token_of(created))
    await connected_device.dial()
    await connected_device.wait_closed()
    await eventually(lambda: issue(hass, f"same_mac_{subentry_id}"))
    return subentry_id


async def test_same_board_twice_asks_the_person(
    hass: HomeAssistant, second_subentry: str
) -> None:
    """One issue, naming both devices and the board."""
    found = issue(hass, f"same_mac_{second_subentry}")
    assert found.is_fixable
    assert found.translation_placeholders == {
        "name": "Sauna",
        "holder": "Garden pump",
        "mac": MAC.hex(),
    }
    assert text_at("issues", "same_mac", "title").format(
        **found.translation_placeholders
    )


async def test_replace_lets_the_board_become_the_new_device(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    connected_device: Device,
    second_subentry: str,
) -> None:
    """At its next attempt; the old device is revoked then, not before."""
    first = next(iter(hub_entry.subentries))
    flow = await begin(hass, f"same_mac_{second_subentry}")
    assert flow["type"] is FlowResultType.MENU
    assert flow["menu_options"] == ["replace", "keep"]
    done = await choose(hass, flow, "replace")
    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert issues(hass) == []
    assert hub.coordinator_for(first).record.standing is Standing.ACTIVE

    await connected_device.connect()
    await hass.async_block_till_done()
    assert hub.coordinator_for(second_subentry).record.mac == MAC
    assert hub.coordinator_for(second_subentry).connected
    assert hub.coordinator_for(first).record.standing is Standing.REVOKED


async def test_keep_voids_the_token(
    hass: HomeAssistant, hub: Hub, second_subentry: str
) -> None:
    """The board stays what it is; whoever holds the token cannot use it."""
    flow = await begin(hass, f"same_mac_{second_subentry}")
    done = await choose(hass, flow, "keep")
    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert issues(hass) == []
    assert hub.coordinator_for(second_subentry).record.registration is None


async def test_failed_write_keeps_the_issue(
    hass: HomeAssistant, hub: Hub, second_subentry: str
) -> None:
    """It can be settled later."""
    for option in ("replace", "keep"):
        flow = await begin(hass, f"same_mac_{second_subentry}")
        with full_disk():
            failed = await choose(hass, flow, option)
        assert failed["type"] is FlowResultType.ABORT
        assert failed["reason"] == "vault_write_failed"
    assert issues(hass) == ["same_mac"]
    assert text_at("issues", "same_mac", "fix_flow", "abort", "vault_write_failed")


@pytest.mark.parametrize("which", [0, 1])
async def test_issue_goes_with_either_device(
    hass: HomeAssistant, hub_entry: MockConfigEntry, second_subentry: str, which: int
) -> None:
    """With one of the two removed nothing is left to decide."""
    hass.config_entries.async_remove_subentry(
        hub_entry, list(hub_entry.subentries)[which]
    )
    await hass.async_block_till_done()
    if which == 0:
        flow = await begin(hass, f"same_mac_{second_subentry}")
        done = await choose(hass, flow, "replace")
        assert done["type"] is FlowResultType.CREATE_ENTRY
    assert issues(hass) == []


async def test_fixes_need_a_loaded_hub(
    hass: HomeAssistant, hub_entry: MockConfigEntry, second_subentry: str
) -> None:
    """Else they say so and leave the issue."""
    flow = await begin(hass, f"same_mac_{second_subentry}")
    await hass.config_entries.async_unload(hub_entry.entry_id)
    result = await choose(hass, flow, "keep")
    assert (result["type"], result["reason"]) == (
        FlowResultType.ABORT,
        "hub_not_loaded",
    )


async def lose_record(device: Device) -> None:
    """Erase the board's flash and let it dial with the YAML it still has."""
    await device.hang_up()
    identity = device.driver.flash.identity
    flash_again(device, identity.registration, key=KeyPair.generate(os.urandom))
    await device.dial()
    await device.wait_closed()


async def test_lost_device_is_led_to_its_reconfiguration(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    connected_device: Device,
) -> None:
    """The fix goes on in the device's own flow; a proof settles it, too."""
    (subentry_id,) = hub_entry.subentries
    await lose_record(connected_device)
    await eventually(lambda: issue(hass, f"lost_device_{subentry_id}"))
    flow = await begin(hass, f"lost_device_{subentry_id}")
    assert (flow["type"], flow["step_id"]) == (FlowResultType.FORM, "confirm")
    assert flow["description_placeholders"] == {"name": "Garden pump"}
    done = await manager(hass).async_configure(flow["flow_id"], {})
    kind, flow_id = done["next_flow"]
    assert kind is FlowType.CONFIG_SUBENTRIES_FLOW
    device_flow = hass.config_entries.subentries.async_get(flow_id)
    assert device_flow["step_id"] == "reconfigure"
    assert issues(hass) == []

    await connected_device.dial()
    await connected_device.wait_closed()
    await eventually(lambda: issue(hass, f"lost_device_{subentry_id}"))
    token, _ = await hub.async_issue_registration_token(subentry_id)
    flash_again(connected_device, RegistrationToken.parse(token))
    await connected_device.connect()
    await hass.async_block_till_done()
    assert issues(hass) == []


async def test_lost_device_fix_needs_hub_and_device(
    hass: HomeAssistant, hub_entry: MockConfigEntry, connected_device: Device
) -> None:
    """Without the hub it aborts; without the device there is nothing to do."""
    (subentry_id,) = hub_entry.subentries
    await lose_record(connected_device)
    await eventually(lambda: issue(hass, f"lost_device_{subentry_id}"))
    flow = await begin(hass, f"lost_device_{subentry_id}")
    gone = await begin(hass, f"lost_device_{subentry_id}")
    hass.config_entries.async_remove_subentry(hub_entry, subentry_id)
    await hass.async_block_till_done()
    done = await manager(hass).async_configure(gone["flow_id"], {})
    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert "next_flow" not in done
    await hass.config_entries.async_unload(hub_entry.entry_id)
    done = await manager(hass).async_configure(flow["flow_id"], {})
    assert (done["type"], done["reason"]) == (FlowResultType.ABORT, "hub_not_loaded")


@pytest.mark.parametrize(
    ("reason", "mac"),
    [
        (RefusalReason.TOKEN_USED, OTHER_MAC),
        (RefusalReason.TOKEN_USED, None),
        (RefusalReason.TOKEN_EXPIRED, MAC),
        (RefusalReason.MAC_ACTIVE_ELSEWHERE, OTHER_MAC),
    ],
)
async def test_other_refusals_raise_no_issue(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    connected_device: Device,
    reason: RefusalReason,
    mac: bytes | None,
) -> None:
    """Strangers cannot fill the repairs page."""
    (enrolment_id,) = hub.vault.devices
    async_handle_refusal(hass, hub_entry, hub.vault, enrolment_id, reason, mac)
    async_handle_refusal(hass, hub_entry, hub.vault, os.urandom(4).hex(), reason, MAC)
    assert issues(hass) == []


async def test_ordinary_users_cannot_settle_issues(
    hass: HomeAssistant,
    second_subentry: str,
    hass_client: ClientSessionGenerator,
    hass_admin_user: MockUser,
) -> None:
    """Through the interface that browsers use; an administrator can."""
    client = await hass_client()
    body = {"handler": DOMAIN, "issue_id": f"same_mac_{second_subentry}"}
    allowed = await client.post("/api/repairs/issues/fix", json=body)
    assert allowed.status == 200
    hass_admin_user.groups = []
    refused = await client.post("/api/repairs/issues/fix", json=body)
    assert refused.status == 401
