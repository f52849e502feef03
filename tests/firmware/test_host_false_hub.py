"""Real firmware before a hub that was robbed: what it says, and what it keeps.

The rows of the layer-failure matrix (docs/security.md) that say what a device's log
shows; tests/security tries the same with the driver in the place of the firmware.
"""

from dataclasses import replace
import os

from custom_components.oceanremote.protocol import HubSettings, SessionProved
from custom_components.oceanremote.protocol.keys import KeyPair
from lab.firmware import Device

from .bench_hub import BenchHub
from .conftest import HUB_KEY, TOKEN


async def led_astray(hub: BenchHub, device: Device, false: BenchHub, says: str) -> None:
    """Let a device of `hub` meet a false one; it comes back as who it was."""
    session = await hub.wait_until_ready()
    identity = hub.registry.active
    record = (device.flash / "everything.oceanremote").read_bytes()
    mark, mark_in_log = len(hub.events), device.mark()
    hub.impostor = false._handle
    await hub.drop()
    await device.wait_for_log(
        rf"No session with 127\.0\.0\.1:\d+: .*({says})", since=mark_in_log
    )
    assert not any(isinstance(event, SessionProved) for event in false.events)
    hub.impostor = None
    again = await hub.wait_until_ready(mark)
    assert again.device_key == session.device_key
    assert hub.registry.active == identity
    # The counter's ceiling may move; keys and tokens may not.
    kept = (device.flash / "everything.oceanremote").read_bytes()
    assert identity is not None
    assert identity[2] in kept
    assert identity[2] in record


async def test_hub_database_without_the_hubs_key(hub: BenchHub, device: Device) -> None:
    """It knows every token, but it is not who the board dials: rejected."""
    await device.start()
    await hub.wait_until_ready()
    false = BenchHub(KeyPair.generate(os.urandom), TOKEN)
    false.registry = replace(hub.registry)
    false.settings = HubSettings(retry_after=1)
    await led_astray(hub, device, false, "rejected")


async def test_hub_key_without_the_database(hub: BenchHub, device: Device) -> None:
    """It reads who knocks, but its answer was made without the token: not authentic."""
    await device.start()
    await hub.wait_until_ready()
    false = BenchHub(HUB_KEY, TOKEN)
    assert hub.registry.active is not None
    mac, key, _ = hub.registry.active
    false.registry = replace(hub.registry, active=(mac, key, os.urandom(32)))
    await led_astray(hub, device, false, "authenti")
