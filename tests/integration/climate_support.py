"""Climates that can do nothing, or everything, with one or two target temperatures."""

from typing import Any

from homeassistant.components.climate import ClimateEntityFeature
from homeassistant.core import HomeAssistant

from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.protocol import Domain, EntityDescriptor
from custom_components.oceanremote.protocol.domains.climate import (
    ClimateFanMode,
    ClimateMode,
    ClimatePreset,
    ClimateState,
    ClimateSwingMode,
)
from tests.support.descriptors import changed

from .runtime_support import Device, describe, eventually, only_coordinator

TARGET = ClimateEntityFeature.TARGET_TEMPERATURE
RANGE = ClimateEntityFeature.TARGET_TEMPERATURE_RANGE
ON_OFF = ClimateEntityFeature.TURN_ON | ClimateEntityFeature.TURN_OFF
BARE = describe(Domain.CLIMATE, "Room")
FULL = describe(
    Domain.CLIMATE,
    "Room",
    modes=tuple(ClimateMode),
    fan_modes=tuple(ClimateFanMode),
    swing_modes=tuple(ClimateSwingMode),
    presets=tuple(ClimatePreset),
    custom_fan_modes=("Turbo",),
    custom_presets=("Party",),
    min_temperature=5.0,
    max_temperature=30.0,
    target_temperature_step=0.5,
    current_temperature_step=0.1,
    min_humidity=20.4,
    max_humidity=80.0,
    supports_current_temperature=True,
    supports_current_humidity=True,
    supports_target_humidity=True,
    supports_action=True,
)
SUPPORTS_TWO = changed(FULL, supports_two_targets=True)
REQUIRES_TWO = changed(FULL, requires_two_targets=True)
KNOWN = ClimateState(mode=ClimateMode.HEAT)
WARM = ClimateState(
    mode=ClimateMode.HEAT_COOL,
    target_temperature_low=19.0,
    target_temperature_high=24.0,
)


async def report(
    hass: HomeAssistant, hub: Hub, device: Device, climate: EntityDescriptor, said: Any
) -> None:
    """Have a climate say something, and wait until it is shown."""
    await device.report(climate, said)
    states = only_coordinator(hub).cache.states
    await eventually(lambda: states.get(climate.address, ...) == said)
    await hass.async_block_till_done()


def with_mode(mode: ClimateMode) -> ClimateState:
    """Return the state of a climate that has two targets."""
    return ClimateState(
        mode=mode, target_temperature_low=19.0, target_temperature_high=24.0
    )
