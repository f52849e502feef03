"""`tunnels:` names services that ask who comes, on boards that can reach themselves."""

from pathlib import Path

import pytest

from .around_component import ESP32, ESP8266, HOST, NETWORK, validate

pytestmark = pytest.mark.sources

API = "api:\n  reboot_timeout: 0s\n"
KEYED = f"{API}  encryption:\n    key: {'A' * 42}8=\n"
PAGES = "web_server:\n  port: 80\n"
LOGIN = f"{PAGES}  auth: {{username: admin, password: secret}}\n"


def _own(tunnels: str) -> str:
    return f"packages:\n  own:\n    oceanremote:\n      tunnels: {tunnels}\n"


@pytest.mark.parametrize(
    ("board", "tunnels", "parts", "words"),
    [
        (ESP8266, "[api]", [KEYED], "this board has no loopback interface"),
        (ESP32, "[api]", [], "there is no 'api:' that a tunnel could lead to"),
        (ESP32, "[api]", [API], "'api:' lets everybody in who reaches it"),
        (ESP32, "[api]", [f"{API}  encryption:\n"], "'api: encryption: key:'"),
        (ESP32, "[web_server]", [PAGES], "'web_server:' lets everybody in"),
        (ESP32, "[api, api]", [KEYED], "'api' is listed twice"),
        (ESP32, "[ssh]", [], "Unknown value 'ssh'"),
        (ESP32, "[]", [], "length of value must be at least 1"),
    ],
)
def test_a_tunnel_that_would_let_anybody_in_is_refused(
    board: str, tunnels: str, parts: list[str], words: str, tmp_path: Path
) -> None:
    network = "" if board == HOST else NETWORK
    outcome = validate(tmp_path, board, network, *parts, _own(tunnels))
    assert not outcome.accepted
    assert words in outcome.words


def test_services_that_ask_who_comes_are_accepted(tmp_path: Path) -> None:
    outcome = validate(
        tmp_path, ESP32, NETWORK, KEYED, LOGIN, _own("[api, web_server]")
    )
    assert outcome.accepted, outcome.text


def test_a_host_program_needs_no_key(tmp_path: Path) -> None:
    outcome = validate(tmp_path, HOST, API, _own("api"))
    assert outcome.accepted, outcome.text
