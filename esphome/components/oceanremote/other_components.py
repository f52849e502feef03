"""What other components do beside this one: refused where the device could not work,
warned of where the person who flashes should know.
"""

import logging
from typing import Any

import esphome.config_validation as cv
from esphome.const import (
    CONF_API,
    CONF_NETWORKS,
    CONF_PLATFORM,
    CONF_REBOOT_TIMEOUT,
    CONF_TIME,
    CONF_WIFI,
)
from esphome.core import CORE, EsphomeError
import esphome.final_validate as fv
from esphome.types import ConfigType

_LOGGER = logging.getLogger(__name__)

_DEEP_SLEEP = "deep_sleep"
_HOMEASSISTANT = "homeassistant"

_OTHER_CLOCK = (
    "For the time use 'platform: sntp', which asks a time server: by default on the "
    "internet, or the one that you name under 'servers:'"
)
_OTHER_HOST_CLOCK = "For the time use 'platform: host', the clock of this machine"
_OTHER_STATES = (
    "OceanRemote does not bring Home Assistant's states to the board yet, so take this "
    "out, and let an automation in Home Assistant set an entity of the board instead"
)


def check_native_api_platforms() -> None:
    """Name what replaces platforms that work over the native API only.

    ESPHome itself says no more than that they require component api, and ends. So this
    must be asked before any validation, of the YAML as it is. Raises EsphomeError.
    """
    raw: ConfigType = CORE.raw_config or {}
    if CONF_API in raw:
        return
    advice = [
        _native_api_only(section)
        for section, content in raw.items()
        if _asks_home_assistant(content)
    ]
    if advice:
        raise EsphomeError("\n".join(advice))


def _asks_home_assistant(content: Any) -> bool:
    """Tell whether a section of the YAML has the platform; one needs no list."""
    return any(
        isinstance(platform, dict) and platform.get(CONF_PLATFORM) == _HOMEASSISTANT
        for platform in (content if isinstance(content, list) else [content])
    )


def _native_api_only(section: str) -> str:
    if section != CONF_TIME:
        advice = _OTHER_STATES
    else:
        advice = _OTHER_HOST_CLOCK if CORE.is_host else _OTHER_CLOCK
    return (
        f"'{section}: platform: {_HOMEASSISTANT}' works over 'api:' only, which "
        f"OceanRemote takes the place of. {advice}"
    )


def check_other_components() -> None:
    """Refuse or warn of what stands beside this component; raise cv.Invalid."""
    _check_native_api()
    _warn_of_deep_sleep()
    _warn_of_moved_slots()


def _check_native_api() -> None:
    """Refuse a native API that restarts the board while nobody uses it."""
    api = fv.full_config.get().get(CONF_API)
    if api is None or not api[CONF_REBOOT_TIMEOUT].total_milliseconds:
        return
    raise cv.Invalid(
        f"'api:' restarts the board whenever no native client has been connected for "
        f"{api[CONF_REBOOT_TIMEOUT]}, whether the hub is or not. Write "
        "'reboot_timeout: 0s' under 'api:', or take 'api:' out: OceanRemote does not "
        "need it",
        path=[cv.ROOT_CONFIG_PATH, CONF_API],
    )


def _warn_of_deep_sleep() -> None:
    if _DEEP_SLEEP in fv.full_config.get():
        _LOGGER.warning(
            "'deep_sleep:': OceanRemote does not tell the hub yet that the board only "
            "sleeps, so its entities are unavailable in Home Assistant until it wakes "
            "and dials again. Leave it time for that: 'oceanremote: on_session:' says "
            "when it is through"
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
