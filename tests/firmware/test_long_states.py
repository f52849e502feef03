"""A state that a message of a small board cannot hold loses its end, and that is said."""

from custom_components.oceanremote.protocol import Domain
from lab.firmware import Device

from .bench_hub import BenchHub
from .long_states import LONG

CUT = "is too long for a message and is cut"


def _is_cut(value: str | None) -> bool:
    return value is not None and 200 < len(value) < 255 and LONG.startswith(value)


async def test_a_long_state_loses_its_end_and_not_itself(
    small_frames_hub: BenchHub, small_frames_device: Device
) -> None:
    await small_frames_hub.wait_for_state(Domain.TEXT_SENSOR, "note", _is_cut)
    await small_frames_hub.wait_for_state(
        Domain.LIGHT, "lamp", lambda state: state.on and _is_cut(state.effect)
    )
    await small_frames_device.wait_for_log(CUT)
    assert small_frames_device.log().count(CUT) == 1
