"""Permanent tokens that are rotated: by a hub that was restored, by a stubborn device."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
import shutil
import time
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.common.errors import (
    CommandNotSentError,
    WrongStandingError,
)
from custom_components.oceanremote.device.coordinator import DeviceCoordinator
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.policy.trust import Standing
from custom_components.oceanremote.vault import changes, vault_path
from custom_components.oceanremote.vault.errors import VaultWriteError
from custom_components.oceanremote.vault.records import DeviceRecord
from tests.integration.runtime_support import PUMP, Device, eventually
from tests.support.commands import switch_command

from .support import audited

type Restore = Callable[[], Awaitable[Hub]]


@pytest.fixture
def pump(hub: Hub) -> DeviceCoordinator:
    """Return the coordinator of the device."""
    return only(hub)


def only(hub: Hub) -> DeviceCoordinator:
    """Return the coordinator of the device that tests speak of."""
    return next(iter(hub.coordinators.values()))


def record_of(pump: DeviceCoordinator) -> DeviceRecord:
    """Return what the vault holds of it."""
    assert pump.record is not None
    return pump.record


def lose_stored(device: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the device never say that it has stored a token, on its present link."""
    monkeypatch.setattr(device.driver.connection, "confirm_stored", lambda now: None)


async def regenerate(hub: Hub) -> None:
    """Give the device a new token, and wait until it is the only one."""
    pump = only(hub)
    generation = current(pump).generation
    await hub.security.trust.async_regenerate(pump, None)
    await eventually(lambda: settled(pump) and current(pump).generation > generation)


def current(pump: DeviceCoordinator) -> Any:
    """Return the device's current token in the vault."""
    token = record_of(pump).current
    assert token is not None
    return token


def settled(pump: DeviceCoordinator) -> bool:
    """Whether one token is left in the vault."""
    return record_of(pump).previous is None


async def works(pump: DeviceCoordinator, device: Device) -> None:
    """A command passes."""
    await eventually(lambda: pump.available)
    done = len(device.driver.commands)
    await pump.async_command(PUMP.address, switch_command(on=True), None)
    assert len(device.driver.commands) == done + 1


@pytest.fixture
async def restore(
    hass: HomeAssistant, hub_entry: MockConfigEntry, device: Device
) -> Restore:
    """Return a way to put the vault of now back into its place."""
    path = vault_path(hass)
    aside = path.with_name("aside")
    await hass.async_add_executor_job(shutil.copy, path, aside)

    async def put_back() -> Hub:
        await device.hang_up()
        assert await hass.config_entries.async_unload(hub_entry.entry_id)
        await hass.async_add_executor_job(shutil.copy, aside, path)
        assert await hass.config_entries.async_setup(hub_entry.entry_id)
        await hass.async_block_till_done()
        restored: Hub = hub_entry.runtime_data.hub
        return restored

    return put_back


# -- a hub that was restored ----------------------------------------------------


async def test_a_token_that_the_hub_has_lost_is_rotated_anew(
    hub: Hub, device: Device, restore: Restore
) -> None:
    """The device comes in by its previous token, and leaves with a newer one still."""
    await regenerate(hub)
    lost = device.driver.flash.identity
    assert lost.generation == 2
    restored = await restore()
    pump = only(restored)
    assert current(pump).generation == 1
    await device.connect()
    await eventually(lambda: current(pump).generation == 3 and settled(pump))
    fresh = device.driver.flash.identity
    assert fresh.generation == 3
    assert fresh.token not in (lost.token, lost.previous_token)
    assert current(pump).secret == fresh.token
    events = await audited(restored, AuditKind.TOKEN_ROTATED)
    assert "issued anew" in str([event.detail["what"] for event in events])
    await works(pump, device)
    await device.hang_up()
    await device.connect()
    await works(pump, device)
    assert settled(pump)
    # A token may be made new as before.
    await regenerate(restored)
    assert device.driver.flash.identity.generation == 4


@pytest.mark.parametrize("stored", [False, True])
async def test_a_crash_while_it_is_rotated_anew(
    hub: Hub,
    device: Device,
    restore: Restore,
    monkeypatch: pytest.MonkeyPatch,
    stored: bool,
) -> None:
    """Before the new token is in flash, or after: the device gets in, and gets it."""
    await regenerate(hub)
    before = device.driver.flash.identity
    pump = only(await restore())
    await device.dial()
    lose_stored(device, monkeypatch)
    await eventually(lambda: device.driver.flash.identity.generation == 3)
    await device.hang_up()
    if not stored:
        device.driver.flash.identity = before
    await device.connect()
    await works(pump, device)
    await eventually(lambda: settled(pump))
    assert device.driver.flash.identity.generation == 3
    assert device.driver.flash.identity.token == current(pump).secret


@pytest.mark.parametrize("claimed", [0, 3, 7, 2**32 - 1])
async def test_an_invented_generation_rotates_nothing(
    hub: Hub, device: Device, claimed: int
) -> None:
    """Only the one that follows the hub's newest tells of a backup."""
    pump = only(hub)
    await device.hang_up()
    identity = device.driver.flash.identity
    device.driver.flash.identity = replace(identity, generation=claimed)
    generation = hub.vault.generation
    await device.connect()
    await works(pump, device)
    assert current(pump).generation == 1
    assert settled(pump)
    assert hub.vault.generation == generation


async def test_a_device_that_says_it_at_a_rotation_is_not_heard(
    hub: Hub, pump: DeviceCoordinator, device: Device
) -> None:
    """A restored hub has no old links; this one would be written to disk each time."""
    identity = device.driver.connection.identity
    device.driver.connection.identity = replace(identity, generation=2)
    await pump.async_renew()
    await works(pump, device)
    assert current(pump).generation == 1


# -- a device that does not say that it has stored its token --------------------


async def test_a_device_that_never_says_stored_keeps_its_link(
    hub: Hub,
    pump: DeviceCoordinator,
    device: Device,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It rotates with the token on its way: the hub waits, and gives it no second."""
    lose_stored(device, monkeypatch)
    await hub.security.trust.async_regenerate(pump, None)
    link = pump.link
    # A second one while the first is on its way is refused with a reason.
    with pytest.raises(CommandNotSentError, match="on its way"):
        await hub.security.trust.async_regenerate(pump, None)
    await pump.async_renew()
    assert pump.link is link
    await works(pump, device)
    assert not settled(pump)
    assert not await audited(hub, AuditKind.STORAGE)


@pytest.mark.parametrize(
    "error", [VaultWriteError("no space"), WrongStandingError(name="Garden pump")]
)
async def test_a_token_that_cannot_be_handed_out_ends_no_link(
    hub: Hub,
    pump: DeviceCoordinator,
    device: Device,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    """The device was revoked or the disk is full at this moment: noted, not raised."""
    identity = device.driver.flash.identity
    lose_stored(device, monkeypatch)
    await hub.security.trust.async_regenerate(pump, None)
    await eventually(lambda: device.driver.flash.identity != identity)
    await device.hang_up()
    device.driver.flash.identity = identity

    async def fail(*_: Any) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(hub.vault, "rotate_token", fail)
        await device.connect()
        await works(pump, device)
    assert len(await audited(hub, AuditKind.STORAGE)) == 1
    # What was due is done at the next session.
    await device.hang_up()
    await device.connect()
    await eventually(lambda: settled(pump))
    assert device.driver.flash.identity.generation == 2


async def test_a_revocation_between_click_and_disk(
    hub: Hub, pump: DeviceCoordinator, device: Device
) -> None:
    """Neither a new token nor a new standing for who is revoked meanwhile."""
    link = pump.link
    assert link is not None
    await hub.vault.apply(changes.revoke(pump.enrolment_id))
    trust = hub.security.trust
    with pytest.raises(WrongStandingError):
        await trust._async_issue(pump, link)
    with pytest.raises(WrongStandingError):
        await trust.async_quarantine(pump, None)
    assert record_of(pump).standing is Standing.REVOKED


# -- quarantine -----------------------------------------------------------------


async def test_no_token_is_handed_out_in_quarantine_unasked(
    hub: Hub,
    pump: DeviceCoordinator,
    device: Device,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of two holders one would lock the other out. It goes on after the release."""
    identity = device.driver.flash.identity
    lose_stored(device, monkeypatch)
    await hub.security.trust.async_regenerate(pump, None)
    await eventually(lambda: device.driver.flash.identity != identity)
    await device.hang_up()
    device.driver.flash.identity = identity
    await hub.security.trust.async_quarantine(pump, None)
    await device.connect()
    await eventually(lambda: pump.connected)
    assert record_of(pump).standing is Standing.QUARANTINED
    assert device.driver.flash.identity == identity
    assert not settled(pump)
    await hub.security.trust.async_release(pump, None)
    await eventually(lambda: settled(pump))
    assert device.driver.flash.identity.generation == 2


async def test_a_quarantined_device_vouches_no_longer(
    hub: Hub, pump: DeviceCoordinator, device: Device
) -> None:
    """Nor for the address that it has proved itself from before."""
    proved = hub.security.admission.policy.proved
    (address,) = proved._by_device[pump.enrolment_id]
    assert proved.vouched(address, time.time())
    await hub.security.trust.async_quarantine(pump, None)
    assert not proved.vouched(address, time.time())
    await hub.security.trust.async_release(pump, None)
    await eventually(lambda: proved.vouched(address, time.time()))
    hub.security.trust.suspect(pump.enrolment_id, "two live links")
    assert not proved.vouched(address, time.time())
