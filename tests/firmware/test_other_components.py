"""What stands beside the component: refused where the device could not work."""

from pathlib import Path

import pytest

from .around_component import ESP32, ESP8266, HOST, NETWORK, validate

pytestmark = pytest.mark.sources

CLOCK = "time:\n  - platform: homeassistant\n"
STATE = (
    "sensor:\n  - {platform: homeassistant, id: outside, entity_id: sensor.outside}\n"
)


def _boot(action: str) -> str:
    """Return the YAML of a script that does this."""
    return f"script:\n  - id: attempt\n    then: [{{{action}}}]\n"


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
    ("part", "words"),
    [
        (CLOCK, "'time: platform: homeassistant' works over 'api:' only"),
        (CLOCK, "Write 'platform: oceanremote', with the same options"),
        (CLOCK.replace("- ", ""), "Write 'platform: oceanremote'"),
        (STATE, "Write 'platform: oceanremote', with the same options"),
        (STATE.replace("sensor:", "button:"), "such as button.press"),
        (STATE.replace("sensor:", "select:"), "such as select.select_option"),
        (_boot("homeassistant.action: {}"), "Write 'oceanremote.action:'"),
        (_boot("homeassistant.service: {}"), "Write 'oceanremote.action:'"),
        (_boot("homeassistant.event: {}"), "Write 'oceanremote.event:'"),
        (_boot("homeassistant.tag_scanned: x"), "Write 'oceanremote.tag_scanned:'"),
        (_boot("wait_until: api.connected"), "Write 'oceanremote.connected:'"),
        (_boot("wait_until: {api.connected: {}}"), "Write 'oceanremote.connected:'"),
        (_boot("if: {condition: {not: api.connected}}"), "'oceanremote.connected:'"),
    ],
    ids=lambda part: part[:40],
)
def test_what_needs_the_native_api_is_told_what_replaces_it(
    part: str, words: str, tmp_path: Path
) -> None:
    outcome = validate(tmp_path, HOST, part)
    assert not outcome.accepted
    assert words in outcome.words


@pytest.mark.parametrize(
    "parts",
    [
        (HOST, "time:\n  - platform: host\n"),
        (HOST, CLOCK.replace("homeassistant", "oceanremote")),
        (HOST, STATE.replace("homeassistant", "oceanremote")),
        (ESP8266, NETWORK, "time:\n  - platform: sntp\n"),
    ],
)
def test_what_replaces_it_is_accepted(parts: tuple[str, ...], tmp_path: Path) -> None:
    outcome = validate(tmp_path, *parts)
    assert outcome.accepted, outcome.text


def test_deep_sleep_is_nothing_to_warn_of(tmp_path: Path) -> None:
    sleep = "deep_sleep:\n  run_duration: 30s\n  sleep_duration: 5min\n"
    outcome = validate(tmp_path, ESP32, NETWORK, sleep, _boot("oceanremote.sleep: {}"))
    assert outcome.accepted, outcome.text
    assert outcome.warnings == []


def test_a_board_without_deep_sleep_is_not_put_to_sleep(tmp_path: Path) -> None:
    outcome = validate(tmp_path, ESP32, NETWORK, _boot("oceanremote.sleep: 5min"))
    assert not outcome.accepted
    assert "requires component deep_sleep" in outcome.words


IMPORT = (
    "dashboard_import:\n  package_import_url: github://example/repo/file.yaml@main\n"
)
PROJECT = "packages:\n  project:\n    esphome: {project: {name: a.b, version: '1'}}\n"


def test_a_dashboard_import_may_stay_and_is_said_to_do_nothing(tmp_path: Path) -> None:
    outcome = validate(tmp_path, HOST, IMPORT, PROJECT)
    assert outcome.accepted, outcome.text
    (warning,) = outcome.warnings
    assert "'dashboard_import:' does nothing without 'api:'" in warning


def test_a_dashboard_import_with_the_native_api_is_none_of_our_business(
    tmp_path: Path,
) -> None:
    api = "api:\n  reboot_timeout: 0s\n"
    outcome = validate(tmp_path, HOST, IMPORT, PROJECT, api)
    assert outcome.accepted, outcome.text
    assert outcome.warnings == []
