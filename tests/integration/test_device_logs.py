"""A device's log: asked for only while somebody follows it, bounded, and a stranger's."""

import asyncio
import logging
from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import Unauthorized
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.oceanremote.actions import logs as log_actions
from custom_components.oceanremote.common.const import DOMAIN
from custom_components.oceanremote.device.coordinator import DeviceCoordinator
from custom_components.oceanremote.device.logs import (
    FORWARDED,
    LogForwarder,
    LogLevel,
    LogLine,
)
from custom_components.oceanremote.device.registry import own_unique_id
from custom_components.oceanremote.hub import Hub

from .runtime_support import Device, eventually, only_coordinator

NASTY = "\x1b[31mline\nforged\u202e"


@pytest.fixture
def coordinator(hub: Hub) -> DeviceCoordinator:
    """Return the one device."""
    return only_coordinator(hub)


@pytest.fixture
def device_id(hass: HomeAssistant, hub_entry: MockConfigEntry) -> str:
    """Return the registry id of the hub's one device."""
    (subentry_id,) = hub_entry.subentries
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, subentry_id), hub_entry.entry_id
    )
    assert device is not None
    return device.id


async def say(device: Device, level: int, text: str, tag: str = "wifi") -> None:
    """Let a device log a line."""
    await device.send(device.driver.log(level, tag, text))


async def test_a_device_is_asked_for_what_its_followers_want_and_no_more(
    hass: HomeAssistant, coordinator: DeviceCoordinator, connected_device: Device
) -> None:
    driver = connected_device.driver
    assert driver.log_levels == []
    end_info = coordinator.logs.follow(LogLevel.INFO, lambda _: None)
    end_debug = coordinator.logs.follow(LogLevel.DEBUG, lambda _: None)
    await eventually(lambda: driver.log_levels == [3, 5])
    end_debug()
    await eventually(lambda: driver.log_levels == [3, 5, 3])
    driver.events.clear()
    await connected_device.hang_up()
    await connected_device.connect()  # it has forgotten what it was asked
    await eventually(lambda: driver.log_levels == [3])
    end_info()
    end_info()
    await eventually(lambda: driver.log_levels == [3, 0])


async def test_a_line_reaches_the_followers_of_its_level_cleaned(
    coordinator: DeviceCoordinator, connected_device: Device
) -> None:
    info: list[LogLine] = []
    debug: list[LogLine] = []

    def broken(_: LogLine) -> None:
        raise RuntimeError("one follower fails")

    ends = [
        coordinator.logs.follow(LogLevel.INFO, broken),
        coordinator.logs.follow(LogLevel.INFO, info.append),
        coordinator.logs.follow(LogLevel.DEBUG, debug.append),
    ]
    await say(connected_device, 5, NASTY)
    await say(connected_device, 3, "up")
    await eventually(lambda: len(debug) == 2)
    assert [line.text for line in info] == ["up"]
    assert debug[0].text == "\ufffd[31mline\ufffdforged\ufffd"
    assert debug[0].level is LogLevel.DEBUG
    for end in ends:
        end()


async def test_a_device_under_suspicion_is_not_heard(
    coordinator: DeviceCoordinator, connected_device: Device
) -> None:
    lines: list[LogLine] = []
    end = coordinator.logs.follow(LogLevel.DEBUG, lines.append)
    coordinator.set_suspected(suspected=True)
    await say(connected_device, 3, "believe me")
    await asyncio.sleep(0.1)
    assert lines == []
    end()


async def test_forwarding_is_bounded_escaped_and_never_above_warning(
    hass: HomeAssistant,
    coordinator: DeviceCoordinator,
    connected_device: Device,
    caplog: pytest.LogCaptureFixture,
) -> None:
    name = "custom_components.oceanremote.device.garden_pump"
    caplog.set_level(logging.DEBUG, name)
    now = 1000.0
    forwarder = LogForwarder(hass, coordinator.logs, "Garden pump")
    forwarder._now = lambda: now
    forwarder.set_level(LogLevel.VERBOSE)
    for level in range(1, 7):
        await say(connected_device, level, f"level {level} {NASTY}", tag="a%sb")

    def forwarded() -> list[logging.LogRecord]:
        return [record for record in caplog.records if record.name == name]

    await eventually(lambda: len(forwarded()) == 6)
    assert [record.levelname for record in forwarded()] == [
        *("WARNING", "WARNING", "INFO", "INFO", "DEBUG", "DEBUG")
    ]
    assert all(record.getMessage().startswith("[a%sb]") for record in forwarded())
    assert not any("\n" in record.getMessage() for record in forwarded())
    for _ in range(FORWARDED.burst + 20):
        await say(connected_device, 1, "again")
    await asyncio.sleep(0.2)
    assert len(forwarded()) == FORWARDED.burst
    now += 10
    await say(connected_device, 1, "and again")
    await eventually(lambda: len(forwarded()) == FORWARDED.burst + 2)
    assert forwarded()[-2].getMessage() == "26 lines left out"
    forwarder.set_level(LogLevel.NONE)


async def test_the_select_forwards_and_remembers(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    coordinator: DeviceCoordinator,
    connected_device: Device,
) -> None:
    registry = er.async_get(hass)
    entity_id = registry.async_get_entity_id(
        "select", DOMAIN, own_unique_id(coordinator.subentry_id, "log_forwarding")
    )
    assert entity_id is not None
    entry = registry.async_get(entity_id)
    assert entry is not None
    assert entry.disabled_by is er.RegistryEntryDisabler.INTEGRATION
    registry.async_update_entity(entity_id, disabled_by=None)
    assert await hass.config_entries.async_reload(hub_entry.entry_id)
    await hass.async_block_till_done()
    state = hass.states.get(entity_id)
    assert state is not None
    assert state.state == "none"
    await hass.services.async_call(
        "select",
        "select_option",
        {"entity_id": entity_id, "option": "warning"},
        blocking=True,
    )
    assert await hass.config_entries.async_reload(hub_entry.entry_id)
    await hass.async_block_till_done()
    state = hass.states.get(entity_id)
    assert state is not None
    assert state.state == "warning"
    await connected_device.connect()
    await eventually(lambda: connected_device.driver.log_levels[-1:] == [2])


async def get_logs(hass: HomeAssistant, device_id: str, **more: Any) -> Any:
    """Call the action."""
    return await hass.services.async_call(
        DOMAIN,
        "get_logs",
        {"device_id": device_id, **more},
        blocking=True,
        return_response=True,
        context=more.pop("context", None),
    )


async def test_the_action_returns_what_is_logged_meanwhile(
    hass: HomeAssistant,
    coordinator: DeviceCoordinator,
    connected_device: Device,
    device_id: str,
) -> None:
    waiting = asyncio.create_task(get_logs(hass, device_id, seconds=1, level="info"))
    await eventually(lambda: connected_device.driver.log_levels == [3])
    await say(connected_device, 3, "connected")
    await say(connected_device, 6, "more than was asked for")
    found = await waiting
    assert found["connected"]
    assert found["complete"]
    assert [(line["level"], line["tag"], line["text"]) for line in found["lines"]] == [
        ("info", "wifi", "connected")
    ]
    await eventually(lambda: connected_device.driver.log_levels == [3, 0])


async def test_the_action_is_bounded(
    hass: HomeAssistant,
    connected_device: Device,
    device_id: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(log_actions, "MAX_LINES", 3)
    waiting = asyncio.create_task(get_logs(hass, device_id, seconds=60))
    await eventually(lambda: connected_device.driver.log_levels)
    for number in range(4):
        await say(connected_device, 3, str(number))
    found = await waiting  # at once, not after a minute
    assert [line["text"] for line in found["lines"]] == ["0", "1", "2"]
    assert not found["complete"]


async def test_only_administrators_see_a_log(
    hass: HomeAssistant,
    hub: Hub,
    device_id: str,
    hass_read_only_user: MockUser,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_access_token: str,
) -> None:
    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            DOMAIN,
            "get_logs",
            {"device_id": device_id},
            blocking=True,
            return_response=True,
            context=Context(user_id=hass_read_only_user.id),
        )
    client = await hass_ws_client(hass, hass_read_only_access_token)
    await client.send_json_auto_id(
        {"type": "oceanremote/logs/follow", "device_id": device_id}
    )
    assert (await client.receive_json())["error"]["code"] == "unauthorized"


async def test_a_log_is_followed_live_until_the_caller_leaves(
    hass: HomeAssistant,
    connected_device: Device,
    device_id: str,
    hass_ws_client: WebSocketGenerator,
) -> None:
    client = await hass_ws_client(hass)
    await client.send_json_auto_id(
        {"type": "oceanremote/logs/follow", "device_id": device_id, "level": "verbose"}
    )
    assert (await client.receive_json())["success"]
    await eventually(lambda: connected_device.driver.log_levels == [6])
    await say(connected_device, 6, "tick")
    event = (await client.receive_json())["event"]
    assert (event["level"], event["text"]) == ("verbose", "tick")
    await client.close()
    await eventually(lambda: connected_device.driver.log_levels == [6, 0])


async def test_a_device_that_is_not_there_is_named(
    hass: HomeAssistant, hub: Hub, hass_ws_client: WebSocketGenerator
) -> None:
    client = await hass_ws_client(hass)
    await client.send_json_auto_id(
        {"type": "oceanremote/logs/follow", "device_id": "nobody"}
    )
    assert (await client.receive_json())["error"]["code"] == "not_found"
