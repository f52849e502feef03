"""Who sends a request, as far as limits are concerned."""

from aiohttp import web
from hass_nabucasa import remote
from homeassistant.components import network
from homeassistant.core import HomeAssistant

from ..policy.clients import (
    AddressBook,
    AddressInvalidError,
    ClientAddress,
    parse_address,
)


def address_book(hass: HomeAssistant) -> AddressBook:
    """Return the book of this installation: its proxies and its own addresses.

    Its own are those of every network adapter, whether other integrations may use it
    or not, and the one that the server was bound to.
    """
    proxies = [str(proxy) for proxy in hass.http.trusted_proxies]
    own: list[str] = []
    for adapter in network.async_get_loaded_adapters(hass):
        own += [address["address"] for address in adapter["ipv4"]]
        own += [address["address"] for address in adapter["ipv6"]]
    if hass.config.api is not None and _is_address(hass.config.api.local_ip):
        own.append(hass.config.api.local_ip)
    return AddressBook(proxies, own)


def _is_address(text: str) -> bool:
    """Whether it is no name: a server can be bound to one."""
    try:
        parse_address(text)
    except AddressInvalidError:
        return False
    return True


def client_of(book: AddressBook, request: web.BaseRequest) -> ClientAddress:
    """Return the client behind a request, trusted proxies already taken away."""
    return book.classify(request.remote, via_cloud=remote.is_cloud_request.get())
