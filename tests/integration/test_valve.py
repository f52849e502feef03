"""Valves: what a device says, as Home Assistant shows it, and what it is asked."""

from typing import Any

from homeassistant.components.valve import ValveEntityFeature
from homeassistant.const import ATTR_ENTITY_ID, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceNotSupported
import pytest

from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.protocol import Domain, EntityDescriptor
from custom_components.oceanremote.protocol.domains.valve import (
    ValveCommand,
    ValveOperation,
    ValveState,
)

from .runtime_support import Device, describe, report
from .test_entities import show

OPENS = ValveEntityFeature.OPEN | ValveEntityFeature.CLOSE
BARE = describe(Domain.VALVE, "Inlet")
FULL = describe(
    Domain.VALVE,
    "Inlet",
    device_class="water",
    assumed_state=True,
    supports_position=True,
    supports_stop=True,
    supports_toggle=True,
)


@pytest.mark.parametrize(
    ("valve", "said", "state", "attributes"),
    [
        (BARE, ValveState(position=0.0), "closed", {"is_closed": True}),
        (BARE, ValveState(position=0.4), "open", {"is_closed": False}),
        (BARE, ValveState(), STATE_UNKNOWN, {"is_closed": None}),
        (
            BARE,
            ValveState(position=0.4, operation=ValveOperation.CLOSING),
            "closing",
            {"supported_features": OPENS},
        ),
        (
            FULL,
            ValveState(position=0.0, operation=ValveOperation.OPENING),
            "opening",
            {
                "supported_features": OPENS
                | ValveEntityFeature.STOP
                | ValveEntityFeature.SET_POSITION,
                "device_class": "water",
                "assumed_state": True,
            },
        ),
        (FULL, ValveState(position=0.4), "open", {"current_position": 40}),
        (FULL, ValveState(position=0.0), "closed", {"current_position": 0}),
        (FULL, ValveState(), STATE_UNKNOWN, {"current_position": None}),
    ],
)
async def test_a_valve_is_shown(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    valve: EntityDescriptor,
    said: ValveState,
    state: str,
    attributes: dict[str, Any],
) -> None:
    """By its position if it has one, else as open or closed."""
    entity_id = await show(hass, hub, connected_device, valve)
    await report(hub, connected_device, valve, said)
    await hass.async_block_till_done()
    shown = hass.states.get(entity_id)
    assert shown is not None
    assert shown.state == state
    assert attributes.items() <= shown.attributes.items()


@pytest.mark.parametrize(
    ("valve", "service", "data", "command"),
    [
        (BARE, "open_valve", {}, ValveCommand(position=1.0)),
        (BARE, "close_valve", {}, ValveCommand(position=0.0)),
        (BARE, "toggle", {}, ValveCommand(position=1.0)),
        (FULL, "open_valve", {}, ValveCommand(position=1.0)),
        (FULL, "close_valve", {}, ValveCommand(position=0.0)),
        (FULL, "set_valve_position", {"position": 35}, ValveCommand(position=0.35)),
        (FULL, "stop_valve", {}, ValveCommand(stop=True)),
        (FULL, "toggle", {}, ValveCommand(toggle=True)),
    ],
)
async def test_a_valve_is_commanded(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    valve: EntityDescriptor,
    service: str,
    data: dict[str, Any],
    command: ValveCommand,
) -> None:
    """One key says all that is asked."""
    entity_id = await show(hass, hub, connected_device, valve)
    await report(hub, connected_device, valve, ValveState(position=0.0))
    await hass.services.async_call(
        "valve", service, {ATTR_ENTITY_ID: entity_id, **data}, blocking=True
    )
    (sent,) = connected_device.driver.commands
    assert sent.address == valve.address
    assert sent.args == command.args()
    assert len(sent.args) == 1


@pytest.mark.parametrize(
    ("service", "data"),
    [("stop_valve", {}), ("set_valve_position", {"position": 1})],
)
async def test_what_a_valve_cannot_do_is_not_asked(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    service: str,
    data: dict[str, Any],
) -> None:
    """Home Assistant refuses it; nothing reaches the device."""
    entity_id = await show(hass, hub, connected_device, BARE)
    with pytest.raises(ServiceNotSupported):
        await hass.services.async_call(
            "valve", service, {ATTR_ENTITY_ID: entity_id, **data}, blocking=True
        )
    assert not connected_device.driver.commands
