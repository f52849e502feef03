"""Alarm panels: what a device says, as Home Assistant shows it, and what it is asked."""

from typing import Any

from homeassistant.components.alarm_control_panel import AlarmControlPanelEntityFeature
from homeassistant.const import ATTR_ENTITY_ID, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceNotSupported, ServiceValidationError
import pytest

from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.protocol import Domain
from custom_components.oceanremote.protocol.domains.alarm_control_panel import (
    AlarmControlPanelAction as Action,
    AlarmControlPanelCommand,
    AlarmControlPanelCondition as Condition,
    AlarmControlPanelState,
    PanelFeature,
)

from .runtime_support import Device, describe, eventually, report
from .test_entities import show

EVERYTHING = int(sum(PanelFeature))
BARE = describe(Domain.ALARM_CONTROL_PANEL, "House")
FULL = describe(
    Domain.ALARM_CONTROL_PANEL,
    "House",
    supported_features=EVERYTHING,
    requires_code=True,
    requires_code_to_arm=True,
)
SERVICES = {
    "alarm_disarm": Action.DISARM,
    "alarm_arm_away": Action.ARM_AWAY,
    "alarm_arm_home": Action.ARM_HOME,
    "alarm_arm_night": Action.ARM_NIGHT,
    "alarm_arm_vacation": Action.ARM_VACATION,
    "alarm_arm_custom_bypass": Action.ARM_CUSTOM_BYPASS,
    "alarm_trigger": Action.TRIGGER,
}


async def call(hass: HomeAssistant, entity_id: str, service: str, **data: Any) -> None:
    """Call an action of a panel, and wait for its end."""
    data |= {ATTR_ENTITY_ID: entity_id}
    await hass.services.async_call("alarm_control_panel", service, data, blocking=True)


@pytest.mark.parametrize(
    ("condition", "state"),
    [(None, STATE_UNKNOWN), *((each, each.name.lower()) for each in Condition)],
)
async def test_a_panel_is_shown(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    condition: Condition | None,
    state: str,
) -> None:
    """By each of its conditions; it is away with its device."""
    entity_id = await show(hass, hub, connected_device, BARE)
    said = AlarmControlPanelState(condition=condition)
    await report(hub, connected_device, BARE, said)
    await hass.async_block_till_done()
    shown = hass.states.get(entity_id)
    assert shown is not None
    assert shown.state == state
    assert shown.attributes["code_format"] is None
    assert shown.attributes["code_arm_required"] is False
    await connected_device.hang_up()
    await eventually(lambda: hass.states.is_state(entity_id, STATE_UNAVAILABLE))


@pytest.mark.parametrize(
    ("features", "shown_features"),
    [
        *((flag, AlarmControlPanelEntityFeature[flag.name]) for flag in PanelFeature),
        (EVERYTHING, sum(AlarmControlPanelEntityFeature)),
        (0xFFFF_FFFF, sum(AlarmControlPanelEntityFeature)),
        (0, 0),
    ],
)
async def test_a_panel_offers_what_it_can(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    features: int,
    shown_features: int,
) -> None:
    """Bits that only a newer ESPHome has are none."""
    panel = describe(
        Domain.ALARM_CONTROL_PANEL, "House", supported_features=int(features)
    )
    entity_id = await show(hass, hub, connected_device, panel)
    said = AlarmControlPanelState(condition=Condition.DISARMED)
    await report(hub, connected_device, panel, said)
    shown = hass.states.get(entity_id)
    assert shown is not None
    assert shown.attributes["supported_features"] == shown_features


@pytest.mark.parametrize(("service", "action"), SERVICES.items())
async def test_a_panel_is_commanded(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    service: str,
    action: Action,
) -> None:
    entity_id = await show(hass, hub, connected_device, FULL)
    await call(hass, entity_id, service, code="739155")
    (sent,) = connected_device.driver.commands
    assert sent.address == FULL.address
    assert sent.args == AlarmControlPanelCommand(action=action, code="739155").args()


async def test_a_code_is_asked_for_where_the_panel_wants_one(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    entity_id = await show(hass, hub, connected_device, FULL)
    said = AlarmControlPanelState(condition=Condition.DISARMED)
    await report(hub, connected_device, FULL, said)
    shown = hass.states.get(entity_id)
    assert shown is not None
    assert shown.attributes["code_format"] == "number"
    assert shown.attributes["code_arm_required"] is True
    with pytest.raises(ServiceValidationError, match="requires a code"):
        await call(hass, entity_id, "alarm_arm_away")
    assert not connected_device.driver.commands
    await call(hass, entity_id, "alarm_disarm")
    (sent,) = connected_device.driver.commands
    assert sent.args == AlarmControlPanelCommand(action=Action.DISARM).args()


@pytest.mark.parametrize("service", sorted(SERVICES.keys() - {"alarm_disarm"}))
async def test_what_a_panel_cannot_do_is_not_asked(
    hass: HomeAssistant, hub: Hub, connected_device: Device, service: str
) -> None:
    """Home Assistant refuses it; nothing reaches the device."""
    entity_id = await show(hass, hub, connected_device, BARE)
    with pytest.raises(ServiceNotSupported):
        await call(hass, entity_id, service)
    assert not connected_device.driver.commands
