"""The YAML of a new device: complete, exact, and whole whatever the device is called."""

import base64
import dataclasses
import json
import os
from pathlib import Path
import re

from annotatedyaml import parse_yaml
from hypothesis import given, strategies as st
import pytest
import yaml

from custom_components.oceanremote.common.boards import Board
from custom_components.oceanremote.flows.device_yaml import (
    MAX_NODE_NAME_LENGTH,
    RELEASE_SOURCE,
    DevicePasswords,
    DeviceYaml,
    node_name_for,
)
from custom_components.oceanremote.protocol.keys import (
    RegistrationToken,
    hub_key_text,
    parse_hub_key,
)

ROOT = Path(__file__).parents[2]


class _Loader(yaml.SafeLoader):
    """Reads `!secret` as text."""


_Loader.add_constructor("!secret", lambda loader, node: f"secret {node.value}")


def make(board: Board = Board.ESP32, name: str = "Garden pump") -> DeviceYaml:
    """Return the configuration of a device."""
    return DeviceYaml(
        name=name,
        node_name=node_name_for(name),
        board=board,
        urls=["ws://192.168.1.10:8123", "ws://home.example.com:8123"],
        hub_key=hub_key_text(bytes(range(32))),
        registration_token=RegistrationToken(bytes(32)).text,
        passwords=DevicePasswords.generate(os.urandom),
        upload_port=26_301,
    )


def load(text: str) -> dict:
    """Read YAML as ESPHome would, `!secret` aside."""
    return yaml.load(text, Loader=_Loader)


def uncommented(text: str) -> str:
    """Return the YAML with its examples switched on."""
    head, _, examples = text.partition("# Two entities to begin with")
    lines = examples.splitlines()[1:]
    return head + "\n".join(line.removeprefix("#").removeprefix(" ") for line in lines)


@pytest.mark.parametrize("board", Board)
def test_every_board_dials_home_and_nothing_else_gets_in(board: Board) -> None:
    """Addresses in order, key, token; no native API, logger on, release pinned."""
    device = make(board)
    config = load(device.render())
    remote = config["oceanremote"]
    assert remote["urls"] == list(device.urls)
    assert parse_hub_key(remote["hub_key"]) == bytes(range(32))
    assert RegistrationToken.parse(remote["registration_token"]).secret == bytes(32)
    assert "api" not in config
    assert "logger" in config
    # Without a filter: the component brings its core along.
    assert config["external_components"] == [{"source": RELEASE_SOURCE}]
    assert config["esphome"] == {"name": "garden-pump", "friendly_name": "Garden pump"}


@pytest.mark.parametrize("board", [board for board in Board if board != Board.HOST])
def test_boards_have_wifi_and_a_guarded_way_back(board: Board) -> None:
    """Wi-Fi by `!secret`; a fallback network where it is of use."""
    device = make(board)
    config = load(device.render())
    network = {
        "ssid": "secret wifi_ssid",
        "password": "secret wifi_password",
        # ESPHome finds the device at the hub.
        "use_address": "127.0.0.1",
    }
    if board is not Board.RP2:
        fallback = device.passwords.fallback
        network["ap"] = {"ssid": "garden-pump", "password": fallback}
    assert config["wifi"] == network
    assert ("captive_portal" in config) == ("ap" in network)
    platform = "esp32" if board.startswith("esp32") else board.value
    assert config[platform]["board"]


@pytest.mark.parametrize("board", Board)
def test_every_board_is_updated_through_the_hub(board: Board) -> None:
    """At a port of its own, by a password of its own; the device listens nowhere."""
    device = make(board)
    password = device.passwords.ota_key
    assert load(device.render())["ota"] == [
        {"platform": "oceanremote", "port": 26_301, "password": password}
    ]


@pytest.mark.parametrize("board", set(Board) - {Board.HOST})
def test_ipv6_is_on_where_an_address_needs_it(board: Board) -> None:
    """Boards leave it out of their firmware otherwise."""
    device = make(board)
    assert "network" not in load(device.render())
    device = dataclasses.replace(device, urls=[*device.urls, "ws://[fd00::10]:8123"])
    assert load(device.render())["network"] == {"enable_ipv6": True}


def test_linux_program_needs_no_switch_for_ipv6() -> None:
    device = dataclasses.replace(make(Board.HOST), urls=["ws://[fd00::10]:8123"])
    assert "network" not in load(device.render())


def test_linux_program_has_an_address_of_its_own() -> None:
    """Self-assigned and individual; no Wi-Fi."""
    device = make(Board.HOST)
    config = load(device.render())
    assert re.fullmatch(r"02(:[0-9a-f]{2}){5}", config["host"]["mac_address"])
    assert "wifi" not in config


@pytest.mark.parametrize("board", Board)
def test_examples_are_valid_yaml_once_uncommented(board: Board) -> None:
    """A switch and a sensor, ready to be switched on."""
    config = load(uncommented(make(board).render()))
    assert len(config["switch"]) == 1
    assert len(config["sensor"]) == 1


def test_secrets_are_even_long_and_where_people_type_them_easily_typed() -> None:
    """20 characters without look-alikes; 32 bytes; both from the given source."""
    passwords = DevicePasswords.generate(os.urandom)
    assert re.fullmatch(r"[a-km-np-z2-9]{20}", passwords.fallback)
    biased = iter([b"\xff" * 40, b"\x00" * 40, bytes(range(32)), bytes(5)])
    again = DevicePasswords.generate(lambda size: next(biased))
    assert again.fallback == "a" * 20
    assert base64.b64decode(again.ota_key, validate=True) == bytes(range(32))
    assert again.fallback not in repr(again)
    assert again.ota_key not in repr(again)


def test_repr_shows_no_secret() -> None:
    """Neither token nor passwords are in the repr."""
    device = make()
    for secret in (device.registration_token, device.passwords.ota_key):
        assert secret not in repr(device)


def test_release_is_the_one_of_the_manifest() -> None:
    """The firmware is pinned to the version of the integration."""
    manifest = json.loads(
        (ROOT / "custom_components/oceanremote/manifest.json").read_text()
    )
    assert f"github://oceanremote/oceanremote@v{manifest['version']}" == RELEASE_SOURCE


@pytest.mark.parametrize(
    ("name", "node_name"),
    [
        ("Garden pump", "garden-pump"),
        ("Gärtchen 2", "gartchen-2"),
        ("***", "device"),
        ("unknown", "device"),
        ("x" * 40, "x" * 31),
        ("a" * 30 + " b", "a" * 30),
        ("水泵", "shui-beng"),
    ],
)
def test_node_name(name: str, node_name: str) -> None:
    """Letters, digits and dashes, never too long, never empty."""
    assert node_name_for(name) == node_name


@given(st.text(min_size=1, max_size=64))
def test_no_name_breaks_out(name: str) -> None:
    """Whatever the name, the structure is the same and no substitution is left."""
    text = make(name=name).render()
    config = load(text)
    assert set(config) == set(load(make().render()))
    assert set(config["esphome"]) == {"name", "friendly_name"}
    assert "$" not in text
    assert "```" not in text
    node_name = config["esphome"]["name"]
    assert re.fullmatch(r"[a-z0-9](-*[a-z0-9])*", node_name)
    assert len(node_name) <= MAX_NODE_NAME_LENGTH


@pytest.mark.parametrize("name", ["no", "null", "1e3", "0x10", "12:30", "~"])
def test_name_stays_a_text(name: str) -> None:
    """What YAML would read as another type is still a name."""
    config = load(make(name=name).render())
    assert config["esphome"] == {
        "name": node_name_for(name),
        "friendly_name": name,
    }


def test_home_assistant_reads_it_too() -> None:
    """The text is plain YAML for other readers."""
    assert parse_yaml(make(Board.HOST).render())
