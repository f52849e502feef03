"""The YAML that the dialog shows for a challenge device, as ESPHome reads it."""

from pathlib import Path
import random

import pytest

from custom_components.oceanremote.challenge.arduino import render_arduino_constants
from custom_components.oceanremote.challenge.settings import ChallengeSettings
from custom_components.oceanremote.challenge.yaml import render_challenge_yaml
from custom_components.oceanremote.flows.device_yaml import RELEASE_SOURCE
from lab.paths import ESPHOME_COMPONENTS
from tests.challenge.avr_chip import COMPILER, SOURCES
from tests.challenge.builds import LIBRARY, run

from .esphome_runner import run_esphome

pytestmark = pytest.mark.sources

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


GATE = {
    "name": "Gate \N{DOOR}",
    "kind": "lock",
    "byte": "'L'",
    "second_byte": "'U'",
}
STATES = [
    {"name": "Locked", "byte": "1", "meaning": "state_on"},
    {"name": "Unlocked", "byte": "2", "meaning": "state_off"},
]
DOOR = {"name": NASTY, "kind": "cover", "byte": "1", "second_byte": "2"}
MOVES = [
    {"name": "Opening", "byte": "3", "meaning": "opening"},
    {"name": "Closing", "byte": "4", "meaning": "closing"},
]
BASE = {
    "host": "h",
    "port": 6064,
    "mode": "strict",
    "hash": "sha256",
    "wake_length": 16,
    "challenge_length": 16,
    "protocol_id": "gate",
    "commands": [GATE],
    "responses": STATES,
}
SHOWN = {
    "a lock with a status": BASE | {"status_byte": "'?'", "response_time": 20},
    "a cover that moves": BASE | {"commands": [DOOR], "responses": MOVES},
    "classic, no responses": BASE
    | {
        "mode": "classic",
        "hash": "sha1",
        "wake_length": 1,
        "challenge_length": 64,
        "responses": [],
    },
}
SECRETS = (b"a secret of many bytes", bytes(range(200, 232)), b'quo"te \\ ??/ 16 bytes')


@pytest.fixture(scope="session")
def shown_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return one folder for all: what they share is compiled once."""
    return tmp_path_factory.mktemp("shown")


@pytest.mark.xdist_group("shown challenge")
@pytest.mark.parametrize("name", SHOWN)
def test_the_shown_yaml_compiles(name: str, shown_build: Path) -> None:
    settings = ChallengeSettings.of(SHOWN[name])
    text = render_challenge_yaml(settings, SECRETS[0])
    file = shown_build / "shown.yaml"
    file.write_text(
        "esphome:\n  name: shown\nhost:\nnetwork:\nlogger:\n"
        + text.replace(RELEASE_SOURCE, str(ESPHOME_COMPONENTS)),
        encoding="utf-8",
    )
    outcome = run_esphome("compile", file=file, data=shown_build)
    assert outcome.accepted, outcome.text


@pytest.mark.parametrize("secret", [*SECRETS, None])
@pytest.mark.parametrize("name", SHOWN)
def test_the_shown_block_of_the_sketch_compiles_for_the_chip(
    name: str, secret: bytes | None, tmp_path: Path
) -> None:
    sketch = LIBRARY.parent / "examples/EthernetRelay/EthernetRelay.ino"
    before, _, rest = sketch.read_text().partition("// begin: constants")
    _, _, after = rest.partition("// end: constants\n")
    block = render_arduino_constants(ChallengeSettings.of(SHOWN[name]), secret)
    shown = tmp_path / "shown.cpp"
    shown.write_text(before + block + after, encoding="utf-8")
    includes = (f"-I{SOURCES / 'arduino'}", "-include", "Arduino.h")
    run(*COMPILER, *includes, "-c", shown, "-o", tmp_path / "shown.o")
