"""Numbers are those of the YAML, though a board reckons with 32 bits."""

from homeassistant.core import HomeAssistant

from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.protocol import Domain

from .runtime_support import (
    Device,
    describe,
    entity_id_of,
    eventually,
    only_coordinator,
    state_of,
)
from .test_entities import redescribe

SETPOINT = describe(Domain.NUMBER, "Setpoint", min_value=0.1, max_value=0.7, step=0.1)
VOLTAGE = describe(Domain.SENSOR, "Voltage", accuracy_decimals=2, unit="V")


async def test_limits_are_the_written_ones_and_can_be_reached(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    """The driver sends 32 bits, as a board does."""
    await redescribe(hass, connected_device, SETPOINT, VOLTAGE)
    coordinator = only_coordinator(hub)
    number = entity_id_of(hass, "number", coordinator, "number-0-setpoint")
    await connected_device.report(SETPOINT, 0.3)
    await connected_device.report(VOLTAGE, 3.3)
    await eventually(lambda: hass.states.is_state(number, "0.3"))
    shown = hass.states.get(number)
    assert shown is not None
    limits = [shown.attributes[name] for name in ("min", "max", "step")]
    assert limits == [0.1, 0.7, 0.1]
    await eventually(
        lambda: state_of(hass, "sensor", coordinator, "sensor-0-voltage") == "3.3"
    )
    for value in (0.7, 0.1):
        await hass.services.async_call(
            "number",
            "set_value",
            {"entity_id": number, "value": value},
            blocking=True,
        )
    commands = connected_device.driver.commands
    assert [command.args for command in commands] == [{1: 0.7}, {1: 0.1}]
