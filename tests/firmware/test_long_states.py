"""A state that a message of a small board cannot hold loses its end, and that is said."""

from custom_components.oceanremote.protocol import Domain

from .bench_hub import BenchHub
from .conftest import Starter
from .small_device import small_yaml_for

# 255 characters, as many as a state has at most; 1020 bytes of a message of 1024.
LONG = "💡" * 255
NODE = f"""\
  build_flags: -DUSE_OCEANREMOTE_SMALL_FRAMES
  on_boot:
    - light.turn_on: {{id: lamp, effect: "{LONG}"}}
"""
CUT = "is too long for a message and is cut"
LAMP = f"""\
output:
  - {{platform: template, id: relay, type: binary, write_action: []}}
light:
  - platform: binary
    id: lamp
    name: Lamp
    output: relay
    effects: [{{strobe: {{name: "{LONG}"}}}}]
text_sensor:
  - {{platform: template, name: Note, lambda: 'return {{"{LONG}"}};'}}
"""


def _is_cut(value: str | None) -> bool:
    return value is not None and 200 < len(value) < 255 and LONG.startswith(value)


async def test_a_long_state_loses_its_end_and_not_itself(
    new_hub: BenchHub, start_device: Starter
) -> None:
    text = small_yaml_for(new_hub, LAMP, node=NODE)
    device = await start_device("long-states", text)
    await new_hub.wait_for_state(Domain.TEXT_SENSOR, "note", _is_cut)
    await new_hub.wait_for_state(
        Domain.LIGHT, "lamp", lambda state: state.on and _is_cut(state.effect)
    )
    await device.wait_for_log(CUT)
    assert device.log().count(CUT) == 1
