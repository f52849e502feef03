"""Climates: what a person asks for reaches the device, in its own unit."""

from typing import Any

from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceNotSupported, ServiceValidationError
import pytest

from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.protocol import EntityDescriptor
from custom_components.oceanremote.protocol.domains.climate import (
    ClimateCommand,
    ClimateFanMode,
    ClimateMode,
    ClimatePreset,
    ClimateState,
    ClimateSwingMode,
)
from custom_components.oceanremote.protocol.domains.temperature import TemperatureUnit
from tests.support.descriptors import changed

from .climate_support import (
    BARE,
    FULL,
    KNOWN,
    REQUIRES_TWO,
    SUPPORTS_TWO,
    WARM,
    report,
    with_mode,
)
from .runtime_support import Device
from .test_entities import show


@pytest.mark.parametrize(
    ("climate", "said", "service", "data", "command"),
    [
        (
            FULL,
            KNOWN,
            "set_temperature",
            {"temperature": 21.5},
            ClimateCommand(target_temperature=21.5),
        ),
        (
            FULL,
            KNOWN,
            "set_temperature",
            {"temperature": 5, "hvac_mode": "cool"},
            ClimateCommand(mode=ClimateMode.COOL, target_temperature=5.0),
        ),
        (
            changed(
                FULL, temperature_unit=TemperatureUnit.KELVIN, max_temperature=400.0
            ),
            KNOWN,
            "set_temperature",
            {"temperature": 20},
            ClimateCommand(target_temperature=293.15),
        ),
        (
            SUPPORTS_TWO,
            WARM,
            "set_temperature",
            {"target_temp_low": 18, "target_temp_high": 25},
            ClimateCommand(target_temperature_low=18.0, target_temperature_high=25.0),
        ),
        (
            SUPPORTS_TWO,
            with_mode(ClimateMode.HEAT),
            "set_temperature",
            {"temperature": 20},
            ClimateCommand(target_temperature_low=20.0),
        ),
        (
            SUPPORTS_TWO,
            with_mode(ClimateMode.HEAT),
            "set_temperature",
            {"temperature": 20, "hvac_mode": "cool"},
            ClimateCommand(mode=ClimateMode.COOL, target_temperature_high=20.0),
        ),
        (
            REQUIRES_TWO,
            WARM,
            "set_temperature",
            {"target_temp_low": 5, "target_temp_high": 25, "hvac_mode": "auto"},
            ClimateCommand(
                mode=ClimateMode.AUTO,
                target_temperature_low=5.0,
                target_temperature_high=25.0,
            ),
        ),
        (
            FULL,
            KNOWN,
            "set_humidity",
            {"humidity": 55},
            ClimateCommand(target_humidity=55.0),
        ),
        (FULL, KNOWN, "turn_off", {}, ClimateCommand(mode=ClimateMode.OFF)),
        (FULL, KNOWN, "turn_on", {}, ClimateCommand(mode=ClimateMode.HEAT_COOL)),
        (FULL, KNOWN, "toggle", {}, ClimateCommand(mode=ClimateMode.OFF)),
        *(
            (FULL, KNOWN, "set_hvac_mode", {"hvac_mode": word}, ClimateCommand(mode=m))
            for m in ClimateMode
            for word in [m.name.lower()]
        ),
        *(
            (
                FULL,
                KNOWN,
                "set_fan_mode",
                {"fan_mode": m.name.lower()},
                ClimateCommand(fan_mode=m),
            )
            for m in ClimateFanMode
        ),
        (
            FULL,
            KNOWN,
            "set_fan_mode",
            {"fan_mode": "Turbo"},
            ClimateCommand(custom_fan_mode="Turbo"),
        ),
        *(
            (
                FULL,
                KNOWN,
                "set_preset_mode",
                {"preset_mode": m.name.lower()},
                ClimateCommand(preset=m),
            )
            for m in ClimatePreset
        ),
        (
            FULL,
            KNOWN,
            "set_preset_mode",
            {"preset_mode": "Party"},
            ClimateCommand(custom_preset="Party"),
        ),
        *(
            (
                FULL,
                KNOWN,
                "set_swing_mode",
                {"swing_mode": m.name.lower()},
                ClimateCommand(swing_mode=m),
            )
            for m in ClimateSwingMode
        ),
    ],
)
async def test_a_climate_is_commanded(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    climate: EntityDescriptor,
    said: ClimateState,
    service: str,
    data: dict[str, Any],
    command: ClimateCommand,
) -> None:
    """One command says all that is asked, in the unit of the device."""
    entity_id = await show(hass, hub, connected_device, climate)
    await report(hass, hub, connected_device, climate, said)
    await hass.services.async_call(
        "climate", service, {ATTR_ENTITY_ID: entity_id, **data}, blocking=True
    )
    (sent,) = connected_device.driver.commands
    assert sent.address == climate.address
    assert sent.args == command.args()


@pytest.mark.parametrize(
    ("climate", "service", "data", "error"),
    [
        (BARE, "turn_off", {}, ServiceNotSupported),
        (BARE, "set_humidity", {"humidity": 50}, ServiceNotSupported),
        (BARE, "set_fan_mode", {"fan_mode": "auto"}, ServiceNotSupported),
        (BARE, "set_preset_mode", {"preset_mode": "eco"}, ServiceNotSupported),
        (BARE, "set_swing_mode", {"swing_mode": "off"}, ServiceNotSupported),
        (BARE, "set_hvac_mode", {"hvac_mode": "heat"}, ServiceValidationError),
        (FULL, "set_fan_mode", {"fan_mode": "turbo"}, ServiceValidationError),
        (FULL, "set_preset_mode", {"preset_mode": "party"}, ServiceValidationError),
        (FULL, "set_temperature", {"temperature": 31}, ServiceValidationError),
        (REQUIRES_TWO, "set_temperature", {"temperature": 20}, ServiceValidationError),
        (
            FULL,
            "set_temperature",
            {"target_temp_low": 18, "target_temp_high": 20},
            ServiceValidationError,
        ),
    ],
)
async def test_what_a_climate_cannot_do_is_not_asked(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    climate: EntityDescriptor,
    service: str,
    data: dict[str, Any],
    error: type[Exception],
) -> None:
    """Home Assistant refuses it; nothing reaches the device."""
    entity_id = await show(hass, hub, connected_device, climate)
    await report(hass, hub, connected_device, climate, KNOWN)
    with pytest.raises(error):
        await hass.services.async_call(
            "climate", service, {ATTR_ENTITY_ID: entity_id, **data}, blocking=True
        )
    assert not connected_device.driver.commands


async def test_one_target_of_two_needs_a_mode_that_follows_one(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    """Nobody can say which of the two a temperature is meant for."""
    entity_id = await show(hass, hub, connected_device, SUPPORTS_TWO)
    await report(hass, hub, connected_device, SUPPORTS_TWO, WARM)
    with pytest.raises(ServiceValidationError) as caught:
        await hass.services.async_call(
            "climate",
            "set_temperature",
            {ATTR_ENTITY_ID: entity_id, "temperature": 20},
            blocking=True,
        )
    assert caught.value.translation_key == "two_target_temperatures"
    assert not connected_device.driver.commands
