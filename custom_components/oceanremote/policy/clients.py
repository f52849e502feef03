"""Which address a limit or a ban is about."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final

IPV6_PREFIX: Final = 64
UNKNOWN: Final = "unknown"
# Networks that nobody on the internet can eavesdrop on: loopback, RFC 1918, RFC 6598 (a
# provider's own network, and overlays), RFC 4193, link-local. Not `is_private`, which
# also covers networks for documentation and other special purposes.
_PRIVATE: Final = tuple(
    ip_network(text)
    for text in (
        "127.0.0.0/8",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "169.254.0.0/16",
        "::1/128",
        "fc00::/7",
        "fe80::/10",
    )
)

type Address = IPv4Address | IPv6Address
type Network = IPv4Network | IPv6Network


class AddressInvalidError(ValueError):
    """The text is no IP address."""


@dataclass(frozen=True, slots=True)
class ClientAddress:
    """One client as far as limits are concerned.

    `key` is the IPv4 address, the IPv6 /64 (one customer's network, whose every
    address one person holds), or UNKNOWN. `shared`: many strangers and friends come
    from it by nature (loopback, a trusted proxy, the cloud's remote access), so
    nothing may be held against it. `bannable` is false for those and for the hub
    itself. `private`: not routed on the internet, as far as can be known: not so for a
    trusted proxy that does not say whom it forwards for.
    """

    key: str
    shared: bool
    bannable: bool
    private: bool


def parse_address(text: str) -> Address:
    """Return the address without zone; IPv4 in IPv6 form becomes IPv4.

    Raises AddressInvalidError.
    """
    try:
        address = ip_address(text.strip().partition("%")[0])
    except ValueError as err:
        raise AddressInvalidError(f"not an IP address: {text[:64]!r}") from err
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def address_key(address: Address) -> str:
    """Return the key under which limits and bans file an address."""
    if isinstance(address, IPv4Address):
        return str(address)
    return str(IPv6Network((address, IPV6_PREFIX), strict=False))


def parse_key(text: str) -> str:
    """Return the key of an address or of a network that is itself a key.

    For the ban and unban actions. Raises AddressInvalidError; a network other than
    one IPv4 address or an IPv6 /64 is refused.
    """
    plain, slash, _ = text.strip().partition("/")
    if not slash:
        return address_key(parse_address(plain))
    try:
        network = ip_network(text.strip(), strict=False)
    except ValueError as err:
        raise AddressInvalidError(f"not an IP network: {text[:64]!r}") from err
    wanted = 32 if network.version == 4 else IPV6_PREFIX
    if network.prefixlen != wanted:
        raise AddressInvalidError(f"only /{wanted} networks can be named here")
    return address_key(parse_address(str(network.network_address)))


class AddressBook:
    """Knows which addresses are ours or shared."""

    def __init__(
        self, trusted_proxies: Iterable[str] = (), own_addresses: Iterable[str] = ()
    ) -> None:
        """Take proxies (addresses or networks) and the hub's own addresses.

        Raises AddressInvalidError for a malformed one.
        """
        self._proxies = tuple(_network(proxy) for proxy in trusted_proxies)
        self._own = frozenset(parse_address(own) for own in own_addresses)

    def classify(self, remote: str | None, *, via_cloud: bool = False) -> ClientAddress:
        """Return the client behind the address that the HTTP server saw.

        The server has already replaced a *trusted* proxy by what it forwards for; an
        address that is still a proxy's own is shared. Never raises: an address that
        cannot be read (a Unix socket) is shared as well.
        """
        try:
            address = parse_address(remote or "")
        except AddressInvalidError:
            return ClientAddress(UNKNOWN, shared=True, bannable=False, private=False)
        proxied = via_cloud or _is_in(address, self._proxies)
        shared = proxied or address.is_loopback or address.is_unspecified
        return ClientAddress(
            address_key(address),
            shared=shared,
            bannable=not shared and not self._covers_own(address),
            private=not proxied and _is_in(address, _PRIVATE),
        )

    def _covers_own(self, address: Address) -> bool:
        """Whether a ban of this address would hit the hub, /64 included."""
        return address_key(address) in {address_key(own) for own in self._own}


def _is_in(address: Address, networks: Iterable[Network]) -> bool:
    return any(address in network for network in networks)


def _network(text: str) -> Network:
    try:
        return ip_network(text.strip(), strict=False)
    except ValueError as err:
        raise AddressInvalidError(f"not an IP network: {text[:64]!r}") from err
