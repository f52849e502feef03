"""Sub-devices of a device become child devices, and none has a trust of its own."""

from dataclasses import replace
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)

from custom_components.oceanremote.common.const import DOMAIN
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.protocol import Domain, EntityDescriptor
from custom_components.oceanremote.protocol.entities import SubDevice

from .runtime_support import Device, describe, eventually, load, only_coordinator
from .test_entities import redescribe

SHED = SubDevice(0x1000_0001, "Shed", "Garden")
POND = SubDevice(0xFFFF_FFFF, "Pond")


def on(sub_device: SubDevice, name: str = "Pump") -> EntityDescriptor:
    """Return a switch of a sub-device; equal names have equal keys."""
    plain = describe(Domain.SWITCH, name)
    return replace(plain, address=plain.address._replace(sub=sub_device.id))


async def program(
    hass: HomeAssistant,
    device: Device,
    sub_devices: tuple[SubDevice, ...],
    *entities: EntityDescriptor,
) -> None:
    """Flash another program."""
    device.driver.sub_devices = sub_devices
    await redescribe(hass, device, *entities)


def children(hass: HomeAssistant, hub: Hub) -> dict[str | None, Any]:
    """Return the child devices of the device by name."""
    registry = dr.async_get(hass)
    coordinator = only_coordinator(hub)
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    parent = registry.async_get_device_by_identifier(
        (DOMAIN, coordinator.subentry_id), entry.entry_id
    )
    assert parent is not None
    return {
        child.name: child
        for child in registry.child_devices
        if child.parent_device_id == parent.id
    }


def switches(hass: HomeAssistant, device_id: str) -> list[str]:
    """Return the ids of a device's switches."""
    entities = er.async_entries_for_device(er.async_get(hass), device_id)
    return [entity.entity_id for entity in entities if entity.domain == "switch"]


async def test_equal_names_on_different_sub_devices(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    """Each is shown on its part, told its own state, and commanded."""
    nameless = on(POND, "")
    await program(
        hass,
        connected_device,
        (SHED, POND),
        describe(Domain.SWITCH, "Pump"),
        on(SHED),
        on(POND),
        nameless,
    )
    found = children(hass, hub)
    assert found.keys() == {"Shed", "Pond"}
    garden = ar.async_get(hass).async_get_area_by_name("Garden")
    assert garden is not None
    assert (found["Shed"].area_id, found["Pond"].area_id) == (garden.id, None)
    (in_shed,) = switches(hass, found["Shed"].id)
    assert len(switches(hass, found["Pond"].id)) == 2
    shown = hass.states.get(in_shed)
    assert shown is not None
    assert shown.attributes["friendly_name"] == "Shed Pump"

    await connected_device.report(on(SHED), True)

    def is_on() -> bool:
        state = hass.states.get(in_shed)
        return state is not None and state.state == "on"

    await eventually(is_on)
    assert only_coordinator(hub).cache.states[on(POND).address] is None
    await hass.services.async_call(
        "switch", "turn_on", {"entity_id": in_shed}, blocking=True
    )
    assert connected_device.driver.commands[-1].address == on(SHED).address


async def test_parts_come_go_and_are_renamed(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    """A removed one takes its entities along; an area that somebody chose stays."""
    await program(hass, connected_device, (SHED, POND), on(SHED), on(POND))
    before = children(hass, hub)
    named = replace(SHED, name="Big shed", area="Cellar")
    await program(hass, connected_device, (named,), on(SHED))
    found = children(hass, hub)
    assert found.keys() == {"Big shed"}
    assert found["Big shed"].id == before["Shed"].id
    assert found["Big shed"].area_id == before["Shed"].area_id
    assert switches(hass, before["Pond"].id) == []
    record = only_coordinator(hub).record
    assert record is not None
    assert record.standing.is_trusted


async def test_parts_are_there_after_a_restart(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    """They come from the stored description, before the device dials."""
    await program(hass, connected_device, (SHED,), on(SHED))
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    await connected_device.hang_up()
    await hass.config_entries.async_unload(entry.entry_id)
    for child in children(hass, hub).values():
        dr.async_get(hass).async_remove_device(child.id)
    again = await load(hass, entry)  # type: ignore[arg-type]
    found = children(hass, again)
    assert found.keys() == {"Shed"}
    assert len(switches(hass, found["Shed"].id)) == 1


async def test_an_entity_of_no_described_part_is_left_out(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    await program(hass, connected_device, (SHED,), on(SHED), on(POND))
    coordinator = only_coordinator(hub)
    assert len(coordinator.cache.descriptors) == 1
    (reason,) = coordinator.left_out.reasons.values()
    assert "its sub-device is not described" in reason


async def test_a_part_without_entities_is_none(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    """So that who invents parts fills no registry: entities have a bound."""
    await program(hass, connected_device, (SHED, POND), on(SHED))
    assert children(hass, hub).keys() == {"Shed"}
