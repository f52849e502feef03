"""Fans: what a device says, as Home Assistant shows it, and what it is asked."""

from typing import Any

from homeassistant.components.fan import FanEntityFeature, NotValidPresetModeError
from homeassistant.const import ATTR_ENTITY_ID, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceNotSupported, ServiceValidationError
import pytest

from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.protocol import Domain, EntityDescriptor
from custom_components.oceanremote.protocol.domains.fan import (
    FanCommand,
    FanDirection,
    FanState,
)

from .runtime_support import Device, describe, eventually, report
from .test_entities import show

SWITCHES = FanEntityFeature.TURN_ON | FanEntityFeature.TURN_OFF
BARE = describe(Domain.FAN, "Ceiling")
FULL = describe(
    Domain.FAN,
    "Ceiling",
    speed_count=5,
    supports_oscillation=True,
    supports_direction=True,
    preset_modes=("Breeze", "Storm"),
)
ON = FanState(on=True)


@pytest.mark.parametrize(
    ("fan", "said", "state", "attributes"),
    [
        (BARE, ON, "on", {"supported_features": SWITCHES}),
        (BARE, FanState(on=False), "off", {}),
        (BARE, FanState(), STATE_UNKNOWN, {}),
        (
            FULL,
            FanState(
                on=True,
                speed_level=2,
                oscillating=True,
                direction=FanDirection.REVERSE,
                preset_mode="Storm",
            ),
            "on",
            {
                "supported_features": SWITCHES
                | FanEntityFeature.SET_SPEED
                | FanEntityFeature.OSCILLATE
                | FanEntityFeature.DIRECTION
                | FanEntityFeature.PRESET_MODE,
                "percentage": 40,
                "percentage_step": 20.0,
                "oscillating": True,
                "direction": "reverse",
                "preset_mode": "Storm",
                "preset_modes": ["Breeze", "Storm"],
            },
        ),
        (
            FULL,
            FanState(
                on=False,
                speed_level=5,
                oscillating=False,
                direction=FanDirection.FORWARD,
            ),
            "off",
            {"percentage": 100, "direction": "forward", "preset_mode": None},
        ),
        (FULL, FanState(on=True, speed_level=0), "on", {"percentage": 0}),
        (FULL, FanState(on=True, speed_level=6), "on", {"percentage": None}),
        (FULL, FanState(), STATE_UNKNOWN, {"percentage": None, "direction": None}),
    ],
)
async def test_a_fan_is_shown(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    fan: EntityDescriptor,
    said: FanState,
    state: str,
    attributes: dict[str, Any],
) -> None:
    """On or off is what it says, whatever its speed."""
    entity_id = await show(hass, hub, connected_device, fan)
    await report(hub, connected_device, fan, said)
    await hass.async_block_till_done()
    shown = hass.states.get(entity_id)
    assert shown is not None
    assert shown.state == state
    assert attributes.items() <= shown.attributes.items()
    if fan is BARE:
        assert not {"percentage", "preset_mode", "direction"} & shown.attributes.keys()


@pytest.mark.parametrize(
    ("said", "feature"),
    [
        ({"speed_count": 1}, FanEntityFeature.SET_SPEED),
        ({"speed_count": 0xFFFF_FFFF}, FanEntityFeature.SET_SPEED),
        ({"supports_oscillation": True}, FanEntityFeature.OSCILLATE),
        ({"supports_direction": True}, FanEntityFeature.DIRECTION),
        ({"preset_modes": ("Auto",)}, FanEntityFeature.PRESET_MODE),
    ],
)
async def test_each_ability_is_offered_by_itself(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    said: dict[str, Any],
    feature: FanEntityFeature,
) -> None:
    """And a fan is away with its device."""
    fan = describe(Domain.FAN, "Ceiling", **said)
    entity_id = await show(hass, hub, connected_device, fan)
    await report(hub, connected_device, fan, FanState(on=True, speed_level=1))
    shown = hass.states.get(entity_id)
    assert shown is not None
    assert shown.state == "on"
    assert shown.attributes["supported_features"] == SWITCHES | feature
    await connected_device.hang_up()
    await eventually(lambda: hass.states.is_state(entity_id, STATE_UNAVAILABLE))


@pytest.mark.parametrize(
    ("fan", "service", "data", "command"),
    [
        (BARE, "turn_on", {}, FanCommand(on=True)),
        (BARE, "turn_on", {"percentage": 50}, FanCommand(on=True)),
        (BARE, "turn_off", {}, FanCommand(on=False)),
        (BARE, "toggle", {}, FanCommand(on=False)),
        (FULL, "turn_on", {}, FanCommand(on=True)),
        (FULL, "turn_on", {"percentage": 0}, FanCommand(on=False)),
        (FULL, "turn_on", {"percentage": 41}, FanCommand(on=True, speed_level=3)),
        (
            FULL,
            "turn_on",
            {"preset_mode": "Storm"},
            FanCommand(on=True, preset_mode="Storm"),
        ),
        (
            FULL,
            "turn_on",
            {"percentage": 100, "preset_mode": "Storm"},
            FanCommand(on=True, speed_level=5, preset_mode="Storm"),
        ),
        (FULL, "set_percentage", {"percentage": 0}, FanCommand(on=False)),
        (
            FULL,
            "set_percentage",
            {"percentage": 20},
            FanCommand(on=True, speed_level=1),
        ),
        (FULL, "increase_speed", {}, FanCommand(on=True, speed_level=4)),
        (FULL, "decrease_speed", {}, FanCommand(on=True, speed_level=2)),
        (FULL, "oscillate", {"oscillating": False}, FanCommand(oscillating=False)),
        (
            FULL,
            "set_direction",
            {"direction": "forward"},
            FanCommand(direction=FanDirection.FORWARD),
        ),
        (
            FULL,
            "set_preset_mode",
            {"preset_mode": "Breeze"},
            FanCommand(preset_mode="Breeze"),
        ),
    ],
)
async def test_a_fan_is_commanded(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    fan: EntityDescriptor,
    service: str,
    data: dict[str, Any],
    command: FanCommand,
) -> None:
    """As core commands one, in a single message."""
    entity_id = await show(hass, hub, connected_device, fan)
    await report(hub, connected_device, fan, FanState(on=True, speed_level=3))
    await hass.services.async_call(
        "fan", service, {ATTR_ENTITY_ID: entity_id, **data}, blocking=True
    )
    (sent,) = connected_device.driver.commands
    assert sent.address == fan.address
    assert sent.args == command.args()


@pytest.mark.parametrize(
    ("fan", "service", "data", "error"),
    [
        (BARE, "set_percentage", {"percentage": 1}, ServiceNotSupported),
        (BARE, "oscillate", {"oscillating": True}, ServiceNotSupported),
        (BARE, "set_direction", {"direction": "reverse"}, ServiceNotSupported),
        (BARE, "set_preset_mode", {"preset_mode": "Storm"}, ServiceNotSupported),
        (BARE, "turn_on", {"preset_mode": "Storm"}, NotValidPresetModeError),
        (FULL, "set_preset_mode", {"preset_mode": "Hail"}, NotValidPresetModeError),
        (FULL, "set_direction", {"direction": "sideways"}, ServiceValidationError),
    ],
)
async def test_what_a_fan_cannot_do_is_not_asked(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    fan: EntityDescriptor,
    service: str,
    data: dict[str, Any],
    error: type[Exception],
) -> None:
    """Home Assistant refuses it; nothing reaches the device."""
    entity_id = await show(hass, hub, connected_device, fan)
    with pytest.raises(error):
        await hass.services.async_call(
            "fan", service, {ATTR_ENTITY_ID: entity_id, **data}, blocking=True
        )
    assert not connected_device.driver.commands
