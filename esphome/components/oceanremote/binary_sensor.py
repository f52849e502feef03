"""Diagnostic binary sensor: whether a proved session is running."""

import esphome.codegen as cg
from esphome.components import binary_sensor
import esphome.config_validation as cv
from esphome.const import DEVICE_CLASS_CONNECTIVITY, ENTITY_CATEGORY_DIAGNOSTIC
from esphome.types import ConfigType

from . import CONF_OCEANREMOTE_ID, client_child_schema
from .source_files import unused_source_files

DEPENDENCIES = ["oceanremote"]

CONF_CONNECTED = "connected"

# A platform brings all files of its folder unless it filters them, too.
FILTER_SOURCE_FILES = unused_source_files

CONFIG_SCHEMA = cv.Schema(
    {
        **client_child_schema(),
        cv.Required(CONF_CONNECTED): binary_sensor.binary_sensor_schema(
            device_class=DEVICE_CLASS_CONNECTIVITY,
            entity_category=ENTITY_CATEGORY_DIAGNOSTIC,
        ),
    }
)


async def to_code(config: ConfigType) -> None:
    """Create the sensor and hand it to the client."""
    client = await cg.get_variable(config[CONF_OCEANREMOTE_ID])
    sensor = await binary_sensor.new_binary_sensor(config[CONF_CONNECTED])
    cg.add(client.set_connected_binary_sensor(sensor))
