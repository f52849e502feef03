"""What the rest of a YAML must be like, so that a hub takes the device."""

from pathlib import Path

import pytest

from .around_component import ESP32, ESP8266, HOST, NETWORK, RP2, validate
from .each_domain import device_with
from .esphome_runner import run_esphome

pytestmark = pytest.mark.sources

PORTAL = "captive_portal:\nwifi:\n  ap:\n    password: test-password\n"
LOST_NETWORK = "the board forgets the network"


def _switches(count: int, *, internal: bool = False) -> str:
    one = "  - {{platform: template, name: Relay {}, optimistic: true, internal: {}}}\n"
    return "".join(one.format(number, internal) for number in range(count))


HUB_TAKES = "1025 entities are more than the 1024 that a hub takes of one device"
BOARD_HOLDS = (
    "257 entities are more than the 256 that OceanRemote has room for on an ESP8266"
)


@pytest.mark.parametrize(
    ("board", "most", "words"),
    [(HOST, 1024, HUB_TAKES), (ESP8266 + NETWORK, 256, BOARD_HOLDS)],
    ids=["host", "esp8266"],
)
def test_as_many_entities_as_are_taken_and_one_more(
    board: str, most: int, words: str, tmp_path: Path
) -> None:
    outcome = validate(tmp_path, board, "switch:\n", _switches(most))
    assert outcome.accepted, outcome.text
    more = "button:\n  - {platform: restart, name: Restart}\n"
    outcome = validate(tmp_path, board, "switch:\n", _switches(most), more)
    assert not outcome.accepted
    assert words in outcome.words


@pytest.mark.parametrize(
    ("board", "most"), [(HOST, 1024), (ESP8266 + NETWORK, 256)], ids=["host", "esp8266"]
)
def test_actions_count_as_entities_do(board: str, most: int, tmp_path: Path) -> None:
    action = "packages:\n  a:\n    oceanremote: {actions: [{action: beep, then: []}]}\n"
    outcome = validate(tmp_path, board, action, "switch:\n", _switches(most - 1))
    assert outcome.accepted, outcome.text
    outcome = validate(tmp_path, board, action, "switch:\n", _switches(most))
    assert not outcome.accepted
    assert f"{most} entities and 1 actions are more than the {most} " in outcome.words


def test_more_sub_devices_than_a_hub_takes_are_refused(tmp_path: Path) -> None:
    parts = "".join(f"    - {{id: p{n}, name: Part {n}}}\n" for n in range(65))
    text = device_with().replace("name: device\n", f"name: device\n  devices:\n{parts}")
    file = tmp_path / "device.yaml"
    file.write_text(text)
    outcome = run_esphome("config", file=file, data=tmp_path)
    assert not outcome.accepted
    assert "65 sub-devices are more than the 64 that a hub takes" in outcome.words


def test_internal_entities_do_not_count(tmp_path: Path) -> None:
    outcome = validate(tmp_path, HOST, "switch:\n", _switches(1025, internal=True))
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
