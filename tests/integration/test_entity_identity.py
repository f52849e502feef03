"""Which entity is which, when a device's names and program change."""

from dataclasses import replace

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.protocol import (
    Domain,
    EntityAddress,
    EntityDescriptor,
)
from custom_components.oceanremote.protocol.entities import SubDevice
from tests.support import descriptors

from .runtime_support import (
    FLOW,
    PUMP,
    Device,
    describe,
    entity_id_of,
    eventually,
    only_coordinator,
)
from .test_entities import redescribe


def nameless(sub: int, key: int, object_id: str = "") -> EntityDescriptor:
    """Return a sensor with `name: None`: the main one of its (sub-)device."""
    return descriptors.describe(
        address=EntityAddress(Domain.SENSOR, sub, key), object_id=object_id, name=""
    )


def only_new(hass: HomeAssistant, before: set[str]) -> er.RegistryEntry:
    """Return the one entity that is registered now and was not before."""
    registry = er.async_get(hass)
    (entity_id,) = set(registry.entities) - before
    entry = registry.async_get(entity_id)
    assert entry is not None
    return entry


def is_state(hass: HomeAssistant, entity_id: str, wanted: str) -> bool:
    """Return whether an entity is there and has this state."""
    state = hass.states.get(entity_id)
    return state is not None and state.state == wanted


async def test_a_nameless_entity_survives_another_name_of_its_device(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    """Its key, and what ESPHome calls its object id, follow `friendly_name`."""
    registry = er.async_get(hass)
    before = set(registry.entities)
    level = nameless(0, 0x1111, "garden_pump")
    await redescribe(hass, connected_device, PUMP, FLOW, level)
    entry = only_new(hass, before)
    registry.async_update_entity(entry.entity_id, new_entity_id="sensor.my_level")
    await hass.async_block_till_done()
    renamed = nameless(0, 0x2222, "new_name")
    await redescribe(hass, connected_device, PUMP, FLOW, renamed)
    await connected_device.report(renamed, 7.0)
    await eventually(lambda: is_state(hass, "sensor.my_level", "7.0"))
    again = registry.async_get("sensor.my_level")
    assert again is not None
    assert again.id == entry.id
    assert set(registry.entities) - before == {"sensor.my_level"}


async def test_nameless_entities_of_sub_devices_stay_apart(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    """Each is the main one of its own part of the device."""
    main, left, right = nameless(0, 1), nameless(1, 2), nameless(2, 3)
    connected_device.driver.sub_devices = (
        SubDevice(id=1, name="Left"),
        SubDevice(id=2, name="Right"),
    )
    await redescribe(hass, connected_device, main, left, right)
    for entity, value in ((main, 1.0), (left, 2.0), (right, 3.0)):
        await connected_device.report(entity, value)
    subentry_id = only_coordinator(hub).subentry_id

    def shown() -> dict[str, str]:
        return {
            entry.unique_id.removeprefix(f"{subentry_id}-"): state.state
            for entry in er.async_get(hass).entities.values()
            if "-sensor-" in entry.unique_id
            and (state := hass.states.get(entry.entity_id)) is not None
        }

    wanted = {"sensor-0-": "1.0", "sensor-1-": "2.0", "sensor-2-": "3.0"}
    await eventually(lambda: shown() == wanted)


async def test_a_changed_display_precision_arrives_at_once(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    """It is an option of the registry, which nothing else updates."""
    level = describe(
        Domain.SENSOR,
        "Level",
        device_class="temperature",
        unit="°C",
        accuracy_decimals=1,
    )
    before = set(er.async_get(hass).entities)
    await redescribe(hass, connected_device, PUMP, FLOW, level)
    entry = only_new(hass, before)
    assert entry.options["sensor"]["suggested_display_precision"] == 1
    await redescribe(
        hass,
        connected_device,
        PUMP,
        FLOW,
        descriptors.changed(level, accuracy_decimals=3),
    )
    options = only_new(hass, before).options
    assert options["sensor"]["suggested_display_precision"] == 3


async def test_a_deleted_entity_returns_when_it_is_described_again(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    """Under the id that it had, and alive."""
    registry = er.async_get(hass)
    registry.async_update_entity(
        "sensor.garden_pump_flow", new_entity_id="sensor.my_flow"
    )
    await hass.async_block_till_done()
    registry.async_remove("sensor.my_flow")
    await hass.async_block_till_done()
    assert hass.states.get("sensor.my_flow") is None
    light = describe(Domain.SWITCH, "Lamp")
    await redescribe(hass, connected_device, PUMP, FLOW, light)
    await connected_device.report(FLOW, 2.5)
    await eventually(lambda: is_state(hass, "sensor.my_flow", "2.5"))


async def test_a_deleted_entity_that_was_disabled_returns_too(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    """It never was more than an entry of the registry."""
    registry = er.async_get(hass)
    extra = describe(Domain.SENSOR, "Extra", disabled_by_default=True)
    await redescribe(hass, connected_device, PUMP, FLOW, extra)
    entry = registry.async_get("sensor.garden_pump_extra")
    assert entry is not None
    assert entry.disabled
    registry.async_remove(entry.entity_id)
    await redescribe(
        hass, connected_device, PUMP, FLOW, replace(extra, disabled_by_default=False)
    )
    assert registry.async_get("sensor.garden_pump_extra") is not None


@pytest.mark.parametrize("key", ["quarantine", "regenerate_token"])
async def test_a_button_that_few_need_is_off_until_somebody_wants_it(
    hass: HomeAssistant, hub: Hub, connected_device: Device, key: str
) -> None:
    registry = er.async_get(hass)
    button = entity_id_of(hass, "button", only_coordinator(hub), f"own-{key}")
    entry = registry.async_get(button)
    assert entry is not None
    assert entry.disabled_by is er.RegistryEntryDisabler.INTEGRATION
    assert hass.states.get(button) is None
