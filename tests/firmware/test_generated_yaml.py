"""What Home Assistant shows for a new device is accepted by ESPHome as it stands."""

import os
from pathlib import Path

import pytest

from custom_components.oceanremote.flows.device_yaml import (
    Board,
    DevicePasswords,
    DeviceYaml,
    node_name_for,
)
from lab.paths import REPO

from .esphome_runner import HUB_KEY, TOKEN, Outcome, run_esphome

NAMES = ("Garden pump", 'Gärten "2" ${x} `y` \\ {{ no }}', "no", "水泵 #1: a")


def configure(directory: Path, board: Board, name: str, *, examples: bool) -> Outcome:
    """Validate a device's YAML, with the component of this tree."""
    text = DeviceYaml(
        name=name,
        node_name=node_name_for(name),
        board=board,
        urls=["ws://192.168.1.10:8123", "ws://home.example.com"],
        hub_key=HUB_KEY,
        registration_token=TOKEN,
        passwords=DevicePasswords.generate(os.urandom),
        source=str(REPO / "esphome" / "components"),
    ).render()
    if examples:
        head, _, commented = text.partition("# Two entities to begin with")
        lines = commented.splitlines()[1:]
        text = head + "\n".join(
            line.removeprefix("#").removeprefix(" ") for line in lines
        )
    (directory / "secrets.yaml").write_text("wifi_ssid: a\nwifi_password: abcdefgh\n")
    file = directory / "device.yaml"
    file.write_text(text)
    return run_esphome("config", file=file, data=directory / "data")


@pytest.mark.parametrize("examples", [False, True], ids=["as shown", "with examples"])
@pytest.mark.parametrize("board", Board)
def test_every_board_is_accepted_without_a_warning(
    board: Board, examples: bool, tmp_path: Path
) -> None:
    outcome = configure(tmp_path, board, "Garden pump", examples=examples)
    assert outcome.accepted, outcome.text
    assert outcome.warnings == []


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_accepted(name: str, tmp_path: Path) -> None:
    outcome = configure(tmp_path, Board.ESP8266, name, examples=False)
    assert outcome.accepted, outcome.text
