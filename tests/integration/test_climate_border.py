"""Climates beyond all measure: what Home Assistant cannot hold does not get there."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers.json import json_bytes
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
import pytest

from custom_components.oceanremote.device.border import MAX_ROUNDED, Refusal, refusal_of
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.protocol.domains.climate import (
    ClimateMode,
    ClimateState,
)
from custom_components.oceanremote.protocol.domains.temperature import TemperatureUnit
from tests.support.descriptors import changed

from .climate_support import FULL, report
from .runtime_support import Device, eventually
from .test_entities import show


@pytest.mark.parametrize(
    "name",
    [
        "min_temperature",
        "max_temperature",
        "target_temperature_step",
        "current_temperature_step",
        "min_humidity",
        "max_humidity",
    ],
)
@pytest.mark.parametrize("value", [-1e300, -2e15, 2e15, 1e308])
def test_a_range_beyond_all_measure_is_refused(name: str, value: float) -> None:
    """It would overflow in another unit, or where it is rounded."""
    assert refusal_of(changed(FULL, **{name: value})) is Refusal.BEYOND
    assert refusal_of(changed(FULL, **{name: MAX_ROUNDED})) is None


@pytest.mark.parametrize("unit", TemperatureUnit)
async def test_the_widest_range_is_shown_in_every_unit(
    hass: HomeAssistant, hub: Hub, connected_device: Device, unit: TemperatureUnit
) -> None:
    """What Home Assistant makes of it can be written as JSON, and read by browsers."""
    hass.config.units = US_CUSTOMARY_SYSTEM
    climate = changed(
        FULL,
        temperature_unit=unit,
        min_temperature=-MAX_ROUNDED,
        max_temperature=MAX_ROUNDED,
        target_temperature_step=MAX_ROUNDED,
        current_temperature_step=1.0,
        min_humidity=-MAX_ROUNDED,
        max_humidity=MAX_ROUNDED,
    )
    entity_id = await show(hass, hub, connected_device, climate)
    said = ClimateState(
        mode=ClimateMode.HEAT,
        current_temperature=MAX_ROUNDED,
        target_temperature=-MAX_ROUNDED,
        current_humidity=MAX_ROUNDED,
    )
    await report(hass, hub, connected_device, climate, said)
    shown = hass.states.get(entity_id)
    assert shown is not None
    assert shown.state == "heat"
    assert json_bytes(shown.as_dict())
    for name in ("min_temp", "max_temp", "current_temperature", "current_humidity"):
        assert abs(shown.attributes[name]) < 2**53


@pytest.mark.parametrize("beyond", [1e300, -1e300, 3.4e38, 2e15])
async def test_a_number_beyond_all_measure_is_unknown(
    hass: HomeAssistant, hub: Hub, connected_device: Device, beyond: float
) -> None:
    """It costs its own part of the state, and no other."""
    entity_id = await show(hass, hub, connected_device, FULL)
    await connected_device.report(
        FULL,
        ClimateState(
            mode=ClimateMode.HEAT,
            current_temperature=beyond,
            target_temperature=21.0,
            current_humidity=beyond,
            target_humidity=beyond,
        ),
    )
    await eventually(lambda: hass.states.is_state(entity_id, "heat"))
    shown = hass.states.get(entity_id)
    assert shown is not None
    assert shown.attributes["temperature"] == 21.0
    assert shown.attributes["current_temperature"] is None
    assert shown.attributes["humidity"] is None
    assert "current_humidity" not in shown.attributes
    assert json_bytes(shown.as_dict())


def test_a_mode_that_would_be_a_line_in_the_log_is_refused() -> None:
    """As every other text of an entity."""
    for name in ("custom_fan_modes", "custom_presets"):
        bad = changed(FULL, **{name: ("Turbo\n2026 ERROR forged",)})
        assert refusal_of(bad) is Refusal.CONTROL
