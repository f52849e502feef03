"""What the whole configuration must be like: checks that look beyond this component.

Each refuses what would otherwise fail on the device or at the hub, where nobody sees
why, or warns of what only the person who flashes can know.
"""

import logging

import esphome.config_validation as cv
from esphome.const import (
    CONF_ESPHOME,
    CONF_MAC_ADDRESS,
    CONF_PLATFORMIO_OPTIONS,
    PLATFORM_HOST,
)
from esphome.core import CORE
import esphome.final_validate as fv
from esphome.types import ConfigType

from .device_entities import check_entities
from .ip_versions import check_ip_versions
from .other_components import check_other_components
from .tls import CONF_TLS, verifies_chain
from .validation import CONF_URLS, device_mac, parse_hub_address

_LOGGER = logging.getLogger(__name__)

_CPU_SPEED = "board_build.f_cpu"
_FULL_SPEED = "160000000L"  # the suffix is C's

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


def _check_sub_devices() -> None:
    """Refuse entities that only their sub-device tells apart."""
    seen: dict[tuple[str, int], str] = {}
    for (_, platform, key), entity in CORE.unique_ids.items():
        name = str(entity.get("name", ""))
        if (platform, key) in seen:
            raise cv.Invalid(
                f"two {platform} entities are called '{name}': OceanRemote does not "
                "tell sub-devices apart yet, so give them different names"
            )
        seen[platform, key] = name


def _warn_of_slow_cpu() -> None:
    """Warn of an ESP8266 whose watchdog certificates may set off: docs/boards.md."""
    options = fv.full_config.get()[CONF_ESPHOME].get(CONF_PLATFORMIO_OPTIONS, {})
    if str(options.get(_CPU_SPEED)).rstrip("L") == _FULL_SPEED.rstrip("L"):
        return
    _LOGGER.warning(
        "'wss://' on an ESP8266 at 80 MHz: the certificates of an ECDSA chain take "
        "about 3 s each to check, and 3.2 s without a pause restart it. Let it run at "
        "160 MHz: 'esphome: platformio_options: %s: %s'",
        _CPU_SPEED,
        _FULL_SPEED,
    )


def validate_whole_device(config: ConfigType) -> ConfigType:
    """Check the configuration that this component is part of."""
    if CORE.is_host:
        _check_host_mac()
    _check_sub_devices()
    addresses = [parse_hub_address(url) for url in config[CONF_URLS]]
    check_ip_versions(CONF_URLS, [address.host for address in addresses])
    secure = any(address.secure for address in addresses)
    if CORE.is_esp8266 and secure and verifies_chain(config.get(CONF_TLS, {})):
        _warn_of_slow_cpu()
    check_other_components()
    check_entities()
    return config
