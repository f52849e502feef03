"""A revocation that the disk refuses acts at once, says so, and is written first."""

from datetime import timedelta
from functools import partial

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.oceanremote.common.const import DOMAIN
from custom_components.oceanremote.common.errors import RevokedNotStoredError
from custom_components.oceanremote.device.status import DeviceStatus
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.vault import changes, vault_path
from custom_components.oceanremote.vault.changes import standing
from custom_components.oceanremote.vault.unwritten import unwritten_changes

from .http_support import audited
from .runtime_support import Device, Records, eventually, only_coordinator, state_of
from .vault_support import full_disk


async def reloaded(hass: HomeAssistant, entry: MockConfigEntry) -> Hub:
    """Return the hub after its reload."""
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert await hass.config_entries.async_setup(entry.entry_id)
    hub: Hub = entry.runtime_data.hub
    return hub


async def restarted(hass: HomeAssistant, entry: MockConfigEntry) -> Hub:
    """Return the hub as after a restart of Home Assistant: memory is gone."""
    assert await hass.config_entries.async_unload(entry.entry_id)
    unwritten_changes(hass, vault_path(hass)).clear()
    assert await hass.config_entries.async_setup(entry.entry_id)
    hub: Hub = entry.runtime_data.hub
    return hub


def registry_id(hass: HomeAssistant, entry: MockConfigEntry) -> str:
    """Return the registry id of the hub's one device."""
    (subentry_id,) = entry.subentries
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, subentry_id), entry.entry_id
    )
    assert device is not None
    return str(device.id)


async def is_told_again(hub: Hub, device: Device, identity: object) -> None:
    """A board that kept its keys gets no session, and hears why."""
    device.driver.flash.identity = identity  # type: ignore[assignment]
    device.driver.events.clear()
    await device.dial()
    await device.wait_closed()
    assert device.driver.revoked
    assert not only_coordinator(hub).connected


async def test_it_acts_at_once_and_is_written_when_the_disk_allows(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    connected_device: Device,
    records: Records,
) -> None:
    """Told, closed, refused; on disk with the next try, and there after a restart."""
    pump = only_coordinator(hub)
    identity, generation = connected_device.driver.flash.identity, hub.vault.generation
    with full_disk():
        with pytest.raises(RevokedNotStoredError) as told:
            await hub.async_revoke(pump.subentry_id, "somebody")
        assert told.value.translation_key == "revoked_not_stored"
        assert "No space left" in str(told.value.translation_placeholders)
        await connected_device.wait_closed()
        assert connected_device.driver.revoked
        assert pump.status is DeviceStatus.REVOKED
        assert state_of(hass, "sensor", pump, "own-status") == "revoked"
        await is_told_again(hub, connected_device, identity)
        # Neither the next try nor another change gets past it.
        async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=31))
        await hass.async_block_till_done(wait_background_tasks=True)
        assert hub.vault.generation == generation
    (revoked, *_) = records.of(AuditKind.REVOKED)
    assert revoked.user_id == "somebody"
    assert "revoked, not stored yet" in [
        record.outcome for record in records.of(AuditKind.STORAGE)
    ]
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=62))
    await hass.async_block_till_done(wait_background_tasks=True)
    assert hub.vault.generation == generation + 1
    await hub.security.trail.log.flush()
    assert "revoked, not stored yet" in str(await audited(hub, "storage"))
    assert await audited(hub, "revoked")
    hub = await restarted(hass, hub_entry)
    assert only_coordinator(hub).status is DeviceStatus.REVOKED


async def test_the_first_change_that_the_disk_takes_carries_it(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub, connected_device: Device
) -> None:
    """Whatever is written next, it begins with the revocation."""
    with full_disk(), pytest.raises(RevokedNotStoredError):
        await hub.async_revoke(only_coordinator(hub).subentry_id)
    await hub.vault.apply(changes.put_secret(hub_entry.entry_id, "other", b"change"))
    assert not unwritten_changes(hass, vault_path(hass))
    hub = await restarted(hass, hub_entry)
    assert only_coordinator(hub).status is DeviceStatus.REVOKED


async def test_to_revoke_again_is_to_try_again(
    hub: Hub, connected_device: Device
) -> None:
    """The answer tells the truth each time."""
    pump = only_coordinator(hub)
    with full_disk():
        for _ in range(2):
            with pytest.raises(RevokedNotStoredError):
                await hub.async_revoke(pump.subentry_id)
    generation = hub.vault.generation
    await hub.async_revoke(pump.subentry_id)
    assert hub.vault.generation == generation + 1


async def test_it_outlives_a_reload_of_the_hub(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub, connected_device: Device
) -> None:
    """An option that is changed meanwhile lets nobody in; the new hub writes it."""
    identity = connected_device.driver.flash.identity
    with full_disk():
        with pytest.raises(RevokedNotStoredError):
            await hub.async_revoke(only_coordinator(hub).subentry_id)
        await connected_device.wait_closed()
        hub = await reloaded(hass, hub_entry)
        assert only_coordinator(hub).status is DeviceStatus.REVOKED
        await is_told_again(hub, connected_device, identity)
        await eventually(lambda: not hub._links)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=31))
    await hass.async_block_till_done(wait_background_tasks=True)
    assert not unwritten_changes(hass, vault_path(hass))
    hub = await restarted(hass, hub_entry)
    assert only_coordinator(hub).status is DeviceStatus.REVOKED


async def test_a_restart_before_that_is_what_it_cannot_outlive(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    connected_device: Device,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Nothing else knows of it; the log says so."""
    with full_disk():
        with pytest.raises(RevokedNotStoredError):
            await hub.async_revoke(only_coordinator(hub).subentry_id)
        await connected_device.wait_closed()
        hub = await restarted(hass, hub_entry)
    assert "A restart undoes what was revoked since" in caplog.text
    assert only_coordinator(hub).status is DeviceStatus.OFFLINE


async def test_a_removed_device_stays_out_and_is_not_asked_about(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    connected_device: Device,
    records: Records,
) -> None:
    """To remove it is to revoke it: the next write has that, too."""
    pump = only_coordinator(hub)
    with full_disk():
        hass.config_entries.async_remove_subentry(hub_entry, pump.subentry_id)
        await connected_device.wait_closed()
        await hass.async_block_till_done()
    assert connected_device.driver.revoked
    assert records.of(AuditKind.STORAGE)[0].outcome == "removal not stored"
    await hub.vault.flush()
    hub = await restarted(hass, hub_entry)
    assert not hub.found.records()
    assert pump.enrolment_id not in hub.vault.devices


async def test_a_transfer_is_audited_all_the_same(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub, connected_device: Device
) -> None:
    """The identity is revoked; that it has a new owner is not forgotten."""
    pump = only_coordinator(hub)
    device = registry_id(hass, hub_entry)
    with full_disk(), pytest.raises(RevokedNotStoredError):
        await hass.services.async_call(
            DOMAIN, "transfer_device", {"device_id": device}, blocking=True
        )
    assert pump.status is DeviceStatus.REVOKED
    await hub.security.trail.log.flush()
    assert len(await audited(hub, "transferred")) == 1


async def test_what_fits_no_more_stops_no_start(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """An older copy was put in place that knows nothing of the device."""
    lost = partial(standing.revoke, enrolment_id="lost", now=1.0)
    await hass.config_entries.async_unload(hub_entry.entry_id)
    unwritten_changes(hass, vault_path(hass)).append(lost)
    assert await hass.config_entries.async_setup(hub_entry.entry_id)
    assert "no longer applies: lost" in caplog.text
