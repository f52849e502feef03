"""`renew-session`: a new session for a device, now."""

from typing import Any

from aiohttp import web
from homeassistant.components.http import KEY_HASS, KEY_HASS_USER, HomeAssistantView

from .desk import desk_of, unavailable


class RenewView(HomeAssistantView):
    """`POST /api/device/<id>/renew-session/`.

    200, 401 (no login), 403 (may not control it), 404 (no such device), 409 (offline),
    429 (too often).
    """

    url = "/api/device/{device}/renew-session/"
    extra_urls: list[str] = ["/api/oceanremote/devices/{device}/renew-session"]
    name = "api:oceanremote:renew-session"

    async def post(self, request: web.Request, device: str) -> web.Response:
        """Renew, and answer when the device has proved itself again."""
        desk = desk_of(request.app[KEY_HASS])
        if desk is None:
            return unavailable().response()
        user: Any = request[KEY_HASS_USER]
        return (await desk.async_renew(request, user, device)).response()
