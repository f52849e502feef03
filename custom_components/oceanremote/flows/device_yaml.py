"""The complete ESPHome configuration of a new device. Pure: values in, text out.

Whatever a person calls a device, the text stays valid YAML, carries the name as
data, and never as a substitution of ESPHome's.
"""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
import json
from typing import Final

from homeassistant.util import slugify

from ..common.boards import Board

MAX_NAME_LENGTH: Final = 64
# ESPHome's own limit; the name is a host name, and the fallback network's name.
MAX_NODE_NAME_LENGTH: Final = 31
RELEASE_SOURCE: Final = "github://oceanremote/oceanremote@v0.1.0"

# No letters or digits that look alike: people copy these from a screen.
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_PASSWORD_LENGTH: Final = 20
# 32 bytes in base64.
_OTA_KEY_LENGTH: Final = 32


_PLATFORM: Final = {
    Board.ESP32: "esp32:\n  board: esp32dev\n  framework:\n    type: esp-idf\n",
    Board.ESP32_C3: (
        "esp32:\n  variant: esp32c3\n  board: esp32-c3-devkitm-1\n"
        "  framework:\n    type: esp-idf\n"
    ),
    Board.ESP32_S3: (
        "esp32:\n  variant: esp32s3\n  board: esp32-s3-devkitc-1\n"
        "  framework:\n    type: esp-idf\n"
    ),
    Board.ESP8266: "esp8266:\n  board: d1_mini\n",
    Board.RP2: "rp2:\n  board: rpipicow\n",
}
_EXAMPLE_PIN: Final = {
    Board.ESP32: "GPIO16",
    Board.ESP32_C3: "GPIO6",
    Board.ESP32_S3: "GPIO16",
    Board.ESP8266: "GPIO5",
    Board.RP2: "GPIO16",
}
# The hub's own machine, where ESPHome's dashboard runs beside it.
_UPLOAD_ADDRESS: Final = "127.0.0.1"
# Its cryptography is the slowest of all boards'.
_FASTER: Final = """\
  # Twice as fast, for a little more power: take away the leading # and the space.
  # platformio_options:
  #   board_build.f_cpu: 160000000L
"""
_IPV6: Final = (
    "# The address in square brackets needs IPv6, which is off otherwise.\n"
    "network:\n  enable_ipv6: true\n"
)
# An access point is of use only with a page on it, which RP2 has none of.
_WITH_CAPTIVE_PORTAL: Final = frozenset(
    {Board.ESP32, Board.ESP32_C3, Board.ESP32_S3, Board.ESP8266}
)


@dataclass(frozen=True, slots=True)
class DevicePasswords:
    """What is generated once for a device, so that its YAML can be shown again.

    `ota_key` keeps everybody but its owner from uploading firmware for the device;
    `host_mac` is the self-assigned address of a Linux program, `02:…`.
    """

    fallback: str = field(repr=False)
    ota_key: str = field(repr=False)
    host_mac: str

    @classmethod
    def generate(cls, random: Callable[[int], bytes]) -> DevicePasswords:
        """Return new ones; 20 characters of 31 are 99 bits."""
        return cls(
            fallback=_password(random),
            ota_key=base64.b64encode(random(_OTA_KEY_LENGTH)).decode(),
            host_mac=":".join(f"{byte:02x}" for byte in b"\x02" + random(5)),
        )


@dataclass(frozen=True, slots=True)
class DeviceYaml:
    """Everything that the configuration of one device is made of."""

    name: str
    node_name: str
    board: Board
    urls: Sequence[str]
    hub_key: str
    registration_token: str = field(repr=False)
    passwords: DevicePasswords
    # Where the hub takes firmware for the device.
    upload_port: int
    source: str = RELEASE_SOURCE

    def render(self) -> str:
        """Return the YAML text, ending in a line break."""
        parts = [
            _esphome(self),
            _platform(self),
            "logger:\n",
            *(_network(self) if self.board is not Board.HOST else ()),
            _updates(self),
            _component(self),
            _examples(self.board),
        ]
        return "\n".join(parts)


def node_name_for(name: str) -> str:
    """Return the ESPHome name for what a person calls a device; never empty."""
    slug = slugify(name, separator="-")[:MAX_NODE_NAME_LENGTH].strip("-")
    return slug if slug not in ("", "unknown") else "device"


def _password(random: Callable[[int], bytes]) -> str:
    """Draw characters evenly: a byte past the last whole multiple is thrown away."""
    limit = 256 - 256 % len(_ALPHABET)
    drawn = ""
    while len(drawn) < _PASSWORD_LENGTH:
        drawn += "".join(
            _ALPHABET[byte % len(_ALPHABET)]
            for byte in random(2 * _PASSWORD_LENGTH)
            if byte < limit
        )
    return drawn[:_PASSWORD_LENGTH]


def _quoted(text: str) -> str:
    """Return a double-quoted YAML scalar that is safe in a Markdown code block.

    ESPHome would take `$` for a substitution wherever it stands, so it goes, and
    with it what YAML does not allow in a text.
    """
    kept = "".join(
        character if character.isprintable() and character != "$" else " "
        for character in text
    )
    quoted = json.dumps(" ".join(kept.split()), ensure_ascii=False)
    return quoted.replace("`", "\\u0060")


def _esphome(device: DeviceYaml) -> str:
    return (
        "esphome:\n"
        f"  name: {_quoted(device.node_name)}\n"
        f"  friendly_name: {_quoted(device.name)}\n"
        + (_FASTER if device.board is Board.ESP8266 else "")
    )


def _platform(device: DeviceYaml) -> str:
    if device.board is Board.HOST:
        return (
            "# Every program on a Linux machine needs an address of its own.\n"
            f'host:\n  mac_address: "{device.passwords.host_mac}"\n'
        )
    return "# Put the name of your own board here.\n" + _PLATFORM[device.board]


def _network(device: DeviceYaml) -> tuple[str, ...]:
    """Return Wi-Fi, with a fallback where the board has one."""
    wifi = (
        "wifi:\n  ssid: !secret wifi_ssid\n  password: !secret wifi_password\n"
        "  # Where ESPHome finds the device to update it: at the hub, see below.\n"
        f"  use_address: {_UPLOAD_ADDRESS}\n"
    )
    parts = (_IPV6, wifi) if _dials_ipv6(device.urls) else (wifi,)
    if device.board not in _WITH_CAPTIVE_PORTAL:
        return parts
    fallback = (
        "  # Opened by the device only while it cannot reach your Wi-Fi.\n"
        "  ap:\n"
        f"    ssid: {_quoted(device.node_name)}\n"
        f"    password: {_quoted(device.passwords.fallback)}\n"
    )
    return *parts[:-1], wifi + fallback, "captive_portal:\n"


def _updates(device: DeviceYaml) -> str:
    """Return the updates over the session, and where `esphome upload` brings them."""
    return (
        "# Updates over the session, wherever the device is. In ESPHome Device Builder:\n"
        "# Install, Advanced options, Device IP or hostname 127.0.0.1. There the hub\n"
        "# takes them, at this port; the device itself listens nowhere.\n"
        "ota:\n"
        "  - platform: oceanremote\n"
        f"    port: {device.upload_port}\n"
        f"    password: {_quoted(device.passwords.ota_key)}\n"
    )


def _dials_ipv6(urls: Sequence[str]) -> bool:
    """Return whether one of the addresses is an IPv6 address, and no name."""
    return any("://[" in url for url in urls)


def _component(device: DeviceYaml) -> str:
    urls = "".join(f"    - {_quoted(url)}\n" for url in device.urls)
    return (
        "external_components:\n"
        f"  - source: {device.source}\n"
        "\n"
        "oceanremote:\n"
        "  # Tried in this order.\n"
        f"  urls:\n{urls}"
        f"  hub_key: {device.hub_key}\n"
        "  # Works once, within 24 hours. It may stay here afterwards.\n"
        f"  registration_token: {device.registration_token}\n"
    )


def _examples(board: Board) -> str:
    """Return two entities to begin with, commented out."""
    lines = ["Two entities to begin with: take away the leading # and the space."]
    if board is Board.HOST:
        lines += ["switch:", "  - platform: template", "    name: Example switch"]
        lines += ["    optimistic: true"]
    else:
        lines += ["switch:", "  - platform: gpio", "    name: Relay"]
        lines += [f"    pin: {_EXAMPLE_PIN[board]}"]
    lines += ["", "sensor:", "  - platform: uptime", "    name: Uptime"]
    return "".join(f"# {line}".rstrip() + "\n" for line in lines)
