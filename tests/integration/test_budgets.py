"""Whatever one registered device sends, the others have the event loop and their say."""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from dataclasses import replace
from functools import partial

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.oceanremote.audit.containment import Containment
from custom_components.oceanremote.device.border import Refusal
from custom_components.oceanremote.device.followers import AT_ONCE, Followers
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.protocol import Domain, EntityDescriptor, EntityState
from custom_components.oceanremote.protocol.limits import MAX_ENTITIES
from tests.support.loop_watch import LoopWatch

from .neighbours import DEPTH, RELAY, Neighbours
from .runtime_support import Records, Skew, describe, entity_id_of, eventually

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
    lines = await neighbours.hub.security.trail.log.read(200)
    return [line for line in lines if f'"{AuditKind.FLOOD}"' in line]


async def test_a_flood_of_states_is_slowed_down_and_blocks_nobody(
    neighbours: Neighbours,
) -> None:
    """Many messages with many states, all at once; both budgets are told apart."""
    await neighbours.reconnect(neighbours.bad, *MANY)
    floods: list[str] = []
    neighbours.hub.security.trail.listen(
        neighbours.coordinator("Bad").enrolment_id,
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
        await eventually(lambda: (cache.states.get(MANY[-1].address) or 0.0) >= 7.0)
        await neighbours.assert_good_is_well()
    assert watch.longest < LONGEST
    assert neighbours.state("Bad", MANY[-1]) != "29.0"
    await eventually(lambda: len(floods) == 1)
    (line,) = await audited(neighbours)
    assert "more states than a device sends" in line
    link = neighbours.coordinator("Bad").link
    assert link is not None
    link.close()  # it would read the goodbye only when its pause is over


# -- descriptions -----------------------------------------------------------


def program(letter: str, count: int) -> list[EntityDescriptor]:
    """Return the entities of a program, none of which another one has."""
    return [describe(Domain.SENSOR, f"{letter}{number:03}") for number in range(count)]


async def test_the_largest_description_blocks_nobody(neighbours: Neighbours) -> None:
    """Nor do all its entities when they come, change, fall silent or go."""
    large = program("L", MAX_ENTITIES)
    changed = [replace(entity, unit="m") for entity in large]
    with LoopWatch() as watch:
        await neighbours.reconnect(neighbours.bad, *large)
        await eventually(lambda: neighbours.state("Bad", large[-1]) == "unknown")
        await neighbours.bad.hang_up()
        await eventually(lambda: neighbours.state("Bad", large[-1]) == "unavailable")
        await neighbours.assert_good_is_well()
        await neighbours.reconnect(neighbours.bad, *changed)
        await eventually(lambda: neighbours.state("Bad", large[-1]) == "unknown")
        await neighbours.reconnect(neighbours.bad, RELAY)
        assert neighbours.state("Bad", large[-1]) == "missing"
    assert watch.longest < LONGEST
    await neighbours.assert_good_is_well()


async def test_who_describes_itself_too_often_waits(
    neighbours: Neighbours, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the latest program counts in the end; meanwhile nothing of it is heard."""
    skew = Skew(neighbours.hub, monkeypatch)
    records = Records(neighbours.hub)
    bad = neighbours.coordinator("Bad")
    for number in range(18):  # one has been spent when it was first seen
        bad.description.pause.spend(neighbours.hub.now() + number / 1000)
    twentieth, skipped, latest = (program(letter, 1) for letter in "ABC")
    await neighbours.reconnect(neighbours.bad, *twentieth)
    assert not records.of(AuditKind.FLOOD)
    for entities in (skipped, latest):
        await neighbours.bad.hang_up()
        neighbours.bad.driver.entities = tuple(entities)
        await neighbours.bad.connect()
    status = entity_id_of(neighbours.hass, "sensor", bad, "own-status")
    assert neighbours.hass.states.is_state(status, "described_too_often")
    await neighbours.bad.report(twentieth[0], 1.0)
    await neighbours.bad.report(latest[0], 1.0)
    await neighbours.assert_good_is_well()
    assert neighbours.state("Bad", twentieth[0]) == "unavailable"
    assert neighbours.state("Bad", latest[0]) == "missing"
    assert bad.connected
    assert not bad.available
    assert len(records.of(AuditKind.FLOOD)) == 2
    assert await audited(neighbours)

    await skew.forward(181)
    await eventually(lambda: neighbours.state("Bad", latest[0]) == "1.0")
    assert neighbours.state("Bad", skipped[0]) == "missing"
    assert neighbours.state("Bad", twentieth[0]) == "missing"
    await neighbours.bad.report(latest[0], 2.0)
    await eventually(lambda: neighbours.state("Bad", latest[0]) == "2.0")
    assert neighbours.hass.states.is_state(status, "online")


async def test_who_returns_to_a_known_program_does_not_wait(
    neighbours: Neighbours,
) -> None:
    """It is not new; and a reconnect is no new description either."""
    bad = neighbours.coordinator("Bad")
    for _ in range(20):
        bad.description.pause.spend(neighbours.hub.now())
    for _ in range(3):
        await neighbours.reconnect(neighbours.bad)
    await neighbours.bad.hang_up()
    neighbours.bad.driver.entities = (DEPTH,)
    await neighbours.bad.connect()
    assert not bad.available
    await neighbours.reconnect(neighbours.bad, RELAY)
    assert bad.description.pause.under_way is False
    assert bad.available


async def test_the_entities_of_all_programs_are_bounded(
    neighbours: Neighbours, monkeypatch: pytest.MonkeyPatch, hass: HomeAssistant
) -> None:
    """Home Assistant keeps those that are gone, so that they return as they were."""
    monkeypatch.setattr(
        "custom_components.oceanremote.device.identities.MAX_IDENTITIES", 9
    )
    registry = er.async_get(hass)
    bad = neighbours.coordinator("Bad")

    def registered() -> int:
        return len(
            [
                entry
                for entries in (registry.entities, registry.deleted_entities)
                for entry in entries.values()
                if entry.unique_id.startswith(f"{bad.subentry_id}-sensor")
            ]
        )

    first, second, third = (program(letter, 4) for letter in "ABC")
    await neighbours.reconnect(neighbours.bad, *first)
    await neighbours.reconnect(neighbours.bad, *second)
    assert len(bad.left_out) == 0
    await neighbours.reconnect(neighbours.bad, *third, first[0])
    assert registered() == 8
    # The relay of the first minute is the ninth.
    assert set(bad.left_out.reasons.values()) == {Refusal.TOO_MANY}
    assert len(bad.left_out) == 4
    assert neighbours.state("Bad", first[0]) != "missing"
    await neighbours.reconnect(neighbours.bad, *first)
    assert len(bad.left_out) == 0
    await neighbours.restart()
    assert len(neighbours.coordinator("Bad").left_out) == 0
    assert neighbours.state("Bad", first[3]) != "missing"


async def test_an_unload_in_the_middle_of_a_description_leaves_nothing(
    hass: HomeAssistant, neighbours: Neighbours
) -> None:
    """No entity is added to a platform that has gone."""
    large = program("L", 200)
    await neighbours.bad.hang_up()
    neighbours.bad.driver.entities = tuple(large)
    await neighbours.bad.connect()
    await eventually(lambda: neighbours.state("Bad", large[0]) != "missing")
    assert neighbours.state("Bad", large[-1]) == "missing"
    entry = neighbours.hub.entry
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    await neighbours.reconnect(neighbours.good)
    await neighbours.reconnect(neighbours.bad)
    assert "missing" not in {neighbours.state("Bad", entity) for entity in large}
    await neighbours.assert_good_is_well()


# -- those who follow -------------------------------------------------------


def followers(loop: asyncio.AbstractEventLoop) -> Followers:
    """Return followers of nothing in particular."""
    return Followers(loop, Containment(lambda: "Pump", lambda: 0.0))


async def test_all_followers_are_called_once_and_in_order() -> None:
    """However many they are, and however often they are called meanwhile."""
    called: list[int] = []
    some = followers(asyncio.get_running_loop())
    for number in range(100):
        some.add(partial(called.append, number))
    some.call()
    assert called == list(range(AT_ONCE))
    some.call()
    for _ in range(20):
        await asyncio.sleep(0)
    assert sorted(called[AT_ONCE:]) == list(range(100))


async def test_who_leaves_is_not_called_any_more() -> None:
    """Not even by a call that is under way."""
    called: list[int] = []
    some = followers(asyncio.get_running_loop())
    ends = [some.add(partial(called.append, number)) for number in range(100)]
    some.call()
    for end in ends[50:]:
        end()
    for _ in range(20):
        await asyncio.sleep(0)
    assert called == list(range(50))
