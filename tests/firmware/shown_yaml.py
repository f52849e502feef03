"""The YAML that Home Assistant shows for a new device, with the component of this tree."""

import os

from custom_components.oceanremote.common.boards import Board
from custom_components.oceanremote.flows.device_yaml import (
    DevicePasswords,
    DeviceYaml,
    node_name_for,
)
from lab.paths import ESPHOME_COMPONENTS

from .esphome_runner import HUB_KEY, TOKEN

SECRETS = "wifi_ssid: a\nwifi_password: abcdefgh\n"
_EXAMPLES = "# Two entities to begin with"


def shown_yaml(
    board: Board,
    name: str = "Garden pump",
    *,
    urls: tuple[str, ...] = ("ws://192.168.1.10:8123", "ws://home.example.com"),
    hub_key: str = HUB_KEY,
    token: str = TOKEN,
) -> str:
    """Return the text as it is shown; only the component's source is not a release."""
    return DeviceYaml(
        name=name,
        node_name=node_name_for(name),
        board=board,
        urls=urls,
        hub_key=hub_key,
        registration_token=token,
        passwords=DevicePasswords.generate(os.urandom),
        upload_port=26_300,
        source=str(ESPHOME_COMPONENTS),
    ).render()


def with_examples(text: str) -> str:
    """Return the text with its example entities switched on."""
    head, _, examples = text.partition(_EXAMPLES)
    lines = examples.splitlines()[1:]
    return head + "\n".join(line.removeprefix("#").removeprefix(" ") for line in lines)
