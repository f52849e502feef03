"""What a person should know about TLS before settling on a board."""

from collections.abc import Iterable
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_exception_message

from ..common.boards import Board
from ..common.const import DOMAIN

# BearSSL, which their SDKs have, ends at TLS 1.2.
_WITHOUT_TLS_1_3: Final = frozenset({Board.ESP8266, Board.RP2})
# Of Home Assistant's profiles the one without TLS 1.2. Named here, because the release
# before 2026.11 has no such profile, nor its enumeration.
_TLS_1_3_ONLY: Final = "modern_v6"


@callback
def async_tls_hint(hass: HomeAssistant, urls: Iterable[str], board: Board) -> str:
    """Return a paragraph if the board cannot speak to this server; or nothing.

    Only Home Assistant's own TLS can be looked at; a reverse proxy's cannot.
    """
    if board not in _WITHOUT_TLS_1_3 or not _speaks_tls_1_3_only(hass):
        return ""
    if not any(url.startswith("wss:") for url in urls):
        return ""
    return "\n\n" + async_get_exception_message(DOMAIN, "hint_tls_1_3")


def _speaks_tls_1_3_only(hass: HomeAssistant) -> bool:
    server = hass.http
    if server is None or server.ssl_certificate is None:
        return False
    return str(server.ssl_profile) == _TLS_1_3_ONLY
