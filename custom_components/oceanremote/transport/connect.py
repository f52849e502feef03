"""The endpoint that devices dial.

Registered once, for views cannot be taken back; while no hub is loaded it answers
503. Nothing of Home Assistant's login applies to it: a device proves itself inside.
"""

from http import HTTPStatus
from typing import Final

from aiohttp import web
from homeassistant.components.http import KEY_HASS, HomeAssistantView
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from ..admission.answers import refused
from ..common.const import CLOSE_TIMEOUT, CONNECT_PATH, DOMAIN
from ..policy.limits import DeniedError
from ..protocol.limits import HUB_RX_LIMIT
from . import probe
from .link import Link, LinkHost

DATA_HOST: HassKey[LinkHost] = HassKey(f"{DOMAIN}_host")
# While the hub loads, and where it has all the links that it can hold.
LOADING_RETRY: Final = 3
FULL_RETRY: Final = 30
_REGISTERED: HassKey[bool] = HassKey(f"{DOMAIN}_connect_view")


@callback
def async_register_connect_view(hass: HomeAssistant) -> None:
    """Register the endpoint, the first time that anybody wants it."""
    if not hass.data.get(_REGISTERED, False):
        hass.data[_REGISTERED] = True
        hass.http.register_view(ConnectView)


class ConnectView(HomeAssistantView):
    """One GET, one WebSocket, one link."""

    url = CONNECT_PATH
    name = "api:oceanremote:connect"
    requires_auth = False

    async def get(self, request: web.Request) -> web.StreamResponse:
        """Serve one device until its link ends."""
        hass = request.app[KEY_HASS]
        if probe.PARAMETER in request.query:
            return probe.async_answer(hass, request)
        host = hass.data.get(DATA_HOST)
        if host is None or not host.accepting:
            return _unavailable(LOADING_RETRY)
        # Liveness is an authenticated ping inside DATA: a heartbeat of the carrier
        # would prove nothing. The connection bounds the time before the handshake.
        socket = web.WebSocketResponse(
            timeout=CLOSE_TIMEOUT / 2,
            heartbeat=None,
            compress=False,
            max_msg_size=HUB_RX_LIMIT,
        )
        try:
            if not socket.can_prepare(request).ok:
                host.security.count(request)
                return web.Response(status=HTTPStatus.UPGRADE_REQUIRED)
            ticket = host.security.admit(request)
        except DeniedError as denied:
            return refused(denied)
        try:
            connection = host.open_connection(ticket)
            link = Link(hass, host, connection, socket, request, ticket)
            return await _serve(host, link, socket, request)
        finally:
            host.security.release(ticket)


async def _serve(
    host: LinkHost, link: Link, socket: web.WebSocketResponse, request: web.Request
) -> web.StreamResponse:
    try:
        if not host.link_opened(link):
            return _unavailable(FULL_RETRY)
        await socket.prepare(request)
        await link.async_run()
    finally:
        host.link_ended(link)
    return socket


def _unavailable(retry_after: int) -> web.Response:
    return web.Response(
        status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": str(retry_after)}
    )
