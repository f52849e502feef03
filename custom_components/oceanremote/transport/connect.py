"""The endpoint that devices dial.

Registered once, because views cannot be unregistered; while no hub is loaded it answers
503. Nothing of Home Assistant's login applies to it: a device proves itself inside.
"""

from http import HTTPStatus
from typing import Final, Protocol

from aiohttp import web
from homeassistant.components.http import KEY_HASS, HomeAssistantView
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from ..admission.answers import refused
from ..common.const import CONNECT_PATH, DOMAIN
from ..policy.limits import DeniedError
from ..policy.places import Ticket
from ..protocol import HubConnection
from . import probe
from .link import Link, LinkHost, LinkPace
from .websocket import WebSocketCarrier


class ConnectAdmission(LinkPace, Protocol):
    """What is asked before a request takes up anybody's time."""

    def admit(self, request: web.BaseRequest) -> Ticket:
        """Admit a connection before its upgrade; raises DeniedError."""

    def count(self, request: web.BaseRequest) -> None:
        """Count a request that opens no connection; raises DeniedError."""

    def release(self, ticket: Ticket) -> None:
        """Note that the connection of a ticket has ended."""


class ConnectHost(LinkHost, Protocol):
    """What the endpoint asks of the hub."""

    accepting: bool

    @property
    def admission(self) -> ConnectAdmission:
        """Who may come in, how often and how fast."""

    def open_connection(self, ticket: Ticket) -> HubConnection:
        """Return a fresh protocol machine for one link."""

    def link_opened(self, link: Link) -> bool:
        """Take a link on; False when there are too many."""

    def link_ended(self, link: Link) -> None:
        """Forget a link; called once, when nothing of it runs any more."""


DATA_HOST: HassKey[ConnectHost] = HassKey(f"{DOMAIN}_host")
# While the hub loads, and where it has all the links that it can hold.
LOADING_RETRY: Final = 3
FULL_RETRY: Final = 30
_REGISTERED: HassKey[bool] = HassKey(f"{DOMAIN}_connect_view")


@callback
def async_register_connect_view(hass: HomeAssistant) -> None:
    """Register the endpoint, the first time that it is needed."""
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
        carrier = WebSocketCarrier(request)
        try:
            if not carrier.is_upgrade:
                host.admission.count(request)
                return web.Response(status=HTTPStatus.UPGRADE_REQUIRED)
            ticket = host.admission.admit(request)
        except DeniedError as denied:
            return refused(denied)
        try:
            connection = host.open_connection(ticket)
            link = Link(hass, host, connection, carrier, ticket)
            return await _serve(host, link, carrier)
        finally:
            host.admission.release(ticket)


async def _serve(
    host: ConnectHost, link: Link, carrier: WebSocketCarrier
) -> web.StreamResponse:
    try:
        if not host.link_opened(link):
            return _unavailable(FULL_RETRY)
        response = await carrier.prepare()
        await link.async_run()
    finally:
        host.link_ended(link)
    return response


def _unavailable(retry_after: int) -> web.Response:
    return web.Response(
        status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": str(retry_after)}
    )
