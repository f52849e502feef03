"""Which services of the board the hub may open tunnels to.

Whoever reaches the hub's port reaches the service, so only one that asks its clients
who they are may be named.
"""

from typing import Any

import esphome.codegen as cg
from esphome.components import socket
import esphome.config_validation as cv
from esphome.const import (
    CONF_API,
    CONF_AUTH,
    CONF_ENCRYPTION,
    CONF_KEY,
    CONF_PORT,
    CONF_WEB_SERVER,
)
from esphome.core import CORE
from esphome.cpp_generator import MockObj
import esphome.final_validate as fv
from esphome.types import ConfigType

CONF_TUNNELS = "tunnels"

# In the order of their numbers (tunnel_messages.h).
SERVICES = (CONF_API, CONF_WEB_SERVER)
# Streams at a time (tunnel_mux.h).
TUNNELS_MAX = 2


def _where_there_is_a_loopback(value: Any) -> Any:
    if CORE.is_esp8266 or CORE.is_rp2:
        raise cv.Invalid(
            "a tunnel ends at a service of the board itself, and the network stack of "
            "this board has no loopback interface by which it could reach one: an "
            "ESP32 has"
        )
    return value


def _each_once(value: list[str]) -> list[str]:
    for position, name in enumerate(value):
        if name in value[:position]:
            raise cv.Invalid(f"'{name}' is listed twice", path=[position])
    return value


TUNNELS_SCHEMA = cv.All(
    _where_there_is_a_loopback,
    cv.ensure_list(cv.one_of(*SERVICES, lower=True)),
    cv.Length(min=1),
    _each_once,
    socket.consume_sockets(TUNNELS_MAX, "oceanremote.tunnels"),
)


def check_tunnels(config: ConfigType) -> None:
    """Refuse a tunnel to what is not there, or lets everybody in."""
    for position, name in enumerate(config.get(CONF_TUNNELS, [])):
        if (fault := _fault(name, fv.full_config.get().get(name))) is not None:
            raise cv.Invalid(fault, path=[CONF_TUNNELS, position])


def _fault(name: str, service: ConfigType | None) -> str | None:
    if service is None:
        return f"there is no '{name}:' that a tunnel could lead to"
    if name == CONF_WEB_SERVER and CONF_AUTH not in service:
        return (
            "'web_server:' lets everybody in who reaches it, and by a tunnel many "
            "could: give it a login with 'web_server: auth:'"
        )
    # A host program cannot have it where nothing can be downloaded while it is built.
    encryption = service.get(CONF_ENCRYPTION) or {}
    if name == CONF_API and not CORE.is_host and CONF_KEY not in encryption:
        return (
            "'api:' lets everybody in who reaches it, and by a tunnel many could: "
            "give it a key with 'api: encryption: key:'"
        )
    return None


def add_tunnels(var: MockObj, config: ConfigType) -> None:
    """Let the hub reach the services that the configuration names."""
    names = config.get(CONF_TUNNELS, [])
    if names:
        cg.add_define("USE_OCEANREMOTE_TUNNELS")
    for name in names:
        port = (CORE.config or {})[name][CONF_PORT]
        cg.add(var.add_tunnel(SERVICES.index(name) + 1, port))
