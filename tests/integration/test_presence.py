"""A device that sleeps: asleep as it has announced, away once it is late."""

from dataclasses import replace
import time
from unittest.mock import patch

from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.device.status import DeviceStatus
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.presence import UNKNOWN_SLEEP, WAKING_TIME
from custom_components.oceanremote.protocol import Domain, GoodbyeReason

from .runtime_support import (
    FLOW,
    PUMP,
    Device,
    Skew,
    describe,
    entity_id_of,
    eventually,
    load,
    only_coordinator,
    state_of,
)
from .sleep_support import fall_asleep, pump_of, sleeper, wake_up
from .test_availability_log import said
from .test_coming_back import Writes

NIGHT = 600
LATE = NIGHT * 1.1 + WAKING_TIME + 1


@pytest.fixture
async def device(hub: Hub, enrolled_device: Device) -> Device:
    """Return a connected board that sleeps."""
    return await sleeper(hub, enrolled_device)


def status(hub: Hub) -> str:
    """Return what the status sensor says."""
    return state_of(hub.hass, "sensor", only_coordinator(hub), "own-status")


async def test_an_announced_sleep_keeps_every_value(
    hass: HomeAssistant, hub: Hub, device: Device, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is written of it, nothing is logged; the status says since when."""
    await device.report(FLOW, 7.5)
    flow = entity_id_of(hass, "sensor", only_coordinator(hub), "sensor-0-flow")
    await eventually(lambda: hass.states.is_state(flow, "7.5"))
    writes = Writes(hass)
    began = time.time()
    await fall_asleep(hub, device, NIGHT)
    assert status(hub) == DeviceStatus.ASLEEP
    assert hass.states.is_state(pump_of(hub), "on")
    assert hass.states.is_state(flow, "7.5")
    shown = hass.states.get(
        entity_id_of(hass, "sensor", only_coordinator(hub), "own-status")
    )
    assert shown is not None
    since, until = shown.attributes["asleep_since"], shown.attributes["next_wakeup"]
    assert began <= since.timestamp() <= time.time()
    assert (until - since).total_seconds() == NIGHT
    await wake_up(hub, device)
    assert status(hub) == DeviceStatus.ONLINE
    assert writes.take(pump_of(hub)) == []
    assert writes.take(flow) == []
    assert said(caplog) == []


async def test_what_has_changed_in_its_sleep_is_written_once(
    hass: HomeAssistant, hub: Hub, device: Device
) -> None:
    """From the old value to the new one, with nothing between them."""
    await fall_asleep(hub, device)
    writes = Writes(hass)
    device.driver.states[PUMP.address] = False
    await wake_up(hub, device)
    assert writes.take(pump_of(hub)) == ["off"]


async def test_what_it_does_not_tell_any_more_is_unknown(
    hass: HomeAssistant, hub: Hub, device: Device
) -> None:
    """An old value ends with the word that all was told."""
    await fall_asleep(hub, device)
    del device.driver.states[PUMP.address]
    await wake_up(hub, device)
    await eventually(lambda: hass.states.is_state(pump_of(hub), "unknown"))


async def test_who_is_late_is_away_and_unavailable(
    hass: HomeAssistant,
    hub: Hub,
    device: Device,
    skew: Skew,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """After its time and the margin; it is logged once, like any absence."""
    await fall_asleep(hub, device, NIGHT)
    await skew.forward(NIGHT + 1)
    assert status(hub) == DeviceStatus.ASLEEP
    await skew.forward(LATE - NIGHT)
    assert status(hub) == DeviceStatus.AWAY
    assert hass.states.is_state(pump_of(hub), STATE_UNAVAILABLE)
    writes = Writes(hass)
    await wake_up(hub, device)
    assert status(hub) == DeviceStatus.ONLINE
    assert writes.take(pump_of(hub)) == ["on"]
    assert len(said(caplog)) == 2


@pytest.mark.parametrize("seconds", [0, 365 * 86_400])
async def test_an_unknown_or_endless_sleep_counts_for_a_day(
    hass: HomeAssistant, hub: Hub, device: Device, skew: Skew, seconds: int
) -> None:
    await fall_asleep(hub, device, seconds)
    assert only_coordinator(hub).presence.wakes_at is None
    await skew.forward(UNKNOWN_SLEEP - 60)
    assert status(hub) == DeviceStatus.ASLEEP
    await skew.forward(120)
    assert status(hub) == DeviceStatus.AWAY


async def test_who_wakes_too_early_is_online(
    hass: HomeAssistant, hub: Hub, device: Device, skew: Skew
) -> None:
    """And the sleep that was announced does not end later."""
    await fall_asleep(hub, device, NIGHT)
    await wake_up(hub, device)
    assert only_coordinator(hub).presence.wakes_at is None
    await skew.forward(LATE)
    assert status(hub) == DeviceStatus.ONLINE


@pytest.mark.parametrize(
    "why", [GoodbyeReason.RESTART, GoodbyeReason.UPDATE, GoodbyeReason.POWER_OFF]
)
async def test_only_a_sleep_is_a_sleep(
    hass: HomeAssistant, hub: Hub, device: Device, why: GoodbyeReason
) -> None:
    """Who restarts or is switched off is offline, whatever number it names."""
    await device.send(device.driver.goodbye(NIGHT, why))
    await device.hang_up()
    await eventually(lambda: not only_coordinator(hub).connected)
    assert status(hub) == DeviceStatus.OFFLINE
    assert hass.states.is_state(pump_of(hub), STATE_UNAVAILABLE)


async def test_a_link_that_is_lost_is_no_sleep(
    hass: HomeAssistant, hub: Hub, device: Device
) -> None:
    await fall_asleep(hub, device)
    await wake_up(hub, device)
    await device.hang_up()
    await eventually(lambda: not only_coordinator(hub).connected)
    assert status(hub) == DeviceStatus.OFFLINE
    assert hass.states.is_state(pump_of(hub), STATE_UNAVAILABLE)


async def test_a_sleeper_in_quarantine_shows_nothing(
    hass: HomeAssistant, hub: Hub, device: Device
) -> None:
    """What it has said counts no more, and neither does its sleep."""
    await fall_asleep(hub, device)
    hub.suspect(only_coordinator(hub).enrolment_id, "two live links")
    await hass.async_block_till_done()
    assert status(hub) == DeviceStatus.QUARANTINED
    assert hass.states.is_state(pump_of(hub), STATE_UNAVAILABLE)
    assert only_coordinator(hub).cache.states == {}
    assert only_coordinator(hub).presence.asleep_since is None


async def test_another_program_in_its_sleep_is_taken_as_it_is(
    hass: HomeAssistant, hub: Hub, device: Device
) -> None:
    """An entity that stays keeps its value until it is told; one that goes, goes."""
    await fall_asleep(hub, device)
    beep = describe(Domain.BUTTON, "Beep")
    device.driver.entities = (PUMP, beep)
    await wake_up(hub, device)
    assert hass.states.is_state(pump_of(hub), "on")
    registry = er.async_get(hass)
    tail = f"{only_coordinator(hub).subentry_id}-sensor-0-flow"
    await eventually(
        lambda: registry.async_get_entity_id("sensor", "oceanremote", tail) is None
    )


async def test_a_sleeper_outlives_a_restart_with_its_values(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub, device: Device
) -> None:
    """Its wake-up, the values of its entities, and that it is asked to stay awake."""
    await device.report(FLOW, 7.5)
    flow = entity_id_of(hass, "sensor", only_coordinator(hub), "sensor-0-flow")
    await eventually(lambda: hass.states.is_state(flow, "7.5"))
    await fall_asleep(hub, device, NIGHT)
    wakes_at = only_coordinator(hub).presence.wakes_at
    await hass.config_entries.async_unload(hub_entry.entry_id)
    again = await load(hass, hub_entry)
    assert status(again) == DeviceStatus.ASLEEP
    assert only_coordinator(again).presence.wakes_at == wakes_at
    assert hass.states.is_state(flow, "7.5")
    assert hass.states.is_state(pump_of(again), "on")
    device.driver.states[PUMP.address] = False
    await wake_up(again, device)
    assert hass.states.is_state(pump_of(again), "off")


@pytest.mark.parametrize(
    ("moved", "expected"),
    [
        (-86_400 * 365, DeviceStatus.ASLEEP),
        (NIGHT, DeviceStatus.ASLEEP),
        (LATE, DeviceStatus.AWAY),
        (86_400 * 365, DeviceStatus.AWAY),
    ],
)
async def test_the_clock_may_have_moved_meanwhile(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    device: Device,
    monkeypatch: pytest.MonkeyPatch,
    moved: float,
    expected: DeviceStatus,
) -> None:
    """Put back, it gives no more time than was announced; put forward, less."""
    await fall_asleep(hub, device, NIGHT)
    await hass.config_entries.async_unload(hub_entry.entry_id)
    now = time.time()
    with patch(
        "custom_components.oceanremote.device.presence.time.time",
        lambda: now + moved,
    ):
        again = await load(hass, hub_entry)
    assert status(again) == expected
    later = Skew(again, monkeypatch)
    await later.forward(LATE)
    assert status(again) == DeviceStatus.AWAY
    assert hass.states.is_state(pump_of(again), STATE_UNAVAILABLE)


async def test_damage_costs_the_sleep_and_nothing_else(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub, device: Device
) -> None:
    """A file that cannot be read any more: the device is offline until it dials."""
    await fall_asleep(hub, device)
    await hass.config_entries.async_unload(hub_entry.entry_id)
    subentry_id = next(iter(hub_entry.subentries))
    store = hub._store.presences._store
    await store.async_save({subentry_id: {"stay_awake": False, "sleep": 7}})
    again = await load(hass, hub_entry)
    assert status(again) == DeviceStatus.OFFLINE
    await wake_up(again, device)
    assert status(again) == DeviceStatus.ONLINE


async def test_who_never_sleeps_has_none_of_it(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    """No switch, no attribute, nothing on the disk, and not a word on the wire."""
    coordinator = only_coordinator(hub)
    registry = er.async_get(hass)
    for platform, key in (("switch", "stay_awake"), ("sensor", "next_wakeup")):
        tail = f"{coordinator.subentry_id}-own-{key}"
        assert registry.async_get_entity_id(platform, "oceanremote", tail) is None
    shown = hass.states.get(entity_id_of(hass, "sensor", coordinator, "own-status"))
    assert shown is not None
    assert "next_wakeup" not in shown.attributes
    coordinator.presence.set_stay_awake(on=True)
    assert hub._store.presences.of(coordinator.subentry_id) is None
    await coordinator.async_renew()
    assert connected_device.driver.held_awake == []


async def test_who_stops_sleeping_is_forgotten(
    hass: HomeAssistant, hub: Hub, device: Device
) -> None:
    """Another program without deep sleep."""
    await fall_asleep(hub, device)
    coordinator = only_coordinator(hub)
    assert hub._store.presences.of(coordinator.subentry_id) is not None
    device.driver.facts = replace(device.driver.facts, sleeps=False)
    await wake_up(hub, device)
    assert hub._store.presences.of(coordinator.subentry_id) is None


async def test_a_removed_sleeper_leaves_nothing(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub, device: Device
) -> None:
    await fall_asleep(hub, device)
    (subentry_id,) = hub_entry.subentries
    hass.config_entries.async_remove_subentry(hub_entry, subentry_id)
    await hass.async_block_till_done()
    assert hub._store.presences.of(subentry_id) is None


# -- Stay awake --------------------------------------------------------------


def hold_of(hub: Hub) -> str:
    """Return the entity id of the switch."""
    return entity_id_of(hub.hass, "switch", only_coordinator(hub), "own-stay_awake")


async def test_the_switch_holds_the_board_at_once_and_after_every_sleep(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub, device: Device
) -> None:
    """It is said once per link, and outlives a restart."""
    assert hass.states.is_state(hold_of(hub), "off")
    await hass.services.async_call(
        "switch", "turn_on", {"entity_id": hold_of(hub)}, blocking=True
    )
    await eventually(lambda: device.driver.held_awake == [False, True])
    await only_coordinator(hub).async_renew()
    assert device.driver.held_awake == [False, True]
    await fall_asleep(hub, device)
    await wake_up(hub, device)
    await eventually(lambda: device.driver.held_awake == [False, True, True])
    await fall_asleep(hub, device)
    await hass.config_entries.async_unload(hub_entry.entry_id)
    again = await load(hass, hub_entry)
    assert hass.states.is_state(hold_of(again), "on")
    await wake_up(again, device)
    await eventually(lambda: device.driver.held_awake == [False, True, True, True])
    await hass.services.async_call(
        "switch", "turn_off", {"entity_id": hold_of(again)}, blocking=True
    )
    await eventually(
        lambda: device.driver.held_awake == [False, True, True, True, False]
    )


async def test_it_can_be_held_in_its_sleep(
    hass: HomeAssistant, hub: Hub, device: Device
) -> None:
    """From its next wake-up on; its values stay."""
    await fall_asleep(hub, device)
    await hass.services.async_call(
        "switch", "turn_on", {"entity_id": hold_of(hub)}, blocking=True
    )
    assert hass.states.is_state(pump_of(hub), "on")
    await wake_up(hub, device)
    await eventually(lambda: device.driver.held_awake == [False, True])


async def test_a_link_that_ends_as_it_is_held_harms_nobody(
    hass: HomeAssistant, hub: Hub, device: Device
) -> None:
    """The next one is told."""
    coordinator = only_coordinator(hub)
    assert coordinator.link is not None
    coordinator.link.connection.close(0.0)
    coordinator.presence.set_stay_awake(on=True)
    await device.hang_up()
    await eventually(lambda: not coordinator.connected)
    await wake_up(hub, device)
    await eventually(lambda: device.driver.held_awake == [False, True])


async def test_a_redescribed_entity_keeps_its_doubt(
    hass: HomeAssistant, hub: Hub, device: Device
) -> None:
    """What a sleeper has not said again is unknown in the end, under any address."""
    await fall_asleep(hub, device)
    other_key = PUMP.address._replace(key=4711)
    device.driver.entities = (replace(PUMP, address=other_key),)
    device.driver.tells_all = False
    await device.connect()
    await eventually(lambda: only_coordinator(hub).available)
    await hass.async_block_till_done()
    assert hass.states.is_state(pump_of(hub), "on")
    await device.send(device.driver.tell_complete())
    await eventually(lambda: hass.states.is_state(pump_of(hub), "unknown"))
