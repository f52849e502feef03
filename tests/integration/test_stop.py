"""Home Assistant stops: devices hear it at once, and nothing is written about it."""

import time

from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.oceanremote.hub import Hub

from .runtime_support import PUMP, Device, entity_id_of, only_coordinator

GOING_AWAY = 1001
# From the stop event to the close frame, as the device sees it; seconds.
AT_ONCE = 0.1


@pytest.fixture
async def running_device(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> Device:
    """Return a device whose switch is off and whose states have all been told."""
    await connected_device.report(PUMP, value=False)
    await hass.async_block_till_done()
    return connected_device


async def test_devices_hear_of_a_stop_at_once(
    hass: HomeAssistant, hub: Hub, running_device: Device
) -> None:
    """Background tasks are cancelled before the stop event; links close all the same."""
    begun: list[float] = []

    @callback
    def note(event: Event) -> None:
        begun.append(time.monotonic())

    hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, note)
    stopping = hass.async_create_task(hass.async_stop(force=True))
    assert await running_device.wait_closed() == GOING_AWAY
    assert time.monotonic() - begun[0] < AT_ONCE
    await stopping
    assert hub.vault.stopping
    assert not only_coordinator(hub).connected


async def test_a_stop_is_no_change_of_state(
    hass: HomeAssistant, hub: Hub, running_device: Device
) -> None:
    """A state that is written while all goes would only be noise in the history."""
    changes = async_capture_events(hass, "state_changed")
    await hass.async_stop(force=True)
    coordinator = only_coordinator(hub)
    assert not coordinator.connected
    pump = entity_id_of(hass, "switch", coordinator, "switch-0-pump")
    assert [event.data["entity_id"] for event in changes] == []
    state = hass.states.get(pump)
    assert state is not None
    assert state.state == "off"


async def test_automations_of_the_shutdown_still_reach_devices(
    hass: HomeAssistant, hub: Hub, running_device: Device
) -> None:
    """Who closes a valve when Home Assistant shuts down is not too late for it."""
    pump = entity_id_of(hass, "switch", only_coordinator(hub), "switch-0-pump")
    assert await async_setup_component(
        hass,
        "automation",
        {
            "automation": {
                "triggers": {"trigger": "homeassistant", "event": "shutdown"},
                "actions": {
                    "action": "switch.turn_on",
                    "target": {"entity_id": pump},
                },
            }
        },
    )
    await hass.async_block_till_done()
    await hass.async_stop(force=True)
    assert len(running_device.driver.commands) == 1
    assert await running_device.wait_closed() == GOING_AWAY
