"""A web server on this machine, where ESPHome has none: what a tunnel may meet.

What it does with a connection says the path that is asked for (`web_server.h`).
"""

import importlib.util
from pathlib import Path
from typing import Any

import esphome
import esphome.codegen as cg
from esphome.components import socket
import esphome.config_validation as cv
from esphome.const import CONF_AUTH, CONF_ID, CONF_PASSWORD, CONF_PORT, CONF_USERNAME
from esphome.types import ConfigType

_COMPONENTS = Path(esphome.__file__).parent / "components"
_SPEC = importlib.util.spec_from_file_location(
    "real_web_server", _COMPONENTS / "web_server/__init__.py"
)
assert _SPEC is not None
assert _SPEC.loader is not None
_real = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_real)


def __getattr__(name: str) -> Any:
    """Have what every entity's schema takes of the real one."""
    return getattr(_real, name)


AUTO_LOAD = ["socket"]
DEPENDENCIES = ["network"]

StandIn = cg.esphome_ns.namespace("stand_in").class_("WebServerStandIn", cg.Component)

CONFIG_SCHEMA = cv.All(
    cv.Schema(
        {
            cv.GenerateID(): cv.declare_id(StandIn),
            cv.Optional(CONF_PORT, default=80): cv.port,
            cv.Optional(CONF_AUTH): cv.Schema(
                {
                    cv.Required(CONF_USERNAME): cv.string_strict,
                    cv.Required(CONF_PASSWORD): cv.string_strict,
                }
            ),
        }
    ).extend(cv.COMPONENT_SCHEMA),
    socket.consume_sockets(4, "web_server_stand_in"),
)


async def to_code(config: ConfigType) -> None:
    """Make the one."""
    var = cg.new_Pvariable(config[CONF_ID])
    await cg.register_component(var, config)
    cg.add(var.set_port(config[CONF_PORT]))
