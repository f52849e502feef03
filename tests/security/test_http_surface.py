"""Requests made up by the hundred from `docs/openapi.yaml`, against a live hub.

Schemathesis runs as a program of its own: it knows the description and perhaps an
access token, and judges what came over the socket, header by header.
"""

import asyncio
from collections import Counter
from dataclasses import replace
from http import HTTPStatus
import json
import logging
import os
from pathlib import Path
import sys
from urllib.parse import urlsplit

from homeassistant.auth.providers.homeassistant import HassAuthProvider
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.oceanremote.common.const import CONNECT_PATH
from custom_components.oceanremote.flows.downloads import DOWNLOAD_PATH
from custom_components.oceanremote.http.pages import (
    API_PATH,
    PAGE_PATH,
    SCRIPT_PATH,
    STYLE_PATH,
)
from custom_components.oceanremote.hub import Hub
from tests.integration.http_support import STRANGER, coming_from, trust_the_test_client
from tests.integration.runtime_support import Device

from .layer_support import pump, still_works

REPO = Path(__file__).parents[2]
DESCRIPTION = REPO / "docs/openapi.yaml"
SETTINGS = Path(__file__).with_name("schemathesis.toml")

RENEW = "renew-session"
# Endpoints whose paths hold a name.
WITH_A_NAME = (RENEW, DOWNLOAD_PATH)
STATIC = (PAGE_PATH, SCRIPT_PATH, STYLE_PATH)
SERVED = {RENEW, DOWNLOAD_PATH, API_PATH, CONNECT_PATH, *STATIC}
OK, DENIED, BUSY = HTTPStatus.OK, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS
NO_LOGIN, NO_METHOD = HTTPStatus.UNAUTHORIZED, HTTPStatus.METHOD_NOT_ALLOWED

# Checks that expect 401 of every request without a login.
NEED_NO_LIMIT = "ignored_auth,missing_required_header"

type Answers = dict[str, Counter[int]]


class Fuzzer:
    """Sends what Schemathesis makes up; every answer must be as described."""

    def __init__(self, origin: str, folder: Path) -> None:
        """Attack the server at `origin`; keep the exchange in `folder`."""
        self._origin = origin
        self._exchange = folder / "exchange.har"

    async def run(
        self,
        token: str,
        *,
        cases: int,
        headers: dict[str, str] | None = None,
        limited: bool = False,
    ) -> Answers:
        """Return how often each endpoint gave which status; `cases` per endpoint.

        Where it is `limited`, 429 may stand in the place of 401.
        """
        checks = ("--exclude-checks", NEED_NO_LIMIT) if limited else ()
        sent = [f"--header={name}: {value}" for name, value in (headers or {}).items()]
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", SETTINGS),
            *("run", DESCRIPTION, "--url", self._origin, *checks, *sent),
            f"--max-examples={cases}",
            f"--report-har-path={self._exchange}",
            env=os.environ | {"OCEANREMOTE_TEST_TOKEN": token},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
        assert process.returncode == 0, said.decode()
        return self._answers()

    def _answers(self) -> Answers:
        answers: Answers = {name: Counter() for name in SERVED}
        for entry in json.loads(self._exchange.read_text())["log"]["entries"]:
            path = urlsplit(entry["request"]["url"]).path
            name = next((part for part in WITH_A_NAME if part in path), path)
            answers[name][entry["response"]["status"]] += 1
        return answers


def is_complaint(record: logging.LogRecord) -> bool:
    """Whether the integration itself has logged a fault."""
    return "oceanremote" in record.name and record.levelno >= logging.ERROR


@pytest.fixture
async def fuzzer(
    hass: HomeAssistant,
    local_auth: HassAuthProvider,
    hub: Hub,
    hass_client_no_auth: ClientSessionGenerator,
    tmp_path: Path,
) -> Fuzzer:
    """Return a fuzzer of the hub's server."""
    client = await hass_client_no_auth()
    return Fuzzer(str(client.make_url("/")), tmp_path)


@pytest.fixture
def without_limits(hub: Hub) -> None:
    """Let one user ask so often that the limit does not hide the answers behind it."""
    admission = hub.security.admission.policy
    admission.reconfigure(
        replace(admission.settings, user_requests_per_minute=1_000_000)
    )


@pytest.mark.usefixtures("without_limits")
async def test_no_request_does_harm(
    hub: Hub,
    device: Device,
    fuzzer: Fuzzer,
    hass_access_token: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Whatever an administrator's program sends, the answer is one of the described.

    No traceback, no connection left behind, and the pump has noticed nothing but the
    renewals that it was asked for.
    """
    answers = await fuzzer.run(hass_access_token, cases=150)
    assert {OK, NO_LOGIN, HTTPStatus.NOT_FOUND, NO_METHOD} <= answers[RENEW].keys()
    assert {OK, NO_LOGIN, NO_METHOD} <= answers[API_PATH].keys()
    assert {NO_LOGIN, HTTPStatus.NOT_FOUND, NO_METHOD} <= answers[DOWNLOAD_PATH].keys()
    assert {
        HTTPStatus.NOT_FOUND,
        HTTPStatus.UPGRADE_REQUIRED,
        NO_METHOD,
    } <= answers[CONNECT_PATH].keys()
    for path in STATIC:
        assert {OK, NO_METHOD} <= answers[path].keys()
    assert answers[RENEW].total() > 150
    assert not [record for record in caplog.records if is_complaint(record)]
    assert hub.security.admission.policy.unproved_connections == 0
    await still_works(hub, device)


@pytest.mark.usefixtures("without_limits")
async def test_who_may_only_look_renews_nothing(
    hub: Hub, device: Device, fuzzer: Fuzzer, hass_read_only_access_token: str
) -> None:
    """No spelling of the request gives the pump another session."""
    before = pump(hub).session_id
    answers = await fuzzer.run(hass_read_only_access_token, cases=50)
    assert answers[RENEW][OK] == 0
    assert answers[RENEW][DENIED] > 0
    assert pump(hub).session_id == before


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c"])
async def test_nobody_gets_behind_the_login(
    hub: Hub, device: Device, fuzzer: Fuzzer, token: str
) -> None:
    """Without an account, the pages are all there is."""
    before = pump(hub).session_id
    answers = await fuzzer.run(token, cases=20)
    for path in (RENEW, DOWNLOAD_PATH, API_PATH):
        assert answers[path][OK] == 0
        assert answers[path][NO_LOGIN] > 0
    assert pump(hub).session_id == before


class TestFromAfar:
    """By way of a trusted proxy, from one address, with the limits as they are."""

    @pytest.fixture(autouse=True)
    @staticmethod
    async def _proxy(hass: HomeAssistant) -> None:
        await trust_the_test_client(hass)

    async def test_who_asks_too_often_is_told_when_to_come_back(
        self,
        device: Device,
        fuzzer: Fuzzer,
        hass_access_token: str,
        hass_client_no_auth: ClientSessionGenerator,
    ) -> None:
        """429 with Retry-After, in the described form: a user, and an address."""
        client = await hass_client_no_auth()
        for _ in range(20):
            await client.get(PAGE_PATH, headers=coming_from(STRANGER))
        answers = await fuzzer.run(
            hass_access_token, cases=150, headers=coming_from(STRANGER), limited=True
        )
        for path in (RENEW, API_PATH, CONNECT_PATH):
            assert answers[path][BUSY] > 0
        assert sum(answers[path][BUSY] for path in STATIC) > 0


async def test_without_a_hub_nothing_is_served(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    fuzzer: Fuzzer,
    hass_access_token: str,
) -> None:
    """503 with Retry-After, and still no traceback."""
    await hass.config_entries.async_unload(hub_entry.entry_id)
    answers = await fuzzer.run(hass_access_token, cases=20)
    for path, statuses in answers.items():
        assert statuses[OK] == 0, path
        assert statuses[HTTPStatus.SERVICE_UNAVAILABLE] > 0, path
