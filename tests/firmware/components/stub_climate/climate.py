"""A climate that does what it is told, and can whatever its YAML says."""

import esphome.codegen as cg
from esphome.components import climate
import esphome.config_validation as cv
from esphome.const import (
    CONF_CUSTOM_FAN_MODE,
    CONF_CUSTOM_PRESET,
    CONF_FAN_MODE,
    CONF_MODE,
    CONF_PRESET,
    CONF_SWING_MODE,
)

StubClimate = cg.esphome_ns.namespace("stub_climate").class_(
    "StubClimate", climate.Climate, cg.Component
)
_FLAGS = {
    name: cg.RawExpression(f"climate::CLIMATE_{name.upper()}")
    for name in (
        "supports_current_temperature",
        "supports_two_point_target_temperature",
        "requires_two_point_target_temperature",
        "supports_current_humidity",
        "supports_target_humidity",
        "supports_action",
    )
}
_UNITS = {
    name: cg.RawExpression(f"TemperatureUnit::{name}")
    for name in ("CELSIUS", "FAHRENHEIT", "KELVIN")
}
_MODES = {
    f"supported_{CONF_MODE}s": climate.validate_climate_mode,
    f"supported_{CONF_FAN_MODE}s": climate.validate_climate_fan_mode,
    f"supported_{CONF_SWING_MODE}s": climate.validate_climate_swing_mode,
    f"supported_{CONF_PRESET}s": climate.validate_climate_preset,
}
_CUSTOM = tuple(
    f"supported_{name}s" for name in (CONF_CUSTOM_FAN_MODE, CONF_CUSTOM_PRESET)
)
_NUMBERS = (
    "visual_min_temperature",
    "visual_max_temperature",
    "visual_target_temperature_step",
    "visual_current_temperature_step",
    "visual_min_humidity",
    "visual_max_humidity",
)

CONFIG_SCHEMA = (
    climate.climate_schema(StubClimate)
    .extend(
        {
            cv.Optional("temperature_unit"): cv.one_of(*_UNITS, upper=True),
            cv.Optional("features", default=[]): [cv.one_of(*_FLAGS)],
            **{cv.Optional(name): [validate] for name, validate in _MODES.items()},
            **{cv.Optional(name): [cv.string] for name in _CUSTOM},
            **{cv.Optional(name): cv.float_ for name in _NUMBERS},
        }
    )
    .extend(cv.COMPONENT_SCHEMA)
)


async def to_code(config):
    """Say what it can."""
    var = await climate.new_climate(config)
    await cg.register_component(var, config)
    for flag in config["features"]:
        cg.add(var.can.add_feature_flags(_FLAGS[flag]))
    if "temperature_unit" in config:
        unit = _UNITS[config["temperature_unit"]]
        cg.add(var.can.set_temperature_unit(unit))
    for name in (*_MODES, *_NUMBERS):
        if name in config:
            cg.add(getattr(var.can, f"set_{name}")(config[name]))
    for name in _CUSTOM:
        if name in config:
            cg.add(getattr(var, f"set_{name}")(config[name]))
