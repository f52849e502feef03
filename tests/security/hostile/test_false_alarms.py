"""What looks like a clone and is none: nobody is suspected."""

import time

from aiohttp.test_utils import TestClient
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.common.const import DOMAIN
from custom_components.oceanremote.device.coordinator import DeviceCoordinator
from custom_components.oceanremote.device.status import DeviceStatus
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.policy.trust import Standing
from tests.integration.runtime_support import FLOW, PUMP, Device, eventually
from tests.support.commands import switch_command

from .attacker import HOME, copy_of
from .support import audited
from .suspicion_support import issues, settled


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
