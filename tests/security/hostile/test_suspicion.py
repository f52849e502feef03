"""Suspicion when something fails, and when there is no reason for it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
import threading
import time
from typing import Any
from unittest.mock import patch

from aiohttp.test_utils import TestClient
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.common.const import DOMAIN
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
from custom_components.oceanremote.vault import changes, file as vault_file
from tests.integration.runtime_support import FLOW, PUMP, Device, eventually
from tests.integration.vault_support import forget, full_disk
from tests.support.commands import switch_command

from .attacker import HOME, copy_of
from .support import audited


@pytest.fixture
def pump(hub: Hub) -> DeviceCoordinator:
    """Return the coordinator of the device in question."""
    return next(iter(hub.coordinators.values()))


@asynccontextmanager
async def slow_disk() -> AsyncGenerator[threading.Event]:
    """Hold the next writes of the vault until the event is set."""
    go, write = threading.Event(), vault_file.write_durably

    def held(*args: Any) -> None:
        assert go.wait(10)
        write(*args)

    with patch.object(vault_file, "write_durably", held):
        try:
            yield go
        finally:
            go.set()


def issues(hass: HomeAssistant, pump: DeviceCoordinator) -> list[str]:
    """Return which decisions about the device are open."""
    registry = ir.async_get(hass)
    return [
        kind
        for kind in ("quarantined", "approval")
        if registry.async_get_issue(DOMAIN, f"{kind}_{pump.subentry_id}")
    ]


async def settled(hass: HomeAssistant) -> None:
    """Let suspicion take its course."""
    await hass.async_block_till_done()


async def assert_not_believed(pump: DeviceCoordinator, device: Device) -> None:
    """No command passes and no state counts."""
    obeyed = len(device.driver.commands)
    with pytest.raises(HomeAssistantError):
        await pump.async_command(PUMP.address, switch_command(on=True), None)
    assert len(device.driver.commands) == obeyed
    assert pump.status is DeviceStatus.QUARANTINED


async def suspect_on_a_full_disk(
    hass: HomeAssistant, hub: Hub, pump: DeviceCoordinator
) -> None:
    """Let a clone be noticed while nothing can be written."""
    with full_disk():
        hub.suspect(pump.device_id, "two live links")
        await settled(hass)
    assert pump.record is not None
    assert pump.record.standing is Standing.ACTIVE


# -- a full disk ------------------------------------------------------------------


async def test_suspicion_works_at_once_and_outlasts_a_full_disk(
    hass: HomeAssistant, hub: Hub, pump: DeviceCoordinator, device: Device
) -> None:
    """The person sees it, though the vault does not know of it."""
    async with slow_disk():
        hub.suspect(pump.device_id, "two live links")
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
    assert failed.actor.device == pump.device_id


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
        await hub.vault.change_standing(pump.device_id, StandingEvent.RESTORED)
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
    await hub.vault.rotate_token(pump.device_id, bytes(32))
    await device.hang_up()
    with full_disk():
        await device.connect()
        await eventually(lambda: pump.available)
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


# -- devices that are not there any more ---------------------------------------------


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
    hub.suspect(pump.device_id, "two live links")
    hass.config_entries.async_remove_subentry(hub_entry, pump.subentry_id)
    await settled(hass)
    assert issues(hass, pump) == []
    assert not await audited(hub, AuditKind.STORAGE)


@pytest.mark.parametrize("action", ["quarantine", "release", "approve", "regenerate"])
async def test_actions_on_a_device_without_a_record_are_refused(
    hub: Hub, pump: DeviceCoordinator, device: Device, action: str
) -> None:
    """The vault holds nothing of it: restored, or somebody else's."""
    await forget(hub.vault, pump.device_id)
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
        hub.suspect(pump.device_id, "two live links")
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
    await hub.vault.apply(changes.revoke(pump.device_id))
    with pytest.raises(WrongStandingError):
        await hub.security.trust.async_regenerate(pump, None)
    assert not await audited(hub, AuditKind.TOKEN_ROTATED)


# -- between a click and the disk ------------------------------------------------------


async def test_approval_does_not_swallow_a_suspicion(
    hass: HomeAssistant, hub: Hub, pump: DeviceCoordinator, device: Device
) -> None:
    """A clone shows itself while the approval is being written."""
    await hub.vault.change_standing(pump.device_id, StandingEvent.RESTORED)
    async with slow_disk() as go:
        click = asyncio.create_task(hub.security.trust.async_approve(pump, None))
        await asyncio.sleep(0)
        hub.suspect(pump.device_id, "two live links")
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
        hub.suspect(pump.device_id, "two live links")
        go.set()
        await click
        await assert_not_believed(pump, device)
        await settled(hass)
    assert pump.record is not None
    assert pump.record.standing is Standing.QUARANTINED
    assert issues(hass, pump) == ["quarantined"]


# -- release ---------------------------------------------------------------------------


async def test_release_begins_anew_with_the_next_proved_counter(
    hub: Hub, pump: DeviceCoordinator, device: Device, server: TestClient
) -> None:
    """The copy was far ahead: that no longer counts against the true board."""
    await device.hang_up()
    copy = copy_of(device, server)
    copy.driver.flash.counter += 1000
    await copy.connect()
    await copy.hang_up()
    ahead = hub.vault.high_water(pump.device_id)
    await device.dial()
    await device.wait_closed()
    await eventually(lambda: pump.status is DeviceStatus.QUARANTINED)
    await eventually(
        lambda: pump.record is not None and pump.record.standing is Standing.QUARANTINED
    )
    assert hub.vault.high_water(pump.device_id) == ahead

    await hub.security.trust.async_release(pump, None)
    assert hub.vault.high_water(pump.device_id) == 0
    await device.connect()
    await eventually(lambda: pump.available)
    assert hub.vault.high_water(pump.device_id) == device.driver.flash.counter < ahead

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
    mark = hub.vault.high_water(pump.device_id)
    assert mark > pump.record.high_water
    with full_disk(), pytest.raises(StorageFailedError):
        await hub.security.trust.async_release(pump, None)
    assert hub.vault.high_water(pump.device_id) == mark
    await hub.vault.flush()
    assert pump.record.high_water == mark


# -- clocks ----------------------------------------------------------------------------


async def test_clock_set_back_changes_no_standing(
    hass: HomeAssistant,
    hub: Hub,
    pump: DeviceCoordinator,
    device: Device,
    server: TestClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing of this looks at the wall clock; the log stays whole."""
    before = time.time()
    monkeypatch.setattr(time, "time", lambda: before - 10 * 365 * 86_400)
    await device.hang_up()
    await device.connect()
    assert pump.available
    twin = copy_of(device, server)
    await twin.connect()
    await eventually(
        lambda: pump.record is not None and pump.record.standing is Standing.QUARANTINED
    )
    await twin.hang_up()
    await hub.security.trust.async_release(pump, None)
    await device.hang_up()
    await device.connect()
    await eventually(lambda: pump.available)
    await hub.security.trail.log.verify()
    assert len(await audited(hub, AuditKind.RELEASED)) == 1


# -- no false alarms ---------------------------------------------------------------------


async def assert_no_alarm(
    hass: HomeAssistant, hub: Hub, pump: DeviceCoordinator, device: Device
) -> None:
    """Nobody was blamed for anything, and the device works."""
    await settled(hass)
    assert not await audited(hub, AuditKind.CLONE)
    assert not await audited(hub, AuditKind.QUARANTINED)
    assert not await audited(hub, AuditKind.REFUSED)
    assert issues(hass, pump) == []
    assert pump.status is DeviceStatus.ONLINE
    obeyed = len(device.driver.commands)
    await pump.async_command(PUMP.address, switch_command(on=True), None)
    assert len(device.driver.commands) == obeyed + 1


async def test_proxy_that_delivers_late_is_no_clone(
    hass: HomeAssistant,
    hub: Hub,
    pump: DeviceCoordinator,
    device: Device,
    server: TestClient,
) -> None:
    """It holds the first message back until the board, tired, has dialled again."""
    await device.hang_up()
    held: list[bytes] = []
    older = copy_of(device, server, address=HOME)
    # One board, one counter: the second link goes on from the first one's.
    older.driver.flash = device.driver.flash
    older.driver.connect()
    socket = await older._client.ws_connect("/api/oceanremote/connect")
    (init,) = older.driver.receive(await socket.receive_bytes())
    await socket.send_bytes(init)
    held += older.driver.receive(await socket.receive_bytes())
    assert held
    await device.connect()
    await eventually(lambda: pump.available)
    newer = pump.link
    for frame in held:
        await socket.send_bytes(frame)
    while not socket.closed:
        await socket.receive()
    assert socket.close_code == 1000
    assert pump.link is newer
    await assert_no_alarm(hass, hub, pump, device)


async def test_init_that_a_proxy_delivers_late_is_no_clone(
    hass: HomeAssistant,
    hub: Hub,
    pump: DeviceCoordinator,
    device: Device,
    server: TestClient,
) -> None:
    """Held back before the hub has even answered it."""
    await device.hang_up()
    older = copy_of(device, server, address=HOME)
    older.driver.flash = device.driver.flash
    older.driver.connect()
    socket = await older._client.ws_connect("/api/oceanremote/connect")
    (init,) = older.driver.receive(await socket.receive_bytes())
    await device.connect()
    await eventually(lambda: pump.available)
    await socket.send_bytes(init)
    for frame in older.driver.receive(await socket.receive_bytes()):
        await socket.send_bytes(frame)
    while not socket.closed:
        await socket.receive()
    assert socket.close_code == 1000
    await assert_no_alarm(hass, hub, pump, device)


@pytest.mark.parametrize("with_data_in_flight", [False, True])
async def test_board_that_reconnects_beside_its_old_socket_is_no_clone(
    hass: HomeAssistant,
    hub: Hub,
    pump: DeviceCoordinator,
    device: Device,
    with_data_in_flight: bool,
) -> None:
    """Its power was cut: the old line is open at the hub, and nobody answers there."""
    older, socket = pump.link, device._socket
    assert older is not None
    await device.fall_silent()
    late = device.driver.report(FLOW.address, 77.0) if with_data_in_flight else []
    device.driver.states.clear()
    await device.connect()
    await eventually(lambda: pump.available)
    assert socket is not None
    for frame in late:
        await socket.send_bytes(frame)
    await eventually(lambda: pump._older._link is older)
    pump._older.end()
    await eventually(lambda: older.closing)
    assert pump.cache.states.get(FLOW.address) != 77.0
    await assert_no_alarm(hass, hub, pump, device)
    await socket.close()


@pytest.mark.parametrize("sessions", [1, 5])
async def test_hub_restored_from_an_old_backup_takes_nobody_for_a_clone(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    device: Device,
    sessions: int,
) -> None:
    """Its marks went back; the devices' counters went on."""
    name = await hub.security.backup.async_make()
    for _ in range(sessions):
        await device.hang_up()
        await device.connect()
    await device.hang_up()
    await hass.services.async_call(
        DOMAIN, "restore_backup", {"backup": name}, blocking=True
    )
    restored: Hub = hub_entry.runtime_data.hub
    assert restored is not hub
    pump = next(iter(restored.coordinators.values()))
    await device.connect()
    await eventually(lambda: pump.available)
    await assert_no_alarm(hass, restored, pump, device)
    await device.hang_up()
    await device.connect()
    await assert_no_alarm(hass, restored, pump, device)
