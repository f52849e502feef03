"""The YAML of a small host program: what each has, and what one test wants besides."""

from lab.paths import ESPHOME_COMPONENTS

from .bench_hub import BenchHub
from .esphome_runner import HUB_KEY, TOKEN


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
