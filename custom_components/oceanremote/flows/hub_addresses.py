"""The addresses under which devices find the hub: checked before they are printed.

Each refusal and each warning is the key of a translated text
(`config.error.<key>`, `options.error.<key>`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address
import re
from typing import Final
from urllib.parse import SplitResult, urlsplit

from homeassistant.core import HomeAssistant
from homeassistant.helpers.network import NoURLAvailableError, get_url

from ..common.const import CONNECT_PATH

MAX_ADDRESS_LENGTH: Final = 200
MAX_HOST_LENGTH: Final = 127
DEFAULT_PORTS: Final = {"ws": 80, "wss": 443}
# What people type, and the scheme that devices use for it.
_SCHEMES: Final = {"ws": "ws", "http": "ws", "wss": "wss", "https": "wss"}
# Home Assistant Cloud's remote addresses: TLS, on the usual port, and nothing else.
_CLOUD_SUFFIX: Final = ".ui.nabu.casa"

# Docker's and the Supervisor's own networks; a LAN may use them, but seldom does.
_CONTAINER_NETWORKS = (
    IPv4Network("172.17.0.0/16"),
    IPv4Network("172.18.0.0/15"),
    IPv4Network("172.20.0.0/14"),
    IPv4Network("172.24.0.0/13"),
    IPv4Network("10.88.0.0/16"),
)
_CONTAINER_NAMES = frozenset(
    {"homeassistant", "hassio", "supervisor", "host.docker.internal"}
)
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")


class AddressProblem(StrEnum):
    """Why an address cannot be used."""

    NOT_AN_ADDRESS = "address_invalid"
    CLOUD_PLAIN = "address_cloud_plain"
    CREDENTIALS = "address_credentials"
    QUERY = "address_query"
    IPV6_LINK_LOCAL = "address_ipv6_link_local"
    UNSPECIFIED = "address_unspecified"
    TOO_LONG = "address_too_long"
    TWICE = "address_twice"


class AddressWarning(StrEnum):
    """Why an address, though usable, is probably not what devices need."""

    MDNS = "address_mdns"
    LOOPBACK = "address_loopback"
    CONTAINER = "address_container"
    LINK_LOCAL = "address_link_local"
    TLS_NUMBER = "address_tls_number"


class AddressError(ValueError):
    """An address that cannot be used."""

    def __init__(self, problem: AddressProblem) -> None:
        """Keep the key of the text that says why."""
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Address:
    """A usable address in the form the YAML carries, and what is odd about it."""

    url: str
    warning: AddressWarning | None = None


def check_address(text: str) -> Address:
    """Return the `ws://` or `wss://` form of a text; raises AddressError.

    Accepts these, what a browser has in their place, and a bare host with an optional
    port. The connect path is understood and left out: the firmware adds it.
    """
    text = text.strip()
    if len(text) > MAX_ADDRESS_LENGTH:
        raise AddressError(AddressProblem.TOO_LONG)
    if isinstance(_ip_of(text), IPv6Address):
        text = f"[{text}]"
    parts = _split(text if "://" in text else f"ws://{text}")
    if (scheme := _SCHEMES.get(parts.scheme)) is None:
        raise AddressError(AddressProblem.NOT_AN_ADDRESS)
    if parts.username is not None or parts.password is not None:
        raise AddressError(AddressProblem.CREDENTIALS)
    if parts.query or parts.fragment:
        raise AddressError(AddressProblem.QUERY)
    host = (parts.hostname or "").rstrip(".")
    ip = _ip_of(host)
    warning = _check_name(host) if ip is None else _check_ip(ip)
    if host.endswith(_CLOUD_SUFFIX) and scheme == "ws":
        raise AddressError(AddressProblem.CLOUD_PLAIN)
    if warning is None and scheme == "wss" and ip is not None:
        warning = AddressWarning.TLS_NUMBER
    port = parts.port or DEFAULT_PORTS[scheme]
    if isinstance(ip, IPv6Address):
        host = f"[{ip.compressed}]"
    authority = host if port == DEFAULT_PORTS[scheme] else f"{host}:{port}"
    return Address(f"{scheme}://{authority}{_prefix(parts)}", warning)


def check_addresses(texts: list[str]) -> list[Address]:
    """Check an ordered list; raises AddressError, also for duplicates."""
    addresses: list[Address] = []
    for text in texts:
        address = check_address(text)
        if any(address.url == other.url for other in addresses):
            raise AddressError(AddressProblem.TWICE)
        addresses.append(address)
    return addresses


def suggested_address(hass: HomeAssistant) -> str | None:
    """Return the address by which devices on this network probably reach the hub."""
    candidates: list[str] = []
    try:
        candidates.append(
            get_url(
                hass, allow_external=False, allow_cloud=False, prefer_external=False
            )
        )
    except NoURLAvailableError:
        # Nothing configured or guessed: the server's own address is left.
        candidates.clear()
    if (api := hass.config.api) is not None and not api.use_ssl:
        candidates.append(f"http://{api.local_ip}:{api.port}")
    return _best_of(candidates)


def suggested_elsewhere(hass: HomeAssistant) -> str | None:
    """Return the address by which devices elsewhere probably reach the hub.

    One with TLS, if there is one: Home Assistant Cloud's, or the external URL.
    """
    candidates: list[str] = []
    for require_ssl in (True, False):
        try:
            candidates.append(
                get_url(
                    hass,
                    allow_internal=False,
                    allow_ip=not require_ssl,
                    require_ssl=require_ssl,
                    prefer_external=True,
                )
            )
        except NoURLAvailableError:
            continue
    return _best_of(candidates)


def _best_of(candidates: Iterable[str]) -> str | None:
    """Return the first address without warnings, or else the first usable one."""
    fallback: str | None = None
    for candidate in candidates:
        try:
            address = check_address(candidate)
        except AddressError:
            continue
        if address.warning is None:
            return address.url
        fallback = fallback or address.url
    return fallback


def _split(text: str) -> SplitResult:
    """Split a URL, its port included; raises AddressError."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise AddressError(AddressProblem.NOT_AN_ADDRESS) from None
    if not parts.hostname or port == 0:
        raise AddressError(AddressProblem.NOT_AN_ADDRESS)
    return parts


def _prefix(parts: SplitResult) -> str:
    """Return the path in front of the connect path; raises AddressError."""
    prefix = parts.path.rstrip("/").removesuffix(CONNECT_PATH)
    if any(not "!" <= character <= "~" for character in prefix):
        raise AddressError(AddressProblem.NOT_AN_ADDRESS)
    return prefix


def _ip_of(host: str) -> IPv4Address | IPv6Address | None:
    """Return the address that a host is in digits, or None for a name."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def _check_name(host: str) -> AddressWarning | None:
    """Return what is odd about a host name; raises AddressError for an invalid one."""
    if len(host) > MAX_HOST_LENGTH:
        raise AddressError(AddressProblem.TOO_LONG)
    # What looks like an IPv4 address is one, or a mistake.
    if re.fullmatch(r"[0-9.]+", host) or not all(
        _LABEL.fullmatch(label) for label in host.split(".")
    ):
        raise AddressError(AddressProblem.NOT_AN_ADDRESS)
    if host == "localhost" or host.endswith(".localhost"):
        return AddressWarning.LOOPBACK
    if host.endswith(".local"):
        return AddressWarning.MDNS
    if host in _CONTAINER_NAMES:
        return AddressWarning.CONTAINER
    return None


def _check_ip(ip: IPv4Address | IPv6Address) -> AddressWarning | None:
    if ip.is_unspecified or ip.is_multicast or ip == IPv4Address("255.255.255.255"):
        raise AddressError(AddressProblem.UNSPECIFIED)
    if isinstance(ip, IPv6Address):
        _check_ipv6(ip)
    if ip.is_loopback:
        return AddressWarning.LOOPBACK
    if ip.is_link_local:
        return AddressWarning.LINK_LOCAL
    if any(ip in network for network in _CONTAINER_NETWORKS):
        return AddressWarning.CONTAINER
    return None


def _check_ipv6(ip: IPv6Address) -> None:
    """Refuse what means something else on each interface, or is IPv4 in disguise."""
    if ip.is_link_local or ip.scope_id is not None:
        raise AddressError(AddressProblem.IPV6_LINK_LOCAL)
    if ip.ipv4_mapped is not None:
        raise AddressError(AddressProblem.NOT_AN_ADDRESS)
