"""Entities come from the device's own description, and follow it."""

from datetime import UTC, datetime
from typing import Any

from homeassistant.const import (
    EVENT_STATE_CHANGED,
    EVENT_STATE_REPORTED,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
)
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.common.const import DOMAIN
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.protocol import (
    Domain,
    EntityAddress,
    EntityCategory,
    EntityDescriptor,
    EntityState,
    NumberMode,
    StateClass,
)
from custom_components.oceanremote.protocol.domains import StateValue
from tests.support import descriptors
from tests.support.device_driver import FACTS

from .runtime_support import (
    FLOW,
    PUMP,
    Device,
    Records,
    describe,
    entity_id_of,
    eventually,
    has_told_all,
    make_subentry,
    only_coordinator,
)


async def redescribe(
    hass: HomeAssistant,
    device: Device,
    *entities: EntityDescriptor,
    safe_mode: bool = False,
) -> None:
    """Restart a board with another program."""
    await device.hang_up()
    await hass.async_block_till_done()
    device.driver.entities = entities
    device.driver.facts = type(FACTS)(
        **{
            name: getattr(FACTS, name)
            for name in FACTS.__slots__
            if name != "safe_mode"
        },
        safe_mode=safe_mode,
    )
    await device.connect()
    (entry,) = hass.config_entries.async_loaded_entries(DOMAIN)
    coordinator = only_coordinator(entry.runtime_data.hub)
    await eventually(lambda: has_told_all(coordinator) or coordinator.safe_mode)
    await hass.async_block_till_done()


async def show(
    hass: HomeAssistant, hub: Hub, device: Device, entity: EntityDescriptor
) -> str:
    """Restart a board with one entity; return the entity's id."""
    await redescribe(hass, device, entity)
    coordinator = only_coordinator(hub)
    domain = entity.address.domain
    platform = domain.platform
    tail = f"{domain.name.lower()}-0-{entity.object_id if entity.name else ''}"
    return entity_id_of(hass, platform, coordinator, tail)


TEXT = describe(Domain.TEXT_SENSOR, "Message")
DOOR = describe(Domain.BINARY_SENSOR, "Door", device_class="door")


@pytest.mark.parametrize(
    ("entity", "value", "state", "attributes"),
    [
        (DOOR, True, "on", {"device_class": "door"}),
        (DOOR, False, "off", {}),
        (DOOR, None, STATE_UNKNOWN, {}),
        (
            describe(
                Domain.SENSOR,
                "Power",
                device_class="power",
                unit="W",
                state_class=StateClass.MEASUREMENT,
                accuracy_decimals=1,
                icon="mdi:flash",
            ),
            12.25,
            "12.25",
            {
                "device_class": "power",
                "unit_of_measurement": "W",
                "state_class": "measurement",
                "icon": "mdi:flash",
            },
        ),
        (FLOW, None, STATE_UNKNOWN, {"unit_of_measurement": "L/min"}),
        (
            describe(Domain.SENSOR, "Boot", device_class="timestamp", unit="s"),
            1_700_000_000.0,
            datetime.fromtimestamp(1_700_000_000, UTC).isoformat(),
            {"device_class": "timestamp"},
        ),
        (
            describe(Domain.SENSOR, "Up since", device_class="uptime"),
            1_700_000_000.0,
            datetime.fromtimestamp(1_700_000_000, UTC).isoformat(),
            {"device_class": "uptime"},
        ),
        (
            describe(Domain.SENSOR, "Boot", device_class="timestamp"),
            1e30,
            STATE_UNKNOWN,
            {},
        ),
        # A class that Home Assistant does not have, or that is not for numbers.
        (describe(Domain.SENSOR, "Odd", device_class="bogus"), 1.0, "1.0", {}),
        (describe(Domain.SENSOR, "Odd", device_class="enum"), 1.0, "1.0", {}),
        (TEXT, "all is well", "all is well", {}),
        (TEXT, None, STATE_UNKNOWN, {}),
        (
            describe(Domain.TEXT_SENSOR, "Day", device_class="date"),
            "2026-11-26",
            "2026-11-26",
            {"device_class": "date"},
        ),
        (
            describe(Domain.TEXT_SENSOR, "Day", device_class="date"),
            "26.11.2026",
            STATE_UNKNOWN,
            {"device_class": "date"},
        ),
        (
            describe(Domain.TEXT_SENSOR, "When", device_class="timestamp"),
            "2026-11-21T06:00:00+00:00",
            "2026-11-21T06:00:00+00:00",
            {},
        ),
        (
            describe(Domain.TEXT_SENSOR, "When", device_class="timestamp"),
            "2026-11-21T06:00:00",
            STATE_UNKNOWN,
            {},
        ),
        (
            describe(Domain.TEXT_SENSOR, "When", device_class="timestamp"),
            "2026-13-41T06:00:00+00:00",
            STATE_UNKNOWN,
            {},
        ),
        (
            describe(Domain.SWITCH, "Plug", device_class="outlet", assumed_state=True),
            True,
            "on",
            {"device_class": "outlet", "assumed_state": True},
        ),
        (
            describe(
                Domain.NUMBER,
                "Level",
                min_value=0.0,
                max_value=10.0,
                step=0.5,
                mode=NumberMode.SLIDER,
                unit="m",
            ),
            2.5,
            "2.5",
            {"min": 0.0, "max": 10.0, "step": 0.5, "mode": "slider"},
        ),
        (describe(Domain.NUMBER, "Bare"), None, STATE_UNKNOWN, {"mode": "auto"}),
        (
            describe(Domain.SELECT, "Mode", options=("eco", "boost")),
            "boost",
            "boost",
            {"options": ["eco", "boost"]},
        ),
        (
            describe(Domain.SELECT, "Mode", options=("eco", "boost")),
            "warp",
            STATE_UNKNOWN,
            {},
        ),
    ],
)
async def test_states_of_every_domain(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    entity: EntityDescriptor,
    value: StateValue,
    state: str,
    attributes: dict[str, Any],
) -> None:
    """A value becomes a state, or unknown where Home Assistant cannot show it."""
    entity_id = await show(hass, hub, connected_device, entity)
    await connected_device.report(entity, value)
    coordinator = only_coordinator(hub)
    states = coordinator.cache.states
    # A number that no device can mean is none.
    kept = None if value == 1e300 else value
    await eventually(lambda: states.get(entity.address, ...) == kept)
    await hass.async_block_till_done()
    shown = hass.states.get(entity_id)
    assert shown is not None
    assert shown.state == state
    assert attributes.items() <= shown.attributes.items()
    assert shown.attributes["friendly_name"] == f"Garden pump {entity.name}"


async def test_categories_and_defaults(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    """A sensor cannot be configuration; what is off by default is not added."""
    number = describe(Domain.NUMBER, "Offset", entity_category=EntityCategory.CONFIG)
    sensor = describe(Domain.SENSOR, "Raw", entity_category=EntityCategory.CONFIG)
    uptime = describe(
        Domain.SENSOR,
        "Uptime",
        entity_category=EntityCategory.DIAGNOSTIC,
        disabled_by_default=True,
    )
    await redescribe(hass, connected_device, number, sensor, uptime)
    coordinator = only_coordinator(hub)
    registry = er.async_get(hass)

    def entry(platform: str, tail: str) -> er.RegistryEntry:
        found = registry.async_get(entity_id_of(hass, platform, coordinator, tail))
        assert found is not None
        return found

    assert entry("number", "number-0-offset").entity_category == "config"
    assert entry("sensor", "sensor-0-raw").entity_category is None
    assert entry("sensor", "sensor-0-uptime").entity_category == "diagnostic"
    assert entry("sensor", "sensor-0-uptime").disabled


async def test_an_entity_without_a_name_carries_the_devices(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    """ESPHome's `name: None` is the main thing of a device."""
    main = descriptors.describe(
        address=EntityAddress(Domain.SWITCH, 0, 7), object_id="main", name=""
    )
    entity_id = await show(hass, hub, connected_device, main)
    shown = hass.states.get(entity_id)
    assert shown is not None
    assert shown.attributes["friendly_name"] == "Garden pump"


async def test_equal_states_are_written_once(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    """Except where the device says that every one counts."""
    forced = describe(Domain.SENSOR, "Pulse", force_update=True)
    await redescribe(hass, connected_device, FLOW, forced)
    seen: list[str] = []

    @callback
    def note(event: Event[Any]) -> None:
        seen.append(event.data["entity_id"])

    hass.bus.async_listen(
        EVENT_STATE_REPORTED, note, event_filter=callback(lambda data: True)
    )
    hass.bus.async_listen(EVENT_STATE_CHANGED, note)
    for _ in range(3):
        await connected_device.report(FLOW, 1.0)
        await connected_device.report(forced, 1.0)
    await connected_device.report(FLOW, 2.0)
    coordinator = only_coordinator(hub)
    flow = entity_id_of(hass, "sensor", coordinator, "sensor-0-flow")
    pulse = entity_id_of(hass, "sensor", coordinator, "sensor-0-pulse")
    await eventually(lambda: hass.states.is_state(flow, "2.0"))
    await hass.async_block_till_done()
    assert seen.count(flow) == 2
    assert seen.count(pulse) == 3


async def test_entities_are_unavailable_while_the_device_is_away(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    """And carry their last state as soon as it is back and has said it again."""
    coordinator = only_coordinator(hub)
    switch = entity_id_of(hass, "switch", coordinator, "switch-0-pump")
    connected = entity_id_of(hass, "binary_sensor", coordinator, "own-connected")
    await connected_device.report(PUMP, value=True)
    await eventually(lambda: hass.states.is_state(switch, "on"))
    assert hass.states.is_state(connected, "on")
    await connected_device.hang_up()
    await hass.async_block_till_done()
    assert hass.states.is_state(switch, STATE_UNAVAILABLE)
    assert hass.states.is_state(connected, "off")
    await connected_device.connect()
    await hass.async_block_till_done()
    await connected_device.report(PUMP, value=True)
    await eventually(lambda: hass.states.is_state(switch, "on"))


async def test_entities_outlive_a_restart(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    connected_device: Device,
) -> None:
    """They are there before the device is, and the description is not asked again."""
    await connected_device.hang_up()
    await hass.config_entries.async_reload(hub_entry.entry_id)
    await hass.async_block_till_done()
    restarted: Hub = hub_entry.runtime_data.hub
    coordinator = only_coordinator(restarted)
    switch = entity_id_of(hass, "switch", coordinator, "switch-0-pump")
    assert hass.states.is_state(switch, STATE_UNAVAILABLE)
    last_seen = entity_id_of(hass, "sensor", coordinator, "own-last_seen")
    assert not hass.states.is_state(last_seen, STATE_UNKNOWN)
    records = Records(restarted)
    await connected_device.connect()
    assert coordinator.available
    assert not records.of(AuditKind.DESCRIPTION)


async def test_entities_follow_the_description(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    """Added, removed, renamed, given another key: all without a restart."""
    coordinator = only_coordinator(hub)
    switch = entity_id_of(hass, "switch", coordinator, "switch-0-pump")
    await connected_device.report(PUMP, value=True)
    await eventually(lambda: hass.states.is_state(switch, "on"))
    rebuilt = descriptors.describe(
        address=EntityAddress(Domain.SWITCH, 0, 4711),
        object_id=PUMP.object_id,
        name="Main pump",
    )
    await redescribe(hass, connected_device, rebuilt, TEXT)
    registry = er.async_get(hass)
    assert (
        entity_id_of(hass, "switch", coordinator, "switch-0-pump") == switch
    )  # the same entity, its history kept
    entry = registry.async_get(switch)
    assert entry is not None
    assert entry.original_name == "Main pump"
    # What the former program said is not what this one says.
    assert hass.states.is_state(switch, STATE_UNKNOWN)
    await connected_device.report(rebuilt, value=False)
    await eventually(lambda: hass.states.is_state(switch, "off"))
    unique_ids = {entry.unique_id for entry in registry.entities.values()}
    flow = f"{coordinator.subentry_id}-sensor-0-flow"
    assert flow not in unique_ids
    assert f"{coordinator.subentry_id}-text_sensor-0-message" in unique_ids
    # The same object id in YAML again is the same unique id again.
    await redescribe(hass, connected_device, FLOW)
    assert flow in {entry.unique_id for entry in registry.entities.values()}
    assert registry.async_get(switch) is None


async def test_the_registry_follows_the_description(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    """What Home Assistant writes for a new entity only: nothing old stays."""
    sensor = entity_id_of(hass, "sensor", only_coordinator(hub), "sensor-0-flow")
    registry = er.async_get(hass)
    now_a_pressure = descriptors.changed(
        FLOW,
        name="Pressure",
        icon="mdi:gauge",
        device_class="pressure",
        unit="bar",
        state_class=StateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
    )
    await redescribe(hass, connected_device, PUMP, now_a_pressure)
    entry = registry.async_get(sensor)
    assert entry.original_name == "Pressure"
    assert entry.original_icon == "mdi:gauge"
    assert entry.original_device_class == "pressure"
    assert entry.unit_of_measurement == "bar"
    assert entry.capabilities == {"state_class": "measurement"}
    assert entry.entity_category == "diagnostic"
    await redescribe(hass, connected_device, PUMP, FLOW)
    entry = registry.async_get(sensor)
    assert entry.original_name == "Flow"
    assert (entry.original_icon, entry.original_device_class) == (None, None)
    assert entry.unit_of_measurement == "L/min"
    assert (entry.capabilities, entry.entity_category) == (None, None)


async def test_safe_mode_removes_nothing(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    """In safe mode the description is empty and says nothing about the entities."""
    coordinator = only_coordinator(hub)
    switch = entity_id_of(hass, "switch", coordinator, "switch-0-pump")
    await redescribe(hass, connected_device, safe_mode=True)
    assert coordinator.connected
    assert not coordinator.available
    assert hass.states.is_state(switch, STATE_UNAVAILABLE)
    status = entity_id_of(hass, "sensor", coordinator, "own-status")
    assert hass.states.is_state(status, "safe_mode")
    await redescribe(hass, connected_device, PUMP, FLOW)
    assert coordinator.available
    assert entity_id_of(hass, "switch", coordinator, "switch-0-pump") == switch


async def test_an_empty_program_removes_all_described_entities(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    """Out of safe mode, an empty description is complete; our own entities stay."""
    await redescribe(hass, connected_device)
    coordinator = only_coordinator(hub)
    own = f"{coordinator.subentry_id}-own-"
    unique_ids = [
        entry.unique_id
        for entry in er.async_get(hass).entities.values()
        if entry.config_subentry_id == coordinator.subentry_id
    ]
    assert unique_ids
    assert all(unique_id.startswith(own) for unique_id in unique_ids)


async def test_a_state_that_breaks_its_entity_keeps_no_other_back(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    records: Records,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Values come from the device; one that cannot be written is recorded."""
    coordinator = only_coordinator(hub)

    def explode(value: StateValue) -> None:
        raise ValueError("cannot be shown")

    coordinator.cache.subscribe(PUMP.address, explode)
    driver = connected_device.driver
    states = [(PUMP, True), (FLOW, 3.0)]
    await connected_device.send(
        driver.report_all(
            [EntityState(entity.address, value) for entity, value in states]
        )
    )
    flow = entity_id_of(hass, "sensor", coordinator, "sensor-0-flow")
    await eventually(lambda: hass.states.is_state(flow, "3.0"))
    (record,) = records.of(AuditKind.FAILURE)
    assert "cannot be shown" in record.detail


async def test_a_device_added_later_has_its_own_entities_at_once(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub
) -> None:
    """Nothing reloads when a subentry is added or renamed."""
    subentry = make_subentry(1, "Weather station")
    hass.config_entries.async_add_subentry(hub_entry, subentry)
    await hass.async_block_till_done()
    assert hub_entry.runtime_data.hub is hub
    coordinator = hub.coordinator_for(subentry.subentry_id)
    status = entity_id_of(hass, "sensor", coordinator, "own-status")
    assert hass.states.is_state(status, "not_enrolled")
    await hub.async_issue_registration_token(subentry.subentry_id)
    assert hass.states.is_state(status, "waiting_for_first_connection")
    hass.config_entries.async_update_subentry(
        hub_entry, hub_entry.subentries[subentry.subentry_id], title="Roof"
    )
    await hass.async_block_till_done()
    assert coordinator.name == "Roof"
    shown = hass.states.get(status)
    assert shown is not None
    assert shown.attributes["friendly_name"] == "Roof Status"
