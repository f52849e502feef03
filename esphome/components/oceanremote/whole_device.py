"""What the whole configuration must be like: checks that look beyond this component.

Each refuses what would otherwise fail on the device or at the hub, where nobody sees
why, or warns of what only the person who flashes can know.
"""

import logging

import esphome.config_validation as cv
from esphome.const import (
    CONF_ACTIONS,
    CONF_ENTITY_ID,
    CONF_ESPHOME,
    CONF_MAC_ADDRESS,
    CONF_PLATFORM,
    CONF_PLATFORMIO_OPTIONS,
    PLATFORM_HOST,
)
from esphome.core import CORE
import esphome.final_validate as fv
from esphome.types import ConfigType

from .device_entities import check_entities
from .ip_versions import check_ip_versions
from .other_components import check_other_components
from .source_files import IMPORTED
from .tls import CONF_TLS, verifies_chain
from .tunnels import check_tunnels
from .validation import CONF_URLS, device_mac, parse_hub_address

_LOGGER = logging.getLogger(__name__)

_CPU_SPEED = "board_build.f_cpu"
_FULL_SPEED = "160000000L"  # the suffix is C's

# What a hub tells one device (messages.h). Of a number it tells the limits, too.
MAX_IMPORTS = 64
_IMPORTS_OF = {"number": 4}

# ESPHome gives every host program this address unless told otherwise.
_SHARED_HOST_MAC = "98:35:69:AB:F6:79"


def _check_host_mac() -> None:
    """Refuse a host program whose MAC address cannot tell it from another."""
    mac = str(fv.full_config.get()[PLATFORM_HOST][CONF_MAC_ADDRESS])
    if mac == _SHARED_HOST_MAC:
        raise cv.Invalid(
            "every host program has the MAC address "
            f"{_SHARED_HOST_MAC} unless told otherwise, and a hub accepts an address "
            "once: give this one its own with 'host: mac_address:'"
        )
    device_mac(mac)


def _check_imports() -> None:
    """Refuse more states of Home Assistant than a hub tells."""
    full = fv.full_config.get()
    count = sum(
        _IMPORTS_OF.get(domain, 1)
        for domain in IMPORTED
        for entry in full.get(domain, [])
        if entry[CONF_PLATFORM] == "oceanremote" and CONF_ENTITY_ID in entry
    )
    if count > MAX_IMPORTS:
        raise cv.Invalid(
            f"{count} states and attributes of Home Assistant are more than the "
            f"{MAX_IMPORTS} that a hub tells one device; a number takes four, for its "
            "limits are told, too"
        )


def _warn_of_slow_cpu() -> None:
    """Warn of an ESP8266 on which all else waits for certificates: docs/boards.md."""
    options = fv.full_config.get()[CONF_ESPHOME].get(CONF_PLATFORMIO_OPTIONS, {})
    if str(options.get(_CPU_SPEED)).rstrip("L") == _FULL_SPEED.rstrip("L"):
        return
    _LOGGER.warning(
        "'wss://' on an ESP8266 at 80 MHz: the certificates of an ECDSA chain take "
        "over 3 s each to check, often all in one go, and Wi-Fi and everything else "
        "on the board wait meanwhile. Let it run at 160 MHz: "
        "'esphome: platformio_options: %s: %s'",
        _CPU_SPEED,
        _FULL_SPEED,
    )


def validate_whole_device(config: ConfigType) -> ConfigType:
    """Check the configuration that this component is part of."""
    if CORE.is_host:
        _check_host_mac()
    addresses = [parse_hub_address(url) for url in config[CONF_URLS]]
    check_ip_versions(CONF_URLS, [address.host for address in addresses])
    secure = any(address.secure for address in addresses)
    if CORE.is_esp8266 and secure and verifies_chain(config.get(CONF_TLS, {})):
        _warn_of_slow_cpu()
    check_other_components()
    check_tunnels(config)
    _check_imports()
    check_entities(len(config.get(CONF_ACTIONS, [])))
    return config
