"""How a device fares: asked for only by who watches, and what its links carry."""

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    mock_restore_cache_with_extra_data,
)

from custom_components.oceanremote.common.const import CONF_PING_INTERVAL, CONF_THRIFTY
from custom_components.oceanremote.device.coordinator import DeviceCoordinator
from custom_components.oceanremote.device.health import REPORT_INTERVAL
from custom_components.oceanremote.device.registry import own_unique_id
from custom_components.oceanremote.device.traffic import DeviceTraffic
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.protocol import Health
from custom_components.oceanremote.transport.traffic import Traffic

from .runtime_support import Device, eventually, load, only_coordinator, state_of

DISABLED = (
    "uptime",
    "wifi_signal",
    "free_heap",
    "longest_loop",
    "round_trip",
    "reconnects",
    "data_sent",
    "data_received",
)
HEALTH = Health(uptime=3600, wifi_signal=-67, free_heap=20480, longest_loop=35)


@pytest.fixture
def coordinator(hub: Hub) -> DeviceCoordinator:
    """Return the one device."""
    return only_coordinator(hub)


@pytest.fixture
def reporting_device(connected_device: Device) -> Device:
    """The device with firmware that can tell its health."""
    driver = connected_device.driver
    driver.facts = replace(driver.facts, reports_health=True, reset_reason="Brownout")
    return connected_device


def enable_only(
    hass: HomeAssistant, entry: MockConfigEntry, *keys: str
) -> dict[str, str]:
    """Enable some of the sensors, from the next start on; return their entity ids."""
    registry = er.async_get(hass)
    (subentry_id,) = entry.subentries
    entity_ids = {}
    for key in keys:
        entity_id = registry.async_get_entity_id(
            "sensor", "oceanremote", own_unique_id(subentry_id, key)
        )
        assert entity_id is not None
        assert registry.entities[entity_id].disabled_by is not None
        registry.async_update_entity(entity_id, disabled_by=None)
        entity_ids[key] = entity_id
    return entity_ids


async def enable(
    hass: HomeAssistant, entry: MockConfigEntry, *keys: str
) -> DeviceCoordinator:
    """Enable some of the sensors; return the coordinator of the reloaded hub."""
    enable_only(hass, entry, *keys)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    return only_coordinator(entry.runtime_data.hub)


async def test_nothing_is_asked_for_while_nobody_looks(
    hass: HomeAssistant, coordinator: DeviceCoordinator, reporting_device: Device
) -> None:
    await reporting_device.hang_up()
    await reporting_device.connect()
    await eventually(lambda: coordinator.facts and coordinator.facts.reports_health)
    await hass.async_block_till_done()
    assert reporting_device.driver.health_wanted == []
    assert state_of(hass, "sensor", coordinator, "own-reset_reason") == "Brownout"


async def test_an_enabled_sensor_has_the_device_asked(
    hass: HomeAssistant, hub_entry: MockConfigEntry, reporting_device: Device
) -> None:
    await reporting_device.hang_up()
    coordinator = await enable(hass, hub_entry, *DISABLED)
    await reporting_device.connect()
    driver = reporting_device.driver
    await eventually(lambda: driver.health_wanted == [REPORT_INTERVAL])
    await reporting_device.send(driver.fare(HEALTH))
    await eventually(lambda: coordinator.health.measured == HEALTH)
    assert state_of(hass, "sensor", coordinator, "own-wifi_signal") == "-67"
    assert state_of(hass, "sensor", coordinator, "own-free_heap") == "20480"
    assert state_of(hass, "sensor", coordinator, "own-longest_loop") == "35"
    started = dt_util.parse_datetime(
        state_of(hass, "sensor", coordinator, "own-uptime")
    )
    assert started is not None
    assert abs(dt_util.utcnow() - timedelta(hours=1) - started) < timedelta(minutes=1)

    # A report that arrives late is no other start.
    first = coordinator.health.started_at
    await reporting_device.send(driver.fare(replace(HEALTH, uptime=3610)))
    await eventually(lambda: coordinator.health.measured != HEALTH)
    assert coordinator.health.started_at == first

    link = coordinator.link
    assert link is not None
    link.connection.send_ping(link.now())
    link.flush()
    await eventually(lambda: coordinator.health.round_trip is not None)
    assert float(state_of(hass, "sensor", coordinator, "own-round_trip")) >= 0
    assert int(state_of(hass, "sensor", coordinator, "own-reconnects")) == 0

    # What is away measures nothing; a new link is asked anew, and counted.
    await reporting_device.hang_up()
    await eventually(lambda: not coordinator.connected)
    assert state_of(hass, "sensor", coordinator, "own-wifi_signal") == "unavailable"
    await reporting_device.connect()
    await eventually(lambda: driver.health_wanted == [REPORT_INTERVAL] * 2)
    await eventually(
        lambda: state_of(hass, "sensor", coordinator, "own-reconnects") == "1"
    )


async def test_older_firmware_is_never_asked(
    hass: HomeAssistant, hub_entry: MockConfigEntry, connected_device: Device
) -> None:
    """It would close the link at a message that it does not know."""
    await connected_device.hang_up()
    coordinator = await enable(hass, hub_entry, "free_heap")
    await connected_device.connect()
    await eventually(lambda: coordinator.available)
    assert connected_device.driver.health_wanted == []
    assert connected_device.driver.closed is None


async def test_a_thrifty_device_is_pinged_less_and_not_asked(
    hass: HomeAssistant, hub_entry: MockConfigEntry, reporting_device: Device
) -> None:
    await reporting_device.hang_up()
    coordinator = await enable(hass, hub_entry, "free_heap")
    await reporting_device.connect()
    driver = reporting_device.driver
    await eventually(lambda: driver.health_wanted == [REPORT_INTERVAL])
    assert driver.connection._silence == 3 * 25
    (subentry,) = hub_entry.subentries.values()
    data = {**subentry.data, CONF_THRIFTY: True, CONF_PING_INTERVAL: 200}
    hass.config_entries.async_update_subentry(hub_entry, subentry, data=data)
    await eventually(lambda: driver.health_wanted == [REPORT_INTERVAL, 0])
    await coordinator.async_renew()
    await eventually(lambda: driver.connection._silence == 3 * 200)
    link = coordinator.link
    assert link is not None
    ledger = link.connection._pings.ledger
    ledger.add(b"12345678", 1000.0)
    assert ledger._due == 1200.0
    ledger.answer(b"12345678", 1000.0)


async def test_what_a_link_carries_is_counted(
    hass: HomeAssistant, coordinator: DeviceCoordinator, connected_device: Device
) -> None:
    """To the byte, headers of the WebSocket included."""
    before = coordinator.health.traffic.total()
    assert before.sent > 120
    assert before.received > 81
    frames = connected_device.driver.log(3, "wifi", "x" * 100)
    assert len(frames[0]) > 125
    await connected_device.send(frames)
    await eventually(
        lambda: (
            coordinator.health.traffic.total() - before
            == Traffic(sent=len(frames[0]) + 4 + 4)
        )
    )
    link = coordinator.link
    assert link is not None
    link.connection.subscribe_logs(3, link.now())
    link.flush()
    # Type, epoch, [70, 3], tag; and a short header that masks nothing.
    await eventually(
        lambda: (
            coordinator.health.traffic.total() - before
            == Traffic(len(frames[0]) + 8, 5 + 4 + 16 + 2)
        )
    )


class FakeLink(SimpleNamespace):
    """What a link is to the counter."""

    traffic: Traffic


def test_a_day_begins_at_local_midnight_and_survives_a_restart() -> None:
    today = date(2026, 11, 27)
    counter = DeviceTraffic(lambda: today)
    link: Any = FakeLink(traffic=Traffic(100, 10))
    counter.begin(link)
    link.traffic.sent = 150
    assert counter.total() == Traffic(150, 10)
    counter.end()
    other: Any = FakeLink(traffic=Traffic(7, 3))
    counter.begin(other)
    assert counter.total() == Traffic(157, 13)
    today = date(2026, 11, 28)
    assert counter.total() == Traffic(0, 0)
    other.traffic.sent = 9
    assert counter.total() == Traffic(2, 0)
    counter.restore(date(2026, 11, 27), sent=1000)
    assert counter.total() == Traffic(2, 0)
    counter.restore(date(2026, 11, 28), received=50)
    assert counter.total() == Traffic(2, 50)


async def test_what_was_counted_today_is_restored(
    hass: HomeAssistant, hub_entry: MockConfigEntry
) -> None:
    entity_ids = enable_only(hass, hub_entry, "data_sent", "reconnects")
    assert await hass.config_entries.async_unload(hub_entry.entry_id)
    kept = [
        (
            State(entity_ids[key], str(value)),
            {"native_value": value, "native_unit_of_measurement": None},
        )
        for key, value in (("data_sent", 12345), ("reconnects", 7))
    ]
    mock_restore_cache_with_extra_data(hass, kept)
    coordinator = only_coordinator(await load(hass, hub_entry))
    assert coordinator.health.traffic.total() == Traffic(sent=12345)
    assert state_of(hass, "sensor", coordinator, "own-reconnects") == "7"
    assert float(state_of(hass, "sensor", coordinator, "own-data_sent")) == 12.345
