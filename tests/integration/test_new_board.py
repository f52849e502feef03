"""A board takes a device over while the one before it is still on: no copy, no alarm."""

import os
from unittest.mock import patch

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.device.status import DeviceStatus
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.policy.trust import Standing
from custom_components.oceanremote.protocol import KeyPair, RegistrationToken
from custom_components.oceanremote.vault import changes
from custom_components.oceanremote.vault.errors import VaultWriteError

from .http_support import audited
from .runtime_support import (
    OTHER_MAC,
    Device,
    Records,
    another_board,
    eventually,
    flash_again,
    flash_copy,
    make_subentry,
    only_coordinator,
)

GENERIC_REFUSAL = 1008


async def new_token(hub: Hub) -> RegistrationToken:
    """Let an administrator issue a token for the device's next board."""
    token, _ = await hub.async_issue_registration_token(
        only_coordinator(hub).subentry_id
    )
    return RegistrationToken.parse(token)


async def successor(hub: Hub, device: Device, **stolen: bytes) -> Device:
    """Return a board with a token to take a device over, which has not dialled."""
    return another_board(device, registration=await new_token(hub), **stolen)


async def settled(hub: Hub, device: Device) -> None:
    """Wait until a new board is in, and all that might suspect it has been done."""
    coordinator = only_coordinator(hub)
    await eventually(lambda: coordinator.available)
    assert coordinator.record is not None
    assert coordinator.record.device_key == device.driver.flash.identity.key.public
    # Whoever still answered a question would have answered this one, too.
    await coordinator.async_renew()
    assert coordinator.status is DeviceStatus.ONLINE
    assert coordinator.record.standing is Standing.ACTIVE
    assert not coordinator.suspected


@pytest.mark.parametrize("mac", ["another", "same"])
async def test_the_board_before_is_told_and_closed(
    hub: Hub, connected_device: Device, records: Records, mac: str
) -> None:
    """Another board, or the same one whose flash was erased while a copy runs."""
    stolen = {"mac": OTHER_MAC} if mac == "another" else {}
    board = await successor(hub, connected_device, **stolen)
    await board.connect()
    assert await connected_device.wait_closed() == 1000
    assert connected_device.driver.revoked
    await settled(hub, board)
    assert not records.of(AuditKind.CLONE)
    (told,) = records.of(AuditKind.REPLACED)
    assert told.enrolment_id == only_coordinator(hub).enrolment_id
    await board.hang_up()


async def test_a_copy_is_told_when_the_same_board_registers_again(
    hub: Hub, connected_device: Device
) -> None:
    """The board keeps its key; a copy of its flash is another registration's."""
    copy = flash_copy(connected_device, ahead=2)
    await connected_device.hang_up()
    await copy.connect()
    flash_again(connected_device, await new_token(hub))
    await connected_device.connect()
    assert await copy.wait_closed() == 1000
    assert copy.driver.revoked
    await settled(hub, connected_device)
    await connected_device.hang_up()


async def test_a_handshake_under_the_former_token_comes_too_late(
    hub: Hub, connected_device: Device, records: Records
) -> None:
    """Begun before the commit, proved after it: the key is the same, the token not."""
    copy = flash_copy(connected_device, ahead=9)
    await connected_device.hang_up()
    flash_again(connected_device, await new_token(hub))
    proof = await copy.dial_half_open()
    await connected_device.connect()
    await copy.send(proof)
    assert await copy.wait_closed() == GENERIC_REFUSAL
    await settled(hub, connected_device)
    assert "not what is pinned" in [
        record.outcome for record in records.of(AuditKind.REFUSED)
    ]
    await connected_device.hang_up()


async def test_the_commit_of_a_session_ends_the_board_before(
    hub: Hub, connected_device: Device
) -> None:
    """`stored` was lost; the new board's first session is the commit."""
    board = await successor(hub, connected_device, mac=OTHER_MAC)
    with patch.object(
        hub.vault, "commit_registration", side_effect=VaultWriteError("full")
    ):
        await board.dial()
        await board.wait_closed()
    assert only_coordinator(hub).available
    await board.connect()
    assert await connected_device.wait_closed() == 1000
    assert connected_device.driver.revoked
    await settled(hub, board)
    await board.hang_up()


async def test_a_probe_of_the_identity_before_ends_with_it(
    hub: Hub, connected_device: Device, records: Records
) -> None:
    """A board that had reconnected shortly before leaves two links behind."""
    lingering = connected_device
    await lingering.fall_silent()
    again = flash_copy(lingering, ahead=1)
    await again.connect()
    board = await successor(hub, lingering, mac=OTHER_MAC)
    await board.connect()
    assert await again.wait_closed() == 1000
    await settled(hub, board)
    await eventually(lambda: len(hub._links) == 1)
    assert not records.of(AuditKind.CLONE)
    await board.hang_up()
    await lingering.hang_up()


async def test_two_boards_of_the_new_identity_are_still_noticed(
    hub: Hub, connected_device: Device
) -> None:
    """Only links of the same identity can be a copy, and such are."""
    board = await successor(hub, connected_device, mac=OTHER_MAC)
    await board.connect()
    await settled(hub, board)
    copy = flash_copy(board, ahead=1)
    await copy.connect()
    coordinator = only_coordinator(hub)
    await eventually(lambda: coordinator.record.standing is Standing.QUARANTINED)
    await copy.hang_up()
    await board.hang_up()


async def test_a_device_that_loses_its_board_to_another_is_revoked_and_told(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    connected_device: Device,
    records: Records,
) -> None:
    """The repair says "replace": its link is closed, and the log tells a restored hub."""
    loser = only_coordinator(hub)
    subentry = make_subentry(1, "Well")
    hass.config_entries.async_add_subentry(hub_entry, subentry)
    await hass.async_block_till_done()
    well = hub.coordinator_for(subentry.subentry_id)
    text, _ = await hub.async_issue_registration_token(subentry.subentry_id)
    await hub.vault.apply(
        changes.allow_replacement(well.enrolment_id, loser.enrolment_id)
    )
    board = another_board(
        connected_device,
        registration=RegistrationToken.parse(text),
        key=KeyPair.generate(os.urandom),
    )
    await board.connect()
    assert await connected_device.wait_closed() == 1000
    assert connected_device.driver.revoked
    await eventually(lambda: well.available)
    assert loser.status is DeviceStatus.REVOKED
    (record,) = records.of(AuditKind.REVOKED)
    assert record.enrolment_id == loser.enrolment_id
    kept = [line for line in await audited(hub, "revoked") if line["outcome"] == "done"]
    assert [line["actor"]["device"] for line in kept] == [loser.enrolment_id]
    await board.hang_up()
