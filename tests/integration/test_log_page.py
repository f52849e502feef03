"""The pages of a device's log and of its thrift, as an administrator walks them."""

import asyncio
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.oceanremote.common.const import CONF_PING_INTERVAL, CONF_THRIFTY
from custom_components.oceanremote.device.coordinator import DeviceCoordinator
from custom_components.oceanremote.flows import log_page
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.protocol import LastLine, LastLines

from .flow_support import answer, choose, start_device_flow, text_at
from .runtime_support import PATIENCE, Device, eventually, only_coordinator


@pytest.fixture(autouse=True)
def no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Show the first page at once."""
    monkeypatch.setattr(log_page, "_FIRST_LOOK", 0.0)


@pytest.fixture
def coordinator(hub: Hub) -> DeviceCoordinator:
    """Return the one device."""
    return only_coordinator(hub)


async def open_page(
    hass: HomeAssistant, entry: MockConfigEntry, option: str
) -> dict[str, Any]:
    """Choose a page of the one device."""
    (subentry_id,) = entry.subentries
    flow = await start_device_flow(hass, entry, subentry_id)
    assert option in flow["menu_options"]
    assert text_at(
        "config_subentries", "device", "step", "reconfigure", "menu_options", option
    )
    return await choose(hass, flow, option)


def shown(flow: dict[str, Any]) -> list[str]:
    """Return the lines on the page."""
    (field,) = (key for key in flow["data_schema"].schema if key == "lines")
    text: str = field.description["suggested_value"]
    return text.splitlines()


async def test_the_page_shows_what_is_logged_while_it_is_open(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    coordinator: DeviceCoordinator,
    connected_device: Device,
) -> None:
    driver = connected_device.driver
    crash = LastLines("Watchdog", (LastLine(1, "pump", "Stuck"),))
    await connected_device.send(driver.remember_crash(crash))
    await eventually(lambda: coordinator.crashes.last)
    page = await open_page(hass, hub_entry, "log")
    assert (page["type"], page["step_id"]) == (FlowResultType.FORM, "log")
    assert shown(page)[0] == "# Crash: Watchdog"
    assert shown(page)[1].endswith("E [pump] Stuck")
    await eventually(lambda: driver.log_levels == [5])
    await connected_device.send(driver.log(3, "wifi", "<b>{{ 1 }}</b>\nforged"))
    # What would be markup, or another line, is neither.
    async with asyncio.timeout(PATIENCE):
        while not shown(page)[-1].endswith("I [wifi] <b>{{ 1 }}</b>\ufffdforged"):
            await asyncio.sleep(0.01)  # or no line could come
            page = await answer(hass, page, level="debug")
    page = await answer(hass, page, level="warning")
    assert shown(page)[-1].endswith("forged")
    await eventually(lambda: driver.log_levels == [5, 2])

    hass.config_entries.subentries.async_abort(page["flow_id"])
    await eventually(lambda: driver.log_levels == [5, 2, 0])


async def test_a_page_that_nobody_looks_at_ends_and_is_bounded(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    coordinator: DeviceCoordinator,
    connected_device: Device,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(log_page, "MAX_LINES", 3)
    driver = connected_device.driver
    page = await open_page(hass, hub_entry, "log")
    await eventually(lambda: driver.log_levels == [5])
    for number in range(5):
        await connected_device.send(driver.log(3, "t", str(number)))
    page = await answer(hass, page, level="debug")
    async with asyncio.timeout(PATIENCE):
        while not shown(page) or not shown(page)[-1].endswith("4"):
            await asyncio.sleep(0.01)
            page = await answer(hass, page, level="debug")
    assert [line[-1] for line in shown(page)] == ["2", "3", "4"]
    async_fire_time_changed(hass, dt_util.utcnow() + log_page.FOLLOWED * 2)
    await eventually(lambda: driver.log_levels == [5, 0])
    # Who comes back after all sees it go on.
    await answer(hass, page, level="debug")
    await eventually(lambda: driver.log_levels == [5, 0, 5])
    hass.config_entries.subentries.async_abort(page["flow_id"])


async def test_a_device_becomes_thrifty_at_once(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    coordinator: DeviceCoordinator,
    connected_device: Device,
) -> None:
    page = await open_page(hass, hub_entry, "metered")
    result = await answer(hass, page, **{CONF_THRIFTY: True, CONF_PING_INTERVAL: 120})
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "metered_saved"
    assert text_at("config_subentries", "device", "abort", "metered_saved")
    (subentry,) = hub_entry.subentries.values()
    assert subentry.data[CONF_THRIFTY]
    assert coordinator.health.thrifty_interval() == 120
    await eventually(lambda: connected_device.driver.connection._silence == 3 * 120)
