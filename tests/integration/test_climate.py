"""Climates: what a device says, as Home Assistant shows it."""

from typing import Any

from homeassistant.components.climate import ClimateEntityFeature
from homeassistant.const import (
    ATTR_SUPPORTED_FEATURES,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
)
from homeassistant.core import HomeAssistant
import pytest

from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.protocol import EntityDescriptor
from custom_components.oceanremote.protocol.domains.climate import (
    ClimateAction,
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
    ON_OFF,
    RANGE,
    REQUIRES_TWO,
    SUPPORTS_TWO,
    TARGET,
    WARM,
    report,
    with_mode,
)
from .runtime_support import Device, eventually
from .test_entities import show


@pytest.mark.parametrize(
    ("climate", "attributes"),
    [
        (
            BARE,
            {
                "supported_features": TARGET,
                "hvac_modes": [],
                "min_temp": 7,
                "max_temp": 35,
                "current_temperature": None,
                "temperature": None,
            },
        ),
        (
            FULL,
            {
                "hvac_modes": [
                    "off",
                    "heat_cool",
                    "cool",
                    "heat",
                    "fan_only",
                    "dry",
                    "auto",
                ],
                "fan_modes": [
                    "on",
                    "off",
                    "auto",
                    "low",
                    "medium",
                    "high",
                    "middle",
                    "focus",
                    "diffuse",
                    "quiet",
                    "Turbo",
                ],
                "swing_modes": ["off", "both", "vertical", "horizontal"],
                "preset_modes": [
                    "none",
                    "home",
                    "away",
                    "boost",
                    "comfort",
                    "eco",
                    "sleep",
                    "activity",
                    "Party",
                ],
                "min_temp": 5,
                "max_temp": 30,
                "target_temp_step": 0.5,
                "min_humidity": 20,
                "max_humidity": 80,
            },
        ),
        (changed(FULL, target_temperature_step=0.04), {"target_temp_step": None}),
    ],
)
async def test_what_a_climate_can_do_is_shown(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    climate: EntityDescriptor,
    attributes: dict[str, Any],
) -> None:
    """As core's own integration shows the same properties."""
    entity_id = await show(hass, hub, connected_device, climate)
    await report(hass, hub, connected_device, climate, ClimateState())
    shown = hass.states.get(entity_id)
    assert shown is not None
    assert shown.state == STATE_UNKNOWN
    assert {name: shown.attributes.get(name) for name in attributes} == attributes


@pytest.mark.parametrize("modes", [(), tuple(ClimateMode), (ClimateMode.OFF,)])
@pytest.mark.parametrize("custom", [False, True])
@pytest.mark.parametrize("flags", range(8))
async def test_every_combination_of_features(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    modes: tuple[ClimateMode, ...],
    custom: bool,
    flags: int,
) -> None:
    """Each feature follows from what it needs, and from nothing else."""
    climate = changed(
        BARE,
        modes=modes,
        custom_fan_modes=("Turbo",) if custom else (),
        presets=() if custom else (ClimatePreset.HOME,),
        swing_modes=(ClimateSwingMode.OFF,) if custom else (),
        supports_two_targets=bool(flags & 1),
        requires_two_targets=bool(flags & 2),
        supports_target_humidity=bool(flags & 4),
    )
    wanted = ClimateEntityFeature(0)
    wanted |= RANGE if flags & 3 else wanted
    wanted |= wanted if flags & 2 else TARGET
    wanted |= ClimateEntityFeature.TARGET_HUMIDITY if flags & 4 else wanted
    wanted |= ON_OFF if len(modes) > 1 else wanted
    wanted |= (
        ClimateEntityFeature.FAN_MODE | ClimateEntityFeature.SWING_MODE
        if custom
        else ClimateEntityFeature.PRESET_MODE
    )
    entity_id = await show(hass, hub, connected_device, climate)
    await report(hass, hub, connected_device, climate, KNOWN)
    shown = hass.states.get(entity_id)
    assert shown is not None
    assert shown.attributes[ATTR_SUPPORTED_FEATURES] == wanted


@pytest.mark.parametrize(
    ("climate", "said", "state", "attributes"),
    [
        (FULL, ClimateState(), STATE_UNKNOWN, {"preset_mode": None, "fan_mode": None}),
        (
            FULL,
            ClimateState(
                mode=ClimateMode.HEAT,
                action=ClimateAction.DEFROSTING,
                target_temperature=21.5,
                current_temperature=20.44,
                fan_mode=ClimateFanMode.QUIET,
                preset=ClimatePreset.ECO,
                swing_mode=ClimateSwingMode.BOTH,
                target_humidity=45.4,
                current_humidity=50.6,
            ),
            "heat",
            {
                "hvac_action": "defrosting",
                "temperature": 21.5,
                "current_temperature": 20.4,
                "fan_mode": "quiet",
                "preset_mode": "eco",
                "swing_mode": "both",
                "humidity": 45,
                "current_humidity": 51,
            },
        ),
        (
            FULL,
            ClimateState(
                mode=ClimateMode.OFF, custom_fan_mode="Turbo", custom_preset="Party"
            ),
            "off",
            {
                "fan_mode": "Turbo",
                "preset_mode": "Party",
                "hvac_action": None,
                "temperature": None,
                "current_temperature": None,
                "humidity": None,
                "current_humidity": None,
            },
        ),
        # No preset is Home Assistant's word for it; no fan mode is not known.
        (FULL, KNOWN, "heat", {"preset_mode": "none", "fan_mode": None}),
        (
            changed(FULL, supports_action=False),
            ClimateState(mode=ClimateMode.HEAT, action=ClimateAction.HEATING),
            "heat",
            {"hvac_action": None},
        ),
        (
            changed(FULL, current_temperature_step=0.5),
            ClimateState(mode=ClimateMode.DRY, current_temperature=20.4),
            "dry",
            {"current_temperature": 20.5},
        ),
        (
            changed(FULL, current_temperature_step=0.0, target_temperature_step=2.0),
            ClimateState(mode=ClimateMode.FAN_ONLY, current_temperature=20.4),
            "fan_only",
            {"current_temperature": 20},
        ),
        (
            SUPPORTS_TWO,
            with_mode(ClimateMode.HEAT),
            "heat",
            {"target_temp_low": 19.0, "target_temp_high": 24.0, "temperature": 19.0},
        ),
        (SUPPORTS_TWO, with_mode(ClimateMode.COOL), "cool", {"temperature": 24.0}),
        (SUPPORTS_TWO, WARM, "heat_cool", {"temperature": None}),
        (
            REQUIRES_TWO,
            WARM,
            "heat_cool",
            {"target_temp_low": 19.0, "target_temp_high": 24.0, "temperature": None},
        ),
        (
            changed(FULL, temperature_unit=TemperatureUnit.FAHRENHEIT),
            ClimateState(mode=ClimateMode.AUTO, current_temperature=68.0),
            "auto",
            {"current_temperature": 20.0, "min_temp": -15.0, "max_temp": -1.1},
        ),
        (
            changed(BARE, temperature_unit=TemperatureUnit.KELVIN),
            ClimateState(mode=ClimateMode.COOL, target_temperature=293.15),
            "cool",
            {"temperature": 20.0, "min_temp": 7.0, "max_temp": 35.0},
        ),
    ],
)
async def test_a_climate_is_shown(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    climate: EntityDescriptor,
    said: ClimateState,
    state: str,
    attributes: dict[str, Any],
) -> None:
    """All that it says, and nothing that it has not said."""
    entity_id = await show(hass, hub, connected_device, climate)
    await report(hass, hub, connected_device, climate, said)
    shown = hass.states.get(entity_id)
    assert shown is not None
    assert shown.state == state
    assert {name: shown.attributes.get(name) for name in attributes} == attributes


@pytest.mark.parametrize("action", ClimateAction)
async def test_every_action_has_a_word(
    hass: HomeAssistant, hub: Hub, connected_device: Device, action: ClimateAction
) -> None:
    """Home Assistant's, which are spelled alike."""
    entity_id = await show(hass, hub, connected_device, FULL)
    said = ClimateState(mode=ClimateMode.AUTO, action=action)
    await report(hass, hub, connected_device, FULL, said)
    shown = hass.states.get(entity_id)
    assert shown is not None
    assert shown.attributes["hvac_action"] == action.name.lower()


async def test_a_climate_is_unavailable_without_its_device(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    """And is there again with the state that it tells then."""
    entity_id = await show(hass, hub, connected_device, FULL)
    await report(hass, hub, connected_device, FULL, KNOWN)
    await connected_device.hang_up()
    await eventually(lambda: hass.states.is_state(entity_id, STATE_UNAVAILABLE))
    await connected_device.connect()
    await report(hass, hub, connected_device, FULL, KNOWN)
    assert hass.states.is_state(entity_id, "heat")
