"""Whatever one registered device sends, the others have the event loop and their say."""

from collections.abc import AsyncGenerator, Iterable

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.oceanremote.policy.kinds import AuditKind
from custom_components.oceanremote.protocol import Domain, EntityDescriptor, EntityState
from tests.support.loop_watch import LoopWatch

from .neighbours import Neighbours
from .runtime_support import describe, eventually

# The goal, in seconds; `script/attack --device` measures a hub as people run it.
LONGEST = 0.05
MANY = tuple(describe(Domain.SENSOR, f"S{number:04}") for number in range(256))


@pytest.fixture
async def neighbours(
    hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator
) -> AsyncGenerator[Neighbours]:
    """Return a hub with two devices, online."""
    both = await Neighbours.make(hass, hass_client_no_auth)
    yield both
    await both.close()


def all_at(value: float, entities: Iterable[EntityDescriptor]) -> list[EntityState]:
    """Return the same state for all entities."""
    return [EntityState(entity.address, value) for entity in entities]


async def audited(neighbours: Neighbours) -> list[str]:
    """Return the floods in the audit log."""
    lines = await neighbours.hub.security.audit.read(200)
    return [line for line in lines if f'"{AuditKind.FLOOD}"' in line]


async def test_a_flood_of_states_is_slowed_down_and_blocks_nobody(
    neighbours: Neighbours,
) -> None:
    """Many messages with many states, all at once; both budgets are told apart."""
    await neighbours.reconnect(neighbours.bad, *MANY)
    floods: list[str] = []
    neighbours.hub.security.listen(
        neighbours.coordinator("Bad").device_id,
        lambda kind, _: floods.append(kind),
    )
    cache = neighbours.coordinator("Bad").cache
    frames = [
        frame
        for number in range(30)
        for frame in neighbours.bad.driver.report_all(all_at(float(number), MANY))
    ]
    with LoopWatch() as watch:
        await neighbours.bad.send_at_once(frames)
        await eventually(lambda: cache.states.get(MANY[-1].address, 0.0) >= 7.0)
        await neighbours.assert_good_is_well()
    assert watch.longest < LONGEST
    assert neighbours.state("Bad", MANY[-1]) != "29.0"
    await eventually(lambda: len(floods) == 1)
    (line,) = await audited(neighbours)
    assert "more states than a device sends" in line
