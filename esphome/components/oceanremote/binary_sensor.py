"""Diagnostic binary sensor: whether a proved session is running. And imported ones."""

import esphome.codegen as cg
from esphome.components import binary_sensor
import esphome.config_validation as cv
from esphome.const import (
    CONF_ENTITY_ID,
    DEVICE_CLASS_CONNECTIVITY,
    ENTITY_CATEGORY_DIAGNOSTIC,
)
from esphome.types import ConfigType

from .client_class import CONF_OCEANREMOTE_ID, client_child_schema, oceanremote_ns
from .imports import ATTRIBUTE_SCHEMA, add_imports, attribute_of, diagnostics_or_import
from .source_files import unused_source_files

DEPENDENCIES = ["oceanremote"]

CONF_CONNECTED = "connected"

ImportedBinarySensor = oceanremote_ns.class_(
    "ImportedBinarySensor", binary_sensor.BinarySensor, cg.Component
)

# A platform brings all files of its folder unless it filters them, too.
FILTER_SOURCE_FILES = unused_source_files

_DIAGNOSTICS_SCHEMA = cv.Schema(
    {
        **client_child_schema(),
        cv.Required(CONF_CONNECTED): binary_sensor.binary_sensor_schema(
            device_class=DEVICE_CLASS_CONNECTIVITY,
            entity_category=ENTITY_CATEGORY_DIAGNOSTIC,
        ),
    }
)

_IMPORT_SCHEMA = binary_sensor.binary_sensor_schema(ImportedBinarySensor).extend(
    ATTRIBUTE_SCHEMA
)

CONFIG_SCHEMA = diagnostics_or_import(
    _DIAGNOSTICS_SCHEMA, _IMPORT_SCHEMA, (CONF_CONNECTED,)
)


async def to_code(config: ConfigType) -> None:
    """Create the sensor and hand it to the client."""
    if CONF_ENTITY_ID in config:
        var = await binary_sensor.new_binary_sensor(
            config, config[CONF_ENTITY_ID], attribute_of(config)
        )
        await add_imports(var, config, var)
        cg.add_define("USE_OCEANREMOTE_IMPORTED_BINARY_SENSOR")
        return
    client = await cg.get_variable(config[CONF_OCEANREMOTE_ID])
    sensor = await binary_sensor.new_binary_sensor(config[CONF_CONNECTED])
    cg.add(client.set_connected_binary_sensor(sensor))
