"""What was delivered is told: by an event entity, and by an action."""

from dataclasses import replace

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.common.const import DOMAIN
from custom_components.oceanremote.device.registry import own_unique_id
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.protocol.readings import (
    Reading,
    Readings,
    ReadingsTaken,
)

from .runtime_support import FLOW, Device, come_online, eventually, only_coordinator


def _event_id(hass: HomeAssistant, subentry_id: str) -> str | None:
    return er.async_get(hass).async_get_entity_id(
        "event", DOMAIN, own_unique_id(subentry_id, "backfill")
    )


def _readings(first: int = 0) -> Readings:
    told = (Reading(7200, 1.5), Reading(3600, 2.5))
    return Readings(0, FLOW.address.key, first, 0, 4, False, told)


async def test_a_hub_without_a_recorder_says_so_and_lets_the_device_forget(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub, enrolled_device: Device
) -> None:
    coordinator = only_coordinator(hub)
    assert _event_id(hass, coordinator.subentry_id) is None
    driver = enrolled_device.driver
    driver.facts = replace(driver.facts, remembers=True)
    await come_online(hass, enrolled_device, coordinator)
    event_id = _event_id(hass, coordinator.subentry_id)
    assert event_id is not None

    await enrolled_device.send(driver.remember(_readings()))
    taken = ReadingsTaken(0, FLOW.address.key, 2)
    await eventually(lambda: driver.taken == [taken])
    await hass.async_block_till_done(wait_background_tasks=True)
    state = hass.states.get(event_id)
    assert state is not None
    assert state.attributes["event_type"] == "left_out"
    (sensor,) = coordinator.backfill.reports
    assert state.attributes["sensor"] == sensor
    assert state.attributes["left_out"] == {"no_recorder": 2}
    assert state.attributes["lost"] == 4

    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, coordinator.subentry_id), hub_entry.entry_id
    )
    assert device is not None
    response = await hass.services.async_call(
        DOMAIN,
        "get_backfill_report",
        {"device_id": device.id},
        blocking=True,
        return_response=True,
    )
    assert response == {
        "remembers": True,
        "sensors": {
            sensor: {
                "readings": 0,
                "hours": 0,
                "oldest": None,
                "newest": None,
                "lost": 4,
                "waiting": 0,
                "left_out": {"no_recorder": 2},
            }
        },
    }


async def test_a_device_in_quarantine_keeps_what_it_remembers(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    coordinator = only_coordinator(hub)
    coordinator.set_suspected(suspected=True)
    await connected_device.send(connected_device.driver.remember(_readings()))
    await hass.async_block_till_done(wait_background_tasks=True)
    assert not coordinator.backfill.reports
    assert not connected_device.driver.taken
