"""A hub that cannot start: what it knew stays, and it tries again by itself."""

from datetime import timedelta
import logging
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.oceanremote import async_remove_entry
from custom_components.oceanremote.admission.control import AdmissionControl
from custom_components.oceanremote.admission.store import BanStore
from custom_components.oceanremote.audit.startup import anchor_path
from custom_components.oceanremote.device.description_store import (
    SAVE_DELAY,
    DescriptionStore,
)
from custom_components.oceanremote.http.guard import DATA_GUARD
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.transport.connect import DATA_HOST
from custom_components.oceanremote.vault import vault_path
from custom_components.oceanremote.vault.errors import VaultWriteError

from .http_support import STRANGER, is_banned
from .runtime_support import Device, only_coordinator


@pytest.fixture
async def known(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    connected_device: Device,
) -> MockConfigEntry:
    """Return an unloaded hub that knows a description and has banned somebody."""
    hub.security.admission.ban(STRANGER, None, 3600.0)
    await connected_device.hang_up()
    assert await hass.config_entries.async_unload(hub_entry.entry_id)
    return hub_entry


@pytest.mark.parametrize(
    "broken",
    [
        (DescriptionStore, "async_load"),
        (Hub, "async_start"),
        (AdmissionControl, "async_start"),
        (BanStore, "async_load"),
    ],
)
async def test_failed_start_forgets_neither_bans_nor_descriptions(
    hass: HomeAssistant, known: MockConfigEntry, broken: tuple[type, str]
) -> None:
    """What was not read must not be replaced by what is in memory."""
    with patch.object(*broken, side_effect=RuntimeError("broken")):
        assert not await hass.config_entries.async_setup(known.entry_id)
    await hass.async_block_till_done()
    assert await hass.config_entries.async_reload(known.entry_id)
    again: Hub = known.runtime_data.hub
    assert is_banned(again, STRANGER)
    assert only_coordinator(again).cache.descriptors
    await hass.config_entries.async_unload(known.entry_id)


async def test_hub_that_has_stopped_writes_nothing_any_more(
    hass: HomeAssistant, known: MockConfigEntry, hub: Hub
) -> None:
    """A late change of the old hub must not undo what the next one takes over."""
    hub.security.admission.unban(STRANGER, None)
    hub._store.remove(only_coordinator(hub).subentry_id)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=SAVE_DELAY + 1))
    await hass.async_block_till_done()
    await hub.async_stop()
    assert await hass.config_entries.async_setup(known.entry_id)
    again: Hub = known.runtime_data.hub
    assert is_banned(again, STRANGER)
    assert only_coordinator(again).cache.descriptors
    await hass.config_entries.async_unload(known.entry_id)


@pytest.mark.parametrize(
    ("place", "error", "key"),
    [
        (
            "custom_components.oceanremote.vault.file.write_durably",
            OSError("disk full"),
            "vault_unusable",
        ),
        (
            "custom_components.oceanremote.audit.log.AuditLog.flush",
            OSError("disk full"),
            "audit_unavailable",
        ),
        (
            "homeassistant.helpers.storage.Store._async_load",
            HomeAssistantError("disk full"),
            "stored_data_unreadable",
        ),
    ],
)
async def test_disk_that_fails_at_the_start_is_waited_for(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    caplog: pytest.LogCaptureFixture,
    place: str,
    error: Exception,
    key: str,
) -> None:
    """The reason in words, no traceback, nobody let in; then it starts by itself."""
    await hub.async_issue_registration_token(only_coordinator(hub).subentry_id)
    assert await hass.config_entries.async_unload(hub_entry.entry_id)
    # Restored: restrictions are to be imposed before anybody is let in.
    await hass.async_add_executor_job(anchor_path(hass).unlink)
    caplog.clear()
    with patch(place, side_effect=error):
        assert not await hass.config_entries.async_setup(hub_entry.entry_id)
    assert hub_entry.state is ConfigEntryState.SETUP_RETRY
    assert hub_entry.error_reason_translation_key == key
    assert "disk full" in caplog.text
    assert not [
        record
        for record in caplog.records
        if record.exc_info and record.levelno > logging.DEBUG
    ]
    assert DATA_HOST not in hass.data
    assert DATA_GUARD not in hass.data
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=2))
    await hass.async_block_till_done(wait_background_tasks=True)
    assert hub_entry.state is ConfigEntryState.LOADED


@pytest.mark.parametrize("failing", ["vault", "bans and descriptions"])
async def test_removal_goes_on_where_one_deletion_fails(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    known: MockConfigEntry,
    failing: str,
) -> None:
    """As much as can be is gone, and the first error is told."""
    place = {
        "vault": "custom_components.oceanremote.vault.file.delete",
        "bans and descriptions": "homeassistant.helpers.storage.Store.async_remove",
    }[failing]
    with (
        patch(place, side_effect=OSError("read-only")),
        pytest.raises((OSError, VaultWriteError), match="read-only"),
    ):
        await async_remove_entry(hass, known)
    files = {path.name for path in vault_path(hass).parent.glob("oceanremote*")}
    stores = {name for name in hass_storage if name.startswith("oceanremote")}
    if failing == "vault":
        assert files == {"oceanremote.vault", "oceanremote.key"}
        assert not stores
    else:
        assert not files
        assert stores == {
            "oceanremote.addresses",
            "oceanremote.bans",
            "oceanremote.descriptions",
            "oceanremote.presence",
        }
