"""The platform `stub_signal` of radio, for tests on host."""

import esphome.codegen as cg
from esphome.components import radio_frequency
import esphome.config_validation as cv
from esphome.types import ConfigType

from . import stub_signal_ns

StubRadio = stub_signal_ns.class_("StubRadio", radio_frequency.RadioFrequency)

CONFIG_SCHEMA = radio_frequency.radio_frequency_schema(StubRadio).extend(
    {
        cv.Optional("sends", default=True): cv.boolean,
        cv.Optional("receives", default=False): cv.boolean,
        cv.Optional("min", default=0): cv.uint32_t,
        cv.Optional("max", default=0): cv.uint32_t,
        cv.Optional("modulations", default=0): cv.uint32_t,
    }
)


async def to_code(config: ConfigType) -> None:
    """Make one."""
    var = await radio_frequency.new_radio_frequency(config)
    cg.add(var.set_supports_transmitter(config["sends"]))
    cg.add(var.set_supports_receiver(config["receives"]))
    cg.add(var.get_traits().set_frequency_min_hz(config["min"]))
    cg.add(var.get_traits().set_frequency_max_hz(config["max"]))
    cg.add(var.get_traits().set_supported_modulations(config["modulations"]))
