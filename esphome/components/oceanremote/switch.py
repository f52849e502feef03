"""Imported switches: shown as Home Assistant tells them, switched by asking it to."""

import esphome.codegen as cg
from esphome.components import switch
import esphome.config_validation as cv
from esphome.const import CONF_ENTITY_ID
from esphome.types import ConfigType

from .client_class import oceanremote_ns
from .imports import IMPORT_SCHEMA, add_imports, entity_of
from .source_files import unused_source_files

DEPENDENCIES = ["oceanremote"]

# Those that have actions `turn_on` and `turn_off` of their own.
DOMAINS = (
    "automation",
    "fan",
    "humidifier",
    "input_boolean",
    "light",
    "remote",
    "siren",
    "switch",
)

ImportedSwitch = oceanremote_ns.class_("ImportedSwitch", switch.Switch, cg.Component)

# A platform brings all files of its folder unless it filters them, too.
FILTER_SOURCE_FILES = unused_source_files

CONFIG_SCHEMA = cv.All(
    switch.switch_schema(ImportedSwitch).extend(IMPORT_SCHEMA),
    entity_of(*DOMAINS),
)


async def to_code(config: ConfigType) -> None:
    """Create the switch."""
    entity_id = config[CONF_ENTITY_ID]
    domain = entity_id.split(".")[0]
    var = await switch.new_switch(
        config, entity_id, f"{domain}.turn_on", f"{domain}.turn_off"
    )
    client = await add_imports(var, config, var)
    cg.add(var.set_parent(client))
    cg.add_define("USE_OCEANREMOTE_REQUESTS")
    cg.add_define("USE_OCEANREMOTE_IMPORTED_SWITCH")
