"""The thin slice: a board registers over a real WebSocket and its switch is turned."""

from homeassistant.components.switch import DOMAIN as SWITCH
from homeassistant.const import ATTR_ENTITY_ID, SERVICE_TURN_ON, STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant

from custom_components.oceanremote.hub import Hub
from tests.support.commands import switch_command

from .runtime_support import (
    FLOW,
    PUMP,
    Device,
    entity_id_of,
    eventually,
    has_told_all,
    only_coordinator,
    state_of,
)


async def test_a_board_registers_and_is_commanded(
    hass: HomeAssistant, hub: Hub, enrolled_device: Device
) -> None:
    """Registration, description, states and an acknowledged command, end to end."""
    coordinator = only_coordinator(hub)
    assert state_of(hass, "sensor", coordinator, "own-status") == (
        "waiting_for_first_connection"
    )
    await enrolled_device.connect()
    await eventually(lambda: has_told_all(coordinator))
    await hass.async_block_till_done()
    assert enrolled_device.driver.registered
    assert state_of(hass, "sensor", coordinator, "own-status") == "online"

    await enrolled_device.report(PUMP, value=False)
    await enrolled_device.report(FLOW, 4.5)
    await eventually(
        lambda: (
            state_of(hass, "switch", coordinator, "switch-0-pump") == STATE_OFF
            and state_of(hass, "sensor", coordinator, "sensor-0-flow") == "4.5"
        )
    )
    switch = entity_id_of(hass, "switch", coordinator, "switch-0-pump")
    await hass.services.async_call(
        SWITCH, SERVICE_TURN_ON, {ATTR_ENTITY_ID: switch}, blocking=True
    )
    (command,) = enrolled_device.driver.commands
    assert command.address == PUMP.address
    assert command.args == switch_command(on=True)
    await enrolled_device.report(PUMP, value=True)
    await eventually(
        lambda: state_of(hass, "switch", coordinator, "switch-0-pump") == STATE_ON
    )
