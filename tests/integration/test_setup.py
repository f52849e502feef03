"""Set-up, its failures, unloading and removal of the hub."""

from pathlib import Path
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.common.const import CONF_URLS, DOMAIN
from custom_components.oceanremote.device.description_store import DescriptionStore
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.trust import Standing
from custom_components.oceanremote.protocol import parse_hub_key
from custom_components.oceanremote.transport.connect import DATA_HOST
from custom_components.oceanremote.trust.vault_issues import ISSUE_VAULT
from custom_components.oceanremote.vault import default_key_path, vault_path

from .runtime_support import Device, make_entry, only_coordinator


async def test_the_hub_knows_its_addresses_and_its_key(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub
) -> None:
    """Options override what was entered at set-up; the key is what the YAML carries."""
    assert hub.urls == ["ws://127.0.0.1:8123"]
    hass.config_entries.async_update_entry(
        hub_entry, options={CONF_URLS: ["ws://10.0.0.2:8123", "ws://a.example:8123"]}
    )
    assert hub.urls == ["ws://10.0.0.2:8123", "ws://a.example:8123"]
    assert parse_hub_key(hub.hub_key_text) == hub.vault.hub_key.public


@pytest.mark.parametrize(
    ("damage", "state", "issue"),
    [
        ("vault missing", ConfigEntryState.SETUP_ERROR, "vault_missing"),
        ("key missing", ConfigEntryState.SETUP_ERROR, "vault_key_missing"),
        ("vault damaged", ConfigEntryState.SETUP_ERROR, "vault_damaged"),
        ("vault unreadable", ConfigEntryState.SETUP_RETRY, "vault_unavailable"),
    ],
)
async def test_a_vault_that_cannot_be_opened_fails_closed(
    hass: HomeAssistant, damage: str, state: ConfigEntryState, issue: str
) -> None:
    """Words for a person, nothing overwritten, nobody let in; repaired, it loads."""
    entry = await make_entry(hass, "Garden pump")
    path, key_path = vault_path(hass), default_key_path(hass)
    kept = {item: item.read_bytes() for item in (path, key_path)}
    if damage == "vault missing":
        path.unlink()
    elif damage == "key missing":
        key_path.unlink()
    elif damage == "vault damaged":
        path.write_bytes(kept[path][:-1] + b"\x00")
    else:
        path.unlink()
        path.mkdir()
    before = _content(path)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is state
    assert entry.error_reason_translation_key == "vault_unusable"
    told = ir.async_get(hass).async_get_issue(DOMAIN, f"{ISSUE_VAULT}_{entry.entry_id}")
    assert told is not None
    assert told.translation_key == issue
    assert DATA_HOST not in hass.data
    assert _content(path) == before
    if path.is_dir():
        path.rmdir()
    for item, content in kept.items():
        item.write_bytes(content)
    await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED
    assert not ir.async_get(hass).issues
    await hass.config_entries.async_unload(entry.entry_id)


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


async def test_a_set_up_that_fails_later_leaves_the_vault_free(
    hass: HomeAssistant,
) -> None:
    """Otherwise the next attempt would find it open."""
    entry = await make_entry(hass, "Garden pump")
    with patch.object(Hub, "async_start", side_effect=RuntimeError("broken")):
        assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED
    await hass.config_entries.async_unload(entry.entry_id)


async def test_removing_the_hub_wipes_what_it_knew(
    hass: HomeAssistant, hub_entry: MockConfigEntry, connected_device: Device
) -> None:
    """Vault, key and descriptions are gone; the board is cut off."""
    await hass.config_entries.async_remove(hub_entry.entry_id)
    await hass.async_block_till_done()
    await connected_device.wait_closed()
    assert not vault_path(hass).exists()
    assert not default_key_path(hass).exists()
    assert not await DescriptionStore(hass)._store.async_load()


async def test_a_hub_whose_platforms_stay_is_not_unloaded(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub, connected_device: Device
) -> None:
    """Half an unload would leave entities without a hub."""
    with patch.object(
        hass.config_entries, "async_unload_platforms", return_value=False
    ):
        assert not await hass.config_entries.async_unload(hub_entry.entry_id)
    assert hub.accepting
    assert connected_device.welcomed
    hub_entry.mock_state(hass, ConfigEntryState.LOADED)
    assert await hub_entry.runtime_data.platforms.async_unload()
    await hub.async_stop()
    hass.data.pop(DATA_HOST)
    hub_entry.mock_state(hass, ConfigEntryState.NOT_LOADED)


async def test_links_that_do_not_end_do_not_hold_the_stop_up(
    hub: Hub, connected_device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are left to their own timer; the vault comes to rest."""
    monkeypatch.setattr(
        "custom_components.oceanremote.hub.live_links.CLOSE_TIMEOUT", 0.01
    )
    monkeypatch.setattr(hub, "link_ended", lambda link: None)
    await hub.async_stop()
    assert hub._links
    assert hub.vault.stopping
    monkeypatch.undo()
    await connected_device.wait_closed()
    for link in tuple(hub._links):
        hub.link_ended(link)


@pytest.mark.parametrize("loaded", [True, False])
async def test_nothing_is_to_be_repaired_while_the_hub_is_disabled(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub, loaded: bool
) -> None:
    """Neither what a device waits for, nor why the hub could not start."""
    coordinator = only_coordinator(hub)
    hub.security.issues.follow(coordinator, Standing.QUARANTINED)
    if not loaded:
        await hass.config_entries.async_unload(hub_entry.entry_id)
        await hass.async_add_executor_job(vault_path(hass).unlink)
        assert not await hass.config_entries.async_setup(hub_entry.entry_id)
    registry = ir.async_get(hass)
    assert registry.issues
    await hass.config_entries.async_set_disabled_by(
        hub_entry.entry_id, ConfigEntryDisabler.USER
    )
    assert not registry.issues
    if loaded:
        await hass.config_entries.async_set_disabled_by(hub_entry.entry_id, None)
        assert hub_entry.state is ConfigEntryState.LOADED
