"""A device that is newer than the hub, or describes something wrongly, works all the same."""

from collections.abc import Iterable
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.protocol import cbor
from tests.support.device import EpochStarted

from .runtime_support import (
    FLOW,
    PUMP,
    Device,
    entity_id_of,
    eventually,
    only_coordinator,
)
from .test_entities import redescribe

NEWER = [200, 0, 1, "robot", "Robot", {1: 2, 99: [1, 2]}]
OLDER = [0, 0, 2, "fan", "Fan", {19: "fan"}]
TWICE = [4, 0, 3, PUMP.object_id, "Second pump", {}]
MALFORMED = [2, 0, 4, "depth", "Depth", {6: 99}]
# A category, a state class and a property that do not exist yet.
PARTLY = [2, 0, 5, "level", "Level", {1: 7, 4: "cm", 5: 9, 77: True}]

WHY = {
    "Robot": "it needs a newer OceanRemote in Home Assistant",
    "Fan": "OceanRemote does not carry this kind of entity yet: fan",
    "Second pump": "another entity of the device has the same object id",
    "Depth": "the device describes it wrongly: accuracy decimals: "
    "not an integer within its bounds",
}


async def describe_also(
    hass: HomeAssistant, device: Device, descriptors: Iterable[list[Any]]
) -> None:
    """Restart a board whose description goes on behind its two usual entities."""
    device.driver.description_tail = b"".join(map(cbor.encode, descriptors))
    await redescribe(hass, device, PUMP, FLOW)


async def test_what_the_hub_does_not_understand_costs_nothing_else(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    connected_device: Device,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is counted and shown by name; everything else is there, and obeys."""
    coordinator = only_coordinator(hub)
    await describe_also(
        hass, connected_device, [NEWER, OLDER, TWICE, MALFORMED, PARTLY]
    )
    left_out = entity_id_of(hass, "sensor", coordinator, "own-left_out")
    shown = hass.states.get(left_out)
    assert shown is not None
    assert shown.state == "4"
    assert shown.attributes["entities"] == WHY
    assert shown.attributes["properties_not_understood"] == 3
    for name, reason in WHY.items():
        assert f"Garden pump: {name} is left out: {reason}" in caplog.text
    assert "3 properties of its entities need a newer OceanRemote" in caplog.text

    switch = entity_id_of(hass, "switch", coordinator, "switch-0-pump")
    await hass.services.async_call(
        "switch", "turn_on", {"entity_id": switch}, blocking=True
    )
    assert len(connected_device.driver.commands) == 1
    level = hass.states.get(entity_id_of(hass, "sensor", coordinator, "sensor-0-level"))
    assert level is not None
    assert level.attributes["unit_of_measurement"] == "cm"

    # All of it is known again after a restart, and nothing is asked again.
    await connected_device.hang_up()
    await hass.config_entries.async_reload(hub_entry.entry_id)
    await hass.async_block_till_done()
    assert hass.states.is_state(left_out, "4")


async def test_states_and_messages_of_a_newer_device_do_no_harm(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    """Unknown message types, states of unknown domains: skipped, and the link lives."""
    driver = connected_device.driver
    connection = driver.connection
    epoch = connection._epochs.sending
    assert epoch is not None
    newer: list[list[Any]] = [
        [60, {1: "whatever"}],
        [3, [[200, 0, 1, {7: [1]}], [4, 0, PUMP.address.key, True]]],
        [4, 200, 0, 1, 2],
    ]
    await connected_device.send(epoch.seal(cbor.encode(item)) for item in newer)
    switch = entity_id_of(hass, "switch", only_coordinator(hub), "switch-0-pump")
    await eventually(lambda: hass.states.is_state(switch, "on"))
    assert only_coordinator(hub).available
    assert sum(isinstance(event, EpochStarted) for event in driver.events) == 2
