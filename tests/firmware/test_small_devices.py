"""Small devices, compiled, linked and run until the hub knows them.

The one with everything is the other tests' `bench`; each domain alone is read by the
compiler in `test_each_domain.py`.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from custom_components.oceanremote.common.boards import Board
from custom_components.oceanremote.protocol import (
    DescriptionReceived,
    Domain,
    RegistrationProved,
    SessionProved,
)
from lab.firmware import BUILDS, Device, compile_firmware
from lab.paths import ESPHOME_COMPONENTS

from .bench_hub import BenchHub
from .conftest import HUB_KEY, TOKEN
from .each_domain import device_with
from .shown_yaml import shown_yaml


@pytest_asyncio.fixture
async def new_hub() -> AsyncIterator[BenchHub]:
    """A hub on a port of its own."""
    hub = BenchHub(HUB_KEY, TOKEN)
    await hub.start()
    yield hub
    await hub.stop()


async def _described(hub: BenchHub, text: str, name: str, folder: Path) -> BenchHub:
    """Compile a YAML as it is and run it until it has described itself."""
    configuration = BUILDS / f"{name}.yaml"
    configuration.parent.mkdir(parents=True, exist_ok=True)
    configuration.write_text(text)
    device = Device(name, await compile_firmware(configuration), folder)
    try:
        await device.start()
        await hub.wait_for(RegistrationProved)
        await hub.wait_for(SessionProved)
        await hub.wait_for(DescriptionReceived)
        await device.wait_for_log("Registered with the hub")
    finally:
        await device.stop()
    return hub


async def test_the_yaml_that_is_shown_compiles_and_registers(
    new_hub: BenchHub, tmp_path: Path
) -> None:
    text = shown_yaml(
        Board.HOST,
        urls=(f"ws://127.0.0.1:{new_hub.port}",),
        hub_key=new_hub.key_text,
        token=TOKEN.text,
    )
    hub = await _described(new_hub, text, "small-shown", tmp_path)
    facts = (await hub.wait_for(SessionProved)).ready.facts
    assert (facts.name, facts.friendly_name) == ("garden-pump", "Garden pump")
    assert hub.entities == {}


async def test_a_device_with_one_sensor_compiles_and_registers(
    new_hub: BenchHub, tmp_path: Path
) -> None:
    text = device_with(
        "sensor",
        url=f"ws://127.0.0.1:{new_hub.port}",
        hub_key=new_hub.key_text,
        token=TOKEN.text,
    )
    hub = await _described(new_hub, text, "small-sensor", tmp_path)
    assert set(hub.entities) == {(Domain.SENSOR, "level")}


_NAMELESS = """\
esphome:
  name: nameless-device
  friendly_name: Anything
  devices:
    - {{id: left, name: Left part}}
    - {{id: right, name: Right part}}
host: {{mac_address: "02:0C:EA:00:00:1D"}}
external_components: [{{source: {components}}}]
logger:
oceanremote:
  urls: [{url}]
  hub_key: {hub_key}
  registration_token: {token}
sensor:
  - {{platform: template, name: None, lambda: "return 1;"}}
  - {{platform: template, name: None, device_id: left, lambda: "return 2;"}}
  - {{platform: template, name: None, device_id: right, lambda: "return 3;"}}
"""


async def test_what_a_nameless_entity_is_known_by_is_no_name(
    new_hub: BenchHub, tmp_path: Path
) -> None:
    """So that the device, and its parts, may get others; and two stay apart."""
    text = _NAMELESS.format(
        components=ESPHOME_COMPONENTS,
        url=f"ws://127.0.0.1:{new_hub.port}",
        hub_key=new_hub.key_text,
        token=TOKEN.text,
    )
    hub = await _described(new_hub, text, "small-nameless", tmp_path)
    described = await hub.wait_for(DescriptionReceived)
    assert {
        entity.object_id: entity.name for entity in described.description.entities
    } == {
        "": "",
        f"device_{fnv1a_32(b'left'):08x}": "Left part",
        f"device_{fnv1a_32(b'right'):08x}": "Right part",
    }


def fnv1a_32(data: bytes) -> int:
    """Return what ESPHome makes of the id of a sub-device."""
    digest = 0x811C9DC5
    for byte in data:
        digest = (digest ^ byte) * 0x01000193 & 0xFFFFFFFF
    return digest
