"""`renew-session`: a new session for a device, now."""

from typing import override

from aiohttp import web
from homeassistant.auth.models import User

from .guard import HttpGuard
from .login import LoginView
from .replies import Answer


class RenewView(LoginView):
    """`POST /api/device/<id>/renew-session/`.

    200, 401 (no login), 403 (may not control it), 404 (no such device), 409 (offline),
    429 (too often).
    """

    url = "/api/device/{device}/renew-session/"
    extra_urls: list[str] = ["/api/oceanremote/devices/{device}/renew-session"]
    name = "api:oceanremote:renew-session"
    post = LoginView.async_serve

    @override
    async def async_answer(
        self, guard: HttpGuard, request: web.Request, user: User, **parts: str
    ) -> Answer:
        """Renew, and answer when the device has proved itself again."""
        return await guard.async_renew(request, user, parts["device"])
