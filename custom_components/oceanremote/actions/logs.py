"""A device's log for administrators: by an action with a response, and live.

Live lines go over Home Assistant's WebSocket interface, which `script/logs` speaks.
"""

import asyncio
from contextlib import suppress
from typing import Any, Final

from homeassistant.components import websocket_api
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonValueType
import voluptuous as vol

from ..common.const import DOMAIN
from ..device.crashes import Crash
from ..device.logs import LogLevel, LogLine
from .admin import async_register_admin_action
from .device import called_device, find_device

SERVICE_GET_LOGS: Final = "get_logs"
ATTR_LEVEL: Final = "level"
ATTR_SECONDS: Final = "seconds"
COMMAND_FOLLOW: Final = f"{DOMAIN}/logs/follow"
MAX_SECONDS: Final = 60
MAX_LINES: Final = 1000

LEVELS: Final = {
    level.name.lower(): level for level in LogLevel if level is not LogLevel.NONE
}
_SCHEMA: Final = vol.Schema(
    {
        vol.Required(ATTR_DEVICE_ID): cv.string,
        vol.Optional(ATTR_LEVEL, default="debug"): vol.In(LEVELS),
        vol.Optional(ATTR_SECONDS, default=10): vol.All(
            vol.Coerce(int), vol.Range(min=1, max=MAX_SECONDS)
        ),
    }
)


@callback
def async_setup_log_actions(hass: HomeAssistant) -> None:
    """Register the action and the command; once."""
    async_register_admin_action(
        hass, SERVICE_GET_LOGS, _async_get_logs, _SCHEMA, SupportsResponse.ONLY
    )
    websocket_api.async_register_command(hass, _follow_logs)


async def _async_get_logs(call: ServiceCall) -> ServiceResponse:
    """Return what the device logs from now on, for the time that is asked for."""
    hub, subentry_id = called_device(call)
    coordinator = hub.coordinator_for(subentry_id)
    lines: list[JsonValueType] = []
    too_many = asyncio.Event()

    @callback
    def take(line: LogLine) -> None:
        if len(lines) < MAX_LINES:
            lines.append(_as_json(line))
        else:
            too_many.set()

    end = coordinator.logs.follow(LEVELS[call.data[ATTR_LEVEL]], take)
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(call.data[ATTR_SECONDS]):
                await too_many.wait()
    finally:
        end()
    return {
        "connected": coordinator.connected,
        "lines": lines,
        "complete": not too_many.is_set(),
        "last_crash": _crash_as_json(coordinator.crashes.last),
    }


@websocket_api.require_admin
@websocket_api.websocket_command(
    {
        vol.Required("type"): COMMAND_FOLLOW,
        vol.Required(ATTR_DEVICE_ID): str,
        vol.Optional(ATTR_LEVEL, default="debug"): vol.In(LEVELS),
    }
)
@callback
def _follow_logs(
    hass: HomeAssistant,
    connection: websocket_api.ActiveConnection,
    message: dict[str, Any],
) -> None:
    """Send every line of a device until the caller unsubscribes.

    The result has the last crash, which was before.
    """
    try:
        hub, subentry_id = find_device(hass, message[ATTR_DEVICE_ID])
    except ServiceValidationError as err:
        connection.send_error(message["id"], websocket_api.ERR_NOT_FOUND, str(err))
        return

    @callback
    def send(line: LogLine) -> None:
        connection.send_event(message["id"], _as_json(line))

    coordinator = hub.coordinator_for(subentry_id)
    connection.subscriptions[message["id"]] = coordinator.logs.follow(
        LEVELS[message[ATTR_LEVEL]], send
    )
    last_crash = _crash_as_json(coordinator.crashes.last)
    connection.send_result(message["id"], {"last_crash": last_crash})


def _as_json(line: LogLine) -> dict[str, JsonValueType]:
    return {
        "time": line.time.isoformat(),
        "level": line.level.name.lower(),
        "tag": line.tag,
        "text": line.text,
    }


def _crash_as_json(crash: Crash | None) -> JsonValueType:
    if crash is None:
        return None
    return {
        "time": crash.time.isoformat(),
        "reset_reason": crash.reset_reason,
        "lines": [_as_json(line) for line in crash.lines],
    }
