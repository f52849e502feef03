"""The YAML of a challenge device: what is accepted, what is refused with which words."""

from pathlib import Path

import pytest

from .esphome_host import CONFIGS, Outcome, esphome

BOARDS = ("esp32-idf", "esp32-arduino", "esp32-c3", "esp8266", "rp2", "host")
COMPONENTS = CONFIGS.parents[2] / "esphome" / "components"
GOOD = {
    "secret": "a secret of many bytes",
    "device_id": "garage",
    "commands": "[{command: 0x4F, response: 1, then: []}]",
}
CLASSIC = {"mode": "classic", "device_id": None}


def config_of(options: dict[str, str | None], folder: Path, *more: str) -> Outcome:
    """Validate one device with `options` over the good ones; None leaves one out."""
    merged = {**GOOD, **options}
    device = [f"    {name}: {value}" for name, value in merged.items() if value]
    file = folder / "device.yaml"
    file.write_text(
        "esphome:\n  name: test\nhost:\nnetwork:\n"
        f"external_components:\n  - source: {COMPONENTS}\n"
        "    components: [oceanremote_challenge]\n"
        "oceanremote_challenge:\n  - id: one\n" + "\n".join([*device, *more, ""])
    )
    return esphome("config", file=file, data=folder)


@pytest.mark.parametrize("board", BOARDS)
def test_every_board_accepts_it(board: str, tmp_path: Path) -> None:
    outcome = esphome("config", file=CONFIGS / f"{board}.yaml", data=tmp_path)
    assert outcome.accepted, outcome.text


@pytest.mark.parametrize(
    "board", [board for board in BOARDS if board not in ("esp32-arduino", "host")]
)
def test_code_is_generated_for_boards(board: str, tmp_path: Path) -> None:
    """Arduino on an ESP32 asks a library registry here; the host is compiled."""
    file = CONFIGS / f"{board}.yaml"
    outcome = esphome("compile", "--only-generate", file=file, data=tmp_path)
    assert outcome.accepted, outcome.text
    source = tmp_path / "build" / "challenge-bench" / "src"
    assert "ChallengeServer<challenge::Sha256, 4>" in (
        (source / "main.cpp").read_text()
    )
    assert (source / "challenge" / "connection.h").is_file()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"secret": "fifteen bytes.."}, "at least 16 bytes"),
        ({"secret": "x" * 65}, "has 65 bytes"),
        ({"secret": "hex:123"}, "pairs of hex digits"),
        ({"device_id": None}, "needs a device_id"),
        ({"device_id": "x" * 33}, "needs a device_id"),
        ({"wake_length": "1"}, "leave wake_length out"),
        ({"challenge_length": "15"}, "at least 16 bytes"),
        ({"challenge_length": "65"}, "at most 64"),
        ({"mode": "classic"}, "classic mode has no device_id"),
        ({"mode": "relaxed"}, "Unknown value 'relaxed'"),
        ({"hash": "md5"}, "Unknown value 'md5'"),
        ({"commands": "[]"}, "length of value must be at least 1"),
        ({"commands": "[{command: 256, then: []}]"}, "value must be at most 255"),
        (
            {"commands": "[{command: 'O', then: []}, {command: 0x4F, then: []}]"},
            "0x4F stands for two commands",
        ),
        (
            {
                "commands": "[{command: 1, response: 1, then: []}, {command: 2, then: []}]"
            },
            "give every command a response, or none",
        ),
    ],
)
def test_what_the_protocol_does_not_allow_is_refused(
    options: dict[str, str | None], words: str, tmp_path: Path
) -> None:
    outcome = config_of(options, tmp_path)
    assert not outcome.accepted
    assert words in " ".join(outcome.text.split())


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"secret": "hex:000102030405060708090a0b0c0d0e0f"},
        {"challenge_length": "64", "hash": "sha512"},
        {**CLASSIC, "wake_length": "0", "challenge_length": "1", "hash": "sha1"},
    ],
)
def test_what_the_protocol_allows_is_accepted(
    options: dict[str, str | None], tmp_path: Path
) -> None:
    outcome = config_of(options, tmp_path)
    assert outcome.accepted, outcome.text


def test_a_short_secret_is_warned_about_in_classic_mode(tmp_path: Path) -> None:
    outcome = config_of({**CLASSIC, "secret": "short"}, tmp_path)
    assert outcome.accepted, outcome.text
    assert "shorter than 16 bytes" in outcome.text


@pytest.mark.parametrize(
    ("second", "words"),
    [
        ("    port: 6064\n    secret: quite another secret", "have this port"),
        ("    port: 6065\n    secret: a secret of many bytes", "have this secret"),
    ],
)
def test_two_devices_share_neither_port_nor_secret(
    second: str, words: str, tmp_path: Path
) -> None:
    commands = f"    commands: {GOOD['commands']}"
    more = ("  - id: two", "    device_id: cellar", second, commands)
    outcome = config_of({}, tmp_path, *more)
    assert not outcome.accepted
    assert words in " ".join(outcome.text.split())


def test_the_secret_is_hidden_on_screen(tmp_path: Path) -> None:
    outcome = config_of({}, tmp_path)
    assert "secret: \\033[8ma secret of many bytes" in outcome.text
