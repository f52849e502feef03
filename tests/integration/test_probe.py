"""What the set-up finds at an address, with real servers of every kind behind it."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
import contextlib
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
import socket
import ssl
from typing import Any
from unittest.mock import patch

from aiohttp import TCPConnector, web
from aiohttp.test_utils import TestClient, TestServer
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat
from cryptography.x509.oid import NameOID
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.oceanremote.common.const import CONNECT_PATH
from custom_components.oceanremote.flows import probe
from custom_components.oceanremote.flows.address_pages import (
    STEP_CHECK,
    STEP_FOUND,
    async_check_page,
)
from custom_components.oceanremote.flows.probe import Finding, Probe, async_probe
from custom_components.oceanremote.transport.connect import async_register_connect_view
from custom_components.oceanremote.transport.probe import (
    MAX_QUESTIONS,
    PARAMETER,
    QUESTION_LIFETIME,
    Questions,
    async_questions,
)

from .flow_support import text_at
from .http_support import (
    STRANGER,
    audited,
    coming_from,
    is_banned,
    trust_the_test_client,
)

pytestmark = pytest.mark.usefixtures("socket_enabled")

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@pytest.fixture(autouse=True)
async def _behind_proxies(hass: HomeAssistant) -> None:
    """Trust the proxies of this machine."""
    await trust_the_test_client(hass)


@pytest.fixture
async def here(
    hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator
) -> TestClient:
    """Return this Home Assistant as it is before the first set-up."""
    async_register_connect_view(hass)
    return await hass_client_no_auth()


@contextlib.asynccontextmanager
async def serving(
    handler: Handler, context: ssl.SSLContext | None = None
) -> AsyncGenerator[str]:
    """Serve every path with a handler; yield the `ws://` address."""
    app = web.Application()
    app.router.add_get("/{path:.*}", handler)
    server = TestServer(app, scheme="http")
    await server.start_server(ssl=context)
    try:
        yield f"ws://127.0.0.1:{server.port}"
    finally:
        await server.close()


def address_of(client: TestClient) -> str:
    """Return the address of a test client's server as devices write it."""
    return str(client.make_url("")).replace("http", "ws").rstrip("/")


async def found(hass: HomeAssistant, url: str) -> Finding:
    """Return what is found at one address."""
    (result,) = await async_probe(hass, [url])
    assert result.url == url
    return result.finding


def proxy_to(client: TestClient, *dropped: str) -> Handler:
    """Return a reverse proxy that drops some headers."""

    async def forward(request: web.Request) -> web.StreamResponse:
        headers = {
            name: value
            for name, value in request.headers.items()
            if name not in {"Host", *dropped}
        }
        answer = await client.get(str(request.rel_url), headers=headers)
        return web.Response(
            status=answer.status,
            body=await answer.read(),
            content_type=answer.content_type,
        )

    return forward


def answering(status: int, **headers: str) -> Handler:
    """Return a server that always says the same."""

    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers=headers)

    return answer


@pytest.fixture
def certificate(tmp_path: Path) -> ssl.SSLContext:
    """Return TLS with a certificate that nobody knows."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "nobody")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    chain = tmp_path / "chain.pem"
    chain.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    return context


async def test_this_home_assistant_is_recognized(
    hass: HomeAssistant, here: TestClient
) -> None:
    """Before its first set-up, and behind a proxy that passes WebSockets."""
    assert await found(hass, address_of(here)) is Finding.HERE
    async with serving(proxy_to(here)) as url:
        assert await found(hass, url) is Finding.HERE


async def test_proxy_that_drops_the_upgrade_is_told(
    hass: HomeAssistant, here: TestClient
) -> None:
    """Pages work through it, and no device."""
    async with serving(proxy_to(here, "Upgrade", "Connection")) as url:
        assert await found(hass, url) is Finding.NO_WEBSOCKET


async def test_only_the_path_of_the_devices_need_be_passed(
    hass: HomeAssistant, here: TestClient
) -> None:
    """As using.md advises: the question comes by the path that devices dial."""
    passed: list[str] = []
    forward = proxy_to(here)

    async def restricted(request: web.Request) -> web.StreamResponse:
        passed.append(request.path)
        if request.path != CONNECT_PATH:
            raise web.HTTPForbidden
        return await forward(request)

    async with serving(restricted) as url:
        assert await found(hass, url) is Finding.HERE
    assert passed == [CONNECT_PATH]


@pytest.mark.parametrize(
    ("status", "headers", "finding"),
    [
        (200, {}, Finding.ELSEWHERE),
        (301, {"Location": "https://home.example.com/"}, Finding.REDIRECT_TLS),
        (302, {"Location": "/login"}, Finding.REDIRECT),
        (400, {}, Finding.BAD_REQUEST),
        (401, {}, Finding.FORBIDDEN),
        (403, {}, Finding.FORBIDDEN),
        (404, {}, Finding.ELSEWHERE),
        (418, {}, Finding.STATUS),
        (502, {}, Finding.BAD_GATEWAY),
        (503, {}, Finding.BAD_GATEWAY),
        (504, {}, Finding.BAD_GATEWAY),
    ],
)
async def test_other_answers_are_told_apart(
    hass: HomeAssistant, status: int, headers: dict[str, str], finding: Finding
) -> None:
    """By their status."""
    async with serving(answering(status, **headers)) as url:
        (result,) = await async_probe(hass, [url])
    assert result == Probe(url, finding, status)


async def test_no_redirect_is_followed(hass: HomeAssistant, here: TestClient) -> None:
    """Though it leads to this very Home Assistant: no device would follow it."""

    async def onward(request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound(f"{here.make_url('')}{request.rel_url}"[:-1])

    async with serving(onward) as url:
        assert await found(hass, url) is Finding.REDIRECT


async def test_home_assistants_own_tls_is_told(
    hass: HomeAssistant, here: TestClient, certificate: ssl.SSLContext
) -> None:
    """It is not even asked in plain HTTP: it would log that as an error."""
    with patch.object(hass.config.api, "use_ssl", True):
        async with serving(proxy_to(here), certificate) as url:
            assert await found(hass, url) is Finding.TLS_HOME_ASSISTANT
        # A proxy may pass plain HTTP on to it all the same.
        async with serving(proxy_to(here)) as url:
            assert await found(hass, url) is Finding.HERE


async def test_tls_of_a_proxy_is_told(
    hass: HomeAssistant, certificate: ssl.SSLContext
) -> None:
    """Whatever its certificate, and whatever it says."""
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        server.socket = certificate.wrap_socket(server.socket, server_side=True)
        task = asyncio.create_task(asyncio.to_thread(server.serve_forever, 0.05))
        url = f"ws://127.0.0.1:{server.server_address[1]}"
        finding = await found(hass, url)
        server.shutdown()
        await task
    assert finding is Finding.TLS


async def test_a_certificate_is_looked_at_where_devices_look_at_it(
    hass: HomeAssistant, here: TestClient, certificate: ssl.SSLContext, tmp_path: Path
) -> None:
    """This Home Assistant is found all the same; another one is no question of trust."""
    # Only then does asyncio report a client that breaks off because of a certificate.
    hass.loop.set_debug(False)
    async with serving(proxy_to(here), certificate) as plain:
        url = plain.replace("ws://", "wss://")
        assert await found(hass, url) is Finding.CERTIFICATE
        context = ssl.create_default_context(cafile=tmp_path / "chain.pem")
        context.check_hostname = False
        with patch.object(probe, "_KNOWN", context):
            assert await found(hass, url) is Finding.HERE
    async with serving(answering(404), certificate) as plain:
        url = plain.replace("ws://", "wss://")
        assert await found(hass, url) is Finding.ELSEWHERE


async def test_what_speaks_no_tls_is_told(
    hass: HomeAssistant, here: TestClient
) -> None:
    """As Home Assistant's plain port."""
    url = address_of(here).replace("ws://", "wss://")
    assert await found(hass, url) is Finding.NO_TLS


async def test_what_is_no_http_is_told(hass: HomeAssistant) -> None:
    """As of an SSH server."""

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.2p1\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        assert await found(hass, f"ws://127.0.0.1:{port}") is Finding.NOT_HTTP


async def test_silence_ends(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits longer than some seconds."""
    monkeypatch.setattr(probe, "TIMEOUT", 0.2)

    async def say_nothing(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(1)
        return web.Response()

    async with serving(say_nothing) as url:
        assert await found(hass, url) is Finding.SILENT


async def test_closed_port_and_unknown_name_are_told_apart(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one go, each with its own finding."""
    resolve = TCPConnector._resolve_host

    async def look_up(
        connector: TCPConnector, host: str, *args: Any, **more: Any
    ) -> Any:
        if host == "nobody.invalid":
            raise OSError("unknown name")
        return await resolve(connector, host, *args, **more)

    monkeypatch.setattr(TCPConnector, "_resolve_host", look_up)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        closed = f"ws://127.0.0.1:{unused.getsockname()[1]}"
        unknown = "ws://nobody.invalid:8123"
        results = await async_probe(hass, [closed, unknown])
    assert results == [Probe(closed, Finding.REFUSED), Probe(unknown, Finding.NO_NAME)]


async def test_nothing_is_counted(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """Neither questions nor guesses: no ban, no failure, no record, no question kept."""
    client = await hass_client_no_auth()
    hub = hub_entry.runtime_data.hub
    for _ in range(30):
        assert await found(hass, address_of(client)) is Finding.HERE
        guess = await client.get(
            f"{CONNECT_PATH}?{PARAMETER}=guess", headers=coming_from(STRANGER)
        )
        assert guess.status == HTTPStatus.NOT_FOUND
        assert await guess.read() == b""
    assert not is_banned(hub, STRANGER)
    assert not await audited(hub, "denied")
    assert hub.security.admission.policy.unproved_connections == 0
    assert not async_questions(hass)._open


def test_questions_have_a_life_and_a_number() -> None:
    """Half a minute, and sixteen at once: the oldest gives way."""
    questions = Questions()
    first = questions.ask(0.0)
    assert questions.answer(first.text, 1.0) == first.answer != first.text
    assert questions.answer(first.answer, 1.0) is None
    for _ in range(MAX_QUESTIONS):
        last = questions.ask(1.0)
    assert questions.answer(first.text, 2.0) is None
    assert questions.answer(last.text, QUESTION_LIFETIME) == last.answer
    assert questions.answer(last.text, QUESTION_LIFETIME + 1) is None


async def test_findings_are_shown_in_words(
    hass: HomeAssistant, here: TestClient
) -> None:
    """One alert for each address; nothing of an address becomes markup."""
    odd = 'ws://127.0.0.1:9/"><b>'
    page = await async_check_page(hass, [address_of(here), odd])
    assert page.step_id == STEP_CHECK
    good, bad = page.placeholders["findings"].split("\n\n")
    text = text_at("selector", "finding", "options", "here")
    assert good == (
        f'<ha-alert alert-type="success" title="{address_of(here)}">{text}</ha-alert>'
    )
    assert bad.startswith(
        '<ha-alert alert-type="warning" title="ws://127.0.0.1:9/&quot;&gt;&lt;b&gt;">'
    )


async def test_the_page_is_short_where_all_is_well(
    hass: HomeAssistant, here: TestClient
) -> None:
    """There is no advice to read then."""
    page = await async_check_page(hass, [address_of(here)])
    assert page.step_id == STEP_FOUND


@pytest.mark.parametrize("finding", Finding)
def test_every_finding_has_words(finding: Finding) -> None:
    """Home Assistant lets no translation name a web address."""
    text = text_at("selector", "finding", "options", finding)
    assert text.endswith(".")
    assert "https://" not in text
