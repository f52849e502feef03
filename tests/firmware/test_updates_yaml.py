"""The YAML of updates over the session, and what ESPHome's uploader reads of it."""

from pathlib import Path

import pytest

from .around_component import ESP32, ESP8266, HOST, NETWORK, validate
from .esphome_runner import CONFIGS, run_esphome

pytestmark = pytest.mark.sources

OWN = "ota:\n  - platform: oceanremote\n"
PLACE = "    port: 26300\n    password: correct horse\n"
ESPHOMES = "  - platform: esphome\n"


@pytest.mark.parametrize("board", [HOST, ESP32 + NETWORK, ESP8266 + NETWORK])
def test_every_board_takes_them(board: str, tmp_path: Path) -> None:
    outcome = validate(tmp_path, board, OWN + PLACE)
    assert outcome.accepted, outcome.text


@pytest.mark.parametrize(
    "both", [OWN + ESPHOMES, f"ota:\n{ESPHOMES}  - platform: oceanremote\n"]
)
def test_the_boards_own_may_stand_beside_it(both: str, tmp_path: Path) -> None:
    outcome = validate(tmp_path, ESP32, NETWORK, both)
    assert outcome.accepted, outcome.text


def test_one_uploader_has_one_port(tmp_path: Path) -> None:
    """ESPHome would upload to the board's own, and the board listen at the hub's."""
    outcome = validate(tmp_path, ESP32, NETWORK, OWN + PLACE + ESPHOMES)
    assert not outcome.accepted
    assert "leave one of them out" in outcome.text


def _generated(folder: Path, board: str, more: str = "") -> tuple[str, str]:
    """Return the program and the defines of a board that takes updates."""
    file = folder / "device.yaml"
    file.write_text(f"packages:\n  board: !include {CONFIGS / board}.yaml\n{more}")
    outcome = run_esphome("compile", "--only-generate", file=file, data=folder)
    assert outcome.accepted, outcome.text
    (tree,) = (folder / "build").glob("*/src")
    defines = tree / "esphome/core/defines.h"
    return (tree / "main.cpp").read_text(), defines.read_text()


def test_only_a_session_confirms_a_new_image(tmp_path: Path) -> None:
    """Safe mode would after a minute, or when the board goes to sleep."""
    program, defines = _generated(tmp_path, "esp32-c3")
    safe_mode, _, behind = program.partition("should_enter_safe_mode")
    assert "set_trial(" not in safe_mode, "in safe mode nothing is proved"
    assert behind.startswith("(10, 300000, 3900000, true)"), "an hour and five minutes"
    assert "set_trial(safe_mode_safemodecomponent_id, 600000, 60000)" in behind
    assert "USE_SAFE_MODE_BOOT_IS_GOOD_ON_SHUTDOWN" not in defines


@pytest.mark.parametrize(
    ("board", "more"),
    [
        ("esp8266", OWN),
        (
            "esp32-c3",
            "esp32: {framework: {advanced: {enable_ota_rollback: false}}}\n",
        ),
    ],
)
def test_without_a_second_image_safe_mode_stays_as_it_was(
    board: str, more: str, tmp_path: Path
) -> None:
    program, defines = _generated(tmp_path, board, more)
    assert "set_trial(" not in program
    assert "should_enter_safe_mode(10, 300000, 60000, " in program
    assert "USE_SAFE_MODE_BOOT_IS_GOOD_ON_SHUTDOWN" in defines


@pytest.mark.parametrize(("time", "fits"), [("10s", True), ("1h", True), ("9s", False)])
def test_the_time_for_a_session_has_bounds(
    time: str, fits: bool, tmp_path: Path
) -> None:
    outcome = validate(tmp_path, HOST, f"{OWN}    session_within: {time}\n")
    assert outcome.accepted is fits, outcome.text
