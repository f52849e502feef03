"""What the rest of a YAML must be like, so that a hub takes the device."""

from pathlib import Path

import pytest

from .around_component import ESP32, ESP8266, HOST, NETWORK, RP2, validate

PORTAL = "captive_portal:\nwifi:\n  ap:\n    password: test-password\n"
LOST_NETWORK = "the board forgets the network"


def _switches(count: int, *, internal: bool = False) -> str:
    one = "  - {{platform: template, name: Relay {}, optimistic: true, internal: {}}}\n"
    return "".join(one.format(number, internal) for number in range(count))


def test_as_many_entities_as_a_hub_takes_are_accepted(tmp_path: Path) -> None:
    outcome = validate(tmp_path, HOST, "switch:\n", _switches(512))
    assert outcome.accepted, outcome.text


def test_one_entity_more_is_refused(tmp_path: Path) -> None:
    outcome = validate(
        tmp_path,
        HOST,
        "switch:\n",
        _switches(512),
        "button:\n  - {platform: restart, name: Restart}\n",
    )
    assert not outcome.accepted
    assert "513 entities are more than the 512 that a hub takes" in outcome.words


def test_internal_entities_do_not_count(tmp_path: Path) -> None:
    outcome = validate(tmp_path, HOST, "switch:\n", _switches(513, internal=True))
    assert outcome.accepted, outcome.text


def _sensor(decimals: int, *, internal: bool = False) -> str:
    return (
        "sensor:\n  - platform: template\n    name: Level\n"
        f"    accuracy_decimals: {decimals}\n    internal: {internal}\n"
    )


@pytest.mark.parametrize("decimals", [-32, 32])
def test_decimals_that_a_hub_takes_are_accepted(decimals: int, tmp_path: Path) -> None:
    outcome = validate(tmp_path, HOST, _sensor(decimals))
    assert outcome.accepted, outcome.text


@pytest.mark.parametrize("decimals", [-33, 33])
def test_other_decimals_are_refused(decimals: int, tmp_path: Path) -> None:
    outcome = validate(tmp_path, HOST, _sensor(decimals))
    assert not outcome.accepted
    assert f"'accuracy_decimals: {decimals}' of sensor 'Level'" in outcome.words


def test_decimals_that_no_hub_sees_are_accepted(tmp_path: Path) -> None:
    outcome = validate(tmp_path, HOST, _sensor(33, internal=True))
    assert outcome.accepted, outcome.text


def test_decimals_of_a_sensor_within_a_sensor_are_found(tmp_path: Path) -> None:
    outcome = validate(
        tmp_path,
        HOST,
        "sensor:\n  - platform: oceanremote\n    session_age:\n      name: Age\n"
        "      accuracy_decimals: 40\n",
    )
    assert not outcome.accepted
    assert "'accuracy_decimals: 40' of sensor 'Age'" in outcome.words


@pytest.mark.parametrize("board", [ESP8266, RP2], ids=["esp8266", "rp2"])
def test_a_network_that_only_the_flash_knows_is_warned_of(
    board: str, tmp_path: Path
) -> None:
    outcome = validate(tmp_path, board, PORTAL)
    assert outcome.accepted, outcome.text
    assert LOST_NETWORK in outcome.words


@pytest.mark.parametrize("parts", [(ESP8266, NETWORK), (ESP32, PORTAL), (HOST,)])
def test_a_network_that_stays_is_not_warned_of(
    parts: tuple[str, ...], tmp_path: Path
) -> None:
    outcome = validate(tmp_path, *parts)
    assert outcome.accepted, outcome.text
    assert LOST_NETWORK not in outcome.words
