"""Water heaters: what a device says, as Home Assistant shows it, and what it is asked."""

from typing import Any

from homeassistant.components.water_heater import WaterHeaterEntityFeature
from homeassistant.const import (
    ATTR_ENTITY_ID,
    ATTR_SUPPORTED_FEATURES,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceNotSupported, ServiceValidationError
from homeassistant.helpers.json import json_bytes
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
import pytest

from custom_components.oceanremote.device.border import MAX_ROUNDED, Refusal, refusal_of
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.protocol import Domain, EntityDescriptor
from custom_components.oceanremote.protocol.domains.temperature import TemperatureUnit
from custom_components.oceanremote.protocol.domains.water_heater import (
    WaterHeaterCommand,
    WaterHeaterMode,
    WaterHeaterState,
)
from tests.support.descriptors import changed

from .climate_support import report
from .runtime_support import Device, describe, eventually
from .test_entities import show

TARGET = WaterHeaterEntityFeature.TARGET_TEMPERATURE
MODE = WaterHeaterEntityFeature.OPERATION_MODE
AWAY = WaterHeaterEntityFeature.AWAY_MODE
ON_OFF = WaterHeaterEntityFeature.ON_OFF
WORDS = ["off", "eco", "electric", "performance", "high_demand", "heat_pump", "gas"]
BARE = describe(Domain.WATER_HEATER, "Tank")
FULL = describe(
    Domain.WATER_HEATER,
    "Tank",
    modes=tuple(WaterHeaterMode),
    min_temperature=30.0,
    max_temperature=65.0,
    target_temperature_step=0.5,
    supports_current_temperature=True,
    supports_target_temperature=True,
    supports_operation_mode=True,
    supports_away_mode=True,
    supports_on_off=True,
)
TWO = changed(FULL, supports_two_targets=True)
KNOWN = WaterHeaterState(mode=WaterHeaterMode.ECO, away=False, on=True)


@pytest.mark.parametrize(
    ("heater", "said", "state", "attributes"),
    [
        (
            BARE,
            WaterHeaterState(),
            STATE_UNKNOWN,
            {
                "supported_features": TARGET,
                "min_temp": 43.3,
                "max_temp": 60.0,
                "target_temp_step": None,
                "operation_list": None,
                "current_temperature": None,
                "temperature": None,
                "target_temp_low": None,
                "target_temp_high": None,
            },
        ),
        (
            FULL,
            WaterHeaterState(
                mode=WaterHeaterMode.HEAT_PUMP,
                current_temperature=48.54,
                target_temperature=52.5,
                away=True,
                on=True,
            ),
            "heat_pump",
            {
                "supported_features": TARGET | MODE | AWAY | ON_OFF,
                "operation_list": WORDS,
                "operation_mode": "heat_pump",
                "min_temp": 30.0,
                "max_temp": 65.0,
                "target_temp_step": 0.5,
                "current_temperature": 48.5,
                "temperature": 52.5,
                "away_mode": "on",
            },
        ),
        (FULL, KNOWN, "eco", {"away_mode": "off", "temperature": None}),
        (FULL, WaterHeaterState(), STATE_UNKNOWN, {"operation_mode": None}),
        (
            TWO,
            WaterHeaterState(
                mode=WaterHeaterMode.GAS,
                target_temperature_low=40.0,
                target_temperature_high=60.0,
            ),
            "gas",
            {
                "supported_features": MODE | AWAY | ON_OFF,
                "target_temp_low": 40.0,
                "target_temp_high": 60.0,
                "temperature": None,
            },
        ),
        (
            changed(FULL, temperature_unit=TemperatureUnit.FAHRENHEIT),
            WaterHeaterState(mode=WaterHeaterMode.OFF, current_temperature=122.0),
            "off",
            {"current_temperature": 50.0, "min_temp": -1.1, "max_temp": 18.3},
        ),
        (
            changed(BARE, temperature_unit=TemperatureUnit.KELVIN),
            WaterHeaterState(mode=WaterHeaterMode.ELECTRIC, target_temperature=323.15),
            "electric",
            {"temperature": 50.0, "min_temp": 43.3, "max_temp": 60.0},
        ),
        (changed(FULL, target_temperature_step=0.0), KNOWN, "eco", {}),
    ],
)
async def test_a_water_heater_is_shown(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    heater: EntityDescriptor,
    said: WaterHeaterState,
    state: str,
    attributes: dict[str, Any],
) -> None:
    """All that it says, and nothing that it has not said."""
    entity_id = await show(hass, hub, connected_device, heater)
    await report(hass, hub, connected_device, heater, said)
    shown = hass.states.get(entity_id)
    assert shown is not None
    assert shown.state == state
    assert {name: shown.attributes.get(name) for name in attributes} == attributes


@pytest.mark.parametrize("flags", range(16))
async def test_every_combination_of_features(
    hass: HomeAssistant, hub: Hub, connected_device: Device, flags: int
) -> None:
    """Each feature follows from what it needs, and from nothing else."""
    heater = changed(
        BARE,
        modes=(WaterHeaterMode.OFF,) if flags & 1 else (),
        supports_two_targets=bool(flags & 2),
        supports_away_mode=bool(flags & 4),
        supports_on_off=bool(flags & 8),
    )
    wanted = WaterHeaterEntityFeature(0)
    wanted |= MODE if flags & 1 else wanted
    wanted |= wanted if flags & 2 else TARGET
    wanted |= AWAY if flags & 4 else wanted
    wanted |= ON_OFF if flags & 8 else wanted
    entity_id = await show(hass, hub, connected_device, heater)
    await report(hass, hub, connected_device, heater, KNOWN)
    shown = hass.states.get(entity_id)
    assert shown is not None
    assert shown.attributes[ATTR_SUPPORTED_FEATURES] == wanted


async def test_a_water_heater_is_unavailable_without_its_device(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    """And is there again with the state that it tells then."""
    entity_id = await show(hass, hub, connected_device, FULL)
    await report(hass, hub, connected_device, FULL, KNOWN)
    await connected_device.hang_up()
    await eventually(lambda: hass.states.is_state(entity_id, STATE_UNAVAILABLE))
    await connected_device.connect()
    await report(hass, hub, connected_device, FULL, KNOWN)
    assert hass.states.is_state(entity_id, "eco")


@pytest.mark.parametrize(
    ("heater", "service", "data", "command"),
    [
        (
            FULL,
            "set_temperature",
            {"temperature": 55.5},
            WaterHeaterCommand(target_temperature=55.5),
        ),
        (
            FULL,
            "set_temperature",
            {"temperature": 50, "operation_mode": "gas"},
            WaterHeaterCommand(mode=WaterHeaterMode.GAS, target_temperature=50.0),
        ),
        (
            changed(FULL, temperature_unit=TemperatureUnit.FAHRENHEIT),
            "set_temperature",
            {"temperature": 50},
            WaterHeaterCommand(target_temperature=122.0),
        ),
        (FULL, "turn_on", {}, WaterHeaterCommand(on=True)),
        (FULL, "turn_off", {}, WaterHeaterCommand(on=False)),
        (FULL, "set_away_mode", {"away_mode": True}, WaterHeaterCommand(away=True)),
        (FULL, "set_away_mode", {"away_mode": False}, WaterHeaterCommand(away=False)),
        *(
            (
                FULL,
                "set_operation_mode",
                {"operation_mode": word},
                WaterHeaterCommand(mode=mode),
            )
            for word, mode in zip(WORDS, WaterHeaterMode, strict=True)
        ),
    ],
)
async def test_a_water_heater_is_commanded(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    heater: EntityDescriptor,
    service: str,
    data: dict[str, Any],
    command: WaterHeaterCommand,
) -> None:
    """One command says all that is asked, in the unit of the device."""
    entity_id = await show(hass, hub, connected_device, heater)
    await report(hass, hub, connected_device, heater, KNOWN)
    await hass.services.async_call(
        "water_heater", service, {ATTR_ENTITY_ID: entity_id, **data}, blocking=True
    )
    (sent,) = connected_device.driver.commands
    assert sent.address == heater.address
    assert sent.args == command.args()


@pytest.mark.parametrize(
    ("heater", "service", "data", "error"),
    [
        (TWO, "set_temperature", {"temperature": 50}, ServiceNotSupported),
        (BARE, "turn_on", {}, ServiceNotSupported),
        (BARE, "set_away_mode", {"away_mode": True}, ServiceNotSupported),
        (BARE, "set_operation_mode", {"operation_mode": "eco"}, ServiceNotSupported),
        (
            changed(FULL, modes=(WaterHeaterMode.ECO,)),
            "set_operation_mode",
            {"operation_mode": "gas"},
            ServiceValidationError,
        ),
        (
            changed(FULL, modes=(WaterHeaterMode.ECO,)),
            "set_temperature",
            {"temperature": 50, "operation_mode": "gas"},
            ServiceValidationError,
        ),
    ],
)
async def test_what_a_water_heater_cannot_do_is_not_asked(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    heater: EntityDescriptor,
    service: str,
    data: dict[str, Any],
    error: type[Exception],
) -> None:
    """Home Assistant refuses it; nothing reaches the device."""
    entity_id = await show(hass, hub, connected_device, heater)
    await report(hass, hub, connected_device, heater, KNOWN)
    with pytest.raises(error):
        await hass.services.async_call(
            "water_heater", service, {ATTR_ENTITY_ID: entity_id, **data}, blocking=True
        )
    assert not connected_device.driver.commands


# -- what Home Assistant cannot hold -----------------------------------------


@pytest.mark.parametrize(
    "name", ["min_temperature", "max_temperature", "target_temperature_step"]
)
@pytest.mark.parametrize("value", [-1e300, 2e15, 1e308])
def test_a_range_beyond_all_measure_is_refused(name: str, value: float) -> None:
    """It would overflow in another unit."""
    assert refusal_of(changed(FULL, **{name: value})) is Refusal.BEYOND
    assert refusal_of(changed(FULL, **{name: MAX_ROUNDED})) is None


async def test_a_number_beyond_all_measure_is_unknown(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    """It costs its own part of the state, and no other; the widest range is shown."""
    hass.config.units = US_CUSTOMARY_SYSTEM
    heater = changed(FULL, min_temperature=-MAX_ROUNDED, max_temperature=MAX_ROUNDED)
    entity_id = await show(hass, hub, connected_device, heater)
    said = WaterHeaterState(
        mode=WaterHeaterMode.ECO,
        current_temperature=1e308,
        target_temperature=50.0,
        target_temperature_low=-3.4e38,
    )
    await connected_device.report(heater, said)
    await eventually(lambda: hass.states.is_state(entity_id, "eco"))
    shown = hass.states.get(entity_id)
    assert shown is not None
    assert shown.attributes["current_temperature"] is None
    assert shown.attributes["target_temp_low"] is None
    assert shown.attributes["temperature"] == 122.0
    assert json_bytes(shown.as_dict())
