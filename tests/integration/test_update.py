"""Updates: what a device says, as Home Assistant shows it, and what it is asked."""

from typing import Any

from homeassistant.components.update import DATA_COMPONENT, UpdateEntityFeature
from homeassistant.const import ATTR_ENTITY_ID, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
import pytest

from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.protocol import Domain
from custom_components.oceanremote.protocol.domains.update import (
    UpdateAction,
    UpdateCommand,
    UpdateState,
)

from .runtime_support import Device, describe
from .test_entities import show
from .test_valve import report

FIRMWARE = describe(Domain.UPDATE, "Firmware", device_class="firmware")
BUILD = "2026.11.0_c51f7548"
NOTES = "# New\n\n- *faster*\n" + "ü" * 900
AVAILABLE = UpdateState(
    current_version="2026.10.0",
    latest_version="2026.11.0",
    title="Pump",
    release_url="https://example.com/2026.11.0",
    release_summary=NOTES,
)


@pytest.mark.parametrize(
    ("said", "state", "attributes"),
    [
        (
            AVAILABLE,
            "on",
            {
                "installed_version": "2026.10.0",
                "latest_version": "2026.11.0",
                "title": "Pump",
                "release_url": "https://example.com/2026.11.0",
                "release_summary": None,
                "in_progress": False,
                "update_percentage": None,
                "device_class": "firmware",
                "auto_update": False,
                "supported_features": UpdateEntityFeature.INSTALL
                | UpdateEntityFeature.PROGRESS
                | UpdateEntityFeature.RELEASE_NOTES,
            },
        ),
        (UpdateState(current_version="2", latest_version="2"), "off", {}),
        (UpdateState(current_version=BUILD, latest_version="2026.11.0"), "off", {}),
        (UpdateState(current_version="2026.10.1_a", latest_version=BUILD), "on", {}),
        (UpdateState(current_version="red", latest_version="blue"), "on", {}),
        (
            UpdateState(
                current_version="1",
                latest_version="2",
                in_progress=True,
                progress=42.9,
            ),
            "on",
            {"in_progress": True, "update_percentage": 42},
        ),
        (
            UpdateState(current_version="1", latest_version="2", in_progress=True),
            "on",
            {"in_progress": True, "update_percentage": None},
        ),
        (UpdateState(), "off", {"installed_version": "", "release_url": None}),
        (None, STATE_UNKNOWN, {"installed_version": None, "title": None}),
        (
            UpdateState(
                current_version="1",
                latest_version="2",
                release_url="JavaScript:alert(1)//https://",
            ),
            "on",
            {"release_url": None},
        ),
    ],
)
async def test_an_update_is_shown(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    said: UpdateState | None,
    state: str,
    attributes: dict[str, Any],
) -> None:
    """A build's suffix makes no version newer; only pages of the web are linked to."""
    entity_id = await show(hass, hub, connected_device, FIRMWARE)
    await report(hub, connected_device, FIRMWARE, said)
    await hass.async_block_till_done()
    shown = hass.states.get(entity_id)
    assert shown is not None
    assert shown.state == state
    assert attributes.items() <= shown.attributes.items()


async def test_release_notes_are_read_as_a_whole(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    """More than a state holds, with their lines; none where the device has none."""
    entity_id = await show(hass, hub, connected_device, FIRMWARE)
    for said, notes in ((AVAILABLE, NOTES), (UpdateState(current_version="1"), None)):
        await report(hub, connected_device, FIRMWARE, said)
        await hass.async_block_till_done()
        entity = hass.data[DATA_COMPONENT].get_entity(entity_id)
        assert entity is not None
        assert await entity.async_release_notes() == notes


async def test_an_update_is_installed_and_looked_for(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    entity_id = await show(hass, hub, connected_device, FIRMWARE)
    await report(hub, connected_device, FIRMWARE, AVAILABLE)
    await hass.async_block_till_done()
    target = {ATTR_ENTITY_ID: entity_id}
    await async_setup_component(hass, "homeassistant", {})
    await hass.services.async_call("update", "install", target, blocking=True)
    await hass.services.async_call(
        "homeassistant", "update_entity", target, blocking=True
    )
    sent = [command.args for command in connected_device.driver.commands]
    assert sent == [
        UpdateCommand(UpdateAction.INSTALL).args(),
        UpdateCommand(UpdateAction.CHECK).args(),
    ]


async def test_an_installation_goes_on_after_the_command(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    """The device says when it ends, and has said so before it answers."""
    entity_id = await show(hass, hub, connected_device, FIRMWARE)
    begun = UpdateState(
        current_version="1", latest_version="2", in_progress=True, progress=7.0
    )
    await report(hub, connected_device, FIRMWARE, begun)
    await hass.async_block_till_done()
    entity = hass.data[DATA_COMPONENT].get_entity(entity_id)
    assert entity is not None
    await entity.async_install_with_progress(None, backup=False)
    shown = hass.states.get(entity_id)
    assert shown is not None
    assert shown.attributes["in_progress"] is True
    assert shown.attributes["update_percentage"] == 7


@pytest.mark.parametrize("data", [{"version": "3"}, {"backup": True}])
async def test_what_an_update_cannot_do_is_not_asked(
    hass: HomeAssistant, hub: Hub, connected_device: Device, data: dict[str, Any]
) -> None:
    """Home Assistant refuses it; nothing reaches the device."""
    entity_id = await show(hass, hub, connected_device, FIRMWARE)
    await report(hub, connected_device, FIRMWARE, AVAILABLE)
    await hass.async_block_till_done()
    with pytest.raises(HomeAssistantError):
        await hass.services.async_call(
            "update", "install", {ATTR_ENTITY_ID: entity_id, **data}, blocking=True
        )
    assert not connected_device.driver.commands
