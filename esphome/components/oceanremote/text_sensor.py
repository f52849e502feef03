"""Diagnostic text sensors: the device's id, the last thing that went wrong. And imported
ones.
"""

import esphome.codegen as cg
from esphome.components import text_sensor
import esphome.config_validation as cv
from esphome.const import CONF_DEVICE_ID, CONF_ENTITY_ID, ENTITY_CATEGORY_DIAGNOSTIC
from esphome.types import ConfigType

from .client_class import CONF_OCEANREMOTE_ID, client_child_schema, oceanremote_ns
from .imports import ATTRIBUTE_SCHEMA, add_imports, attribute_of, diagnostics_or_import
from .source_files import unused_source_files

DEPENDENCIES = ["oceanremote"]

CONF_LAST_ERROR = "last_error"

_ICONS = {CONF_DEVICE_ID: "mdi:identifier", CONF_LAST_ERROR: "mdi:alert-circle-outline"}

ImportedTextSensor = oceanremote_ns.class_(
    "ImportedTextSensor", text_sensor.TextSensor, cg.Component
)

# A platform brings all files of its folder unless it filters them, too.
FILTER_SOURCE_FILES = unused_source_files

_DIAGNOSTICS_SCHEMA = cv.All(
    cv.Schema(
        {
            **client_child_schema(),
            **{
                cv.Optional(name): text_sensor.text_sensor_schema(
                    icon=icon, entity_category=ENTITY_CATEGORY_DIAGNOSTIC
                )
                for name, icon in _ICONS.items()
            },
        }
    ),
    cv.has_at_least_one_key(*_ICONS),
)

_IMPORT_SCHEMA = text_sensor.text_sensor_schema(ImportedTextSensor).extend(
    ATTRIBUTE_SCHEMA
)


CONFIG_SCHEMA = diagnostics_or_import(_DIAGNOSTICS_SCHEMA, _IMPORT_SCHEMA, _ICONS)


async def to_code(config: ConfigType) -> None:
    """Create the configured sensors and hand them to the client."""
    if CONF_ENTITY_ID in config:
        var = await text_sensor.new_text_sensor(
            config, config[CONF_ENTITY_ID], attribute_of(config)
        )
        await add_imports(var, config, var)
        cg.add_define("USE_OCEANREMOTE_IMPORTED_TEXT_SENSOR")
        return
    client = await cg.get_variable(config[CONF_OCEANREMOTE_ID])
    for name in _ICONS:
        if sensor_config := config.get(name):
            sensor = await text_sensor.new_text_sensor(sensor_config)
            cg.add(getattr(client, f"set_{name}_text_sensor")(sensor))
