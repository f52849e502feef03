"""The YAML of a small host program: what each has, and what one test wants besides."""

from pathlib import Path

from lab.paths import ESPHOME_COMPONENTS

from .bench_hub import BenchHub
from .esphome_runner import HUB_KEY, TOKEN

# Components of what no platform of ESPHome offers on this machine.
STUBS = Path(__file__).parent / "components"


def small_yaml(
    rest: str,
    *,
    url: str = "ws://192.168.1.10:8123",
    hub_key: str = HUB_KEY,
    token: str = TOKEN,
    node: str = "",
    mac: str = "02:0C:EA:00:00:13",
) -> str:
    """Return a whole YAML; `node` are lines below `esphome:`, indented."""
    return f"""
esphome:
  name: device
{node}host:
  mac_address: "{mac}"
logger:
external_components:
  - source: {ESPHOME_COMPONENTS}
  - source: {STUBS}
oceanremote:
  urls: {url}
  hub_key: {hub_key}
  registration_token: {token}
{rest}"""


def small_yaml_for(hub: BenchHub, rest: str, *, node: str = "") -> str:
    """Return a whole YAML of a device that dials this hub."""
    return small_yaml(
        rest,
        url=f"ws://127.0.0.1:{hub.port}",
        hub_key=hub.key_text,
        token=hub.registry.token.text,
        node=node,
    )


def fnv1a_32(data: bytes) -> int:
    """Return what ESPHome makes of the id of a sub-device."""
    digest = 0x811C9DC5
    for byte in data:
        digest = (digest ^ byte) * 0x01000193 & 0xFFFFFFFF
    return digest
