"""What other components do beside this one: refused where the device could not work,
warned of where the person who flashes should know.
"""

from collections.abc import Iterator
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
from esphome.loader import get_component
from esphome.types import ConfigType

from .source_files import IMPORTED

_LOGGER = logging.getLogger(__name__)

_HOMEASSISTANT = "homeassistant"
_OCEANREMOTE = "oceanremote"

# Sections whose platform `homeassistant` has a counterpart of the same shape.
_COUNTERPARTS = (*IMPORTED, CONF_TIME)
_OTHER_PLATFORMS = {
    "button": (
        "Write a 'platform: template' button, and under 'on_press:' the "
        "'oceanremote.action:' that presses the other one, such as button.press"
    ),
    "select": (
        "Write a 'platform: template' select whose 'set_action:' is the "
        "'oceanremote.action:' that selects, such as select.select_option"
    ),
}
# Actions and conditions of the native API, and what does the same here.
_OTHER_WORDS = {
    "api.connected": "oceanremote.connected",
    "api.respond": "oceanremote.respond",
    "homeassistant.action": "oceanremote.action",
    "homeassistant.event": "oceanremote.event",
    "homeassistant.service": "oceanremote.action",
    "homeassistant.tag_scanned": "oceanremote.tag_scanned",
}
_DASHBOARD_IMPORT = "dashboard_import"


def check_native_api_words() -> None:
    """Name what replaces platforms, actions and conditions of the native API.

    ESPHome itself says no more than that they require component api, or that there is
    no such action, and ends. So this must be asked before any validation, of the YAML
    as it is. Raises EsphomeError.
    """
    raw: ConfigType = CORE.raw_config or {}
    _let_dashboard_import_stand_alone(without_api=CONF_API not in raw)
    if CONF_API in raw:
        return
    platforms = [
        _native_platform(section)
        for section, content in raw.items()
        if _asks_home_assistant(content)
    ]
    words = [
        f"'{word}:' works over 'api:' only, which OceanRemote takes the place of. Write "
        f"'{_OTHER_WORDS[word]}:'"
        for word in sorted(set(_native_words(raw)))
    ]
    if advice := platforms + words:
        raise EsphomeError("\n".join(advice))


def _asks_home_assistant(content: Any) -> bool:
    """Tell whether a section of the YAML has the platform; one needs no list."""
    return any(
        isinstance(platform, dict) and platform.get(CONF_PLATFORM) == _HOMEASSISTANT
        for platform in (content if isinstance(content, list) else [content])
    )


def _native_platform(section: str) -> str:
    advice = f"Write 'platform: {_OCEANREMOTE}', with the same options"
    if section not in _COUNTERPARTS:
        advice = _OTHER_PLATFORMS.get(
            section, "OceanRemote has nothing in its place: take it out"
        )
    return (
        f"'{section}: platform: {_HOMEASSISTANT}' works over 'api:' only, which "
        f"OceanRemote takes the place of. {advice}"
    )


def _native_words(part: Any) -> Iterator[str]:
    """Yield the native API's actions and conditions, wherever they stand."""
    if isinstance(part, list):
        for item in part:
            yield from _native_words(item)
    elif isinstance(part, dict):
        for key, value in part.items():
            if key in _OTHER_WORDS:
                yield str(key)
            yield from _native_words(value)
    elif isinstance(part, str) and part in _OTHER_WORDS:
        # `- api.connected` needs no options.
        yield part


def _let_dashboard_import_stand_alone(*, without_api: bool) -> None:
    """Accept `dashboard_import:` without `api:`, where all it does is be there.

    ESPHome demands the native API for it, because a dashboard finds a board that is to
    be imported by what the native API announces.
    """
    if _DASHBOARD_IMPORT not in (CORE.raw_config or {}):
        return
    component = get_component(_DASHBOARD_IMPORT)
    if component is None:
        return
    component.module.DEPENDENCIES = [] if without_api else [CONF_API]
    if without_api:
        _LOGGER.warning(
            "'dashboard_import:' does nothing without 'api:': the dashboard does not "
            "discover this board by itself. What it points to can be used all the same"
        )


def check_other_components() -> None:
    """Refuse or warn of what stands beside this component; raise cv.Invalid."""
    _check_native_api()
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
