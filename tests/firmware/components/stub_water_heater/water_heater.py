"""A water heater that does what it is told, and can whatever its YAML says."""

import esphome.codegen as cg
from esphome.components import water_heater
import esphome.config_validation as cv

StubWaterHeater = cg.esphome_ns.namespace("stub_water_heater").class_(
    "StubWaterHeater", water_heater.WaterHeater, cg.Component
)
_FLAGS = {
    name: cg.RawExpression(f"water_heater::WATER_HEATER_SUPPORTS_{name.upper()}")
    for name in (
        "current_temperature",
        "target_temperature",
        "operation_mode",
        "away_mode",
        "on_off",
        "two_point_target_temperature",
    )
}
_UNITS = {
    name: cg.RawExpression(f"TemperatureUnit::{name}")
    for name in ("CELSIUS", "FAHRENHEIT", "KELVIN")
}
_NUMBERS = ("min_temperature", "max_temperature", "target_temperature_step")

CONFIG_SCHEMA = (
    water_heater.water_heater_schema(StubWaterHeater)
    .extend(
        {
            cv.Optional("temperature_unit"): cv.one_of(*_UNITS, upper=True),
            cv.Optional("features", default=[]): [cv.one_of(*_FLAGS)],
            cv.Optional("supported_modes"): [water_heater.validate_water_heater_mode],
            **{cv.Optional(name): cv.float_ for name in _NUMBERS},
        }
    )
    .extend(cv.COMPONENT_SCHEMA)
)


async def to_code(config):
    """Say what it can."""
    var = await water_heater.new_water_heater(config)
    await cg.register_component(var, config)
    for flag in config["features"]:
        cg.add(var.can.add_feature_flags(_FLAGS[flag]))
    if "temperature_unit" in config:
        unit = _UNITS[config["temperature_unit"]]
        cg.add(var.can.set_temperature_unit(unit))
    for name in ("supported_modes", *_NUMBERS):
        if name in config:
            cg.add(getattr(var.can, f"set_{name}")(config[name]))
