"""Suspicion and new tokens on a full disk: in effect at once, stored when it can be."""

from unittest.mock import patch

from homeassistant.core import HomeAssistant
import pytest

from custom_components.oceanremote.common.errors import (
    StorageFailedError,
    WrongStandingError,
)
from custom_components.oceanremote.device.coordinator import DeviceCoordinator
from custom_components.oceanremote.device.status import DeviceStatus
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.policy.trust import Standing, StandingEvent
from tests.integration.runtime_support import PUMP, Device, eventually
from tests.integration.vault_support import full_disk
from tests.support.commands import switch_command

from .support import audited
from .suspicion_support import (
    assert_not_believed,
    issues,
    settled,
    slow_disk,
    suspect_on_a_full_disk,
)


async def test_suspicion_works_at_once_and_outlasts_a_full_disk(
    hass: HomeAssistant, hub: Hub, pump: DeviceCoordinator, device: Device
) -> None:
    """The person sees it, though the vault does not know of it."""
    async with slow_disk():
        hub.suspect(pump.enrolment_id, "two live links")
        await assert_not_believed(pump, device)
    await settled(hass)
    sessions = pump.rotations
    await hub.security.trust.async_release(pump, None)
    # A released device proves itself anew, and each proof would try the disk again.
    await eventually(lambda: pump.available and pump.rotations > sessions)
    await settled(hass)
    await suspect_on_a_full_disk(hass, hub, pump)
    await assert_not_believed(pump, device)
    assert issues(hass, pump) == ["quarantined"]
    events = await audited(hub, AuditKind.QUARANTINED)
    assert [event.outcome for event in events] == ["done", "noticed"]
    (failed,) = await audited(hub, AuditKind.STORAGE)
    assert failed.outcome == "failed"
    assert failed.actor.device == pump.enrolment_id


async def test_suspicion_is_stored_at_the_next_session(
    hass: HomeAssistant, hub: Hub, pump: DeviceCoordinator, device: Device
) -> None:
    """The disk has room again: then a restart forgets nothing."""
    await suspect_on_a_full_disk(hass, hub, pump)
    await device.hang_up()
    await device.connect()
    await eventually(
        lambda: pump.record is not None and pump.record.standing is Standing.QUARANTINED
    )
    await settled(hass)
    assert issues(hass, pump) == ["quarantined"]
    await assert_not_believed(pump, device)


async def test_suspicion_that_was_not_stored_can_be_ended(
    hass: HomeAssistant, hub: Hub, pump: DeviceCoordinator, device: Device
) -> None:
    """A person who knows the reason needs no restart."""
    await suspect_on_a_full_disk(hass, hub, pump)
    with pytest.raises(WrongStandingError):
        await hub.security.trust.async_approve(pump, None)
    await hub.security.trust.async_release(pump, None)
    assert pump.status is DeviceStatus.ONLINE
    assert issues(hass, pump) == []
    await eventually(lambda: pump.available)
    await pump.async_command(PUMP.address, switch_command(on=True), None)


@pytest.mark.parametrize("action", ["quarantine", "release", "approve"])
async def test_administrator_is_told_that_the_disk_is_full(
    hass: HomeAssistant,
    hub: Hub,
    pump: DeviceCoordinator,
    device: Device,
    action: str,
) -> None:
    """Nothing has changed then, in memory neither."""
    trust = hub.security.trust
    if action == "release":
        await trust.async_quarantine(pump, None)
    if action == "approve":
        await hub.vault.change_standing(pump.enrolment_id, StandingEvent.RESTORED)
    before = pump.record
    act = getattr(trust, f"async_{action}")
    with full_disk(), pytest.raises(StorageFailedError):
        await act(pump, None)
    assert pump.record == before
    assert pump.available is (action == "quarantine")
    await act(pump, None)
    await eventually(lambda: pump.available is (action != "quarantine"))


async def test_token_that_cannot_be_dropped_is_kept_and_said(
    hass: HomeAssistant, hub: Hub, pump: DeviceCoordinator, device: Device
) -> None:
    """The previous one stays a way in; the session is not lost for it."""
    await hub.vault.rotate_token(pump.enrolment_id, bytes(32))
    await device.hang_up()
    trail = hub.security.trail
    with full_disk(), patch.object(trail, "record", wraps=trail.record) as record:
        await device.connect()
        await eventually(lambda: pump.available)
        await eventually(
            lambda: AuditKind.STORAGE in [c.args[0] for c in record.mock_calls]
        )
        await settled(hass)
    assert pump.record is not None
    assert pump.record.previous is not None
    (failed,) = await audited(hub, AuditKind.STORAGE)
    assert "token not confirmed" in str(failed.detail["what"])


async def test_new_token_is_not_issued_before_it_is_stored(
    hub: Hub, pump: DeviceCoordinator, device: Device
) -> None:
    old = device.driver.flash.identity.token
    with full_disk(), pytest.raises(StorageFailedError):
        await hub.security.trust.async_regenerate(pump, None)
    assert device.driver.flash.identity.token == old
    assert not await audited(hub, AuditKind.TOKEN_ROTATED)
