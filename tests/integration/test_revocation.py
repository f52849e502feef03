"""Revocation: on disk, told, cut off within a second, and never in again."""

import asyncio
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote import async_remove_config_entry_device
from custom_components.oceanremote.common.errors import (
    NotEnrolledError,
    StorageFailedError,
    UnknownDeviceError,
)
from custom_components.oceanremote.device.status import DeviceStatus
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.policy.trust import Standing
from custom_components.oceanremote.protocol import LocalProtocolError
from custom_components.oceanremote.vault.errors import UnknownDevice, VaultWriteError
from tests.support.device import TokenIssued

from .runtime_support import (
    PUMP,
    Device,
    Records,
    eventually,
    only_coordinator,
    state_of,
)

GENERIC_REFUSAL = 1008


async def test_a_live_device_is_told_and_cut_off(
    hass: HomeAssistant, hub: Hub, connected_device: Device, records: Records
) -> None:
    """It hears an authenticated word, loses its link within a second, stays out."""
    coordinator = only_coordinator(hub)
    async with asyncio.timeout(1):
        await hub.async_revoke(coordinator.subentry_id)
        await connected_device.wait_closed()
    assert connected_device.driver.revoked
    assert not connected_device.driver.registered
    assert state_of(hass, "sensor", coordinator, "own-status") == "revoked"
    assert not coordinator.available
    assert records.of(AuditKind.REVOKED)
    await connected_device.dial()
    assert await connected_device.wait_closed() == GENERIC_REFUSAL


async def test_a_stolen_device_need_not_obey(
    hub: Hub, connected_device: Device
) -> None:
    """It keeps its keys: the hub tells it once more, then knows it no more."""
    identity = connected_device.driver.flash.identity
    await hub.async_revoke(only_coordinator(hub).subentry_id)
    await connected_device.wait_closed()
    connected_device.driver.flash.identity = identity
    await connected_device.dial()
    assert await connected_device.wait_closed() == 1000
    assert connected_device.driver.revoked
    await eventually(lambda: not hub._links)
    connected_device.driver.flash.identity = identity
    await connected_device.dial()
    assert await connected_device.wait_closed() == GENERIC_REFUSAL


async def test_an_absent_device_hears_it_at_its_next_visit(
    hub: Hub, connected_device: Device, records: Records
) -> None:
    """A tombstone lets it complete one handshake, to hear just that."""
    coordinator = only_coordinator(hub)
    await connected_device.hang_up()
    await hub.async_revoke(coordinator.subentry_id)
    await connected_device.dial()
    await connected_device.wait_closed()
    assert connected_device.driver.revoked
    assert not coordinator.connected
    await eventually(
        lambda: coordinator.record is None or coordinator.record.revoked_delivered
    )
    assert "the device was told" in [
        record.outcome for record in records.of(AuditKind.REVOKED)
    ]


async def test_a_delivery_that_cannot_be_noted_is_repeated(
    hub: Hub, connected_device: Device, records: Records
) -> None:
    """Telling it twice harms nobody."""
    await connected_device.hang_up()
    await hub.async_revoke(only_coordinator(hub).subentry_id)
    with patch.object(hub.vault, "apply", side_effect=VaultWriteError("full")):
        await connected_device.dial()
        await connected_device.wait_closed()
        await eventually(lambda: records.of(AuditKind.STORAGE))
    record = only_coordinator(hub).record
    assert record is not None
    assert record.tombstone


async def test_a_revocation_that_cannot_be_stored_is_an_error(
    hub: Hub, connected_device: Device
) -> None:
    """The caller is told that nothing has changed, and nothing has."""
    coordinator = only_coordinator(hub)
    with (
        patch.object(hub.vault, "apply", side_effect=VaultWriteError("disk full")),
        pytest.raises(StorageFailedError) as failed,
    ):
        await hub.async_revoke(coordinator.subentry_id)
    assert failed.value.translation_placeholders == {"reason": "disk full"}
    assert coordinator.status is DeviceStatus.ONLINE


async def test_what_was_never_enrolled_cannot_be_revoked(hub: Hub) -> None:
    """And the caller is told how to enrol it."""
    with pytest.raises(NotEnrolledError):
        await hub.async_revoke(only_coordinator(hub).subentry_id)


async def test_a_session_that_ends_just_then_is_closed_all_the_same(
    hub: Hub, connected_device: Device
) -> None:
    """The farewell needs a live session; the cut does not."""
    coordinator = only_coordinator(hub)
    assert coordinator.link is not None
    with patch.object(
        coordinator.link.connection, "send_revoked", side_effect=LocalProtocolError
    ):
        await hub.async_revoke(coordinator.subentry_id)
    assert await connected_device.wait_closed() == 1000
    assert coordinator.status is DeviceStatus.REVOKED


async def test_a_handshake_that_cannot_be_told_any_more_gets_no_session_either(
    hub: Hub, connected_device: Device, records: Records
) -> None:
    """Revoked between INIT and the proof, which comes with the session's end."""
    coordinator = only_coordinator(hub)
    await connected_device.hang_up()
    await eventually(lambda: not coordinator.connected)
    identity = connected_device.driver.flash.identity
    proof = await connected_device.dial_half_open()
    await hub.async_revoke(coordinator.subentry_id)
    (link,) = hub._links
    with patch.object(link.connection, "send_revoked", side_effect=LocalProtocolError):
        await connected_device.send(proof)
        assert await connected_device.wait_closed() == 1000
    assert not coordinator.connected
    assert not records.of(AuditKind.SESSION)
    assert coordinator.record is not None
    assert coordinator.record.tombstone
    # It is told at its next connection.
    connected_device.driver.flash.identity = identity
    await connected_device.dial()
    await connected_device.wait_closed()
    assert connected_device.driver.revoked


async def test_a_registration_under_way_is_cut_off(
    hub: Hub, enrolled_device: Device
) -> None:
    """A board that is about to store its token finds nobody to confirm it to."""
    coordinator = only_coordinator(hub)
    driver = enrolled_device.driver
    follow = driver._follow
    driver._follow = lambda events: follow(  # type: ignore[method-assign]
        [event for event in events if not isinstance(event, TokenIssued)]
    )
    await enrolled_device.dial()
    await eventually(lambda: coordinator.status is DeviceStatus.REGISTERING)
    await hub.async_revoke(coordinator.subentry_id)
    assert await enrolled_device.wait_closed() == GENERIC_REFUSAL
    assert coordinator.status is DeviceStatus.REVOKED


async def test_removing_the_subentry_revokes(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    connected_device: Device,
) -> None:
    """Device, entities and description go; the board is told and stays out."""
    coordinator = only_coordinator(hub)
    async with asyncio.timeout(1):
        hass.config_entries.async_remove_subentry(hub_entry, coordinator.subentry_id)
        await connected_device.wait_closed()
    await hass.async_block_till_done()
    assert connected_device.driver.revoked
    assert not hub.coordinators
    assert coordinator.subentry_id not in {
        entity.config_subentry_id
        for entity in er.async_entries_for_config_entry(
            er.async_get(hass), hub_entry.entry_id
        )
    }
    record = hub.vault.devices.get(coordinator.enrolment_id)
    assert record is None or record.standing is Standing.REVOKED
    with pytest.raises(UnknownDeviceError):
        hub.coordinator_for(coordinator.subentry_id)


async def test_the_gate_is_shut_even_if_the_vault_cannot_write(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    connected_device: Device,
    records: Records,
) -> None:
    """No subentry means revoked; the next set-up asks, for the vault never knew."""
    identity = connected_device.driver.flash.identity
    coordinator = only_coordinator(hub)
    with patch.object(hub.vault, "apply", side_effect=VaultWriteError("full")):
        hass.config_entries.async_remove_subentry(hub_entry, coordinator.subentry_id)
        await hass.async_block_till_done()
    assert records.of(AuditKind.STORAGE)
    await connected_device.wait_closed()
    connected_device.driver.flash.identity = identity
    connected_device.driver.events.clear()
    await connected_device.dial()
    await connected_device.wait_closed()
    assert connected_device.driver.revoked
    await hass.config_entries.async_reload(hub_entry.entry_id)
    restarted: Hub = hub_entry.runtime_data.hub
    assert [one.enrolment_id for one in restarted.found.records()] == [
        coordinator.enrolment_id
    ]


async def test_a_device_that_the_vault_never_knew_is_removed_quietly(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub, records: Records
) -> None:
    """A subentry without a record, as after a restored vault."""
    coordinator = only_coordinator(hub)
    assert coordinator.status is DeviceStatus.NOT_ENROLLED
    with patch.object(hub.vault, "apply", side_effect=UnknownDevice("enrolment0")):
        hass.config_entries.async_remove_subentry(hub_entry, coordinator.subentry_id)
        await hass.async_block_till_done()
    assert not records.of(AuditKind.STORAGE)


async def test_no_board_registers_for_a_device_that_is_gone(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub, enrolled_device: Device
) -> None:
    """The token is still in the vault for a moment; the gate knows better."""
    coordinator = only_coordinator(hub)
    with patch.object(hub.vault, "apply", side_effect=VaultWriteError("full")):
        hass.config_entries.async_remove_subentry(hub_entry, coordinator.subentry_id)
        await hass.async_block_till_done()
    await enrolled_device.dial()
    assert await enrolled_device.wait_closed() == GENERIC_REFUSAL
    assert not enrolled_device.driver.registered


async def test_deleting_the_device_in_the_ui_revokes(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    connected_device: Device,
) -> None:
    """The device's own "delete" removes its subentry; the hub's device stays."""

    coordinator = only_coordinator(hub)
    registry = dr.async_get(hass)
    hub_device = registry.async_get_device_by_identifier(
        ("oceanremote", hub_entry.entry_id), hub_entry.entry_id
    )
    device = registry.async_get_device_by_identifier(
        ("oceanremote", coordinator.subentry_id), hub_entry.entry_id
    )
    assert hub_device is not None
    assert device is not None
    assert not await async_remove_config_entry_device(hass, hub_entry, hub_device)
    assert await async_remove_config_entry_device(hass, hub_entry, device)
    await connected_device.wait_closed()
    await hass.async_block_till_done()
    assert connected_device.driver.revoked
    assert not hub_entry.subentries


async def test_a_device_removed_between_proof_and_admission_is_told(
    hub: Hub, connected_device: Device, records: Records
) -> None:
    """The last look before a session counts."""
    await connected_device.hang_up()
    with patch.object(hub._sessions, "_coordinator_of", return_value=None):
        await connected_device.dial()
        assert await connected_device.wait_closed() == 1000
    assert connected_device.driver.revoked
    assert not records.of(AuditKind.SESSION)


@pytest.mark.parametrize("times", [0, 1])
async def test_a_device_removed_during_registration_is_closed(
    hub: Hub, enrolled_device: Device, times: int
) -> None:
    """At either step."""
    coordinator = only_coordinator(hub)
    answers = [coordinator] * times
    with patch.object(
        hub._registrar,
        "_coordinator_of",
        side_effect=lambda enrolment_id: answers.pop() if answers else None,
    ):
        await enrolled_device.dial()
        assert await enrolled_device.wait_closed() == GENERIC_REFUSAL
    assert PUMP.address not in coordinator.cache.states
