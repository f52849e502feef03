"""Suspicion when devices go, decisions cross and releases fail."""

import asyncio
from dataclasses import replace

from aiohttp.test_utils import TestClient
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.common.errors import (
    DeviceOfflineError,
    NotEnrolledError,
    StorageFailedError,
    WrongStandingError,
)
from custom_components.oceanremote.device.coordinator import DeviceCoordinator
from custom_components.oceanremote.device.status import DeviceStatus
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.policy.trust import Standing, StandingEvent
from custom_components.oceanremote.protocol import RegistrationToken
from custom_components.oceanremote.vault import changes
from tests.integration.runtime_support import Device, eventually
from tests.integration.vault_support import forget, full_disk

from .attacker import copy_of
from .support import audited
from .suspicion_support import (
    assert_not_believed,
    issues,
    settled,
    slow_disk,
    suspect_on_a_full_disk,
)


async def test_suspicion_of_a_stranger_is_nothing(
    hass: HomeAssistant, hub: Hub
) -> None:
    """Its subentry is gone: there is nobody to quarantine, and nothing has failed."""
    generation = hub.vault.generation
    hub.suspect("nobody", "two live links")
    await settled(hass)
    assert hub.vault.generation == generation
    assert not await audited(hub, AuditKind.STORAGE)


async def test_device_removed_under_suspicion_raises_no_alarm(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    pump: DeviceCoordinator,
    device: Device,
) -> None:
    hub.suspect(pump.enrolment_id, "two live links")
    hass.config_entries.async_remove_subentry(hub_entry, pump.subentry_id)
    await settled(hass)
    assert issues(hass, pump) == []
    assert not await audited(hub, AuditKind.STORAGE)


@pytest.mark.parametrize("action", ["quarantine", "release", "approve", "regenerate"])
async def test_actions_on_a_device_without_a_record_are_refused(
    hub: Hub, pump: DeviceCoordinator, device: Device, action: str
) -> None:
    """The vault holds nothing of it: restored, or somebody else's."""
    await forget(hub.vault, pump.enrolment_id)
    with pytest.raises((WrongStandingError, NotEnrolledError)):
        await getattr(hub.security.trust, f"async_{action}")(pump, None)


async def test_suspicion_ends_with_the_identity_it_was_about(
    hass: HomeAssistant, hub: Hub, pump: DeviceCoordinator, device: Device
) -> None:
    """Not stored, then revoked, then registered anew: the new board is believed."""
    await suspect_on_a_full_disk(hass, hub, pump)
    await hub.async_revoke(pump.subentry_id)
    await device.wait_closed()
    assert pump.status is DeviceStatus.REVOKED
    text, _ = await hub.async_issue_registration_token(pump.subentry_id)
    flash = device.driver.flash
    flash.identity = replace(
        flash.identity,
        registration=RegistrationToken.parse(text),
        generation=0,
        token=None,
        previous_token=None,
    )
    await device.connect()
    await eventually(lambda: pump.available)
    assert pump.status is DeviceStatus.ONLINE
    assert issues(hass, pump) == []


async def test_suspicion_that_a_revocation_overtakes_is_over(
    hass: HomeAssistant, hub: Hub, pump: DeviceCoordinator, device: Device
) -> None:
    """Whom nobody lets in any more, nobody needs to suspect."""
    async with slow_disk() as go:
        revoked = asyncio.create_task(hub.async_revoke(pump.subentry_id))
        await asyncio.sleep(0)
        hub.suspect(pump.enrolment_id, "two live links")
        go.set()
        await revoked
        await settled(hass)
    assert pump.status is DeviceStatus.REVOKED
    assert issues(hass, pump) == []
    assert not await audited(hub, AuditKind.STORAGE)
    assert not await audited(hub, AuditKind.QUARANTINED)


async def test_new_token_needs_a_device_that_is_there(
    hub: Hub, pump: DeviceCoordinator, device: Device
) -> None:
    """Neither one that is offline nor one that is revoked while it is connected."""
    before = pump.record
    await device.hang_up()
    await eventually(lambda: not pump.connected)
    with pytest.raises(DeviceOfflineError):
        await hub.security.trust.async_regenerate(pump, None)
    assert pump.record == before
    await device.connect()
    await eventually(lambda: pump.available)
    await hub.vault.apply(changes.revoke(pump.enrolment_id))
    with pytest.raises(WrongStandingError):
        await hub.security.trust.async_regenerate(pump, None)
    assert not await audited(hub, AuditKind.TOKEN_ROTATED)


async def test_approval_does_not_swallow_a_suspicion(
    hass: HomeAssistant, hub: Hub, pump: DeviceCoordinator, device: Device
) -> None:
    """A clone shows itself while the approval is being written."""
    await hub.vault.change_standing(pump.enrolment_id, StandingEvent.RESTORED)
    async with slow_disk() as go:
        click = asyncio.create_task(hub.security.trust.async_approve(pump, None))
        await asyncio.sleep(0)
        hub.suspect(pump.enrolment_id, "two live links")
        go.set()
        await click
        await assert_not_believed(pump, device)
        await settled(hass)
    assert pump.record is not None
    assert pump.record.standing is Standing.QUARANTINED
    await assert_not_believed(pump, device)


async def test_release_does_not_swallow_a_newer_suspicion(
    hass: HomeAssistant, hub: Hub, pump: DeviceCoordinator, device: Device
) -> None:
    await hub.security.trust.async_quarantine(pump, None)
    async with slow_disk() as go:
        click = asyncio.create_task(hub.security.trust.async_release(pump, None))
        await asyncio.sleep(0)
        hub.suspect(pump.enrolment_id, "two live links")
        go.set()
        await click
        await assert_not_believed(pump, device)
        await settled(hass)
    assert pump.record is not None
    assert pump.record.standing is Standing.QUARANTINED
    assert issues(hass, pump) == ["quarantined"]


async def test_release_begins_anew_with_the_next_proved_counter(
    hub: Hub, pump: DeviceCoordinator, device: Device, server: TestClient
) -> None:
    """The copy was far ahead: that no longer counts against the true board."""
    await device.hang_up()
    copy = copy_of(device, server)
    copy.driver.flash.counter += 1000
    await copy.connect()
    await copy.hang_up()
    ahead = hub.vault.high_water(pump.enrolment_id)
    await device.dial()
    await device.wait_closed()
    await eventually(lambda: pump.status is DeviceStatus.QUARANTINED)
    await eventually(
        lambda: pump.record is not None and pump.record.standing is Standing.QUARANTINED
    )
    assert hub.vault.high_water(pump.enrolment_id) == ahead

    await hub.security.trust.async_release(pump, None)
    assert hub.vault.high_water(pump.enrolment_id) == 0
    await device.connect()
    await eventually(lambda: pump.available)
    assert (
        hub.vault.high_water(pump.enrolment_id) == device.driver.flash.counter < ahead
    )

    # If there are two, it comes back: the copy moves the mark on once more.
    await device.hang_up()
    await copy.connect()
    await copy.hang_up()
    await device.dial()
    await device.wait_closed()
    await eventually(lambda: pump.status is DeviceStatus.QUARANTINED)


async def test_release_that_failed_has_forgotten_no_counter(
    hub: Hub, pump: DeviceCoordinator, device: Device
) -> None:
    """Marks wait up to 30 s for the disk: else a copy of then would pass after all."""
    await hub.security.trust.async_quarantine(pump, None)
    await device.hang_up()
    await device.connect()
    await eventually(lambda: pump.connected)
    assert pump.record is not None
    mark = hub.vault.high_water(pump.enrolment_id)
    assert mark > pump.record.high_water
    with full_disk(), pytest.raises(StorageFailedError):
        await hub.security.trust.async_release(pump, None)
    assert hub.vault.high_water(pump.enrolment_id) == mark
    await hub.vault.flush()
    assert pump.record.high_water == mark
