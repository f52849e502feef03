"""Views for logged-in users, which count those who have not logged in.

Home Assistant refuses a request without a login before a view sees it; as many
could then arrive as the line carries. Here they are counted first, and refused just as
Home Assistant does it, by its own code, which also keeps count of failed logins.
"""

from abc import abstractmethod
from typing import Any, NoReturn

from aiohttp import web
from homeassistant.auth.models import User
from homeassistant.components.http import (
    KEY_AUTHENTICATED,
    KEY_HASS,
    KEY_HASS_USER,
    HomeAssistantView,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.http import request_handler_factory

from .guard import HttpGuard, guard_of
from .replies import Reply, unavailable


class _Closed(HomeAssistantView):
    """A check that nobody passes without a login."""

    requires_auth = True


class LoginView(HomeAssistantView):
    """For logged-in users: 401 without a login, 429 too often, 503 without a hub.

    A view names its method: `post = LoginView.async_serve`.
    """

    requires_auth = False

    async def async_serve(
        self, request: web.Request, **parts: str
    ) -> web.StreamResponse:
        """Answer a user; `parts` are the variable parts of the path."""
        hass = request.app[KEY_HASS]
        guard = guard_of(hass)
        if not request.get(KEY_AUTHENTICATED, False):
            refusal = None if guard is None else self.refuse_stranger(guard, request)
            if refusal is not None:
                return refusal.response()
            return await _async_demand_login(hass, request)
        if guard is None:
            return unavailable().response()
        answer = await self.async_answer(
            guard, request, request[KEY_HASS_USER], **parts
        )
        return answer.response()

    def refuse_stranger(self, guard: HttpGuard, request: web.Request) -> Reply | None:
        """Count a request without a login; return the refusal, if any."""
        return guard.refuse_request(request)

    @abstractmethod
    async def async_answer(
        self, guard: HttpGuard, request: web.Request, user: User, **parts: str
    ) -> Reply:
        """Answer a user."""


async def _async_demand_login(
    hass: HomeAssistant, request: web.Request
) -> web.StreamResponse:
    """Raise what Home Assistant raises for a request without a login."""

    async def closed(request: web.Request, **parts: Any) -> NoReturn:
        raise web.HTTPUnauthorized

    return await request_handler_factory(hass, _Closed(), closed)(request)
