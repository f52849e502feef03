"""IPv6 in the YAML: what is accepted, what the network must be like, and the words."""

from pathlib import Path

import pytest

from .around_component import ESP32, ESP32_C6, ESP8266, HOST, NETWORK, RP2, validate

pytestmark = pytest.mark.sources

THREAD = (
    "network:\n  enable_ipv6: true\nopenthread:\n  device_type: FTD\n"
    "  tlv: 0e080000000000010000000300001035060004001fffe0020811111111222222220708fd00"
    "0000000000000510000102030405060708090a0b0c0d0e0f030f4f70656e5468726561642d353833"
    "34010212340410445566778899aabbccddeeff001122330c0402a0f7f8\n"
)
IPV6 = "network:\n  enable_ipv6: true\n"
LITERAL = '"ws://[fd00::10]:8123"'
BOARDS = {"esp32": ESP32, "esp8266": ESP8266, "rp2": RP2}


@pytest.mark.parametrize("board", BOARDS)
def test_a_literal_is_dialed_where_ipv6_is_on(board: str, tmp_path: Path) -> None:
    outcome = validate(tmp_path, BOARDS[board], NETWORK, IPV6, urls=LITERAL)
    assert outcome.accepted, outcome.text
    assert outcome.warnings == []
    assert "ws://[fd00::10]:8123/api/oceanremote/connect" in outcome.words


@pytest.mark.parametrize("board", BOARDS)
@pytest.mark.parametrize("network", ["", "network:\n  enable_ipv6: false\n"])
def test_a_literal_is_refused_where_ipv6_is_off(
    board: str, network: str, tmp_path: Path
) -> None:
    urls = f"[ws://192.168.1.10, {LITERAL}]"
    outcome = validate(tmp_path, BOARDS[board], NETWORK, network, urls=urls)
    assert not outcome.accepted
    assert "'fd00::10' is an IPv6 address, which this board cannot dial" in (
        outcome.words
    )
    assert "'enable_ipv6: true'" in outcome.words


def test_a_linux_program_needs_no_switch(tmp_path: Path) -> None:
    outcome = validate(tmp_path, HOST, urls=LITERAL)
    assert outcome.accepted, outcome.text


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("ws://[FD00:0:0:0::0010]:8123/", "ws://[fd00::10]:8123"),
        ("ws://[fd00::10]:80", "ws://[fd00::10]"),
        ("wss://[2001:db8::1]", "wss://[2001:db8::1]"),
        ("https://[2001:db8::1]:8123/ha", "wss://[2001:db8::1]:8123/ha"),
    ],
)
def test_a_literal_has_one_form(url: str, kept: str, tmp_path: Path) -> None:
    outcome = validate(tmp_path, HOST, urls=f'"{url}"')
    assert outcome.accepted, outcome.text
    assert f"- {kept}/api/oceanremote/connect" in outcome.text


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("fe80::1", "starts with fe80 means something else on each network"),
        ("fe80::1%eth0", "starts with fe80 means something else on each network"),
        ("fd00::1%25eth0", "cannot be dialed"),
        ("::", "is no address of one machine"),
        ("ff02::1", "is no address of one machine"),
        ("::ffff:192.168.1.10", "write '192.168.1.10' instead"),
        ("fd00::1::2", "not an address"),
    ],
)
def test_what_no_board_can_dial_is_refused(
    host: str, words: str, tmp_path: Path
) -> None:
    outcome = validate(tmp_path, HOST, urls=f'"ws://[{host}]:8123"')
    assert not outcome.accepted
    assert words in outcome.words


@pytest.mark.parametrize(
    "urls",
    [
        LITERAL,
        "ws://hub.example.com:8123",
        f"[ws://192.168.1.10, {LITERAL}]",
    ],
)
def test_a_board_on_a_thread_network_may_dial(urls: str, tmp_path: Path) -> None:
    """Case 15."""
    outcome = validate(tmp_path, ESP32_C6, THREAD, urls=urls)
    assert outcome.accepted, outcome.text


def test_a_thread_network_has_no_ipv4(tmp_path: Path) -> None:
    outcome = validate(tmp_path, ESP32_C6, THREAD)
    assert not outcome.accepted
    assert "an OpenThread network carries IPv6 only" in outcome.words


def test_ipv6_beside_ipv4_is_accepted(tmp_path: Path) -> None:
    outcome = validate(tmp_path, RP2, NETWORK, IPV6)
    assert outcome.accepted, outcome.text
    assert outcome.warnings == []
