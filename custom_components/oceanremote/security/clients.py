"""Who sends a request, as far as limits are concerned."""

from aiohttp import web
from hass_nabucasa import remote
from homeassistant.core import HomeAssistant

from ..policy.addresses import AddressBook, AddressInvalidError, ClientAddress


def address_book(hass: HomeAssistant) -> AddressBook:
    """Return the book of this installation: its proxies and its own address."""
    proxies = [str(proxy) for proxy in hass.http.trusted_proxies]
    own = [] if hass.config.api is None else [hass.config.api.local_ip]
    try:
        return AddressBook(proxies, own)
    except AddressInvalidError:
        # The server was bound to a name: nothing more is known of the hub itself.
        return AddressBook(proxies)


def client_of(book: AddressBook, request: web.BaseRequest) -> ClientAddress:
    """Return the client behind a request, trusted proxies already taken away."""
    return book.classify(request.remote, via_cloud=remote.is_cloud_request.get())
