"""A device's last words: shown, cleaned and bounded, to administrators."""

import logging

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.oceanremote.common.const import DOMAIN
from custom_components.oceanremote.device.coordinator import DeviceCoordinator
from custom_components.oceanremote.device.logs import LogForwarder, LogLevel
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.protocol import LastLine, LastLines

from .runtime_support import Device, entity_id_of, eventually, only_coordinator

NASTY = "\x1b[31mline\nforged\u202e"
CRASH = LastLines(
    f"Crash{NASTY}", (LastLine(2, "pump", "Stuck"), LastLine(1, "a\nb", NASTY))
)


@pytest.fixture
def coordinator(hub: Hub) -> DeviceCoordinator:
    """Return the one device."""
    return only_coordinator(hub)


async def crash(
    coordinator: DeviceCoordinator, device: Device, what: LastLines = CRASH
) -> None:
    """Let the device tell that it has crashed."""
    before = coordinator.crashes.last
    await device.send(device.driver.remember_crash(what))
    await eventually(lambda: coordinator.crashes.last is not before)


async def test_a_crash_is_an_event_with_its_last_lines(
    hass: HomeAssistant, coordinator: DeviceCoordinator, connected_device: Device
) -> None:
    await crash(coordinator, connected_device)
    await hass.async_block_till_done()
    state = hass.states.get(entity_id_of(hass, "event", coordinator, "own-crash"))
    assert state is not None
    assert state.attributes["event_type"] == "crashed"
    assert state.attributes["reset_reason"] == "Crash\ufffd[31mline\ufffdforged\ufffd"
    assert state.attributes["lines"] == [
        "[W][pump] Stuck",
        "[E][a\ufffdb] \ufffd[31mline\ufffdforged\ufffd",
    ]


async def test_many_lines_are_cut_to_what_an_attribute_may_have(
    hass: HomeAssistant, coordinator: DeviceCoordinator, connected_device: Device
) -> None:
    lines = tuple(LastLine(1, "t", f"{number:0250}") for number in range(30))
    await crash(coordinator, connected_device, LastLines("Watchdog", lines))
    await hass.async_block_till_done()
    state = hass.states.get(entity_id_of(hass, "event", coordinator, "own-crash"))
    assert state is not None
    shown = state.attributes["lines"]
    assert len("".join(shown)) <= 4096
    assert shown[-1].endswith("29")


async def test_a_crash_is_forwarded_where_the_log_is(
    hass: HomeAssistant,
    coordinator: DeviceCoordinator,
    connected_device: Device,
    caplog: pytest.LogCaptureFixture,
) -> None:
    forwarder = LogForwarder(hass, coordinator.logs, "Garden pump")
    coordinator.crashes.listen(lambda told: forwarder.crashed("Crash", told.lines))
    caplog.set_level(logging.DEBUG)
    await crash(coordinator, connected_device)
    assert "It has crashed" not in caplog.text
    forwarder.set_level(LogLevel.ERROR)
    await crash(coordinator, connected_device)
    records = [r for r in caplog.records if r.name.endswith("device.garden_pump")]
    assert [record.getMessage() for record in records][:2] == [
        "It has crashed (Crash), after:",
        "[pump] Stuck",
    ]
    assert max(record.levelno for record in records) == logging.WARNING
    assert not any("\n" in record.getMessage() for record in records)
    forwarder.set_level(LogLevel.NONE)


async def test_the_action_returns_the_last_crash(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    coordinator: DeviceCoordinator,
    connected_device: Device,
) -> None:
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, coordinator.subentry_id), hub_entry.entry_id
    )
    assert device is not None

    async def last_crash() -> object:
        found = await hass.services.async_call(
            DOMAIN,
            "get_logs",
            {"device_id": device.id, "seconds": 1},
            blocking=True,
            return_response=True,
        )
        assert found is not None
        return found["last_crash"]

    assert await last_crash() is None
    await crash(coordinator, connected_device, LastLines("Watchdog"))
    found = await last_crash()
    assert isinstance(found, dict)
    assert found["reset_reason"] == "Watchdog"
    assert found["lines"] == []


async def test_who_follows_the_log_is_told_the_last_crash_first(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    coordinator: DeviceCoordinator,
    connected_device: Device,
    hass_ws_client: WebSocketGenerator,
) -> None:
    client = await hass_ws_client(hass)
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, coordinator.subentry_id), hub_entry.entry_id
    )
    assert device is not None

    async def followed() -> object:
        await client.send_json_auto_id(
            {"type": "oceanremote/logs/follow", "device_id": device.id}
        )
        return (await client.receive_json())["result"]["last_crash"]

    assert await followed() is None
    await crash(coordinator, connected_device, LastLines("Watchdog"))
    found = await followed()
    assert isinstance(found, dict)
    assert found["reset_reason"] == "Watchdog"


async def test_a_device_under_suspicion_tells_no_crash(
    coordinator: DeviceCoordinator, connected_device: Device
) -> None:
    coordinator.set_suspected(suspected=True)
    await connected_device.send(connected_device.driver.remember_crash(CRASH))
    await connected_device.send(connected_device.driver.goodbye())
    await connected_device.hang_up()
    await eventually(lambda: not coordinator.connected)
    assert coordinator.crashes.last is None
