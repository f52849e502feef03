"""Which of IPv4 and IPv6 the device's network carries, against what it is to dial."""

from ipaddress import IPv6Address, ip_address

import esphome.config_validation as cv
from esphome.const import CONF_ENABLE_IPV6, CONF_WIFI
from esphome.core import CORE
import esphome.final_validate as fv
from esphome.types import ConfigType

_ETHERNET = "ethernet"
_NETWORK = "network"
_OPENTHREAD = "openthread"


def literal_version(host: str) -> int | None:
    """Return 4 or 6 for an address in digits, None for a name."""
    try:
        return ip_address(host).version
    except ValueError:
        return None


def ipv6_literal(host: str) -> str:
    """Return the shortest form of an IPv6 address; raise cv.Invalid if undialable."""
    address, _, zone = host.partition("%")
    try:
        ip = IPv6Address(address)
    except ValueError as err:
        raise cv.Invalid(f"'{host}' is no IPv6 address: {err}") from err
    if ip.is_link_local or zone:
        raise cv.Invalid(
            f"'{host}': an address that starts with fe80 means something else on each "
            "network interface, and cannot be dialed. Use the hub's address that "
            "starts with fd (your own networks) or with 2 or 3 (the internet)"
        )
    if ip.is_unspecified or ip.is_multicast:
        raise cv.Invalid(f"'{host}' is no address of one machine")
    if ip.ipv4_mapped is not None:
        raise cv.Invalid(f"write '{ip.ipv4_mapped}' instead of '{host}'")
    return ip.compressed


def check_ip_versions(urls_path: str, hosts: list[str]) -> None:
    """Refuse what the network cannot carry; `hosts`: of the URLs, in their order."""
    # A Linux program has the networks of its machine, whatever its YAML says.
    if CORE.is_host:
        return
    full = fv.full_config.get()
    versions = [literal_version(host) for host in hosts]
    if 6 in versions and not full[_NETWORK].get(CONF_ENABLE_IPV6):
        position = versions.index(6)
        raise cv.Invalid(
            f"'{hosts[position]}' is an IPv6 address, which this board cannot dial "
            "while IPv6 is off, as it is by default. Write 'network:' with "
            "'enable_ipv6: true' under it",
            path=[urls_path, position],
        )
    if _is_ipv6_only(full) and all(version == 4 for version in versions):
        raise cv.Invalid(
            "an OpenThread network carries IPv6 only, and every address in 'urls:' is "
            "an IPv4 address, so the board could never reach its hub. Add its IPv6 "
            "address, such as ws://[fd00::10]:8123, or a name that has one",
            path=[urls_path],
        )


def _is_ipv6_only(full: ConfigType) -> bool:
    return _OPENTHREAD in full and CONF_WIFI not in full and _ETHERNET not in full
