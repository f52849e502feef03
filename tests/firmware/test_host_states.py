"""What a device tells of its states, and when."""

from collections import Counter

from custom_components.oceanremote.protocol import (
    Domain,
    EntityAddress,
    PongReceived,
    SessionProved,
    StatesCompleted,
    StatesReceived,
)
from lab.firmware import Device

from .bench_hub import BenchHub


def _told(hub: BenchHub, since: int) -> tuple[Counter[EntityAddress], int]:
    """Return who has told a state how often up to the marker, and the marker's place."""
    told: Counter[EntityAddress] = Counter()
    for place, event in enumerate(hub.events[since:], since):
        if isinstance(event, StatesCompleted):
            return told, place
        if isinstance(event, StatesReceived):
            told.update(state.address for state in event.states)
    raise AssertionError("no marker")


async def test_the_first_states_of_a_link_end_with_a_marker(
    hub: BenchHub, device: Device
) -> None:
    """Everybody once, then the marker, once: when it is new, and when it comes back."""
    await device.start()
    await hub.wait_for(StatesCompleted)
    wanted = Counter(
        entity.address
        for (domain, _), entity in hub.entities.items()
        if domain is not Domain.BUTTON
    )
    told, mark = _told(hub, 0)
    assert told == wanted
    await hub.drop()
    await hub.wait_for(StatesCompleted, mark + 1)
    told, mark = _told(hub, mark + 1)
    assert told == wanted
    assert sum(isinstance(event, StatesCompleted) for event in hub.events) == 2


async def test_a_rotation_tells_nothing_again(hub: BenchHub, device: Device) -> None:
    await device.start()
    await hub.wait_for(StatesCompleted)
    mark = len(hub.events)
    await hub.act(lambda connection, now: connection.rotate(now))
    assert (await hub.wait_for(SessionProved, mark)).rotated
    await hub.act(lambda connection, now: connection.send_ping(now))
    await hub.wait_for(PongReceived, mark)
    said = [type(event) for event in hub.events[mark:]]
    assert StatesReceived not in said
    assert StatesCompleted not in said
