"""What the rest of a YAML must be like, so that a hub takes the device."""

from pathlib import Path

import pytest

from lab.paths import REPO

from .esphome_runner import HUB_KEY, TOKEN, Outcome, run_esphome

HOST = 'host:\n  mac_address: "02:0C:EA:00:00:12"\n'
ESP8266 = "esp8266:\n  board: d1_mini\n"
RP2 = "rp2:\n  board: rpipicow\n"
PORTAL = "captive_portal:\nwifi:\n  ap:\n    password: test-password\n"
NETWORK = "wifi:\n  ssid: test\n  password: test-password\n"
LOST_NETWORK = "the board forgets the network"


def _check(folder: Path, *parts: str) -> Outcome:
    file = folder / "device.yaml"
    file.write_text(
        "".join(parts)
        + f"""
esphome:
  name: device
external_components:
  - source: {REPO / "esphome" / "components"}
oceanremote:
  urls: ws://192.168.1.10:8123
  hub_key: {HUB_KEY}
  registration_token: {TOKEN}
"""
    )
    outcome = run_esphome("config", file=file, data=folder)
    return Outcome(outcome.accepted, " ".join(outcome.text.split()))


def _switches(count: int, *, internal: bool = False) -> str:
    one = "  - {{platform: template, name: Relay {}, optimistic: true, internal: {}}}\n"
    return "".join(one.format(number, internal) for number in range(count))


def test_as_many_entities_as_a_hub_takes_are_accepted(tmp_path: Path) -> None:
    outcome = _check(tmp_path, HOST, "switch:\n", _switches(512))
    assert outcome.accepted, outcome.text


def test_one_entity_more_is_refused(tmp_path: Path) -> None:
    outcome = _check(
        tmp_path,
        HOST,
        "switch:\n",
        _switches(512),
        "button:\n  - {platform: restart, name: Restart}\n",
    )
    assert not outcome.accepted
    assert "513 entities are more than the 512 that a hub takes" in outcome.text


def test_internal_entities_do_not_count(tmp_path: Path) -> None:
    outcome = _check(tmp_path, HOST, "switch:\n", _switches(513, internal=True))
    assert outcome.accepted, outcome.text


def _sensor(decimals: int, *, internal: bool = False) -> str:
    return (
        "sensor:\n  - platform: template\n    name: Level\n"
        f"    accuracy_decimals: {decimals}\n    internal: {internal}\n"
    )


@pytest.mark.parametrize("decimals", [-32, 32])
def test_decimals_that_a_hub_takes_are_accepted(decimals: int, tmp_path: Path) -> None:
    outcome = _check(tmp_path, HOST, _sensor(decimals))
    assert outcome.accepted, outcome.text


@pytest.mark.parametrize("decimals", [-33, 33])
def test_other_decimals_are_refused(decimals: int, tmp_path: Path) -> None:
    outcome = _check(tmp_path, HOST, _sensor(decimals))
    assert not outcome.accepted
    assert f"'accuracy_decimals: {decimals}' of 'Level'" in outcome.text


def test_decimals_that_no_hub_sees_are_accepted(tmp_path: Path) -> None:
    outcome = _check(tmp_path, HOST, _sensor(33, internal=True))
    assert outcome.accepted, outcome.text


def test_decimals_of_a_sensor_within_a_sensor_are_found(tmp_path: Path) -> None:
    outcome = _check(
        tmp_path,
        HOST,
        "sensor:\n  - platform: oceanremote\n    session_age:\n      name: Age\n"
        "      accuracy_decimals: 40\n",
    )
    assert not outcome.accepted
    assert "'accuracy_decimals: 40' of 'Age'" in outcome.text


@pytest.mark.parametrize("board", [ESP8266, RP2], ids=["esp8266", "rp2"])
def test_a_network_that_only_the_flash_knows_is_warned_of(
    board: str, tmp_path: Path
) -> None:
    outcome = _check(tmp_path, board, PORTAL)
    assert outcome.accepted, outcome.text
    assert LOST_NETWORK in outcome.text


@pytest.mark.parametrize(
    "parts", [(ESP8266, NETWORK), ("esp32:\n  variant: esp32\n", PORTAL), (HOST,)]
)
def test_a_network_that_stays_is_not_warned_of(
    parts: tuple[str, ...], tmp_path: Path
) -> None:
    outcome = _check(tmp_path, *parts)
    assert outcome.accepted, outcome.text
    assert LOST_NETWORK not in outcome.text
