"""States that a device imports: at once, at every change, and only what it may see."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.policy.permits import Permits
from custom_components.oceanremote.protocol import Imported, ImportStatus
from custom_components.oceanremote.requests.imports import RATE

from ..runtime_support import Records, only_coordinator
from .support import GATE, PORCH, Asking, permit, readable

SENSOR = "sensor.outside"
ABSENT = ImportStatus.ABSENT
NOT_ALLOWED = ImportStatus.NOT_ALLOWED


def _value(slot: int, text: str) -> Imported:
    return Imported(slot, ImportStatus.VALUE, text)


async def test_a_state_is_told_at_once_and_at_every_change(
    hass: HomeAssistant, hub: Hub, asking: Asking
) -> None:
    hass.states.async_set(SENSOR, "21.5")
    await permit(hass, hub, readable(hass, SENSOR))
    await asking.want(3, SENSOR)
    await asking.sees(_value(3, "21.5"))
    for state in ("22", "unknown", "x" * 255, ""):
        hass.states.async_set(SENSOR, state)
        await asking.sees(_value(3, state))


async def test_an_entity_that_vanishes_is_absent_until_it_is_back(
    hass: HomeAssistant, hub: Hub, asking: Asking
) -> None:
    await permit(hass, hub, readable(hass, SENSOR))
    await asking.want(0, SENSOR)
    await asking.sees(Imported(0, ABSENT))
    hass.states.async_set(SENSOR, "1")
    await asking.sees(_value(0, "1"))
    hass.states.async_set(SENSOR, "unavailable")
    await asking.sees(Imported(0, ABSENT))
    hass.states.async_set(SENSOR, "2")
    await asking.sees(_value(0, "2"))
    hass.states.async_remove(SENSOR)
    await asking.sees(Imported(0, ABSENT))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "on"),
        (False, "off"),
        (21.5, "21.5"),
        (7, "7"),
        (None, "None"),
        ([1, 2], "[1, 2]"),
        ("é" * 300, "é" * 255),
        ("\ud800", "?"),
    ],
)
async def test_an_attribute_is_told_as_core_does(
    hass: HomeAssistant, hub: Hub, asking: Asking, value: Any, text: str
) -> None:
    hass.states.async_set(SENSOR, "1", {"level": value})
    await permit(hass, hub, readable(hass, SENSOR))
    await asking.want(0, SENSOR, "level")
    await asking.want(1, SENSOR, "no_such_attribute")
    await asking.sees(_value(0, text))
    await asking.sees(Imported(1, ABSENT))


async def test_what_is_not_listed_is_not_seen_until_it_is(
    hass: HomeAssistant, hub: Hub, asking: Asking, records: Records
) -> None:
    hass.states.async_set(SENSOR, "secret")
    await asking.want(0, SENSOR)
    await asking.sees(Imported(0, NOT_ALLOWED))
    for number in range(20):
        hass.states.async_set(SENSOR, f"secret {number}")
    await hass.async_block_till_done()
    assert len(records.of(AuditKind.REQUEST)) == 1
    assert len(asking.told(0)) == 1
    await permit(hass, hub, readable(hass, SENSOR))
    await asking.sees(_value(0, "secret 19"))
    await permit(hass, hub, Permits())
    await asking.sees(Imported(0, NOT_ALLOWED))
    assert len(asking.told(0)) == 3


async def test_a_stranger_under_an_allowed_name_is_not_seen(
    hass: HomeAssistant, hub: Hub, asking: Asking
) -> None:
    await permit(hass, hub, readable(hass, PORCH))
    await asking.want(0, PORCH)
    await asking.sees(_value(0, "off"))
    registry = er.async_get(hass)
    registry.async_update_entity(PORCH, new_entity_id="input_boolean.terrace")
    await hass.async_block_till_done()
    registry.async_update_entity(GATE, new_entity_id=PORCH)
    await asking.sees(Imported(0, NOT_ALLOWED))


async def test_changes_are_merged_and_the_latest_wins(
    hass: HomeAssistant, hub: Hub, asking: Asking
) -> None:
    await permit(hass, hub, readable(hass, SENSOR))
    await asking.want(0, SENSOR)
    await asking.sees(Imported(0, ABSENT))
    for number in range(500):
        hass.states.async_set(SENSOR, str(number))
    await asking.sees(_value(0, "499"))
    assert len(asking.told(0)) <= RATE.burst + 3


async def test_all_slots_are_told_within_the_rate(
    hass: HomeAssistant, hub: Hub, asking: Asking
) -> None:
    hass.states.async_set(SENSOR, "1")
    await permit(hass, hub, readable(hass, SENSOR))
    for slot in range(64):
        await asking.want(slot, SENSOR)
    await asking.sees(_value(63, "1"))
    assert len(asking.device.driver.imported) == 64


async def test_a_slot_that_is_said_twice_is_replaced(
    hass: HomeAssistant, hub: Hub, asking: Asking
) -> None:
    hass.states.async_set(SENSOR, "1")
    await permit(hass, hub, readable(hass, SENSOR, PORCH))
    await asking.want(0, SENSOR)
    await asking.sees(_value(0, "1"))
    await asking.want(0, PORCH)
    await asking.sees(_value(0, "off"))
    hass.states.async_set(SENSOR, "2")
    await hass.async_block_till_done()
    assert len(asking.told(0)) == 2


async def test_a_device_under_suspicion_sees_nothing(
    hass: HomeAssistant, hub: Hub, asking: Asking
) -> None:
    hass.states.async_set(SENSOR, "1")
    await permit(hass, hub, readable(hass, SENSOR))
    await asking.want(0, SENSOR)
    await asking.sees(_value(0, "1"))
    hub.suspect(only_coordinator(hub).enrolment_id, "a test")
    await asking.sees(Imported(0, NOT_ALLOWED))
    hass.states.async_set(SENSOR, "2")
    await hass.async_block_till_done()
    assert len(asking.told(0)) == 2


@pytest.mark.parametrize("how", ["hang up", "unload"])
async def test_nothing_is_followed_for_a_device_that_is_away(
    hass: HomeAssistant, hub: Hub, asking: Asking, how: str
) -> None:
    await permit(hass, hub, readable(hass, SENSOR))
    before = hass.bus.async_listeners().get("state_changed", 0)
    await asking.want(0, SENSOR)
    await asking.sees(Imported(0, ABSENT))
    assert hass.bus.async_listeners()["state_changed"] > before
    if how == "unload":
        assert await hass.config_entries.async_unload(hub.entry.entry_id)
    else:
        await asking.device.hang_up()
        await asking.device.until(lambda: not only_coordinator(hub).connected)
    await hass.async_block_till_done()
    assert hass.bus.async_listeners().get("state_changed", 0) <= before


async def test_a_new_link_says_anew_what_it_wants(
    hass: HomeAssistant, hub: Hub, asking: Asking
) -> None:
    hass.states.async_set(SENSOR, "1")
    await permit(hass, hub, readable(hass, SENSOR))
    await asking.want(0, SENSOR)
    await asking.sees(_value(0, "1"))
    await asking.device.hang_up()
    await asking.device.connect()
    hass.states.async_set(SENSOR, "2")
    await hass.async_block_till_done()
    assert len(asking.told(0)) == 1
    await asking.want(0, SENSOR)
    await asking.sees(_value(0, "2"))
