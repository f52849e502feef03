"""Diagnostic sensors: age of the session, number of reconnects. And imported ones."""

import esphome.codegen as cg
from esphome.components import sensor
import esphome.config_validation as cv
from esphome.const import (
    CONF_ENTITY_ID,
    DEVICE_CLASS_DURATION,
    ENTITY_CATEGORY_DIAGNOSTIC,
    STATE_CLASS_MEASUREMENT,
    STATE_CLASS_TOTAL_INCREASING,
    UNIT_SECOND,
)
from esphome.types import ConfigType

from .client_class import CONF_OCEANREMOTE_ID, client_child_schema, oceanremote_ns
from .imports import ATTRIBUTE_SCHEMA, add_imports, attribute_of, diagnostics_or_import
from .source_files import unused_source_files

DEPENDENCIES = ["oceanremote"]

CONF_RECONNECT_COUNT = "reconnect_count"
CONF_SESSION_AGE = "session_age"

SessionAgeSensor = oceanremote_ns.class_(
    "SessionAgeSensor", sensor.Sensor, cg.PollingComponent
)

ImportedSensor = oceanremote_ns.class_("ImportedSensor", sensor.Sensor, cg.Component)

# A platform brings all files of its folder unless it filters them, too.
FILTER_SOURCE_FILES = unused_source_files

_DIAGNOSTICS_SCHEMA = cv.All(
    cv.Schema(
        {
            **client_child_schema(),
            cv.Optional(CONF_SESSION_AGE): sensor.sensor_schema(
                SessionAgeSensor,
                unit_of_measurement=UNIT_SECOND,
                accuracy_decimals=0,
                device_class=DEVICE_CLASS_DURATION,
                state_class=STATE_CLASS_MEASUREMENT,
                entity_category=ENTITY_CATEGORY_DIAGNOSTIC,
            ).extend(cv.polling_component_schema("60s")),
            cv.Optional(CONF_RECONNECT_COUNT): sensor.sensor_schema(
                icon="mdi:connection",
                accuracy_decimals=0,
                state_class=STATE_CLASS_TOTAL_INCREASING,
                entity_category=ENTITY_CATEGORY_DIAGNOSTIC,
            ),
        }
    ),
    cv.has_at_least_one_key(CONF_SESSION_AGE, CONF_RECONNECT_COUNT),
)

_IMPORT_SCHEMA = sensor.sensor_schema(ImportedSensor, accuracy_decimals=1).extend(
    ATTRIBUTE_SCHEMA
)

CONFIG_SCHEMA = diagnostics_or_import(
    _DIAGNOSTICS_SCHEMA, _IMPORT_SCHEMA, (CONF_SESSION_AGE, CONF_RECONNECT_COUNT)
)


async def to_code(config: ConfigType) -> None:
    """Create the configured sensors and hand them to the client."""
    if CONF_ENTITY_ID in config:
        var = await sensor.new_sensor(
            config, config[CONF_ENTITY_ID], attribute_of(config)
        )
        await add_imports(var, config, var)
        cg.add_define("USE_OCEANREMOTE_IMPORTED_SENSOR")
        return
    client = await cg.get_variable(config[CONF_OCEANREMOTE_ID])
    if age_config := config.get(CONF_SESSION_AGE):
        age = await sensor.new_sensor(age_config)
        await cg.register_component(age, age_config)
        cg.add(age.set_parent(client))
    if count_config := config.get(CONF_RECONNECT_COUNT):
        count = await sensor.new_sensor(count_config)
        cg.add(client.set_reconnect_count_sensor(count))
