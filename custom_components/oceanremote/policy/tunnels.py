"""Which tunnels an administrator allows: services, ports, and who may use them.

What is not said is not allowed: a device without a rule has no tunnels, and a port
without sources is for the hub's own machine alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Any, Final

type Network = IPv4Network | IPv6Network

LOOPBACK: Final = "127.0.0.1"
EVERYWHERE: Final = "0.0.0.0"
# Of the services, by the names of their sections in the YAML.
SERVICES: Final = ("api", "web_server")
DEFAULT_MINUTES: Final = 15
MAX_MINUTES: Final = 24 * 60
MIN_PORT: Final = 1024
MAX_PORT: Final = 65_535
MAX_SOURCES: Final = 32


class SourceInvalidError(ValueError):
    """Not an IP address or a network."""


def parse_sources(texts: Iterable[str]) -> tuple[Network, ...]:
    """Return networks; a single address is one, too. Raises SourceInvalidError."""
    found: list[Network] = []
    for text in texts:
        try:
            found.append(ip_network(text.strip(), strict=False))
        except ValueError as err:
            raise SourceInvalidError(text) from err
    if len(found) > MAX_SOURCES:
        raise SourceInvalidError(f"more than {MAX_SOURCES}")
    return tuple(found)


@dataclass(frozen=True, slots=True)
class TunnelRule:
    """What is allowed of one service of a device; `keep`: its port is always open.

    `port` is 0 where any free one will do.
    """

    keep: bool = False
    port: int = 0
    sources: tuple[Network, ...] = ()

    @property
    def host(self) -> str:
        """Return where the port is open."""
        return EVERYWHERE if self.sources else LOOPBACK

    def admits(self, peer: str) -> bool:
        """Return whether a connection from an address may use the tunnel."""
        try:
            address = ip_address(peer.partition("%")[0])
        except ValueError:
            return False
        if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        return address.is_loopback or any(
            _lies_in(address, net) for net in self.sources
        )

    def as_data(self) -> dict[str, Any]:
        """Return the rule for a config subentry."""
        sources = [str(network) for network in self.sources]
        return {"keep": self.keep, "port": self.port, "sources": sources}


def _lies_in(address: IPv4Address | IPv6Address, network: Network) -> bool:
    return address.version == network.version and address in network


@dataclass(frozen=True, slots=True)
class TunnelRules:
    """The rules of one device, by service."""

    services: Mapping[str, TunnelRule] = field(default_factory=dict)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> TunnelRules:
        """Return what a config subentry holds; what cannot be read allows nothing."""
        found: dict[str, TunnelRule] = {}
        for name in SERVICES:
            rule = data.get(name)
            if not isinstance(rule, Mapping):
                continue
            try:
                sources = parse_sources(rule.get("sources", ()))
            except SourceInvalidError, AttributeError, TypeError:
                continue
            port = rule.get("port", 0)
            usable = type(port) is int and (port == 0 or MIN_PORT <= port <= MAX_PORT)
            if usable:
                found[name] = TunnelRule(rule.get("keep") is True, port, sources)
        return cls(found)

    def as_data(self) -> dict[str, Any]:
        """Return the rules for a config subentry."""
        return {name: rule.as_data() for name, rule in self.services.items()}
