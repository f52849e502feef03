"""Diagnostic text sensors: the device's id, the last thing that went wrong."""

import esphome.codegen as cg
from esphome.components import text_sensor
import esphome.config_validation as cv
from esphome.const import CONF_DEVICE_ID, ENTITY_CATEGORY_DIAGNOSTIC
from esphome.types import ConfigType

from . import CONF_OCEANREMOTE_ID, client_child_schema
from .source_files import unused_source_files

DEPENDENCIES = ["oceanremote"]

CONF_LAST_ERROR = "last_error"

_ICONS = {CONF_DEVICE_ID: "mdi:identifier", CONF_LAST_ERROR: "mdi:alert-circle-outline"}

# A platform brings all files of its folder unless it filters them, too.
FILTER_SOURCE_FILES = unused_source_files

CONFIG_SCHEMA = cv.All(
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


async def to_code(config: ConfigType) -> None:
    """Create the configured sensors and hand them to the client."""
    client = await cg.get_variable(config[CONF_OCEANREMOTE_ID])
    for name in _ICONS:
        if sensor_config := config.get(name):
            sensor = await text_sensor.new_text_sensor(sensor_config)
            cg.add(getattr(client, f"set_{name}_text_sensor")(sensor))
