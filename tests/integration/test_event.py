"""Events of a device, as Home Assistant shows them."""

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.protocol import Domain, EntityDescriptor

from .runtime_support import Device, describe, eventually
from .test_entities import show

BELL = describe(
    Domain.EVENT, "Bell", device_class="doorbell", event_types=("ring", "long ring")
)
PLAIN = describe(Domain.EVENT, "Plain", device_class="no such class")


async def happen(device: Device, event: EntityDescriptor, kind: int) -> None:
    """Have something happen at the device."""
    await device.send(device.driver.happen(event.address, kind))


async def test_each_event_is_shown(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    """Equal ones, too; and one of a place that is not described is none."""
    entity_id = await show(hass, hub, connected_device, BELL)
    shown = hass.states.get(entity_id)
    assert shown is not None
    assert shown.state == STATE_UNKNOWN
    assert shown.attributes["event_types"] == ["ring", "long ring"]
    assert shown.attributes["device_class"] == "doorbell"

    changes = async_capture_events(hass, "state_changed")
    for kind in (1, 0, 0, 2, 254, 1):
        await happen(connected_device, BELL, kind)

    def told() -> list[str]:
        return [
            change.data["new_state"].attributes["event_type"]
            for change in changes
            if change.data["entity_id"] == entity_id
        ]

    await eventually(lambda: len(told()) == 4)
    await hass.async_block_till_done()
    assert told() == ["long ring", "ring", "ring", "long ring"]
    shown = hass.states.get(entity_id)
    assert shown is not None
    at = dt_util.parse_datetime(shown.state)
    assert at is not None
    assert (dt_util.utcnow() - at).total_seconds() < 60


async def test_an_unknown_device_class_is_none(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    entity_id = await show(hass, hub, connected_device, PLAIN)
    shown = hass.states.get(entity_id)
    assert shown is not None
    assert "device_class" not in shown.attributes
    assert shown.attributes["event_types"] == []


async def test_an_event_is_available_as_long_as_the_device(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    """What it showed last is over, and remains the last."""
    entity_id = await show(hass, hub, connected_device, BELL)
    await happen(connected_device, BELL, 0)

    def state() -> str:
        shown = hass.states.get(entity_id)
        assert shown is not None
        return shown.state

    await eventually(lambda: state() not in (STATE_UNKNOWN, STATE_UNAVAILABLE))
    last = state()
    await connected_device.hang_up()
    await eventually(lambda: state() == STATE_UNAVAILABLE)
    await connected_device.connect()
    await eventually(lambda: state() == last)


@pytest.mark.parametrize("wrong", [PLAIN, describe(Domain.SENSOR, "Bell")])
async def test_an_event_of_somebody_else_is_nobody_s(
    hass: HomeAssistant, hub: Hub, connected_device: Device, wrong: EntityDescriptor
) -> None:
    """One that is not described, or is no event, changes nothing and ends nothing."""
    entity_id = await show(hass, hub, connected_device, BELL)
    await happen(connected_device, wrong, 0)
    await happen(connected_device, BELL, 1)

    def shown() -> str | None:
        state = hass.states.get(entity_id)
        return None if state is None else state.attributes.get("event_type")

    await eventually(lambda: shown() == "long ring")
