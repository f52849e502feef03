"""Events: each is told once, in order; what finds too many waiting is lost, and counted."""

from custom_components.oceanremote.protocol import Domain
from custom_components.oceanremote.protocol.domains.event import EventProperties
from custom_components.oceanremote.protocol.events import EntityEvent, StatesReceived
from lab.firmware import Device

from .bench_hub import BenchHub

EVENTS_MAX = 16


def _told(hub: BenchHub, since: int) -> list[int]:
    return [e.type for e in hub.events[since:] if isinstance(e, EntityEvent)]


async def _press(hub: BenchHub, button: str) -> None:
    await hub.command(hub.address(Domain.BUTTON, button), {})


async def test_every_event_is_told_once_and_behind_the_states_before_it(
    workbench_hub: BenchHub, workbench_device: Device
) -> None:
    bell = workbench_hub.entities[Domain.EVENT, "bell"]
    assert (bell.device_class, bell.icon) == ("doorbell", "mdi:bell")
    assert bell.properties == EventProperties(
        event_types=("ring", "zweimal läuten", "")
    )
    assert (Domain.EVENT, "hidden") not in workbench_hub.entities
    await workbench_hub.wait_until_ready()
    await workbench_hub.wait(lambda: _told(workbench_hub, 0) == [0])  # at its boot

    since = len(workbench_hub.events)
    await _press(workbench_hub, "thrice")
    await workbench_hub.wait(lambda: len(_told(workbench_hub, since)) == 3)
    assert _told(workbench_hub, since) == [0, 0, 1]
    places = [type(event) for event in workbench_hub.events[since:]]
    assert places.index(StatesReceived) < places.index(EntityEvent)
    count = workbench_hub.address(Domain.SENSOR, "count")
    before = [
        state.value
        for event in workbench_hub.events[since : since + places.index(EntityEvent)]
        if isinstance(event, StatesReceived)
        for state in event.states
        if state.address == count
    ]
    assert before[-1] == 2.0

    since = len(workbench_hub.events)
    await _press(workbench_hub, "storm")
    await workbench_device.wait_for_log(
        "An event of 'Bell' is lost: too many wait to be sent"
    )
    await _press(workbench_hub, "thrice")
    await workbench_hub.wait(lambda: 1 in _told(workbench_hub, since))
    assert _told(workbench_hub, since) == [0] * (EVENTS_MAX + 2) + [1]


async def test_what_happens_without_a_hub_is_told_for_a_while(
    workbench_hub: BenchHub, workbench_device: Device
) -> None:
    """A doorbell may wake a sleeping board: it rings once the link stands."""
    await workbench_hub.wait(lambda: _told(workbench_hub, 0) == [0])
