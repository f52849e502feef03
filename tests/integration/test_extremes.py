"""Whatever a device lawfully describes and says, its neighbour loses nothing by it."""

import asyncio
from importlib.util import find_spec
from typing import Any

from homeassistant.components.binary_sensor import BinarySensorDeviceClass
from homeassistant.components.number import NumberDeviceClass
from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.json import json_bytes
from homeassistant.setup import async_setup_component
from hypothesis import given, settings, strategies as st
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.oceanremote.common.const import DOMAIN
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.policy.device_budget import DescriptionBudget
from custom_components.oceanremote.policy.settings import PolicySettings
from custom_components.oceanremote.protocol import (
    Domain,
    EntityAddress,
    EntityCategory,
    EntityDescriptor,
    EntityState,
)
from custom_components.oceanremote.protocol.domains.base import parts_of
from tests.support.descriptors import describe
from tests.support.field_strategies import values_of

from .neighbours import HEALTHY, RELAY, Neighbours
from .runtime_support import Records, eventually

FORGED = "\n2026-11-26 12:00:00 ERROR (MainThread) [forged] all is lost"
NUMBERS = st.one_of(
    st.sampled_from(
        [0.0, -0.0, 5e-324, 1e-300, 1.5e-38, 0.1, 1.0, 153.0, 500.0, 1e6, 3.4e38, 1e300]
    ),
    st.sampled_from([-1.0, -5e-324, -1e300, 1.7976931348623157e308]),
    st.floats(allow_nan=False, allow_infinity=False),
)
NAMES = st.one_of(
    st.sampled_from(["", "A", "Ü" * 60, "👩‍🚒", "\x00", "\u202eA", FORGED, " "]),
    st.text(max_size=30),
)
UNITS = st.sampled_from(
    [None, "", "°", "deg", "m", "°C", "°F", "W", "%", "kWh/100km", "W" * 120, FORGED]
)
CLASSES = st.sampled_from(
    [
        None,
        "bogus",
        FORGED,
        *map(str, SensorDeviceClass),
        *map(str, NumberDeviceClass),
        *map(str, BinarySensorDeviceClass),
    ]
)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return a strategy that says nothing half of the time."""
    return st.one_of(st.none(), strategy)


# Of these properties extremes are known; of others, whatever their table allows.
KNOWN_EXTREMES = {
    "entity_category": maybe(st.sampled_from(EntityCategory)),
    "icon": maybe(NAMES),
    "device_class": CLASSES,
    "unit": UNITS,
    "min_value": maybe(NUMBERS),
    "max_value": maybe(NUMBERS),
    "step": maybe(NUMBERS),
    "min_mireds": maybe(NUMBERS),
    "max_mireds": maybe(NUMBERS),
}


# Home Assistant's own camera cannot be imported without it.
SHOWN = [d for d in Domain if d is not Domain.CAMERA or find_spec("turbojpeg")]


@st.composite
def descriptors(draw: st.DrawFn) -> EntityDescriptor:
    """Return any entity of any domain, every property in it."""
    domain = draw(st.sampled_from(SHOWN))
    common = parts_of(EntityDescriptor).by_key.values()
    own = parts_of(domain.spec.properties).by_key.values()
    said = {
        part.name: KNOWN_EXTREMES[part.name]
        if part.name in KNOWN_EXTREMES
        else st.just(part.default) | values_of(part.field, NAMES, NUMBERS)
        for part in (*common, *own)
    }
    return describe(
        address=EntityAddress(domain, draw(st.integers(0, 1)), draw(st.integers(0, 9))),
        object_id=draw(st.sampled_from(["a", "b", "c", "d" * 120, FORGED])),
        name=draw(NAMES),
        **{name: draw(strategy) for name, strategy in said.items()},
    )


STATES: dict[Domain, st.SearchStrategy[Any]] = {
    domain: values_of(domain.spec.state, NAMES, NUMBERS)
    for domain in Domain
    if domain.spec.state is not None
}
# Who presses, happens or takes pictures has nothing to tell.
STATELESS = (
    Domain.BUTTON,
    Domain.EVENT,
    Domain.CAMERA,
    Domain.INFRARED,
    Domain.RADIO_FREQUENCY,
)
MOST = 8
PROGRAMS = st.lists(descriptors(), min_size=1, max_size=MOST)
SAID = st.fixed_dictionaries(
    {
        domain: st.lists(values, min_size=MOST, max_size=MOST)
        for domain, values in STATES.items()
    }
)

type Example = tuple[list[EntityDescriptor], dict[Domain, list[Any]]]


def examples() -> list[Example]:
    """Return programs and what their entities say, the same at every run.

    Drawn first and lived through afterwards: all of them in one event loop.
    """
    drawn: list[Example] = []

    @settings(max_examples=40, deadline=None, derandomize=True, database=None)
    @given(PROGRAMS, SAID)
    def draw(program: list[EntityDescriptor], said: dict[Domain, list[Any]]) -> None:
        drawn.append((program, said))

    draw()
    return drawn


def check(neighbours: Neighbours, records: Records, caplog: Any) -> None:
    """Every entity is there or left out by name; all of it can be stored and told."""
    bad = neighbours.coordinator("Bad")
    registry = er.async_get(neighbours.hass)
    for identity, descriptor in bad.cache.descriptors.items():
        platform = identity.domain.name.lower()
        platform = "sensor" if identity.domain is Domain.TEXT_SENSOR else platform
        entity_id = registry.async_get_entity_id(
            platform, DOMAIN, identity.unique_id(bad.subentry_id)
        )
        assert entity_id, descriptor
        entry = registry.async_get(entity_id)
        assert entry
        assert entry.disabled or neighbours.hass.states.get(entity_id), descriptor
    assert json_bytes(registry._data_to_save())
    assert json_bytes([s.as_dict() for s in neighbours.hass.states.async_all()])
    assert records.of(AuditKind.FAILURE) == []
    assert "Error adding entity" not in caplog.text
    assert FORGED not in "".join(
        record.getMessage()
        for record in caplog.records
        if record.name.startswith(("custom_components", "homeassistant.components"))
    )


@pytest.fixture
async def neighbours(
    hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator
) -> Any:
    """Return a hub with two devices, online."""
    # These have pages of their own, for which the server must not have started.
    for platform in ("camera", "media_player"):
        if Domain[platform.upper()] in SHOWN:
            assert await async_setup_component(hass, platform, {})
    both = await Neighbours.make(hass, hass_client_no_auth)
    yield both
    await both.close()


async def test_no_extreme_reaches_the_neighbour(
    neighbours: Neighbours, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither an entity, nor a state, nor a second of it; after a restart neither."""
    assert {*STATES, *STATELESS} == set(Domain)
    records = Records(neighbours.hub)
    for number, (program, said) in enumerate(examples()):
        caplog.clear()
        bad = neighbours.coordinator("Bad")
        # A device of its own at every turn: its budgets are other tests' matter.
        bad.description.pause._budget = DescriptionBudget(PolicySettings())
        neighbours.hub.security.admission._budgets.clear()
        await neighbours.reconnect(neighbours.bad, *program, RELAY)
        states = [
            EntityState(entity.address, said[entity.address.domain].pop())
            for entity in program
            if entity.address.domain in STATES
        ]
        if states:
            await neighbours.bad.send(neighbours.bad.driver.report_all(states))
        shown = "on" if number % 2 else "off"
        await neighbours.bad.report(RELAY, value=shown == "on")
        await eventually(lambda shown=shown: neighbours.state("Bad", RELAY) == shown)
        async with asyncio.timeout(1.0):
            await neighbours.assert_good_is_well()
        check(neighbours, records, caplog)
        if number % 5 == 4:
            await neighbours.restart()
            records = Records(neighbours.hub)
            assert "missing" not in {neighbours.state("Good", e) for e in HEALTHY}
            await neighbours.reconnect(neighbours.good)
            await neighbours.reconnect(neighbours.bad)
            await neighbours.assert_good_is_well()
            check(neighbours, records, caplog)
