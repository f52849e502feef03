"""The hub's addresses, told to devices: who has heard of them, and who is named."""

import asyncio
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.common.const import (
    ADDRESSES_STORE,
    CONF_URLS,
    DOMAIN,
)
from custom_components.oceanremote.device.addresses import AddressesStatus
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.hub.told_addresses import (
    ISSUE_NOT_TOLD,
    MAX_NAMES,
    MOMENT,
)
from custom_components.oceanremote.protocol import AddressesStored, DeviceFacts
from tests.support.device import AddressesTold
from tests.support.device_driver import FACTS

from .runtime_support import (
    Device,
    come_online,
    entity_id_of,
    eventually,
    load,
    only_coordinator,
    state_of,
)

FIRST = ["ws://127.0.0.1:8123"]
SECOND = ["ws://192.168.1.10:8123", "wss://home.example.com"]


@pytest.fixture
def keeper(enrolled_device: Device) -> Device:
    """Return a board, not yet connected, that keeps addresses."""
    enrolled_device.driver.stores_addresses = True
    return enrolled_device


def told(device: Device) -> list[tuple[str, ...]]:
    """Return the lists that the device was told."""
    return [
        event.addresses.urls
        for event in device.driver.events
        if isinstance(event, AddressesTold)
    ]


async def move(hass: HomeAssistant, entry: MockConfigEntry, urls: list[str]) -> None:
    """Give the hub other addresses."""
    hass.config_entries.async_update_entry(
        entry, options={**entry.options, CONF_URLS: urls}
    )
    await hass.async_block_till_done()


def issue(hass: HomeAssistant, entry: MockConfigEntry) -> ir.IssueEntry | None:
    """Return the issue that names who has not heard."""
    return ir.async_get(hass).async_get_issue(
        DOMAIN, f"{ISSUE_NOT_TOLD}_{entry.entry_id}"
    )


def named(hass: HomeAssistant, entry: MockConfigEntry) -> str:
    """Return the names in it; empty without one."""
    if (found := issue(hass, entry)) is None or found.translation_placeholders is None:
        return ""
    return found.translation_placeholders["devices"]


async def test_a_device_that_keeps_addresses_is_told_them(
    hass: HomeAssistant, hub: Hub, keeper: Device
) -> None:
    coordinator = only_coordinator(hub)
    assert state_of(hass, "sensor", coordinator, "own-addresses") == "not_told"
    await come_online(hass, keeper, coordinator)
    await eventually(lambda: told(keeper) == [tuple(FIRST)])
    await eventually(
        lambda: state_of(hass, "sensor", coordinator, "own-addresses") == "current"
    )


async def test_what_a_device_knows_it_is_not_told_again(
    hass: HomeAssistant, hub: Hub, keeper: Device
) -> None:
    """Not at its next session, and not at a rotation."""
    await come_online(hass, keeper, only_coordinator(hub))
    await eventually(lambda: told(keeper))
    await keeper.hang_up()
    await come_online(hass, keeper, only_coordinator(hub))
    await only_coordinator(hub).async_renew()
    await hass.async_block_till_done()
    assert len(told(keeper)) == 1


async def test_a_device_that_keeps_none_is_told_nothing(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    """Firmware that does not know the message would end the link."""
    await only_coordinator(hub).async_renew()
    assert told(connected_device) == []
    assert connected_device.driver.closed is None
    coordinator = only_coordinator(hub)
    assert state_of(hass, "sensor", coordinator, "own-addresses") == "not_told"


async def test_other_addresses_reach_who_is_connected_at_once(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub, keeper: Device
) -> None:
    await come_online(hass, keeper, only_coordinator(hub))
    await eventually(lambda: told(keeper))
    await move(hass, hub_entry, SECOND)
    await eventually(lambda: told(keeper)[1:] == [tuple(SECOND)])
    await eventually(lambda: issue(hass, hub_entry) is None)


async def test_who_is_away_is_named_until_it_has_heard(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub, keeper: Device
) -> None:
    coordinator = only_coordinator(hub)
    await come_online(hass, keeper, coordinator)
    await eventually(lambda: told(keeper))
    await keeper.hang_up()
    await eventually(lambda: not coordinator.connected)
    await move(hass, hub_entry, SECOND)
    assert named(hass, hub_entry) == "- Garden pump"
    assert state_of(hass, "sensor", coordinator, "own-addresses") == "not_told"
    found = issue(hass, hub_entry)
    assert found is not None
    assert found.severity is ir.IssueSeverity.WARNING
    assert found.translation_placeholders is not None
    assert "`wss://home.example.com`" in found.translation_placeholders["addresses"]
    await come_online(hass, keeper, coordinator)
    await eventually(lambda: issue(hass, hub_entry) is None)
    assert state_of(hass, "sensor", coordinator, "own-addresses") == "current"


async def test_addresses_that_come_back_leave_nobody_behind(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub, keeper: Device
) -> None:
    await come_online(hass, keeper, only_coordinator(hub))
    await eventually(lambda: told(keeper))
    await keeper.hang_up()
    await move(hass, hub_entry, SECOND)
    await move(hass, hub_entry, FIRST)
    assert issue(hass, hub_entry) is None


async def test_who_has_not_heard_is_known_after_a_restart(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub, keeper: Device
) -> None:
    await come_online(hass, keeper, only_coordinator(hub))
    await eventually(lambda: told(keeper))
    await keeper.hang_up()
    await move(hass, hub_entry, SECOND)
    assert await hass.config_entries.async_unload(hub_entry.entry_id)
    ir.async_delete_issue(hass, DOMAIN, f"{ISSUE_NOT_TOLD}_{hub_entry.entry_id}")
    hub = await load(hass, hub_entry)
    assert named(hass, hub_entry) == "- Garden pump"


async def test_a_change_while_the_hub_was_down_is_noticed(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub, keeper: Device
) -> None:
    await come_online(hass, keeper, only_coordinator(hub))
    await eventually(lambda: told(keeper))
    await keeper.hang_up()
    assert await hass.config_entries.async_unload(hub_entry.entry_id)
    await move(hass, hub_entry, SECOND)
    await load(hass, hub_entry)
    assert named(hass, hub_entry) == "- Garden pump"


async def test_nobody_is_named_where_nothing_has_changed(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub, connected_device: Device
) -> None:
    """A device of older firmware has the present addresses in its YAML."""
    assert issue(hass, hub_entry) is None
    assert await hass.config_entries.async_unload(hub_entry.entry_id)
    await load(hass, hub_entry)
    assert issue(hass, hub_entry) is None


async def test_who_registers_after_the_change_is_not_named(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub, enrolled_device: Device
) -> None:
    """Its YAML has the new addresses, though it keeps none."""
    await move(hass, hub_entry, SECOND)
    await come_online(hass, enrolled_device, only_coordinator(hub))
    assert issue(hass, hub_entry) is None


async def test_a_device_without_room_is_shown_and_named(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub, enrolled_device: Device
) -> None:
    facts = {name: getattr(FACTS, name) for name in FACTS.__slots__}
    enrolled_device.driver.facts = DeviceFacts(**{**facts, "small_store": True})
    coordinator = only_coordinator(hub)
    await come_online(hass, enrolled_device, coordinator)
    assert state_of(hass, "sensor", coordinator, "own-addresses") == "no_room"
    await move(hass, hub_entry, SECOND)
    assert named(hass, hub_entry) == "- Garden pump"
    assert told(enrolled_device) == []


async def test_what_a_device_cannot_dial_is_named(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    keeper: Device,
    caplog: pytest.LogCaptureFixture,
) -> None:
    keeper.driver.cannot_dial = lambda url: url.startswith("wss:")
    coordinator = only_coordinator(hub)
    await come_online(hass, keeper, coordinator)
    await move(hass, hub_entry, SECOND)
    await eventually(
        lambda: coordinator.addresses is not None and coordinator.addresses.refused
    )
    state = hass.states.get(entity_id_of(hass, "sensor", coordinator, "own-addresses"))
    assert state is not None
    assert state.attributes["refused"] == ["wss://home.example.com"]
    assert "Garden pump cannot dial wss://home.example.com" in caplog.text


async def test_a_device_in_quarantine_is_told_nothing_until_it_is_released(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub, keeper: Device
) -> None:
    coordinator = only_coordinator(hub)
    await come_online(hass, keeper, coordinator)
    await eventually(lambda: told(keeper))
    trust = hub.security.trust
    await trust.async_quarantine(coordinator, None)
    await move(hass, hub_entry, SECOND)
    assert len(told(keeper)) == 1
    await trust.async_release(coordinator, None)
    await eventually(lambda: told(keeper)[1:] == [tuple(SECOND)])


async def test_a_device_that_stores_nothing_is_told_once_on_a_link(
    hass: HomeAssistant, hub: Hub, keeper: Device
) -> None:
    """Whatever it answers: its flash may be worn out."""
    await come_online(hass, keeper, only_coordinator(hub))
    await eventually(lambda: told(keeper))
    connection, now = keeper.driver.connection, keeper.driver._clock
    for _ in range(5):
        connection.send_addresses_stored(AddressesStored(0), now())
    await keeper.send(connection.frames_to_send())
    coordinator = only_coordinator(hub)
    await eventually(
        lambda: state_of(hass, "sensor", coordinator, "own-addresses") == "not_told"
    )
    await coordinator.async_renew()
    assert len(told(keeper)) == 1


async def test_an_address_that_is_too_long_is_left_to_the_yaml(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub, keeper: Device
) -> None:
    long = f"wss://{'a' * 60}.{'b' * 60}.example"
    await come_online(hass, keeper, only_coordinator(hub))
    await eventually(lambda: told(keeper))
    await move(hass, hub_entry, [long])
    assert len(told(keeper)) == 1, "there is nothing to tell"
    await move(hass, hub_entry, [long, SECOND[0]])
    await eventually(lambda: told(keeper)[1:] == [(SECOND[0],)])


async def test_many_are_counted(hass: HomeAssistant, hub: Hub) -> None:
    """The issue names so many that a person reads them."""
    names = [f"Device {number:03}" for number in range(MAX_NAMES + 5)]
    hub.addresses._unaware = lambda: names  # type: ignore[method-assign]
    hub.addresses._changed()
    entry = hub.entry
    assert isinstance(entry, MockConfigEntry)
    lines = named(hass, entry).splitlines()
    assert len(lines) == MAX_NAMES + 1
    assert lines[-1] == "- … (+5)"


async def test_what_is_damaged_on_disk_costs_nobody_else_anything(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    hub_entry: MockConfigEntry,
    hub: Hub,
    keeper: Device,
    caplog: pytest.LogCaptureFixture,
) -> None:
    coordinator = only_coordinator(hub)
    await come_online(hass, keeper, coordinator)
    await eventually(
        lambda: state_of(hass, "sensor", coordinator, "own-addresses") == "current"
    )
    await keeper.hang_up()
    assert await hass.config_entries.async_unload(hub_entry.entry_id)
    kept = hass_storage[ADDRESSES_STORE]["data"]
    for damaged in (
        {},
        [],
        "none",
        {"version": 1},
        {"version": "1", "unusable": 0, "proved": 0},
        {"version": True, "unusable": 0, "proved": 0},
        {"version": 1, "unusable": 0, "proved": 0, "more": 0} | {"proved": 2**40},
        {"version": -1, "unusable": 0, "proved": 0},
    ):
        kept["devices"]["another"] = damaged
        caplog.clear()
        hub = await load(hass, hub_entry)
        assert "Dropped what a device had stored of the addresses" in caplog.text
        assert "another" not in hub.addresses._stored
        known = only_coordinator(hub).addresses
        assert known is not None
        assert known.status is AddressesStatus.CURRENT
        assert await hass.config_entries.async_unload(hub_entry.entry_id)
        kept = hass_storage[ADDRESSES_STORE]["data"]


@pytest.mark.parametrize(
    "data",
    [
        {"devices": []},
        {"devices": None, "changed_at": "yesterday", "version": "one"},
        {"changed_at": [1]},
    ],
)
async def test_a_damaged_file_is_no_reason_not_to_start(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    hub_entry: MockConfigEntry,
    hub: Hub,
    data: dict[str, Any],
) -> None:
    assert await hass.config_entries.async_unload(hub_entry.entry_id)
    hass_storage[ADDRESSES_STORE]["data"] = data
    await load(hass, hub_entry)


async def test_many_that_speak_at_once_are_one_look_at_all(
    hass: HomeAssistant, hub: Hub, keeper: Device
) -> None:
    looks: list[None] = []
    unaware = hub.addresses._unaware
    hub.addresses._unaware = (  # type: ignore[method-assign]
        lambda: looks.append(None) or unaware()
    )
    await come_online(hass, keeper, only_coordinator(hub))
    await eventually(lambda: told(keeper))
    looks.clear()
    connection, now = keeper.driver.connection, keeper.driver._clock
    for number in range(20):
        connection.send_addresses_stored(AddressesStored(number), now())
    await keeper.send(connection.frames_to_send())
    await eventually(lambda: looks)
    await asyncio.sleep(2 * MOMENT)
    assert len(looks) <= 2
