"""Opening and closing tunnels, for administrators and automations."""

from typing import Any, Final

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ..policy.tunnels import DEFAULT_MINUTES, MAX_MINUTES, MAX_PORT, MIN_PORT
from ..protocol import TunnelService
from ..tunnels.device import DeviceTunnels
from ..vault.translate import translated_errors
from .admin import async_register_admin_action
from .device import called_device

SERVICE_OPEN: Final = "open_tunnel"
SERVICE_CLOSE: Final = "close_tunnel"
ATTR_SERVICE: Final = "service"
ATTR_MINUTES: Final = "minutes"
ATTR_PORT: Final = "port"

SERVICES: Final = {service.name.lower(): service for service in TunnelService}
_CLOSE: Final = vol.Schema(
    {
        vol.Required(ATTR_DEVICE_ID): cv.string,
        vol.Required(ATTR_SERVICE): vol.In(SERVICES),
    }
)
_OPEN: Final = _CLOSE.extend(
    {
        vol.Optional(ATTR_MINUTES, default=DEFAULT_MINUTES): vol.All(
            vol.Coerce(int), vol.Range(min=1, max=MAX_MINUTES)
        ),
        vol.Optional(ATTR_PORT): vol.All(
            vol.Coerce(int), vol.Range(min=MIN_PORT, max=MAX_PORT)
        ),
    }
)


@callback
def async_setup_tunnel_actions(hass: HomeAssistant) -> None:
    """Register the actions; once, whether or not a hub is loaded."""
    async_register_admin_action(
        hass, SERVICE_OPEN, _async_open, _OPEN, SupportsResponse.OPTIONAL
    )
    async_register_admin_action(hass, SERVICE_CLOSE, _async_close, _CLOSE)


def _called(call: ServiceCall) -> tuple[DeviceTunnels, TunnelService]:
    hub, subentry_id = called_device(call)
    tunnels: DeviceTunnels = hub.entry.runtime_data.tunnels.of(subentry_id)
    return tunnels, SERVICES[call.data[ATTR_SERVICE]]


@translated_errors
async def _async_open(call: ServiceCall) -> ServiceResponse:
    """Open a port; say where it is, and for how long."""
    tunnels, service = _called(call)
    minutes = call.data[ATTR_MINUTES]
    listener = await tunnels.async_open(
        service, minutes * 60, call.context.user_id, call.data.get(ATTR_PORT)
    )
    until: dict[str, Any] = {} if listener.rule.keep else {"minutes": minutes}
    return {"host": listener.rule.host, "port": listener.port, **until}


@translated_errors
async def _async_close(call: ServiceCall) -> None:
    """Close a port, if it is open, and end what goes through it."""
    tunnels, service = _called(call)
    tunnels.close(service, "by an administrator", call.context.user_id)
