"""What is found at an address when Home Assistant dials it as a device would.

This is advice: a hub behind a router often cannot reach its own outside address, though
everybody else can. No redirect is followed, because devices follow none either.
"""

import asyncio
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
import json
import secrets
import ssl
from typing import Final

import aiohttp
from aiohttp import hdrs
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from yarl import URL

from ..common.const import CONNECT_PATH, LOGGER
from ..transport.probe import PARAMETER, Question, async_questions

TIMEOUT: Final = 5.0
_MAX_ANSWER: Final = 1024
_TLS: Final = "https"
# Home Assistant's own authorities.
_KNOWN: Final[bool | ssl.SSLContext] = True


class Finding(StrEnum):
    """What answers at an address; the keys of translated texts."""

    HERE = "here"
    NO_WEBSOCKET = "no_websocket"
    ELSEWHERE = "elsewhere"
    REDIRECT = "redirect"
    REDIRECT_TLS = "redirect_tls"
    TLS_HOME_ASSISTANT = "tls_home_assistant"
    TLS = "tls"
    CERTIFICATE = "certificate"
    BAD_REQUEST = "bad_request"
    FORBIDDEN = "forbidden"
    BAD_GATEWAY = "bad_gateway"
    STATUS = "status"
    NOT_HTTP = "not_http"
    NO_TLS = "no_tls"
    NO_NAME = "no_name"
    REFUSED = "refused"
    SILENT = "silent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Probe:
    """One address and what was found there; `status` is that of an HTTP answer."""

    url: str
    finding: Finding
    status: int | None = None


_OURS: Final = frozenset({Finding.HERE, Finding.NO_WEBSOCKET})
# With these findings, something that speaks TLS but not plain HTTP may be there.
_MAYBE_TLS: Final = frozenset({Finding.NOT_HTTP, Finding.BAD_REQUEST})
_STATUS_FINDINGS: Final[dict[int, Finding]] = {
    HTTPStatus.OK: Finding.ELSEWHERE,
    HTTPStatus.NOT_FOUND: Finding.ELSEWHERE,
    HTTPStatus.BAD_REQUEST: Finding.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED: Finding.FORBIDDEN,
    HTTPStatus.FORBIDDEN: Finding.FORBIDDEN,
    HTTPStatus.BAD_GATEWAY: Finding.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE: Finding.BAD_GATEWAY,
    HTTPStatus.GATEWAY_TIMEOUT: Finding.BAD_GATEWAY,
}


async def async_probe(hass: HomeAssistant, urls: Sequence[str]) -> list[Probe]:
    """Dial every address, all at once; each takes 15 s at most."""
    return list(await asyncio.gather(*(_async_probe(hass, url) for url in urls)))


async def _async_probe(hass: HomeAssistant, url: str) -> Probe:
    questions = async_questions(hass)
    question = questions.ask(hass.loop.time())
    api = hass.config.api
    try:
        if url.startswith("wss:"):
            return await _async_probe_tls(hass, url, question)
        # A TLS server takes plain HTTP for a protocol error, and logs it.
        if api is not None and api.use_ssl:
            encrypted = await _async_ask(hass, url, question, scheme=_TLS)
            if encrypted.finding in _OURS:
                return Probe(url, Finding.TLS_HOME_ASSISTANT)
        plain = await _async_ask(hass, url, question)
        if plain.finding not in _MAYBE_TLS:
            return plain
        encrypted = await _async_ask(hass, url, question, scheme=_TLS)
        return plain if encrypted.status is None else Probe(url, Finding.TLS)
    except Exception:  # noqa: BLE001 - the boundary
        # Advice that fails must not keep anybody from setting the hub up.
        LOGGER.exception("cannot find out what is at %s", url)
        return Probe(url, Finding.UNKNOWN)
    finally:
        questions.withdraw(question)


async def _async_probe_tls(hass: HomeAssistant, url: str, question: Question) -> Probe:
    """Dial an address with TLS; a certificate that is not known is told as such.

    Devices know fewer authorities than Home Assistant does, but those that homes use.
    """
    known = await _async_ask(hass, url, question, scheme=_TLS, verify=True)
    if known.finding is not Finding.CERTIFICATE:
        return known
    unknown = await _async_ask(hass, url, question, scheme=_TLS)
    return known if unknown.finding is Finding.HERE else unknown


async def _async_ask(
    hass: HomeAssistant,
    url: str,
    question: Question,
    scheme: str = "http",
    verify: bool = False,
) -> Probe:
    """Put the question to one address; a certificate is looked at only on demand."""
    rest = url.removeprefix("wss").removeprefix("ws")
    address = URL(f"{scheme}{rest}{CONNECT_PATH}")
    try:
        async with async_get_clientsession(hass).get(
            address.with_query({PARAMETER: question.text}),
            headers=_upgrade_headers(),
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=TIMEOUT),
            ssl=_KNOWN if verify else False,
        ) as response:
            finding = await _async_judge(response, question)
            return Probe(url, finding, response.status)
    except aiohttp.ClientConnectorDNSError:
        return Probe(url, Finding.NO_NAME)
    except TimeoutError:
        return Probe(url, Finding.SILENT)
    except aiohttp.ClientConnectorCertificateError:
        return Probe(url, Finding.CERTIFICATE)
    except aiohttp.ClientSSLError:
        return Probe(url, Finding.NO_TLS)
    except aiohttp.ClientConnectorError as err:
        refused = isinstance(err.os_error, ConnectionRefusedError)
        return Probe(url, Finding.REFUSED if refused else Finding.SILENT)
    except aiohttp.ClientError:
        return Probe(url, Finding.NOT_HTTP)


def _upgrade_headers() -> dict[str, str]:
    """Return what a device sends, for a proxy to drop what it would drop."""
    return {
        hdrs.CONNECTION: "Upgrade",
        hdrs.UPGRADE: "websocket",
        hdrs.SEC_WEBSOCKET_VERSION: "13",
        hdrs.SEC_WEBSOCKET_KEY: b64encode(secrets.token_bytes(16)).decode(),
    }


async def _async_judge(response: aiohttp.ClientResponse, question: Question) -> Finding:
    if response.status == HTTPStatus.OK:
        said = _read(await response.content.read(_MAX_ANSWER))
        if said.get("answer") == question.answer:
            return Finding.HERE if said.get("websocket") else Finding.NO_WEBSOCKET
    if response.status in range(300, 400):
        onward = response.headers.get(hdrs.LOCATION, "")
        tls = onward.lower().startswith(f"{_TLS}:")
        return Finding.REDIRECT_TLS if tls else Finding.REDIRECT
    return _STATUS_FINDINGS.get(response.status, Finding.STATUS)


def _read(body: bytes) -> dict[str, object]:
    """Return a JSON object; empty for anything else."""
    try:
        said = json.loads(body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
