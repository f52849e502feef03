"""What the whole configuration must be like: checks that look beyond this component.

Each refuses what would otherwise fail on the device or at the hub, where nobody sees
why, or warns of what only the person who flashes can know.
"""

from collections.abc import Iterator
import logging
from typing import Any

import esphome.config_validation as cv
from esphome.const import (
    CONF_ACCURACY_DECIMALS,
    CONF_INTERNAL,
    CONF_MAC_ADDRESS,
    CONF_NAME,
    CONF_NETWORKS,
    CONF_WIFI,
    PLATFORM_HOST,
)
from esphome.core import CORE
import esphome.final_validate as fv
from esphome.types import ConfigType

from .validation import device_mac

_LOGGER = logging.getLogger(__name__)

# Limits of the protocol: the hub refuses a description that exceeds them.
MAX_ENTITIES = 512
MAX_DECIMALS = 32

DOMAINS = frozenset(
    {
        "binary_sensor",
        "button",
        "light",
        "number",
        "select",
        "sensor",
        "switch",
        "text_sensor",
    }
)

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


def _check_entity_count() -> None:
    """Refuse more entities than a hub takes of one device."""
    count = sum(platform in DOMAINS for _, platform, _ in CORE.unique_ids)
    if count > MAX_ENTITIES:
        raise cv.Invalid(
            f"{count} entities are more than the {MAX_ENTITIES} that a hub takes of "
            "one device: mark those that only automations on the board use with "
            "'internal: true'"
        )


def _mappings(node: Any) -> Iterator[ConfigType]:
    """Yield every mapping in a configuration."""
    if isinstance(node, dict):
        yield node
        node = list(node.values())
    if isinstance(node, list):
        for item in node:
            yield from _mappings(item)


def _check_decimals() -> None:
    """Refuse a number of decimals that a hub does not take."""
    for entity in _mappings(fv.full_config.get()):
        decimals = entity.get(CONF_ACCURACY_DECIMALS, 0)
        if entity.get(CONF_INTERNAL) or not isinstance(decimals, int):
            continue
        if abs(decimals) > MAX_DECIMALS:
            raise cv.Invalid(
                f"'accuracy_decimals: {decimals}' of '{entity.get(CONF_NAME, '')}': a "
                f"hub takes -{MAX_DECIMALS} to {MAX_DECIMALS}"
            )


def _warn_of_moved_slots() -> None:
    """Warn where the first update to OceanRemote may lose the Wi-Fi network."""
    if not (CORE.is_esp8266 or CORE.is_rp2):
        return
    wifi = fv.full_config.get().get(CONF_WIFI)
    if wifi is not None and not wifi.get(CONF_NETWORKS):
        _LOGGER.warning(
            "'wifi:' names no network, so the board uses one that it was told later "
            "and keeps in its flash. OceanRemote's identity takes the first place "
            "there: the first flash with OceanRemote, or without it again, moves "
            "what other components keep, and the board forgets the network. Name "
            "it under 'wifi:', or be near the board to tell it again"
        )


def validate_whole_device(config: ConfigType) -> ConfigType:
    """Check the configuration that this component is part of."""
    if CORE.is_host:
        _check_host_mac()
    _check_sub_devices()
    _check_entity_count()
    _check_decimals()
    _warn_of_moved_slots()
    return config
