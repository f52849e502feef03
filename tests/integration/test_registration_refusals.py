"""Refused registrations: each explains itself to a person, and changes nothing else."""

from functools import partial
import time
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.common.const import REGISTRATION_TOKEN_LIFETIME
from custom_components.oceanremote.device.status import DeviceStatus
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.protocol import RefusalReason, RegistrationToken
from custom_components.oceanremote.trust.registration_issues import (
    ISSUE_LOST_DEVICE,
    ISSUE_SAME_MAC,
)
from custom_components.oceanremote.vault import Vault
from tests.support.device import DeviceLinkClosed

from .registration_support import GENERIC_REFUSAL, lose_tokens
from .runtime_support import (
    OTHER_MAC,
    Device,
    Records,
    another_board,
    eventually,
    make_subentry,
    only_coordinator,
    state_of,
)


async def test_another_board_is_refused_while_one_is_pending(
    hub: Hub, enrolled_device: Device, records: Records
) -> None:
    """The token was leaked: the first board counts, the other one is alarming."""
    lose_tokens(enrolled_device.driver)
    await enrolled_device.dial()
    await eventually(lambda: records.of(AuditKind.REGISTERED))
    await enrolled_device.hang_up()
    other = another_board(enrolled_device, mac=OTHER_MAC)
    await other.dial()
    assert await other.wait_closed() == GENERIC_REFUSAL
    assert only_coordinator(hub).status is DeviceStatus.REFUSED_MAC
    (refusal,) = records.of(AuditKind.REFUSED)
    assert refusal.claimed
    assert refusal.enrolment_id == only_coordinator(hub).enrolment_id


async def test_an_expired_token_explains_itself(
    hass: HomeAssistant,
    hub: Hub,
    enrolled_device: Device,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A day later the status says why the board does not come in; a new token heals."""
    coordinator = only_coordinator(hub)
    directory = hub.admission.known.vault
    later = directory._wall_clock() + REGISTRATION_TOKEN_LIFETIME.total_seconds()
    monkeypatch.setattr(directory, "_wall_clock", lambda: later)
    await enrolled_device.dial()
    assert await enrolled_device.wait_closed() == GENERIC_REFUSAL
    await hass.async_block_till_done()
    assert state_of(hass, "sensor", coordinator, "own-status") == (
        "refused_token_expired"
    )
    monkeypatch.undo()
    _, expires_at = await hub.async_issue_registration_token(coordinator.subentry_id)
    assert coordinator.status is DeviceStatus.WAITING
    assert expires_at.tzinfo is not None


async def test_a_clock_that_is_behind_explains_itself_and_harms_nobody(
    hass: HomeAssistant,
    hub: Hub,
    enrolled_device: Device,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The hub's own fault counts toward no ban; with the right time the board is in."""
    coordinator = only_coordinator(hub)
    directory = hub.admission.known.vault
    past = directory._wall_clock() - 1e8
    monkeypatch.setattr(directory, "_wall_clock", lambda: past)
    failed = patch.object(hub.admission, "failed")
    with failed as count:
        await enrolled_device.dial()
        assert await enrolled_device.wait_closed() == GENERIC_REFUSAL
        count.assert_not_called()
    # Nothing is wrong with its token: it need not wait an hour for the right time.
    (closed,) = [
        event
        for event in enrolled_device.driver.events
        if isinstance(event, DeviceLinkClosed)
    ]
    assert closed.retry_after == 60
    await hass.async_block_till_done()
    assert state_of(hass, "sensor", coordinator, "own-status") == "refused_token_early"
    monkeypatch.undo()
    await enrolled_device.connect()
    assert coordinator.status is DeviceStatus.ONLINE


async def test_a_hub_that_starts_ends_what_is_over(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub
) -> None:
    """Before it answers anybody: the clock may be set back after the first refusal."""
    await hub.async_issue_registration_token(only_coordinator(hub).subentry_id)
    await hass.config_entries.async_unload(hub_entry.entry_id)
    later = time.time() + REGISTRATION_TOKEN_LIFETIME.total_seconds() + 1
    with patch.object(Vault, "open", partial(Vault.open, wall_clock=lambda: later)):
        assert await hass.config_entries.async_setup(hub_entry.entry_id)
    restarted = only_coordinator(hub_entry.runtime_data.hub)
    assert restarted.record is not None
    assert restarted.record.registration is not None
    assert restarted.record.registration.expired


async def test_a_used_token_is_refused_and_a_reset_board_is_offered_help(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    """Firmware copied to another board, or the same board after a reset."""
    coordinator = only_coordinator(hub)
    other = another_board(connected_device, mac=OTHER_MAC)
    await other.dial()
    assert await other.wait_closed() == GENERIC_REFUSAL
    # The living device is not talked down by a stranger's claim.
    assert coordinator.status is DeviceStatus.ONLINE
    assert not ir.async_get(hass).issues
    await connected_device.hang_up()
    reset = another_board(connected_device)
    await reset.dial()
    assert await reset.wait_closed() == GENERIC_REFUSAL
    assert coordinator.status is DeviceStatus.REFUSED_USED
    issue = f"{ISSUE_LOST_DEVICE}_{coordinator.subentry_id}"
    assert ir.async_get(hass).async_get_issue("oceanremote", issue)
    await connected_device.connect()
    assert not ir.async_get(hass).async_get_issue("oceanremote", issue)


async def test_an_unknown_token_leads_to_no_device(
    hub: Hub, enrolled_device: Device, records: Records
) -> None:
    """A stranger's token is recorded, and shown at no device."""
    subentry_id = only_coordinator(hub).subentry_id
    await hub.async_issue_registration_token(subentry_id)
    await enrolled_device.dial()
    assert await enrolled_device.wait_closed() == GENERIC_REFUSAL
    (refusal,) = records.of(AuditKind.REFUSED)
    assert RefusalReason.UNKNOWN_HANDLE in refusal.outcome
    assert refusal.enrolment_id is None


async def test_an_unknown_key_leads_to_whose_address_it_claims_and_else_to_nobody(
    hub: Hub, connected_device: Device, records: Records
) -> None:
    """Somebody with a key of their own asks for a session: a hint, nothing proved."""
    await connected_device.hang_up()
    driver = connected_device.driver
    thief = another_board(connected_device)
    thief.driver.flash.identity = thief.driver.flash.identity.with_token(
        1, driver.flash.identity.token
    )
    await thief.dial()
    assert await thief.wait_closed() == GENERIC_REFUSAL
    (refusal,) = records.of(AuditKind.REFUSED)
    assert RefusalReason.UNKNOWN_KEY in refusal.outcome
    assert refusal.claimed
    assert refusal.enrolment_id == only_coordinator(hub).enrolment_id

    stranger = another_board(connected_device, mac=bytes.fromhex("024455667788"))
    stranger.driver.flash.identity = stranger.driver.flash.identity.with_token(
        1, driver.flash.identity.token
    )
    await stranger.dial()
    assert await stranger.wait_closed() == GENERIC_REFUSAL
    refusal = records.of(AuditKind.REFUSED)[-1]
    assert RefusalReason.UNKNOWN_KEY in refusal.outcome
    assert refusal.enrolment_id is None


async def test_a_known_key_under_another_mac_is_shown_at_its_device(
    hub: Hub, connected_device: Device, records: Records
) -> None:
    """A flash dump on another board: its own MAC betrays it."""
    await connected_device.hang_up()
    driver = connected_device.driver
    identity = driver.flash.identity
    copy = another_board(connected_device, mac=OTHER_MAC)
    copy.driver.flash.identity = type(identity)(
        key=identity.key,
        mac=OTHER_MAC,
        hub_public=identity.hub_public,
        registration=identity.registration,
    ).with_token(1, identity.token)
    await copy.dial()
    assert await copy.wait_closed() == GENERIC_REFUSAL
    assert only_coordinator(hub).status is DeviceStatus.REFUSED_MAC


async def test_a_board_in_use_asks_the_person(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    connected_device: Device,
) -> None:
    """The same MAC under a second device: refused, with a repair issue."""
    hass.config_entries.async_add_subentry(hub_entry, make_subentry(1, "Second pump"))
    await hass.async_block_till_done()
    second = next(c for c in hub.coordinators.values() if c.name == "Second pump")
    token, _ = await hub.async_issue_registration_token(second.subentry_id)
    board = another_board(connected_device, registration=RegistrationToken.parse(token))
    await board.dial()
    assert await board.wait_closed() == GENERIC_REFUSAL
    assert second.status is DeviceStatus.REFUSED_MAC_ACTIVE
    issue = f"{ISSUE_SAME_MAC}_{second.subentry_id}"
    assert ir.async_get(hass).async_get_issue("oceanremote", issue)
    hass.config_entries.async_remove_subentry(hub_entry, second.subentry_id)
    await hass.async_block_till_done()
    assert not ir.async_get(hass).async_get_issue("oceanremote", issue)
