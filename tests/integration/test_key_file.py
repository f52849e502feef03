"""Another place for the vault's key: what is checked, and that nothing is moved."""

from collections.abc import Mapping
from pathlib import Path
import shutil
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.common.const import CONF_KEY_PATH, CONF_URLS, DOMAIN
from custom_components.oceanremote.vault import (
    Vault,
    default_key_path,
    key_path_for,
    vault_path,
)

from .flow_support import text_at
from .vault_support import files_in


async def begin(hass: HomeAssistant, entry: MockConfigEntry) -> Any:
    """Choose "Reconfigure" in the hub's menu."""
    flow = await entry.start_reconfigure_flow(hass)
    assert (flow["type"], flow["step_id"]) == (FlowResultType.FORM, "reconfigure")
    text_at("config", "step", "reconfigure", "description").format(
        **flow["description_placeholders"]
    )
    return flow


async def submit(hass: HomeAssistant, flow: Any, path: Path | str | None) -> Any:
    """Name a key file; None leaves the field empty."""
    filled = {} if path is None else {CONF_KEY_PATH: str(path)}
    done = await hass.config_entries.flow.async_configure(flow["flow_id"], filled)
    await hass.async_block_till_done()
    return done


def shown(flow: Any) -> Any:
    """Return what the field suggests."""
    (field,) = flow["data_schema"].schema
    return (field.description or {}).get("suggested_value")


def has_issue(hass: HomeAssistant, entry: MockConfigEntry) -> bool:
    """Tell whether a repair says that the vault cannot be opened."""
    issue_id = f"vault_{entry.entry_id}"
    return ir.async_get(hass).async_get_issue(DOMAIN, issue_id) is not None


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """Return a directory that no backup takes along."""
    directory = tmp_path / "stick"
    directory.mkdir()
    return directory


@pytest.fixture
async def locked(hass: HomeAssistant, stick: Path) -> MockConfigEntry:
    """Return a hub whose stick is mounted elsewhere by now: it cannot start."""
    was = stick / "hub.key"
    vault = await Vault.open(hass, vault_path(hass), was, create=True)
    await vault.stop()
    (stick / "elsewhere").mkdir()
    shutil.move(was, stick / "elsewhere" / "hub.key")
    entry = MockConfigEntry(
        domain=DOMAIN,
        data={CONF_URLS: ["ws://127.0.0.1:8123"], CONF_KEY_PATH: str(was)},
    )
    entry.add_to_hass(hass)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert has_issue(hass, entry)
    return entry


async def test_a_hub_locked_out_finds_its_key_at_another_path(
    hass: HomeAssistant, locked: MockConfigEntry, stick: Path
) -> None:
    """It starts at once, the repair is gone, the rest of the entry is as it was."""
    flow = await begin(hass, locked)
    assert shown(flow) == str(stick / "hub.key")
    key = stick / "elsewhere" / "hub.key"
    done = await submit(hass, flow, f" {key} ")
    assert (done["type"], done["reason"]) == (
        FlowResultType.ABORT,
        "reconfigure_successful",
    )
    assert locked.state is ConfigEntryState.LOADED
    assert dict(locked.data) == {
        CONF_URLS: ["ws://127.0.0.1:8123"],
        CONF_KEY_PATH: str(key),
    }
    assert not has_issue(hass, locked)
    await hass.config_entries.async_unload(locked.entry_id)


async def test_a_running_hub_goes_on_with_a_copy_of_its_key(
    hass: HomeAssistant, hub_entry: MockConfigEntry, stick: Path
) -> None:
    """The old file stays until the administrator deletes it; then nobody misses it."""
    key = stick / "hub.key"
    shutil.copy(default_key_path(hass), key)
    hub_key = hub_entry.runtime_data.hub.hub_key_text
    flow = await begin(hass, hub_entry)
    assert shown(flow) is None
    assert (await submit(hass, flow, key))["reason"] == "reconfigure_successful"
    assert default_key_path(hass).exists()
    default_key_path(hass).unlink()
    assert await hass.config_entries.async_reload(hub_entry.entry_id)
    assert hub_entry.runtime_data.hub.hub_key_text == hub_key
    assert len(hub_entry.subentries) == 1


async def test_an_emptied_field_means_beside_the_vault(
    hass: HomeAssistant, locked: MockConfigEntry, stick: Path
) -> None:
    shutil.copy(stick / "elsewhere" / "hub.key", default_key_path(hass))
    done = await submit(hass, await begin(hass, locked), None)
    assert done["reason"] == "reconfigure_successful"
    assert locked.state is ConfigEntryState.LOADED
    assert CONF_KEY_PATH not in locked.data
    assert key_path_for(hass, locked) == default_key_path(hass)
    await hass.config_entries.async_unload(locked.entry_id)


def damage(hass: HomeAssistant, stick: Path) -> Mapping[str, Path | str | None]:
    """Return a wrong path for each error; makes the files that it needs."""
    (stick / "photo.jpg").write_bytes(b"not a key")
    return {
        "key_path_relative": "hub.key",
        "key_path_public": hass.config.path("www", "hub.key"),
        "key_path_directory": stick / "nowhere" / "hub.key",
        "key_missing": stick / "absent.key",
        "key_of_another": stick / "another.key",
        "key_damaged": stick / "photo.jpg",
    }


def all_files(hass: HomeAssistant, stick: Path) -> tuple[dict[str, bytes], list[Path]]:
    """Return what lies beside the vault and on the stick."""
    return files_in(vault_path(hass).parent), sorted(stick.rglob("*"))


@pytest.mark.parametrize("running", [False, True])
async def test_a_wrong_path_is_explained_and_changes_nothing(
    hass: HomeAssistant,
    locked: MockConfigEntry,
    stick: Path,
    running: bool,
) -> None:
    """The form stays with what was typed; the right one can follow."""
    right = stick / "elsewhere" / "hub.key"
    other = await Vault.open(
        hass, stick / "other.vault", stick / "another.key", create=True
    )
    await other.stop()
    flow = await begin(hass, locked)
    if running:
        await submit(hass, flow, right)
        assert locked.state is ConfigEntryState.LOADED
        flow = await begin(hass, locked)
    paths = damage(hass, stick)
    data, state = dict(locked.data), locked.state
    files = all_files(hass, stick)
    for error, path in paths.items():
        flow = await submit(hass, flow, path)
        assert flow["errors"] == {CONF_KEY_PATH: error}
        assert shown(flow) == str(path)
        assert text_at("config", "error", error)
        assert (dict(locked.data), locked.state) == (data, state)
    assert all_files(hass, stick) == files
    assert (await submit(hass, flow, right))["type"] is FlowResultType.ABORT
    await hass.config_entries.async_unload(locked.entry_id)


async def test_a_vault_that_is_gone_or_unreadable_is_not_blamed_on_the_key(
    hass: HomeAssistant, locked: MockConfigEntry, stick: Path
) -> None:
    right = stick / "elsewhere" / "hub.key"
    flow = await begin(hass, locked)
    vault_path(hass).unlink()
    flow = await submit(hass, flow, right)
    assert flow["errors"] == {CONF_KEY_PATH: "vault_missing"}
    vault_path(hass).symlink_to(vault_path(hass))
    flow = await submit(hass, flow, right)
    assert flow["errors"] == {CONF_KEY_PATH: "vault_unreadable"}
    for error in ("vault_missing", "vault_unreadable"):
        assert text_at("config", "error", error)
    assert locked.state is ConfigEntryState.SETUP_ERROR
