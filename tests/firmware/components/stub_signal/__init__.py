"""Infrared and radio without hardware: what is sent stands in the log.

`stub_signal:` is a receiver that hears what a lambda lets it hear.
"""

import esphome.codegen as cg
from esphome.components import remote_base
import esphome.config_validation as cv
from esphome.const import CONF_ID
from esphome.types import ConfigType

AUTO_LOAD = ["remote_base"]
MULTI_CONF = True

stub_signal_ns = cg.esphome_ns.namespace("stub_signal")
StubReceiver = stub_signal_ns.class_("StubReceiver", remote_base.RemoteReceiverBase)

CONFIG_SCHEMA = cv.Schema({cv.GenerateID(): cv.declare_id(StubReceiver)})


async def to_code(config: ConfigType) -> None:
    """Make one."""
    cg.new_Pvariable(config[CONF_ID])
