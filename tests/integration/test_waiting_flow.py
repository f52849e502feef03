"""The page on which an administrator says which commands wait for a sleeping device."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.common.const import CONF_WAITING
from custom_components.oceanremote.device.waiting_rules import WaitingRules
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.policy.waiting import MAX_MINUTES
from custom_components.oceanremote.protocol import Domain
from custom_components.oceanremote.protocol.user_actions import UserAction

from .flow_support import answer, choose, start_device_flow, text_at
from .runtime_support import (
    PUMP,
    Device,
    Records,
    come_online,
    describe,
    entity_id_of,
    only_coordinator,
)

GATE = describe(Domain.COVER, "Gate")
WATER = UserAction(key=1, name="water")


@pytest.fixture
async def device(hass: HomeAssistant, hub: Hub, enrolled_device: Device) -> Device:
    """Return a connected board with a pump, a gate and an action."""
    enrolled_device.driver.entities = (PUMP, GATE)
    enrolled_device.driver.actions = (WATER,)
    return await come_online(hass, enrolled_device, only_coordinator(hub))


async def open_page(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, Any]:
    """Go to the page of the one device."""
    (subentry_id,) = entry.subentries
    flow = await start_device_flow(hass, entry, subentry_id)
    return await choose(hass, flow, "waiting")


def rules(entry: MockConfigEntry) -> WaitingRules:
    """Return what the one device's subentry says."""
    (subentry,) = entry.subentries.values()
    return WaitingRules.from_data(subentry.data.get(CONF_WAITING, {}))


async def test_what_is_chosen_is_kept_and_shown_again(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    device: Device,
    records: Records,
) -> None:
    """By what stays the same when an entity gets another name; and it is audited."""
    coordinator = only_coordinator(hub)
    gate = entity_id_of(hass, "cover", coordinator, "cover-0-gate")
    page = await open_page(hass, hub_entry)
    assert (page["type"], page["step_id"]) == (FlowResultType.FORM, "waiting")
    chosen = {"minutes": 60, "entities": [gate], "actions": ["water"]}
    result = await answer(hass, page, **chosen)
    assert result["reason"] == "waiting_saved"
    assert rules(hub_entry) == WaitingRules(
        60,
        frozenset({f"{coordinator.subentry_id}-cover-0-gate"}),
        frozenset({"water"}),
    )
    (record,) = records.of(AuditKind.POLICY)
    assert record.outcome == "which commands wait for it was changed"
    er.async_get(hass).async_update_entity(gate, new_entity_id="cover.garage")
    again = await open_page(hass, hub_entry)
    shown = {
        str(key): key.description["suggested_value"]
        for key in again["data_schema"].schema
    }
    assert shown == {**chosen, "entities": ["cover.garage"]}


async def test_only_what_needs_to_be_named_can_be(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub, device: Device
) -> None:
    """The pump waits anyway, and nobody else's door is this device's."""
    pump = entity_id_of(hass, "switch", only_coordinator(hub), "switch-0-pump")
    for stranger in (pump, "lock.neighbour"):
        page = await open_page(hass, hub_entry)
        with pytest.raises(InvalidData):
            await answer(hass, page, minutes=5, entities=[stranger])
    assert rules(hub_entry) == WaitingRules()


async def test_a_device_without_such_things_is_asked_for_the_time_alone(
    hass: HomeAssistant, hub_entry: MockConfigEntry, connected_device: Device
) -> None:
    page = await open_page(hass, hub_entry)
    assert [str(key) for key in page["data_schema"].schema] == ["minutes"]
    result = await answer(hass, page, minutes=0)
    assert result["type"] is FlowResultType.ABORT
    assert rules(hub_entry) == WaitingRules(0)


@pytest.mark.parametrize("minutes", [-1, MAX_MINUTES + 1])
async def test_no_command_waits_beyond_the_bound(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    connected_device: Device,
    minutes: int,
) -> None:
    page = await open_page(hass, hub_entry)
    with pytest.raises(InvalidData):
        await answer(hass, page, minutes=minutes)


@pytest.mark.parametrize(("stored", "held"), [(-5, 0), (10**9, MAX_MINUTES)])
def test_a_stored_choice_is_held_to_the_bound(stored: int, held: int) -> None:
    assert WaitingRules.from_data({"minutes": stored}).minutes == held


@pytest.mark.parametrize(
    "path",
    [
        ("step", "reconfigure", "menu_options", "waiting"),
        ("step", "waiting", "title"),
        ("step", "waiting", "description"),
        *(
            ("step", "waiting", "data", key)
            for key in ("minutes", "entities", "actions")
        ),
        ("abort", "waiting_saved"),
    ],
)
def test_the_page_is_translated(path: tuple[str, ...]) -> None:
    assert text_at("config_subentries", "device", *path)
