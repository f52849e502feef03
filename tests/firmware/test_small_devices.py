"""Small devices, compiled, linked and run until the hub knows them.

The one with everything is the other tests' `bench`; each domain alone is read by the
compiler in `test_each_domain.py`.
"""

from custom_components.oceanremote.common.boards import Board
from custom_components.oceanremote.protocol import (
    DescriptionReceived,
    Domain,
    SessionProved,
)

from .bench_hub import BenchHub
from .conftest import TOKEN, Starter
from .each_domain import entities_of
from .shown_yaml import shown_yaml
from .small_device import fnv1a_32, small_yaml_for


async def test_the_yaml_that_is_shown_compiles_and_registers(
    new_hub: BenchHub, start_device: Starter
) -> None:
    text = shown_yaml(
        Board.HOST,
        urls=(f"ws://127.0.0.1:{new_hub.port}",),
        hub_key=new_hub.key_text,
        token=TOKEN.text,
    )
    device = await start_device("small-shown", text)
    await device.wait_for_log("Registered with the hub")
    facts = (await new_hub.wait_for(SessionProved)).ready.facts
    assert (facts.name, facts.friendly_name) == ("garden-pump", "Garden pump")
    assert new_hub.entities == {}


async def test_a_device_with_one_sensor_compiles_and_registers(
    new_hub: BenchHub, start_device: Starter
) -> None:
    text = small_yaml_for(new_hub, entities_of("sensor"))
    device = await start_device("small-sensor", text)
    await device.wait_for_log("Registered with the hub")
    assert set(new_hub.entities) == {(Domain.SENSOR, "level")}


_PARTS = """\
  friendly_name: Anything
  devices:
    - {id: left, name: Left part}
    - {id: right, name: Right part}
"""
_NAMELESS = """\
sensor:
  - {platform: template, name: None, lambda: "return 1;"}
  - {platform: template, name: None, device_id: left, lambda: "return 2;"}
  - {platform: template, name: None, device_id: right, lambda: "return 3;"}
"""


async def test_what_a_nameless_entity_is_known_by_is_no_name(
    new_hub: BenchHub, start_device: Starter
) -> None:
    """So that the device, and its parts, may get others; and two stay apart."""
    text = small_yaml_for(new_hub, _NAMELESS, node=_PARTS)
    device = await start_device("small-nameless", text)
    await device.wait_for_log("Registered with the hub")
    described = await new_hub.wait_for(DescriptionReceived)
    assert {
        entity.address.sub: (entity.object_id, entity.name)
        for entity in described.description.entities
    } == dict.fromkeys((0, fnv1a_32(b"left"), fnv1a_32(b"right")), ("", ""))
