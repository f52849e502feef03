"""The YAML of what a device remembers: accepted, or refused with reasons."""

from pathlib import Path

import pytest

from .around_component import ESP32, ESP8266, HOST, NETWORK, validate

pytestmark = pytest.mark.sources

SENSORS = """\
sensor:
  - {platform: template, id: named, name: Named}
  - {platform: template, id: nameless}
  - {platform: template, id: hidden, name: Hidden, internal: true}
"""


@pytest.mark.parametrize(
    ("backfill", "words"),
    [
        ("[nameless]", "'nameless' is internal, so Home Assistant has no statistics"),
        ("[named, hidden]", "'hidden' is internal, so Home Assistant"),
        ("[named, named]", "'named' is listed twice"),
        ("[{sensor_id: named, max_readings: 4097}]", "at most 4096"),
    ],
)
def test_what_nobody_could_use_is_refused(
    backfill: str, words: str, tmp_path: Path
) -> None:
    own = f"packages:\n  own:\n    oceanremote:\n      backfill: {backfill}\n"
    outcome = validate(tmp_path, HOST, SENSORS, own)
    assert not outcome.accepted
    assert words in outcome.text


def test_a_sensor_with_a_name_is_remembered(tmp_path: Path) -> None:
    own = "packages:\n  own:\n    oceanremote:\n      backfill: [named]\n"
    outcome = validate(tmp_path, HOST, SENSORS, own)
    assert outcome.accepted, outcome.text


SLEEP = "deep_sleep: {run_duration: 10s, sleep_duration: 10min}\n"


@pytest.mark.parametrize(
    ("board", "readings", "words"),
    [
        (ESP8266, 10, "deep sleep forgets it"),
        (ESP32, 600, "may remember 4828 bytes, of which deep sleep leaves 4096"),
        (ESP32, 500, ""),
    ],
)
def test_what_sleep_costs_of_it_is_said(
    board: str, readings: int, words: str, tmp_path: Path
) -> None:
    one = f"[{{sensor_id: named, max_readings: {readings}}}]"
    own = f"packages:\n  own:\n    oceanremote:\n      backfill: {one}\n"
    outcome = validate(tmp_path, board, NETWORK, SLEEP, SENSORS, own)
    assert outcome.accepted, outcome.text
    assert words in outcome.text
    assert words or "deep sleep" not in outcome.text
