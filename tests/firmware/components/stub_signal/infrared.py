"""The platform `stub_signal` of infrared, for tests on host."""

import esphome.codegen as cg
from esphome.components import infrared, remote_base
import esphome.config_validation as cv
from esphome.types import ConfigType

from . import StubReceiver, stub_signal_ns

CONF_REMOTE_RECEIVER_ID = "remote_receiver_id"

StubInfrared = stub_signal_ns.class_("StubInfrared", infrared.Infrared)

CONFIG_SCHEMA = infrared.infrared_schema(StubInfrared).extend(
    {
        cv.Optional("sends", default=True): cv.boolean,
        cv.Optional("receives", default=False): cv.boolean,
        cv.Optional(CONF_REMOTE_RECEIVER_ID): cv.use_id(StubReceiver),
        cv.Optional("receiver_frequency", default=0): cv.uint32_t,
    }
)


async def to_code(config: ConfigType) -> None:
    """Make one."""
    var = await infrared.new_infrared(config)
    cg.add(var.set_supports_transmitter(config["sends"]))
    cg.add(var.set_supports_receiver(config["receives"]))
    cg.add(var.get_traits().set_receiver_frequency_hz(config["receiver_frequency"]))
    if CONF_REMOTE_RECEIVER_ID in config:
        await remote_base.attach_receiver(var, config, CONF_REMOTE_RECEIVER_ID)
