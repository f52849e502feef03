"""The part of the configuration that is about the device's own log."""

from typing import Any

import esphome.codegen as cg
from esphome.components import logger
import esphome.config_validation as cv
from esphome.core import CORE
from esphome.cpp_generator import MockObj
from esphome.types import ConfigType

from .client_class import oceanremote_ns

CONF_LOG_BUFFER_SIZE = "log_buffer_size"
CONF_LOG_ID = "log_id"
CONF_LAST_LINES_SIZE = "last_lines_size"

DeviceLog = oceanremote_ns.class_("DeviceLog")

# Bytes of lines that wait while something more urgent is sent.
MIN_BUFFER = 256
MAX_BUFFER = 16 * 1024
SMALL_BUFFER = 1024
LARGE_BUFFER = 4096

# Bytes of lines that outlive a crash.
MIN_LAST_LINES = 128
MAX_LAST_LINES = 4096
SMALL_LAST_LINES = 256
LARGE_LAST_LINES = 512


def _buffer_size(value: Any) -> int:
    """Validate a size in bytes, 0 for none."""
    size: int = cv.int_(value)
    if size != 0 and not MIN_BUFFER <= size <= MAX_BUFFER:
        raise cv.Invalid(
            f"the buffer of the log has {MIN_BUFFER} to {MAX_BUFFER} bytes, or 0 if the "
            "hub shall not see the log"
        )
    return size


def _last_lines_size(value: Any) -> int:
    """Validate a size in bytes, 0 for none."""
    size: int = cv.int_(value)
    if size != 0 and not MIN_LAST_LINES <= size <= MAX_LAST_LINES:
        raise cv.Invalid(
            f"the lines before a crash have {MIN_LAST_LINES} to {MAX_LAST_LINES} bytes, "
            "or 0 if none shall be kept"
        )
    return size


LOG_SCHEMA = {
    cv.Optional(CONF_LAST_LINES_SIZE): _last_lines_size,
    cv.Optional(CONF_LOG_BUFFER_SIZE): _buffer_size,
    cv.GenerateID(CONF_LOG_ID): cv.declare_id(DeviceLog),
}


def add_log(var: MockObj, config: ConfigType) -> None:
    """Let the client show its hub the log, where the device has one."""
    is_small = CORE.is_esp8266 or CORE.is_rp2
    default = SMALL_BUFFER if is_small else LARGE_BUFFER
    size = config.get(CONF_LOG_BUFFER_SIZE, default)
    if size == 0 or logger.DOMAIN not in (CORE.config or {}):
        return
    cg.add_define("USE_OCEANREMOTE_LOGS")
    cg.add_define("OCEANREMOTE_LOG_BUFFER", size)
    logger.request_log_listener()
    default = SMALL_LAST_LINES if is_small else LARGE_LAST_LINES
    if last_lines := config.get(CONF_LAST_LINES_SIZE, default):
        cg.add_define("USE_OCEANREMOTE_LAST_LINES")
        cg.add_define("OCEANREMOTE_LAST_LINES", last_lines)
    cg.add(var.set_log(cg.new_Pvariable(config[CONF_LOG_ID])))
