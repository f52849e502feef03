"""The tables that a person writes, byte by byte."""

from dataclasses import replace
from typing import Any

import pytest
import yaml

from custom_components.oceanremote.challenge.settings import (
    Action,
    ChallengeSettings,
    CommandKind,
    Meaning,
    TableError,
    read_byte,
    read_commands,
    read_responses,
    read_secret,
)
from custom_components.oceanremote.challenge.yaml import render_challenge_yaml

from .challenge_support import (
    BELL,
    CLASSIC,
    COMMANDS,
    DOOR,
    GATE,
    LIGHT,
    RESPONSES,
    STRICT,
    data_of,
)


@pytest.mark.parametrize(
    ("text", "byte"),
    [("0x4F", 79), ("79", 79), ("'O'", 79), (" 0 ", 0), ("255", 255), (7, 7)],
)
def test_a_byte_is_written_in_three_ways(text: str | int, byte: int) -> None:
    assert read_byte(text) == byte


@pytest.mark.parametrize("text", ["", "O", "256", "-1", "0x100", "''", "'é'", "1.5"])
def test_anything_else_is_no_byte(text: str) -> None:
    with pytest.raises(TableError, match="byte_invalid"):
        read_byte(text)


def test_rows_become_actions() -> None:
    rows = read_commands(COMMANDS)
    assert [row.kind for row in rows] == [
        CommandKind.SWITCH,
        CommandKind.BUTTON,
        CommandKind.COVER,
        CommandKind.LOCK,
    ]
    assert dict(rows[2].bytes) == {Action.OPEN: 1, Action.CLOSE: 2, Action.STOP: 3}
    assert [row.key for row in rows] == [
        "switch-4f",
        "button-42",
        "cover-01",
        "lock-04",
    ]


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([], "commands_empty"),
        ([{**LIGHT, "second_byte": ""}], "byte_missing"),
        ([{**BELL, "second_byte": "7"}], "byte_too_many"),
        ([{**GATE, "third_byte": "7"}], "byte_too_many"),
        ([LIGHT, {**BELL, "byte": "'O'"}], "command_twice"),
        ([{**LIGHT, "second_byte": "0x4F"}], "command_twice"),
        ([{**BELL, "name": " "}], "row_name_length"),
        ([{**BELL, "name": "x" * 65}], "row_name_length"),
        ([{**BELL, "byte": str(byte)} for byte in range(65)], "table_too_large"),
    ],
)
def test_a_command_table_that_cannot_be_is_refused(
    rows: list[dict[str, str]], problem: str
) -> None:
    with pytest.raises(TableError, match=problem):
        read_commands(rows)


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([RESPONSES[0], RESPONSES[0]], "response_twice"),
        ([{**RESPONSES[0], "byte": "x"}], "byte_invalid"),
        (
            [{**RESPONSES[0], "byte": str(byte)} for byte in range(65)],
            "table_too_large",
        ),
    ],
)
def test_a_response_table_that_cannot_be_is_refused(
    rows: list[dict[str, str]], problem: str
) -> None:
    with pytest.raises(TableError, match=problem):
        read_responses(rows)


def test_a_cover_need_not_stop() -> None:
    (row,) = read_commands([{**DOOR, "third_byte": ""}])
    assert Action.STOP not in row.bytes


def test_the_actions_that_have_no_response_are_known() -> None:
    states = ChallengeSettings.of(data_of(STRICT, 1, responses=RESPONSES[2:]))
    assert [(row.name, action) for row, action in states.without_response] == [
        ("Bell", Action.PRESS),
        ("Door", Action.STOP),
    ]
    assert not ChallengeSettings.of(data_of(STRICT, 1)).without_response
    assert not ChallengeSettings.of(data_of(STRICT, 1, responses=[])).without_response


def test_only_classic_tables_that_overlap_can_be_forged() -> None:
    overlap = [{"name": "Echo", "byte": "0x4F", "meaning": Meaning.DONE.value}]
    assert ChallengeSettings.of(data_of(CLASSIC, 1, responses=overlap)).forgeable
    assert not ChallengeSettings.of(data_of(CLASSIC, 1)).forgeable
    assert not ChallengeSettings.of(data_of(STRICT, 1, responses=overlap)).forgeable


def _rendered(secret: bytes | None, **options: Any) -> dict[str, Any]:
    settings = ChallengeSettings.of(data_of(**options))
    text = render_challenge_yaml(settings, secret)
    loader = type("Loader", (yaml.SafeLoader,), {})
    loader.add_constructor("!secret", lambda _, node: f"secret {node.value}")
    loaded: dict[str, Any] = yaml.load(text, Loader=loader)
    return loaded["oceanremote_challenge"]


def test_the_yaml_carries_every_parameter() -> None:
    device = _rendered(b"a secret of many bytes", profile=STRICT, port=6064)
    assert device["secret"] == "a secret of many bytes"
    assert (device["mode"], device["device_id"]) == ("strict", "garage")
    assert [command["command"] for command in device["commands"]] == [
        *(0x4F, 0x43, 0x42),
        *(1, 2, 3, 4, 5),
    ]
    assert {command["response"] for command in device["commands"]} == {0x81}


def test_the_yaml_of_a_classic_device_without_responses() -> None:
    device = _rendered(None, profile=CLASSIC, port=7, responses=[])
    assert device["secret"] == "secret challenge_secret"
    assert (device["wake_length"], device["challenge_length"]) == (1, 8)
    assert "device_id" not in device
    assert not any("response" in command for command in device["commands"])


@pytest.mark.parametrize(
    "secret", [b"\xff" * 16, b"16 bytes $" + b"{x} ..", b"tab\tin"]
)
def test_a_secret_that_is_no_plain_text_is_written_in_hex(secret: bytes) -> None:
    text = _rendered(secret, profile=STRICT, port=1)["secret"]
    assert text == f"hex:{secret.hex()}"
    assert read_secret(text) == secret


@pytest.mark.parametrize(
    ("name", "logged"),
    [
        ("Lamp \N{GRINNING FACE}", "Lamp : press"),
        ("100%d", "100d: press"),
        ("$price ${x}", "price x: press"),
        ("id(relay)", "idrelay: press"),
        ('"quoted\\', "quoted: press"),
        ("Türöffner, 2. Stock", "Türöffner, 2. Stock: press"),
    ],
)
def test_a_name_cannot_break_the_yaml(name: str, logged: str) -> None:
    device = _rendered(None, profile=STRICT, port=1, commands=[{**BELL, "name": name}])
    assert device["commands"][0]["then"] == [{"logger.log": logged}]


def test_characters_beyond_the_first_plane_stay_what_they_are() -> None:
    profile = replace(STRICT, device_id="\N{DOOR}".encode())
    device = _rendered("16 bytes or more \N{KEY}".encode(), profile=profile, port=1)
    assert device["device_id"] == "\N{DOOR}"
    assert device["secret"] == "16 bytes or more \N{KEY}"


@pytest.mark.parametrize("response", RESPONSES[1:])
def test_no_command_borrows_another_ones_response(response: dict[str, str]) -> None:
    device = _rendered(None, profile=STRICT, port=1, responses=[response])
    answers = {row["command"]: row.get("response") for row in device["commands"]}
    byte = int(response["byte"], 16)
    own = {0x82: [], 0x83: [0x4F, 1, 4], 0x84: [0x43, 2, 5]}[byte]
    assert [command for command, answer in answers.items() if answer] == own
    assert {answers[command] for command in own} <= {byte}


def test_the_yaml_answers_with_the_state_that_a_command_leads_to() -> None:
    device = _rendered(None, profile=STRICT, port=1, responses=RESPONSES[2:])
    answers = {row["command"]: row.get("response") for row in device["commands"]}
    assert (answers[0x4F], answers[0x43]) == (0x83, 0x84)
    assert (answers[4], answers[5]) == (0x83, 0x84)
