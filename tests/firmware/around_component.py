"""A YAML around the component: what a test puts beside it, validated."""

from pathlib import Path

from lab.paths import ESPHOME_COMPONENTS

from .esphome_runner import HUB_KEY, TOKEN, Outcome, run_esphome

HOST = 'host:\n  mac_address: "02:0C:EA:00:00:12"\n'
ESP32 = "esp32:\n  variant: esp32\n"
ESP32_C6 = "esp32:\n  variant: esp32c6\n"
ESP8266 = "esp8266:\n  board: d1_mini\n"
RP2 = "rp2:\n  board: rpipicow\n"
NETWORK = "wifi:\n  ssid: test\n  password: test-password\n"


def validate(
    folder: Path, *parts: str, urls: str = "ws://192.168.1.10:8123"
) -> Outcome:
    """Let ESPHome validate a device that has these parts beside the component.

    `urls`: in YAML's form, one or a list in square brackets.
    """
    file = folder / "device.yaml"
    file.write_text(
        "".join(parts)
        + f"""
esphome:
  name: device
external_components:
  - source: {ESPHOME_COMPONENTS}
oceanremote:
  urls: {urls}
  hub_key: {HUB_KEY}
  registration_token: {TOKEN}
"""
    )
    return run_esphome("config", file=file, data=folder)
