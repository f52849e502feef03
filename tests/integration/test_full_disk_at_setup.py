"""A disk that takes no writes when the hub starts: known devices work all the same."""

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.audit.startup import anchor_path
from custom_components.oceanremote.device.status import DeviceStatus
from custom_components.oceanremote.hub import Hub
from tests.support.commands import switch_command

from .http_support import audited
from .runtime_support import PUMP, Device, eventually, only_coordinator
from .vault_support import full_disk


async def test_known_devices_work_and_nothing_else_does(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    connected_device: Device,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Counters stay in memory; no enrolment, no new token, no release."""
    await connected_device.hang_up()
    await hass.config_entries.async_unload(hub_entry.entry_id)
    with full_disk():
        assert await hass.config_entries.async_setup(hub_entry.entry_id)
        assert "The disk takes no writes" in caplog.text
        hub: Hub = hub_entry.runtime_data.hub
        pump = only_coordinator(hub)
        before = hub.vault.devices[pump.enrolment_id].high_water
        await connected_device.connect()
        await eventually(lambda: pump.available)
        await pump.async_command(PUMP.address, switch_command(True), None)
        assert len(connected_device.driver.commands) == 1
        assert hub.vault.high_water(pump.enrolment_id) > before
        with pytest.raises(HomeAssistantError):
            await hub.async_issue_registration_token(pump.subentry_id)
        with pytest.raises(HomeAssistantError):
            await hub.security.trust.async_regenerate(pump, None)
        # Suspicion needs no disk to work.
        hub.suspect(pump.enrolment_id, "two live links")
        await hass.async_block_till_done()
        assert pump.status is DeviceStatus.QUARANTINED
        with pytest.raises(HomeAssistantError):
            await hub.security.trust.async_release(pump, None)
        assert pump.status is DeviceStatus.QUARANTINED
    # The disk takes writes again: the records that waited are there.
    await hub.security.trail.log.flush()
    assert await audited(hub, "started")
    await connected_device.hang_up()


async def test_a_restored_vault_that_cannot_be_written_admits_nobody(
    hass: HomeAssistant, hub_entry: MockConfigEntry, connected_device: Device
) -> None:
    """Restrictions are missing: the hub tries again, and starts when the disk does."""
    await connected_device.hang_up()
    await hass.config_entries.async_unload(hub_entry.entry_id)
    await hass.async_add_executor_job(anchor_path(hass).unlink)
    with full_disk():
        assert not await hass.config_entries.async_setup(hub_entry.entry_id)
        assert hub_entry.state is ConfigEntryState.SETUP_RETRY
    await hass.config_entries.async_unload(hub_entry.entry_id)
    assert await hass.config_entries.async_setup(hub_entry.entry_id)
    pump = only_coordinator(hub_entry.runtime_data.hub)
    assert pump.status is DeviceStatus.WAITING_FOR_APPROVAL
