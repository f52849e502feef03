"""A hub that cannot start: what it knew stays, and it tries again by itself."""

from datetime import timedelta
import errno
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.oceanremote.description_store import (
    SAVE_DELAY,
    DescriptionStore,
)
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.security.ban_store import BanStore
from custom_components.oceanremote.security.monitor import SecurityMonitor

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
    hub.security.ban(STRANGER, None, 3600.0)
    await connected_device.hang_up()
    assert await hass.config_entries.async_unload(hub_entry.entry_id)
    return hub_entry


@pytest.mark.parametrize(
    "broken",
    [
        (DescriptionStore, "async_load"),
        (Hub, "async_start"),
        (SecurityMonitor, "async_start"),
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
    again: Hub = known.runtime_data
    assert is_banned(again, STRANGER)
    assert only_coordinator(again).cache.descriptors
    await hass.config_entries.async_unload(known.entry_id)


async def test_hub_that_has_stopped_writes_nothing_any_more(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub, connected_device: Device
) -> None:
    """A late change of the old hub must not undo what the next one has written."""
    await connected_device.hang_up()
    assert await hass.config_entries.async_reload(hub_entry.entry_id)
    again: Hub = hub_entry.runtime_data
    again.security.ban(STRANGER, None, 3600.0)
    hub.security.unban(STRANGER, None)
    hub._store.remove(only_coordinator(hub).subentry_id)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=SAVE_DELAY + 1))
    await hass.async_block_till_done()
    assert await hass.config_entries.async_unload(hub_entry.entry_id)
    await hub.async_stop()
    assert await hass.config_entries.async_setup(hub_entry.entry_id)
    last: Hub = hub_entry.runtime_data
    assert is_banned(last, STRANGER)
    assert only_coordinator(last).cache.descriptors
