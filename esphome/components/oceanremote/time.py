"""The hub's clock, with Home Assistant's time zone where the YAML names none."""

import esphome.codegen as cg
from esphome.components import time as time_
import esphome.config_validation as cv
from esphome.const import CONF_ID, CONF_TIMEZONE
from esphome.types import ConfigType

from .client_class import CONF_OCEANREMOTE_ID, client_child_schema, oceanremote_ns
from .source_files import unused_source_files

DEPENDENCIES = ["oceanremote"]

HubClock = oceanremote_ns.class_("HubClock", time_.RealTimeClock)

# A platform brings all files of its folder unless it filters them, too.
FILTER_SOURCE_FILES = unused_source_files

CONFIG_SCHEMA = time_.TIME_SCHEMA.extend(
    {cv.GenerateID(): cv.declare_id(HubClock), **client_child_schema()}
).extend(cv.COMPONENT_SCHEMA)


async def to_code(config: ConfigType) -> None:
    """Create the clock and hand it to the client."""
    var = cg.new_Pvariable(config[CONF_ID])
    await time_.register_time(var, config)
    await cg.register_component(var, config)
    if CONF_TIMEZONE not in config:
        # Also where this machine's zone could not be found out.
        cg.add_define("USE_TIME_TIMEZONE")
        cg.add(var.set_follows_zone())
    client = await cg.get_variable(config[CONF_OCEANREMOTE_ID])
    cg.add(client.set_clock(var))
    cg.add_define("USE_OCEANREMOTE_TIME")
