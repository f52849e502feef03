"""Imported numbers: shown as Home Assistant tells them, and set there by asking it to."""

import esphome.codegen as cg
from esphome.components import number
import esphome.config_validation as cv
from esphome.const import CONF_ENTITY_ID
from esphome.types import ConfigType

from .client_class import oceanremote_ns
from .imports import IMPORT_SCHEMA, add_imports, entity_of
from .source_files import unused_source_files

DEPENDENCIES = ["oceanremote"]

ImportedNumber = oceanremote_ns.class_("ImportedNumber", number.Number, cg.Component)

# A platform brings all files of its folder unless it filters them, too.
FILTER_SOURCE_FILES = unused_source_files

CONFIG_SCHEMA = cv.All(
    number.number_schema(ImportedNumber).extend(IMPORT_SCHEMA),
    entity_of("input_number", "number"),
)


async def to_code(config: ConfigType) -> None:
    """Create the number; its limits come from Home Assistant."""
    entity_id = config[CONF_ENTITY_ID]
    var = await number.new_number(
        config,
        entity_id,
        f"{entity_id.split('.')[0]}.set_value",
        min_value=0,
        max_value=0,
        step=0,
    )
    # The limits first: what is told of them is in force when the state comes.
    client = await add_imports(var, config, var.min(), var.max(), var.step(), var)
    cg.add(var.set_parent(client))
    cg.add_define("USE_OCEANREMOTE_REQUESTS")
    cg.add_define("USE_OCEANREMOTE_IMPORTED_NUMBER")
