"""What Home Assistant shows for a new device is accepted by ESPHome as it stands."""

from pathlib import Path

import pytest

from custom_components.oceanremote.common.boards import Board

from .esphome_runner import Outcome, run_esphome
from .shown_yaml import SECRETS, shown_yaml, with_examples

pytestmark = pytest.mark.sources

NAMES = ("Garden pump", 'Gärten "2" ${x} `y` \\ {{ no }}', "no", "水泵 #1: a")


def _validate(directory: Path, text: str) -> Outcome:
    (directory / "secrets.yaml").write_text(SECRETS)
    file = directory / "device.yaml"
    file.write_text(text)
    return run_esphome("config", file=file, data=directory / "data")


@pytest.mark.parametrize("examples", [False, True], ids=["as shown", "with examples"])
@pytest.mark.parametrize("board", Board)
def test_every_board_is_accepted_without_a_warning(
    board: Board, examples: bool, tmp_path: Path
) -> None:
    text = shown_yaml(board)
    outcome = _validate(tmp_path, with_examples(text) if examples else text)
    assert outcome.accepted, outcome.text
    assert outcome.warnings == []


@pytest.mark.parametrize("board", [Board.ESP32, Board.ESP8266, Board.RP2, Board.HOST])
def test_an_ipv6_address_is_accepted(board: Board, tmp_path: Path) -> None:
    outcome = _validate(tmp_path, shown_yaml(board, urls=("ws://[fd00::10]:8123",)))
    assert outcome.accepted, outcome.text
    assert outcome.warnings == []


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_accepted(name: str, tmp_path: Path) -> None:
    outcome = _validate(tmp_path, shown_yaml(Board.ESP8266, name))
    assert outcome.accepted, outcome.text


def test_an_esp8266_may_run_at_twice_its_speed(tmp_path: Path) -> None:
    head, line, rest = shown_yaml(Board.ESP8266).partition("  # platformio_options:\n")
    faster = line.replace("# ", "") + rest.replace(
        "  #   board_build", "    board_build"
    )
    outcome = _validate(tmp_path, head + faster)
    assert outcome.accepted, outcome.text
    assert "board_build.f_cpu: 160000000L" in outcome.text
