"""The layer-failure matrix: one asset stolen, or one layer broken, at a time.

Each function is one row of the table in docs/security.md. Its docstring *is* the row:
the first line names what is lost; "Tries:", "Stopped by:" and "Noticed:" follow. Here
is what a person or a device can lose; test_layers_carrier.py has hub and network.
"""

from http import HTTPStatus
import os

from homeassistant.components.config import config_entries
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.issue_registry import IssueSeverity
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from custom_components.oceanremote.device.status import DeviceStatus
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.trust import Standing
from custom_components.oceanremote.protocol import RegistrationToken
from custom_components.oceanremote.protocol.frames import FrameType
from tests.integration.runtime_support import (
    OTHER_MAC,
    Device,
    another_board,
    eventually,
    flash_copy,
)

from .layer_notices import Person
from .layer_support import (
    GENERIC_REFUSAL,
    Audit,
    close_code_of,
    command,
    dial_plainly,
    pump,
    sealed_by_guess,
    still_works,
)


@pytest.fixture
async def dialogs(hass: HomeAssistant, hub_entry: MockConfigEntry) -> None:
    """Serve what the dialogs need; before the first client connects."""
    assert await async_setup_component(hass, "websocket_api", {})
    config_entries.async_setup(hass)


async def test_password_of_an_ordinary_user(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    dialogs: None,
    device: Device,
    audit: Audit,
    hass_client: ClientSessionGenerator,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_access_token: str,
) -> None:
    """Home Assistant password of an ordinary user.

    Tries: to enrol a device of their own, to take a new registration token, to revoke
    and to delete a device, over REST and WebSocket.
    Stopped by: account: enrolling, tokens and revocation need an administrator.
    Noticed: the denied actions, with the user, in the audit log. (Dialogs are denied by
    Home Assistant itself, which reports them to nobody.)
    """
    coordinator = pump(hub)
    generation = hub.vault.generation
    thief = await hass_client(hass_read_only_access_token)
    entry_id, subentry_id = hub_entry.entry_id, coordinator.subentry_id
    answer = await thief.post(
        "/api/config/config_entries/subentries/flow",
        json={"handler": [entry_id, "device"]},
    )
    assert answer.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
    registry = dr.async_get(hass)
    entry = registry.async_get_device_by_identifier(
        ("oceanremote", subentry_id), entry_id
    )
    assert entry is not None
    socket = await hass_ws_client(hass, hass_read_only_access_token)
    for action in ("issue_registration_token", "revoke_device"):
        await socket.send_json_auto_id(
            {
                "type": "call_service",
                "domain": "oceanremote",
                "service": action,
                "service_data": {"device_id": entry.id},
                "return_response": action == "issue_registration_token",
            }
        )
        told = await socket.receive_json()
        assert not told["success"]
        assert await audit.noticed("denied", what=action)
    await socket.send_json_auto_id(
        {
            "type": "config_entries/subentries/delete",
            "entry_id": entry_id,
            "subentry_id": subentry_id,
        }
    )
    assert not (await socket.receive_json())["success"]
    assert hub.vault.generation == generation
    for record in await audit.records("denied"):
        assert record["actor"]["user"] is not None
    await still_works(hub, device)


async def test_registration_token_leaked_before_its_use(
    hub: Hub, enrolled_device: Device, audit: Audit, person: Person
) -> None:
    """Registration token, leaked before its use.

    Tries: to register a board of their own before the owner's.
    Stopped by: token, where it was issued for a known MAC address: another board is
    refused. Otherwise nothing stops the faster one; with approval required, it only
    waits. The owner revokes it.
    Noticed: a notification that the device has registered and, with approval required,
    a repair issue that asks for it, before the owner has switched the true one on. That
    one is refused as "token used", in the audit log beside the thief's address.
    """
    coordinator = pump(hub)
    hub.vault.approval_required = True
    thief = another_board(enrolled_device, mac=OTHER_MAC)
    await thief.connect()
    assert coordinator.status is DeviceStatus.WAITING_FOR_APPROVAL
    await person.is_told("registered", "revoke")
    await person.is_asked("approval")
    await person.sees_event("registered")
    await person.sees_status("waiting_for_approval")
    with pytest.raises(HomeAssistantError):
        await command(hub)
    assert not thief.driver.commands
    await enrolled_device.dial()
    assert await enrolled_device.wait_closed() == GENERIC_REFUSAL
    refused = await audit.noticed("refused", what="token_used")
    assert refused["actor"]["device"] == coordinator.enrolment_id
    registered = await audit.noticed("registered", what="registered")
    assert registered["actor"]["address"] is not None
    await hub.async_revoke(coordinator.subentry_id)
    await thief.wait_closed()
    # A token for a MAC address that is known is of no use to another board.
    token, _ = await hub.async_issue_registration_token(
        coordinator.subentry_id, enrolled_device.driver.flash.identity.mac
    )
    named = RegistrationToken.parse(token)
    thief = another_board(enrolled_device, mac=OTHER_MAC, registration=named)
    await thief.dial()
    assert await thief.wait_closed() == GENERIC_REFUSAL
    assert not thief.driver.registered
    await audit.noticed("refused", what="wrong_mac")


async def test_registration_token_leaked_after_its_use(
    hub: Hub, device: Device, audit: Audit, person: Person
) -> None:
    """Registration token, leaked after its use.

    Tries: to register another board with it, under its own and under the true MAC.
    Stopped by: token: it works once.
    Noticed: each attempt is refused as "token used", named with the device that the
    token was for, in the audit log. One under the true MAC is a repair issue too: a
    reset board looks the same.
    """
    for mac in (OTHER_MAC, device.driver.flash.identity.mac):
        thief = another_board(device, mac=mac)
        await thief.dial()
        assert await thief.wait_closed() == GENERIC_REFUSAL
        assert not thief.driver.registered
        assert person.is_asked_nothing() is (mac == OTHER_MAC)
    await person.is_asked("lost_device")
    enrolment_id = pump(hub).enrolment_id
    await audit.noticed("refused", what="token_used", device=enrolment_id, claimed=True)
    assert len(await audit.records("refused", what="token_used")) == 2
    await still_works(hub, device)


async def test_permanent_token_alone(hub: Hub, device: Device, audit: Audit) -> None:
    """Permanent token of a device, alone.

    Tries: to open a session with it, with a key pair of their own.
    Stopped by: device key: the hub knows no such key, and asks for no token.
    Noticed: refused as "unknown key", in the audit log.
    """
    stolen = device.driver.flash.identity
    thief = another_board(device, token=stolen.token, generation=stolen.generation)
    await thief.dial()
    assert await thief.wait_closed() == GENERIC_REFUSAL
    assert not thief.driver.epochs
    await audit.noticed("refused", what="unknown_key")
    await still_works(hub, device)


async def test_device_key_alone(hub: Hub, device: Device, audit: Audit) -> None:
    """Private key of a device, alone.

    Tries: to open a session with it under a guessed permanent token, and to go on
    although the hub's answer does not open.
    Stopped by: token: it is part of the session's keys, so not one message opens.
    Noticed: refused as "not proved", counted against the key, in the audit log. No
    counter has moved.
    """
    stolen = device.driver.flash.identity
    enrolment_id = pump(hub).enrolment_id
    mark = hub.vault.high_water(enrolment_id)
    thief = another_board(device, key=stolen.key, generation=1, token=os.urandom(32))
    thief.driver.flash.counter = 1_000_000
    thief.driver.connect()
    socket = await dial_plainly(thief)
    (init,) = thief.driver.receive(await socket.receive_bytes())
    await socket.send_bytes(init)
    accept = await socket.receive_bytes()
    assert accept[0] == FrameType.ACCEPT
    assert not thief.driver.receive(accept)
    assert not thief.driver.epochs
    # The protocol's own device gives up here; a thief does not.
    await socket.send_bytes(sealed_by_guess(epoch=1))
    assert await close_code_of(socket) == GENERIC_REFUSAL
    assert hub.vault.high_water(enrolment_id) == mark
    await audit.noticed("refused", what="not_proved")
    await still_works(hub, device)


async def test_flash_dump_on_another_board(
    hub: Hub, device: Device, audit: Audit, person: Person
) -> None:
    """Whole flash of a device, on another board with the same firmware.

    Tries: to open a session as the device.
    Stopped by: MAC: the firmware states the chip's own address, which is not the one
    that the key is pinned to.
    Noticed: refused as "wrong MAC", named with the device, in the audit log and, while
    the device is away, on its page.
    """
    coordinator = pump(hub)
    copy = flash_copy(device, mac=OTHER_MAC)
    await copy.dial()
    assert await copy.wait_closed() == GENERIC_REFUSAL
    assert not copy.driver.epochs
    await audit.noticed("refused", what="wrong_mac", device=coordinator.enrolment_id)
    await still_works(hub, device)
    await device.hang_up()
    await eventually(lambda: not coordinator.connected)
    await copy.dial()
    assert await copy.wait_closed() == GENERIC_REFUSAL
    assert coordinator.status is DeviceStatus.REFUSED_MAC
    await person.sees_status("refused_other_mac")


async def test_flash_dump_with_a_forged_mac(
    hub: Hub, device: Device, audit: Audit, person: Person
) -> None:
    """Whole flash of a device, on modified firmware that forges the MAC.

    Tries: to open a session as the device while that one is away.
    Stopped by: nothing at first: anyone who holds every secret is the device. It ends
    when the true device comes back with a counter that was used, or when both are
    connected at once: quarantine, no command passes, no state is believed.
    Noticed: the clone and the quarantine, in the audit log, as notifications, as a
    repair issue and on the device's page.
    """
    coordinator = pump(hub)
    await device.hang_up()
    copy = flash_copy(device)
    await copy.connect()
    await command(hub)
    await copy.hang_up()
    await device.dial()
    assert await device.wait_closed() == GENERIC_REFUSAL
    await eventually(lambda: coordinator.record.standing is Standing.QUARANTINED)
    await audit.noticed("clone", device=coordinator.enrolment_id)
    await audit.noticed("quarantined", device=coordinator.enrolment_id)
    await assert_two_boards_are_noticed(person)
    await person.is_told("clone")
    await copy.connect()
    assert coordinator.status is DeviceStatus.QUARANTINED
    obeyed = len(copy.driver.commands)
    with pytest.raises(HomeAssistantError):
        await command(hub)
    assert len(copy.driver.commands) == obeyed
    await copy.hang_up()


async def assert_two_boards_are_noticed(person: Person) -> None:
    """A person sees that there are two, and is asked what to do."""
    issue = await person.is_asked("quarantined")
    assert issue.severity is IssueSeverity.WARNING
    await person.is_told("quarantined", "Repairs")
    await person.sees_event("quarantined")
    await person.sees_status("quarantined")
    await person.sees_unavailable()


async def test_flash_dump_with_a_forged_mac_beside_the_device(
    hub: Hub, device: Device, audit: Audit, person: Person
) -> None:
    """Whole flash of a device, forged MAC, while the device is connected.

    Tries: to take over from the connected device.
    Stopped by: simultaneous links: the older one still answers a question that was
    asked after the newer one had proved itself, so there are two. Quarantine.
    Noticed: the quarantine, in the audit log, as a notification, as a repair issue and
    on the device's page.
    """
    coordinator = pump(hub)
    copy = flash_copy(device)
    await copy.connect()
    await eventually(lambda: coordinator.record.standing is Standing.QUARANTINED)
    await audit.noticed("quarantined", device=coordinator.enrolment_id)
    await assert_two_boards_are_noticed(person)
    with pytest.raises(HomeAssistantError):
        await command(hub)
    assert not copy.driver.commands
    await copy.hang_up()


@pytest.mark.parametrize("removed", [False, True], ids=["revoked", "removed"])
async def test_revoked_in_the_middle_of_a_handshake(
    hass: HomeAssistant,
    hub: Hub,
    hub_entry: MockConfigEntry,
    device: Device,
    audit: Audit,
    removed: bool,
) -> None:
    """A device that is revoked or removed in the middle of its handshake.

    Tries: to prove itself afterwards, on a connection that it had begun before.
    Stopped by: the vault, which is asked once more when the proof is there: no session
    begins. The device is told that it is revoked, and the link ends.
    Noticed: that the device was told, in the audit log.
    """
    coordinator = pump(hub)
    await device.hang_up()
    await eventually(lambda: not coordinator.connected)
    sessions = len(await audit.records("session"))
    proof = await device.dial_half_open()
    if removed:
        hass.config_entries.async_remove_subentry(hub_entry, coordinator.subentry_id)
        await hass.async_block_till_done()
    else:
        await hub.async_revoke(coordinator.subentry_id)
    await device.send(proof)
    assert await device.wait_closed() == 1000
    assert device.driver.revoked
    assert not coordinator.connected
    await audit.noticed("revoked", what="the device was told")
    assert len(await audit.records("session")) == sessions
    if not removed:
        assert coordinator.record.revoked_delivered
