"""The YAML that Home Assistant shows for a new device is accepted by ESPHome."""

import hashlib
from pathlib import Path
import re

import pytest

from custom_components.oceanremote.device_yaml import (
    RELEASE_SOURCE,
    Board,
    DevicePasswords,
    DeviceYaml,
)
from lab.paths import ESPHOME_COMPONENTS

from .esphome_runner import HUB_KEY, TOKEN, run_esphome

SECRETS = "wifi_ssid: network\nwifi_password: password-of-it\n"


def _bytes(count: int) -> bytes:
    return (hashlib.sha512(b"shown").digest() * count)[:count]


def _shown(board: Board) -> str:
    yaml = DeviceYaml(
        name='Pump "1" $x `y`: Größe',
        node_name="pump-1",
        board=board,
        urls=("ws://192.168.1.10:8123", "ws://home.example.com"),
        hub_key=HUB_KEY,
        registration_token=TOKEN,
        passwords=DevicePasswords.generate(_bytes),
    ).render()
    assert f"source: {RELEASE_SOURCE}\n" in yaml
    return yaml.replace(RELEASE_SOURCE, str(ESPHOME_COMPONENTS))


def _with_examples(yaml: str) -> str:
    """Take the leading # and the space away, as the YAML tells a person to."""
    head, _, examples = yaml.partition("# Two entities to begin with")
    assert examples
    return head + re.sub(r"(?m)^# ?", "", examples.partition("\n")[2])


@pytest.mark.parametrize("board", Board)
@pytest.mark.parametrize("with_examples", [False, True])
def test_the_shown_yaml_is_accepted(
    board: Board, with_examples: bool, tmp_path: Path
) -> None:
    yaml = _shown(board)
    (tmp_path / "secrets.yaml").write_text(SECRETS)
    file = tmp_path / "device.yaml"
    file.write_text(_with_examples(yaml) if with_examples else yaml)
    outcome = run_esphome("config", file=file, data=tmp_path / "data")
    assert outcome.accepted, outcome.text
