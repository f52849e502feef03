"""What a device remembers of its sensors while it has no session."""

import logging
from typing import Any

import esphome.codegen as cg
from esphome.components import sensor
import esphome.config_validation as cv
from esphome.const import CONF_ID, CONF_INTERNAL, CONF_INTERVAL, CONF_NAME
from esphome.core import CORE
from esphome.cpp_generator import MockObj
import esphome.final_validate as fv
from esphome.types import ConfigType

from .client_class import oceanremote_ns

_LOGGER = logging.getLogger(__name__)

CONF_BACKFILL = "backfill"
CONF_MAX_READINGS = "max_readings"
CONF_SENSOR_ID = "sensor_id"

RememberedSensor = oceanremote_ns.class_("RememberedSensorOf")

READING_BYTES = 8
# What outlives deep sleep, beside 2 kB of the last TLS session, in 8 kB of RTC memory.
MAX_KEPT_BYTES = 4096
# An ESP32-H2 has half of that.
MAX_KEPT_BYTES_ON_H2 = 1024
# kept_readings.h
_KEPT_HEAD = 8
_KEPT_LOG_HEAD = 20

_DEEP_SLEEP = "deep_sleep"
MAX_READINGS = 4096
# All of a device's readings: more than that a hub does not take at once.
MAX_READINGS_OF_DEVICE = 16_384
MAX_SENSORS = 32
MAX_INTERVAL = cv.TimePeriod(hours=1)


def default_readings() -> int:
    """Return what the board's RAM has room for, of one sensor."""
    if CORE.is_esp8266:
        return 48
    return 1024 if CORE.is_host else 240


def _each_once(value: list[ConfigType]) -> list[ConfigType]:
    seen: set[str] = set()
    for position, one in enumerate(value):
        name = one[CONF_SENSOR_ID].id
        if name in seen:
            raise cv.Invalid(f"'{name}' is listed twice", path=[position])
        seen.add(name)
    return value


def _within_memory(value: list[ConfigType]) -> list[ConfigType]:
    total = sum(one[CONF_MAX_READINGS] for one in value)
    if total > MAX_READINGS_OF_DEVICE:
        raise cv.Invalid(
            f"all sensors together remember {total} readings; a hub takes at most "
            f"{MAX_READINGS_OF_DEVICE} at once: lower '{CONF_MAX_READINGS}'"
        )
    return value


def _with_default(value: ConfigType) -> ConfigType:
    value.setdefault(CONF_MAX_READINGS, default_readings())
    return value


def _remembered(value: Any) -> Any:
    """Take the id of a sensor alone, too."""
    return value if isinstance(value, dict) else {CONF_SENSOR_ID: value}


BACKFILL_SCHEMA = cv.All(
    cv.ensure_list(
        cv.All(
            _remembered,
            cv.Schema(
                {
                    cv.GenerateID(): cv.declare_id(RememberedSensor),
                    cv.Required(CONF_SENSOR_ID): cv.use_id(sensor.Sensor),
                    cv.Optional(CONF_INTERVAL): cv.All(
                        cv.positive_not_null_time_period,
                        cv.Range(min=cv.TimePeriod(seconds=1), max=MAX_INTERVAL),
                    ),
                    cv.Optional(CONF_MAX_READINGS): cv.int_range(
                        min=1, max=MAX_READINGS
                    ),
                }
            ),
            _with_default,
        )
    ),
    cv.Length(min=1, max=MAX_SENSORS),
    _each_once,
    _within_memory,
)


def _max_kept_bytes() -> int:
    if not CORE.is_esp32:
        return MAX_KEPT_BYTES
    # Only there: it would be loaded for every board.
    from esphome.components import esp32

    is_h2 = esp32.get_esp32_variant() == esp32.VARIANT_ESP32H2
    return MAX_KEPT_BYTES_ON_H2 if is_h2 else MAX_KEPT_BYTES


def _wanted_bytes(config: list[ConfigType]) -> int:
    """Return what all readings take that outlive deep sleep."""
    return _KEPT_HEAD + sum(
        _KEPT_LOG_HEAD + READING_BYTES * one[CONF_MAX_READINGS] for one in config
    )


def _warn_of_sleep(config: list[ConfigType]) -> None:
    """Say what of the readings a board loses when it sleeps."""
    if not (CORE.is_esp32 or CORE.is_host):
        _LOGGER.warning(
            "what 'backfill:' remembers lies in RAM on this board, and deep sleep "
            "forgets it"
        )
    elif (wanted := _wanted_bytes(config)) > (most := _max_kept_bytes()):
        _LOGGER.info(
            "'backfill:' may remember %d bytes, of which deep sleep leaves %d: the "
            "newest readings of each sensor",
            wanted,
            most,
        )


def check_backfill(config: list[ConfigType]) -> None:
    """Refuse a sensor that the hub never sees: nobody could have its statistics."""
    full = fv.full_config.get()
    if config and _DEEP_SLEEP in full:
        _warn_of_sleep(config)
    for position, one in enumerate(config):
        sensor_id = one[CONF_SENSOR_ID]
        source = full.get_config_for_path(full.get_path_for_id(sensor_id)[:-1])
        if CONF_NAME not in source or source.get(CONF_INTERNAL):
            raise cv.Invalid(
                f"'{sensor_id.id}' is internal, so Home Assistant has no statistics "
                "that its readings could go to: give it a name, without 'internal: "
                "true', or leave it out here",
                path=[CONF_BACKFILL, position, CONF_SENSOR_ID],
            )


async def add_backfill(var: MockObj, config: list[ConfigType]) -> None:
    """Let the client remember what the configuration lists."""
    cg.add_define("USE_OCEANREMOTE_BACKFILL")
    keeps = CORE.is_esp32 or CORE.is_host
    if keeps and _DEEP_SLEEP in (CORE.config or {}):
        size = min(_wanted_bytes(config), _max_kept_bytes())
        cg.add_define("OCEANREMOTE_KEPT_READINGS", size)
    for one in config:
        source = await cg.get_variable(one[CONF_SENSOR_ID])
        interval = one.get(CONF_INTERVAL)
        remembered = cg.new_Pvariable(
            one[CONF_ID],
            cg.TemplateArguments(one[CONF_MAX_READINGS]),
            source,
            0 if interval is None else interval.total_seconds,
        )
        cg.add(var.add_remembered(remembered))
