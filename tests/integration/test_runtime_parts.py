"""The parts of the runtime on their own: cache, description store, log, gate."""

from collections.abc import Iterable
from itertools import pairwise
import logging
from typing import Any

from homeassistant.core import HomeAssistant
from hypothesis import given, strategies as st
import pytest

from custom_components.oceanremote.admission.claims import ClaimIndex
from custom_components.oceanremote.audit.containment import Containment
from custom_components.oceanremote.audit.record import (
    BURST,
    MAX_WARNED,
    WINDOW,
    SecurityLog,
    SecurityRecord,
)
from custom_components.oceanremote.common.const import DESCRIPTIONS_STORE
from custom_components.oceanremote.common.turn import Turn
from custom_components.oceanremote.device.description_store import DescriptionStore
from custom_components.oceanremote.device.state import StateCache
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.protocol import (
    CloseReason,
    Domain,
    EntityAddress,
    EntityDescriptor,
    EntityState,
    LinkClosed,
    description_hash,
    encode_description,
)
from custom_components.oceanremote.protocol.domains import StateValue
from tests.support import descriptors

from .runtime_support import FLOW, PUMP, Device, describe, only_coordinator


def state(entity: EntityDescriptor, value: StateValue) -> EntityState:
    """Return a state as the connection reports it."""
    return EntityState(entity.address, value)


def cache_of(*entities: EntityDescriptor) -> StateCache:
    """Return a cache that knows these entities."""
    cache = StateCache(Containment(lambda: "Pump", lambda: 0.0))
    cache.set_descriptors(entities)
    return cache


# -- the cache --------------------------------------------------------------


def test_a_state_of_an_undescribed_entity_is_dropped() -> None:
    """So the description bounds the cache."""
    cache = cache_of(PUMP)
    cache.update([state(FLOW, 1.0)])
    assert not cache.states


def test_the_first_state_after_an_absence_passes() -> None:
    """Equal or not; the next equal one does not."""
    seen: list[StateValue] = []
    cache = cache_of(FLOW)
    cache.subscribe(FLOW.address, seen.append)
    cache.update([state(FLOW, 1.0), state(FLOW, 1.0)])
    cache.forget()
    assert not cache.is_current(FLOW.address)
    cache.update([state(FLOW, 1.0), state(FLOW, 1.0)])
    assert cache.is_current(FLOW.address)
    assert seen == [1.0, 1.0]


async def test_whoever_has_said_nothing_in_the_end_has_nothing_to_say() -> None:
    """The others are told nothing, and a button never has anything to say."""
    button = describe(Domain.BUTTON, "Beep")
    seen: dict[EntityDescriptor, list[StateValue]] = {PUMP: [], FLOW: [], button: []}
    cache = cache_of(PUMP, FLOW, button)
    for entity, values in seen.items():
        cache.subscribe(entity.address, values.append)
    assert cache.is_current(button.address)
    cache.update([state(PUMP, True)])
    turn = Turn()
    await cache.async_complete(turn, lambda: False)
    assert not cache.is_current(FLOW.address)
    await cache.async_complete(turn, lambda: True)
    await cache.async_complete(turn, lambda: True)
    assert seen == {PUMP: [True], FLOW: [None], button: []}
    assert cache.is_current(FLOW.address)


def test_a_missing_value_is_a_value() -> None:
    """From unknown to unknown nothing is written twice."""
    seen: list[StateValue] = []
    cache = cache_of(FLOW)
    cache.subscribe(FLOW.address, seen.append)
    cache.update([state(FLOW, None), state(FLOW, None), state(FLOW, 1.0)])
    assert seen == [None, 1.0]


def test_an_old_subscriber_does_not_silence_a_new_one() -> None:
    """An address may be taken over before the former holder lets go."""
    seen: list[StateValue] = []
    cache = cache_of(FLOW)
    unsubscribe = cache.subscribe(FLOW.address, lambda value: None)
    cache.subscribe(FLOW.address, seen.append)
    unsubscribe()
    cache.update([state(FLOW, 1.0)])
    assert seen == [1.0]


def test_of_two_claims_to_one_place_the_first_counts() -> None:
    """Same identity, or same address."""
    same_identity = descriptors.describe(
        address=EntityAddress(Domain.SWITCH, 0, 1), object_id="pump", name="Second"
    )
    same_address = descriptors.describe(
        address=PUMP.address, object_id="other", name="Third"
    )
    cache = cache_of(PUMP, same_identity, same_address)
    assert list(cache.descriptors.values()) == [PUMP]


def test_a_state_follows_its_entity_to_another_key() -> None:
    """And is never adopted by an entity that takes the key over."""
    cache = cache_of(PUMP)
    cache.update([state(PUMP, True)])
    moved = descriptors.describe(
        address=EntityAddress(Domain.SWITCH, 0, 1), object_id="pump", name="Pump"
    )
    usurper = descriptors.describe(
        address=PUMP.address, object_id="valve", name="Valve"
    )
    cache.set_descriptors([moved, usurper])
    assert cache.states == {moved.address: True}


_VALUES = st.one_of(st.none(), st.floats(allow_nan=False), st.booleans())
_UPDATES = st.lists(st.lists(st.tuples(st.integers(0, 4), _VALUES)))


@given(_UPDATES)
def test_no_subscriber_hears_an_equal_state_twice(
    updates: Iterable[list[tuple[int, StateValue]]],
) -> None:
    """Whatever a device sends; and the cache ends with the last value of each."""
    entities = [
        descriptors.describe(
            address=EntityAddress(Domain.SENSOR, 0, key),
            object_id=f"s{key}",
            name=f"S{key}",
        )
        for key in range(4)
    ]
    cache = cache_of(*entities)
    heard: dict[int, list[StateValue]] = {key: [] for key in range(4)}
    last: dict[int, StateValue] = {}
    for key in range(4):
        cache.subscribe(entities[key].address, heard[key].append)
    for update in updates:
        cache.update(
            EntityState(EntityAddress(Domain.SENSOR, 0, key), value)
            for key, value in update
        )
        last.update({key: value for key, value in update if key < 4})
    for key, values in heard.items():
        assert all(a != b for a, b in pairwise(values))
        if key in last:
            assert values[-1] == last[key]
            assert cache.states[entities[key].address] == last[key]


# -- the description store --------------------------------------------------


async def stored(hass: HomeAssistant) -> DescriptionStore:
    """Return the store as a restart finds it."""
    store = DescriptionStore(hass)
    await store.async_load()
    return store


async def test_a_description_survives(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    """Bytes in, the same entities and the same hash out."""
    data = encode_description([PUMP, FLOW])
    store = await stored(hass)
    store.save("subentry", data)
    await store.async_close()
    found = (await stored(hass)).restore("subentry")
    assert found is not None
    assert found.description.entities == (PUMP, FLOW)
    assert found.hash == description_hash(data)


@pytest.mark.parametrize(
    "damaged",
    [
        {"subentry": "nonsense"},
        {"subentry": "not base64 !"},
        {"subentry": 17},
        {"subentry": None},
        {"subentry": "gw=="},
        {"subentry": ["gA=="]},
        ["a list"],
    ],
)
async def test_a_damaged_description_heals_itself(
    hass: HomeAssistant, hass_storage: dict[str, Any], damaged: Any
) -> None:
    """It counts as absent, and the device is asked for it again."""
    hass_storage[DESCRIPTIONS_STORE] = {
        "version": 1,
        "minor_version": 1,
        "key": DESCRIPTIONS_STORE,
        "data": damaged,
    }
    store = await stored(hass)
    assert store.restore("subentry") is None
    store.save("subentry", encode_description([PUMP]))
    await store.async_close()
    assert (await stored(hass)).restore("subentry") is not None


@pytest.mark.parametrize("damage", ["not base64 !", "gw=="])
async def test_a_damaged_description_is_reported_under_the_devices_name(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
    damage: str,
) -> None:
    subentry_id = only_coordinator(hub).subentry_id
    hass_storage[DESCRIPTIONS_STORE] = {
        "version": 1,
        "minor_version": 1,
        "key": DESCRIPTIONS_STORE,
        "data": {subentry_id: damage},
    }
    (await stored(hass)).restore(subentry_id)
    (line,) = [text for text in caplog.messages if text.startswith("Dropped")]
    assert "Garden pump" in line
    assert subentry_id not in line


async def test_a_forgotten_description_is_gone(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    """With the device."""
    store = await stored(hass)
    store.save("subentry", encode_description([PUMP]))
    store.remove("subentry")
    store.remove("subentry")
    await store.async_close()
    assert (await stored(hass)).restore("subentry") is None


# -- the security log -------------------------------------------------------


def record(kind: AuditKind, **facts: Any) -> SecurityRecord:
    """Return a record."""
    return SecurityRecord(kind=kind, outcome="something", **facts)


def test_listeners_hear_everything_and_the_log_a_bounded_part(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Strangers decide how many records there are; not how long the log grows."""
    now = 0.0
    heard: list[SecurityRecord] = []
    log = SecurityLog(lambda: now)
    stop = log.listen(heard.append)
    caplog.set_level(logging.DEBUG, "custom_components.oceanremote")
    for number in range(3 * BURST):
        address = f"192.0.2.{number + 1}"
        log.record(record(AuditKind.REFUSED, address=address, detail="bad_mac1"))
    log.record(record(AuditKind.CLONE, enrolment_id="pump", claimed=True))
    assert len(heard) == 3 * BURST + 1
    lines = [line for line in caplog.messages if line.startswith("refused")]
    assert len(lines) == BURST
    assert lines[0] == "refused: something (device unknown, from 192.0.2.1): bad_mac1"
    assert "clone: something (device pump, only claimed, from inside)" in (
        caplog.messages
    )
    now = WINDOW
    stop()
    log.record(record(AuditKind.REFUSED))
    assert f"refused: {2 * BURST} more not logged" in caplog.messages
    assert len(heard) == 3 * BURST + 1


def told(caplog: pytest.LogCaptureFixture, start: str) -> int:
    """Return how many warnings begin so; forget them."""
    found = [
        record
        for record in caplog.records
        if record.levelno >= logging.WARNING and record.getMessage().startswith(start)
    ]
    caplog.clear()
    return len(found)


@pytest.mark.parametrize(
    "who", [{"enrolment_id": "pump"}, {"address": "192.0.2.1"}, {}], ids=str
)
def test_what_is_refused_again_and_again_is_a_warning_once(
    caplog: pytest.LogCaptureFixture, who: dict[str, str]
) -> None:
    """Until the reason is another one."""
    now = 0.0
    log = SecurityLog(lambda: now)
    caplog.set_level(logging.DEBUG, "custom_components.oceanremote")
    for number in range(5):
        now += WINDOW
        log.note(AuditKind.REFUSED, "unknown_key", detail=f"try {number}", **who)
        log.note(AuditKind.CLONE, "a second holder", detail=f"{number}", **who)
    assert sum("refused: unknown_key" in line for line in caplog.messages) == 5
    assert told(caplog, "refused") == 1
    log.note(AuditKind.REFUSED, "token_used", **who)
    assert told(caplog, "refused") == 1
    log.note(AuditKind.REFUSED, "unknown_key", **who)
    log.note(AuditKind.REFUSED, "unknown_key", enrolment_id="lamp")
    log.note(AuditKind.REFUSED, "unknown_key", address="192.0.2.2")
    assert told(caplog, "refused") == 3


@pytest.mark.parametrize("who", [{"enrolment_id": "pump"}, {"address": "192.0.2.1"}])
def test_what_came_in_meanwhile_is_a_warning_again(
    caplog: pytest.LogCaptureFixture, who: dict[str, str]
) -> None:
    """Then it is news."""
    log = SecurityLog(lambda: 0.0)
    for _ in range(2):
        log.note(AuditKind.REFUSED, "wrong_mac", **who)
        log.note(AuditKind.REFUSED, "wrong_mac", **who)
        assert told(caplog, "refused") == 1
        log.note(AuditKind.SESSION, "proved", enrolment_id="pump", address="192.0.2.1")


def test_what_a_peer_says_is_no_line_of_its_own(
    caplog: pytest.LogCaptureFixture,
) -> None:
    log = SecurityLog(lambda: 0.0)
    detail = "pump 1.0\n2026-11-21 ERROR\x1b[2J\u2028 Gärtner’s"
    log.note(AuditKind.CLONE, "a second holder", detail=detail)
    (line,) = caplog.messages
    assert line.endswith(r"pump 1.0\n2026-11-21 ERROR\x1b[2J\u2028 Gärtner’s")


def test_what_was_said_takes_a_bounded_memory() -> None:
    """Strangers have as many addresses as they like; the quiet are forgotten first."""
    log = SecurityLog(lambda: 0.0)
    for number in range(MAX_WARNED):
        log.note(AuditKind.REFUSED, "bad_mac1", address=f"stranger {number}")
    log.note(AuditKind.REFUSED, "bad_mac1", address="stranger 0")
    log.note(AuditKind.REFUSED, "bad_mac1", address="one more")
    assert len(log._warned) == MAX_WARNED
    assert "stranger 0" in log._warned
    assert "stranger 1" not in log._warned


def test_storm_of_old_news_hides_no_new_one(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Lines for debugging are counted by themselves."""
    log = SecurityLog(lambda: 0.0)
    caplog.set_level(logging.DEBUG, "custom_components.oceanremote")
    for _ in range(5 * BURST):
        log.note(AuditKind.REFUSED, "bad_mac1", address="192.0.2.1")
    assert len(caplog.messages) == BURST + 1
    assert told(caplog, "refused") == 1
    log.note(AuditKind.REFUSED, "bad_mac1", address="192.0.2.2")
    assert told(caplog, "refused") == 1


# -- the gate ---------------------------------------------------------------


async def test_a_claim_leads_to_its_device(hub: Hub, connected_device: Device) -> None:
    """By handle first, then by key, then by MAC; for what is pending too."""
    index = ClaimIndex(hub.vault)
    enrolment_id = only_coordinator(hub).enrolment_id
    identity = connected_device.driver.flash.identity

    def found(**claims: bytes) -> str | None:
        return index.device_of(LinkClosed(CloseReason.REFUSED, **claims))  # type: ignore[arg-type]

    assert found(claimed_key=identity.key.public) == enrolment_id
    assert found(claimed_handle=identity.registration.handle) == enrolment_id
    assert (
        found(claimed_handle=bytes(8), claimed_key=identity.key.public) == enrolment_id
    )
    assert found(claimed_key=bytes(32), claimed_mac=identity.mac) == enrolment_id
    assert found(claimed_handle=bytes(8), claimed_key=bytes(32)) is None
    assert found(claimed_mac=bytes(6)) is None
    assert found(claimed_key=bytes(32)) is None
    assert found() is None
    token, _ = await hub.async_issue_registration_token(
        only_coordinator(hub).subentry_id
    )
    fresh = type(identity.registration).parse(token)
    await hub.vault.store_pending(
        enrolment_id, identity.mac, bytes(range(32)), bytes(32), handle=fresh.handle
    )
    assert found(claimed_key=bytes(range(32))) == enrolment_id
    assert found(claimed_handle=fresh.handle) == enrolment_id
    assert found(claimed_handle=identity.registration.handle) is None
