"""What a person is told: under the device's name, with a link, until it is over."""

import logging

from homeassistant.components.persistent_notification import (
    _async_get_or_create_notifications,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.common.const import DOMAIN
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.protocol import KeyPair

from .runtime_support import (
    OTHER_MAC,
    Device,
    another_board,
    entity_id_of,
    eventually,
    flash_copy,
    only_coordinator,
    state_of,
)


def device_entry(
    hass: HomeAssistant, entry: MockConfigEntry, hub: Hub
) -> dr.DeviceEntry:
    """Return the one device in Home Assistant's registry."""
    subentry_id = only_coordinator(hub).subentry_id
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, subentry_id), entry.entry_id
    )
    assert device is not None
    return device


async def test_a_notice_says_what_it_is_and_goes_when_it_is_over(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    connected_device: Device,
) -> None:
    """It uses the user's own name, and a link to where something can be done."""
    device = device_entry(hass, hub_entry, hub)
    dr.async_get(hass).async_update_device(device.id, name_by_user="Well [deep]")
    coordinator = only_coordinator(hub)
    await hub.security.trust.async_quarantine(coordinator, None)
    shown = _async_get_or_create_notifications(hass)
    notice = f"{DOMAIN}_quarantined_{coordinator.enrolment_id}"
    assert shown[notice]["title"] == "Well [deep] is quarantined"
    message = shown[notice]["message"]
    assert f"[Well \\[deep\\]](/config/devices/device/{device.id})" in message
    assert "since the last notice" not in message
    await hub.security.trust.async_release(coordinator, None)
    assert notice not in shown
    await hub.security.trust.async_quarantine(coordinator, None)
    assert notice in shown
    assert await hass.config_entries.async_unload(hub_entry.entry_id)
    assert not [name for name in shown if name.startswith(DOMAIN)]


async def test_notices_about_a_revoked_device_are_over(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    """Nothing is left to decide about it."""
    coordinator = only_coordinator(hub)
    shown = _async_get_or_create_notifications(hass)
    assert f"{DOMAIN}_registered_{coordinator.enrolment_id}" in shown
    await hub.async_revoke(coordinator.subentry_id)
    assert not [name for name in shown if coordinator.enrolment_id in name]


async def test_log_lines_name_the_device(
    hass: HomeAssistant,
    hub: Hub,
    enrolled_device: Device,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Nobody knows a device by 32 digits."""
    caplog.clear()
    with caplog.at_level(logging.DEBUG, "custom_components.oceanremote"):
        await enrolled_device.connect()
        await eventually(lambda: only_coordinator(hub).available)
        subentry_id = only_coordinator(hub).subentry_id
        enrolment_id = only_coordinator(hub).enrolment_id
        hass.config_entries.async_remove_subentry(hub.entry, subentry_id)
        await hass.async_block_till_done()
    lines = [
        record.getMessage()
        for record in caplog.records
        if record.name == "custom_components.oceanremote"
    ]
    assert any(
        line.startswith("session: proved (device Garden pump,") for line in lines
    )
    assert any(
        line.startswith("revoked: its subentry was removed (device Garden")
        for line in lines
    )
    assert not [line for line in lines if enrolment_id in line or subentry_id in line]


@pytest.mark.parametrize(
    ("board", "reason", "status"),
    [
        ("copied YAML", "token_used", "refused_token_used"),
        ("other MAC", "wrong_mac", "refused_other_mac"),
        ("unknown key", "unknown_key", "refused_unknown_key"),
    ],
)
async def test_a_second_board_is_seen_on_the_devices_page(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    board: str,
    reason: str,
    status: str,
) -> None:
    """As an event at once, as the status while the device itself is away."""
    coordinator = only_coordinator(hub)
    if board == "copied YAML":
        other = another_board(connected_device, mac=OTHER_MAC)
    elif board == "other MAC":
        other = flash_copy(connected_device, mac=OTHER_MAC)
    else:
        other = flash_copy(connected_device, key=KeyPair.generate(bytes_of_seven))
    events = entity_id_of(hass, "event", coordinator, "own-security")
    assert er.async_get(hass).async_get(events) is not None
    for _ in range(2):
        await other.dial()
        await other.wait_closed()
    await eventually(
        lambda: hass.states.get(events).attributes.get("event_type") == "refused"
    )
    state = hass.states.get(events)
    assert state is not None
    assert state.attributes["what"] == reason
    assert state.attributes["count"] == 1
    assert coordinator.connected
    assert state_of(hass, "sensor", coordinator, "own-status") == "online"
    await connected_device.hang_up()
    await eventually(lambda: not coordinator.connected)
    await hass.async_block_till_done()
    assert state_of(hass, "sensor", coordinator, "own-status") == status


def bytes_of_seven(size: int) -> bytes:
    """Return the key of a board that the hub never saw."""
    return b"\x07" * size
