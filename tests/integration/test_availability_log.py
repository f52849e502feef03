"""Home Assistant's log says when a device goes and when it comes back, each once."""

from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CoreState, HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.audit.record import BURST
from custom_components.oceanremote.hub import Hub

from .runtime_support import Device, eventually, only_coordinator
from .test_sessions import twin_of

GONE = "Garden pump is unavailable"
BACK = "Garden pump is available again"


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what was said about it, at the level that it is said at."""
    return [
        record.getMessage()
        for record in caplog.records
        if record.getMessage() in (GONE, BACK) and record.levelname == "INFO"
    ]


async def test_each_change_is_said_once(
    hub: Hub, connected_device: Device, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is said of a first connection, and nothing is held back by strangers."""
    device = only_coordinator(hub)
    assert said(caplog) == []
    for number in range(BURST + 2):
        await connected_device.hang_up()
        await eventually(lambda: not device.connected)
        device.notify()
        assert said(caplog) == [GONE, BACK] * number + [GONE]
        await connected_device.connect()
        await eventually(lambda: device.available)
        device.notify()
        assert said(caplog) == [GONE, BACK] * (number + 1)


async def test_what_changes_no_availability_is_not_said(
    hub: Hub, connected_device: Device, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither a renewed session nor a newer link of the same device."""
    device = only_coordinator(hub)
    await device.async_renew()
    await connected_device.fall_silent()
    again = twin_of(connected_device)
    await again.connect()
    device._older.end()
    assert device.available
    assert said(caplog) == []
    await again.hang_up()


async def test_quarantine_makes_unavailable_too(
    hub: Hub, connected_device: Device, caplog: pytest.LogCaptureFixture
) -> None:
    """It is shown so, and thus said."""
    device = only_coordinator(hub)
    await hub.security.trust.async_quarantine(device, None)
    assert said(caplog) == [GONE]


async def test_reload_is_no_news(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    connected_device: Device,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Thousands of lines about devices that are well would hide all others."""
    assert await hass.config_entries.async_unload(hub_entry.entry_id)
    assert said(caplog) == []


async def test_stop_is_no_news(
    hass: HomeAssistant, connected_device: Device, caplog: pytest.LogCaptureFixture
) -> None:
    """Home Assistant says itself that it stops."""
    hass.set_state(CoreState.stopping)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await connected_device.wait_closed()
    await hass.async_block_till_done()
    assert said(caplog) == []
    hass.set_state(CoreState.running)
