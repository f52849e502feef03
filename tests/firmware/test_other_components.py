"""What stands beside the component: refused where the device could not work."""

from pathlib import Path

import pytest

from .around_component import ESP32, ESP8266, HOST, NETWORK, validate

CLOCK = "time:\n  - platform: homeassistant\n"
STATE = (
    "sensor:\n  - {platform: homeassistant, id: outside, entity_id: sensor.outside}\n"
)


@pytest.mark.parametrize("api", ["api:\n", "api:\n  reboot_timeout: 1h\n"])
def test_a_native_api_that_restarts_the_board_is_refused(
    api: str, tmp_path: Path
) -> None:
    outcome = validate(tmp_path, HOST, api)
    assert not outcome.accepted
    assert "Write 'reboot_timeout: 0s' under 'api:'" in outcome.words


def test_a_native_api_that_waits_for_ever_is_accepted(tmp_path: Path) -> None:
    outcome = validate(tmp_path, HOST, "api:\n  reboot_timeout: 0s\n", STATE, CLOCK)
    assert outcome.accepted, outcome.text
    assert outcome.warnings == []


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ((ESP32, NETWORK, CLOCK), "For the time use 'platform: sntp'"),
        ((HOST, CLOCK), "For the time use 'platform: host'"),
        ((HOST, CLOCK.replace("- ", "")), "For the time use 'platform: host'"),
        ((HOST, STATE), "does not bring Home Assistant's states to the board"),
    ],
    ids=["time", "time on host", "not in a list", "state"],
)
def test_what_needs_the_native_api_is_told_what_replaces_it(
    parts: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    outcome = validate(tmp_path, *parts)
    assert not outcome.accepted
    assert words in outcome.words


@pytest.mark.parametrize(
    "parts",
    [
        (HOST, "time:\n  - platform: host\n"),
        (ESP8266, NETWORK, "time:\n  - platform: sntp\n"),
    ],
)
def test_what_replaces_it_is_accepted(parts: tuple[str, ...], tmp_path: Path) -> None:
    outcome = validate(tmp_path, *parts)
    assert outcome.accepted, outcome.text


def test_deep_sleep_is_said_to_look_like_absence(tmp_path: Path) -> None:
    sleep = "deep_sleep:\n  run_duration: 30s\n  sleep_duration: 5min\n"
    outcome = validate(tmp_path, ESP32, NETWORK, sleep)
    assert outcome.accepted, outcome.text
    (warning,) = outcome.warnings
    assert "unavailable in Home Assistant until it wakes" in warning
