"""Which entity domains this firmware has, and which of its sources a build needs.

A domain is one source, `domain_<name>.cpp`. What its entities are called in C++ is what
ESPHome's own table of entity types says.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
import re

import esphome
from esphome.config_helpers import (
    filter_source_files_from_defines,
    filter_source_files_from_platform,
)
from esphome.const import PlatformFramework

_HERE = Path(__file__).parent
_ENTITY_TYPES = Path(esphome.__file__).parent / "core" / "entity_types.h"
# type, singular, plural, count, upper
_ENTITY_TYPE = re.compile(
    r"^ENTITY_(?:CONTROLLER_)?TYPE_\(([\w:]+),\s*(\w+),\s*\w+,\s*\w+,\s*(\w+)",
    re.MULTILINE,
)

_HOST = {PlatformFramework.HOST_NATIVE}
_BOARDS = set(PlatformFramework) - _HOST
_ESP32 = {PlatformFramework.ESP32_IDF, PlatformFramework.ESP32_ARDUINO}
# All their preferences share one flash sector.
_ONE_SECTOR = {PlatformFramework.ESP8266_ARDUINO, PlatformFramework.RP2_ARDUINO}


@dataclass(frozen=True)
class EntityDomain:
    """A domain by its name in the YAML, with its C++ type (`valve::Valve`)."""

    name: str
    entity_type: str
    define: str

    @property
    def source(self) -> str:
        """The file that all of it is in."""
        return f"domain_{self.name}.cpp"


def _known_domains() -> Iterator[EntityDomain]:
    for entity_type, name, upper in _ENTITY_TYPE.findall(_ENTITY_TYPES.read_text()):
        yield EntityDomain(name, entity_type, f"USE_{upper}")
    # A device has at most one, so it is in no table.
    yield EntityDomain("camera", "camera::Camera", "USE_CAMERA")


DOMAINS = tuple(
    domain for domain in _known_domains() if (_HERE / domain.source).exists()
)

# What can be imported from Home Assistant: `imported_<name>.cpp`.
IMPORTED = ("binary_sensor", "number", "sensor", "switch", "text_sensor")

_without_unused_parts = filter_source_files_from_defines(
    {
        **{domain.source: domain.define for domain in DOMAINS},
        "address_store.cpp": "USE_OCEANREMOTE_ADDRESSES",
        "bearssl_chain.cpp": "OCEANREMOTE_TLS_BEARSSL",
        "client_actions.cpp": "USE_OCEANREMOTE_ACTIONS",
        "client_addresses.cpp": "USE_OCEANREMOTE_ADDRESSES",
        "client_backfill.cpp": "USE_OCEANREMOTE_BACKFILL",
        "client_imports.cpp": "USE_OCEANREMOTE_IMPORTS",
        "client_requests.cpp": "USE_OCEANREMOTE_REQUESTS",
        "client_tunnels.cpp": "USE_OCEANREMOTE_TUNNELS",
        "client_sleep.cpp": "USE_OCEANREMOTE_SLEEP",
        "device_log.cpp": "USE_OCEANREMOTE_LOGS",
        "health_report.cpp": "USE_OCEANREMOTE_HEALTH",
        "heard_signals.cpp": "USE_OCEANREMOTE_RECEIVERS",
        "hub_clock.cpp": "USE_OCEANREMOTE_TIME",
        "former_image_esp32.cpp": "USE_OCEANREMOTE_IMAGE_TRIAL",
        "former_image_host.cpp": "USE_OCEANREMOTE_IMAGE_TRIAL",
        "image_mark.cpp": "USE_OCEANREMOTE_OTA",
        "import.cpp": "USE_OCEANREMOTE_IMPORTS",
        **{
            f"imported_{name}.cpp": f"USE_OCEANREMOTE_IMPORTED_{name.upper()}"
            for name in IMPORTED
        },
        "user_action.cpp": "USE_OCEANREMOTE_ACTIONS",
        "kept_readings_area.cpp": "OCEANREMOTE_KEPT_READINGS",
        "kept_tls_session.cpp": "USE_OCEANREMOTE_SLEEP",
        "sleep_guard.cpp": "USE_OCEANREMOTE_SLEEP",
        "stream_tls.cpp": "USE_OCEANREMOTE_TLS",
        "stream_tls_bearssl.cpp": "OCEANREMOTE_TLS_BEARSSL",
        "stream_tls_mbedtls.cpp": "OCEANREMOTE_TLS_MBEDTLS",
        "stream_tls_openssl.cpp": "OCEANREMOTE_TLS_OPENSSL",
        "tunnels.cpp": "USE_OCEANREMOTE_TUNNELS",
        "update_ota.cpp": "USE_OCEANREMOTE_OTA",
    }
)
_without_other_platforms = filter_source_files_from_platform(
    {
        "board_sectors_esp8266.cpp": {PlatformFramework.ESP8266_ARDUINO},
        "board_sectors_rp2.cpp": {PlatformFramework.RP2_ARDUINO},
        "former_image_esp32.cpp": _ESP32,
        "former_image_host.cpp": _HOST,
        "host_file.cpp": _HOST,
        "identity_store_host.cpp": _HOST,
        "identity_store_preferences.cpp": _ESP32,
        "identity_store_sectors.cpp": _ONE_SECTOR,
        "resolver_board.cpp": _BOARDS,
        "resolver_host.cpp": _HOST,
    }
)


def unused_source_files() -> list[str]:
    """Return the sources that are not for the present configuration."""
    return _without_unused_parts() + _without_other_platforms()
