"""The YAML that the dialog shows for a challenge device, as ESPHome reads it."""

from pathlib import Path
import random

import pytest

from custom_components.oceanremote.challenge.settings import ChallengeSettings
from custom_components.oceanremote.challenge.yaml import render_challenge_yaml
from custom_components.oceanremote.flows.device_yaml import RELEASE_SOURCE
from lab.paths import ESPHOME_COMPONENTS

from .esphome_runner import run_esphome

NASTY = "%d$x${}\\\"'#:-[]&*!|>@`,? \N{GRINNING FACE}\N{DOOR}äß中id(r)%s%%n"


@pytest.mark.parametrize("seed", [1, 2])
def test_the_shown_yaml_is_accepted_whatever_rows_are_called(
    seed: int, tmp_path: Path
) -> None:
    draw = random.Random(seed)
    names = ["".join(draw.choices(NASTY, k=draw.randint(1, 40))) for _ in range(63)]
    settings = ChallengeSettings.of(
        {
            "host": "h",
            "port": 6064,
            "mode": "strict",
            "hash": "sha256",
            "wake_length": 16,
            "challenge_length": 16,
            "protocol_id": '\N{DOOR} "of: # the\\ %d garage',
            "commands": [
                {"name": f"x{name}", "kind": "button", "byte": str(byte)}
                for byte, name in enumerate([*names, NASTY])
            ],
            "responses": [],
        }
    )
    text = render_challenge_yaml(settings, f"$ecret {NASTY[:30]}".encode())
    assert RELEASE_SOURCE in text
    file = tmp_path / "shown.yaml"
    file.write_text(
        "esphome:\n  name: shown\nhost:\nnetwork:\nlogger:\n"
        + text.replace(RELEASE_SOURCE, str(ESPHOME_COMPONENTS)),
        encoding="utf-8",
    )
    outcome = run_esphome("config", file=file, data=tmp_path)
    assert outcome.accepted, outcome.text
