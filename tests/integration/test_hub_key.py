"""Another hub key: prepared, told, put into force, and the former one destroyed."""

import asyncio
from dataclasses import replace
import shutil
from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, Unauthorized
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.oceanremote.common.const import DOMAIN
from custom_components.oceanremote.device.coordinator import DeviceCoordinator
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.protocol import RegistrationToken, hub_key_text
from custom_components.oceanremote.protocol.keys import hub_key_id
from custom_components.oceanremote.vault import changes, vault_path
from custom_components.oceanremote.vault.errors import VaultWriteError
from custom_components.oceanremote.vault.records import DeviceRecord
from tests.security.hostile.support import audited
from tests.support.commands import switch_command
from tests.support.device_driver import FACTS

from .runtime_support import (
    PUMP,
    Device,
    come_online,
    eventually,
    load,
    only_coordinator,
)

TAKES = replace(FACTS, takes_hub_keys=True)


@pytest.fixture
def pump(hub: Hub) -> DeviceCoordinator:
    """Return the coordinator of the device."""
    return only_coordinator(hub)


@pytest.fixture
async def taker(
    hass: HomeAssistant, pump: DeviceCoordinator, enrolled_device: Device
) -> Device:
    """Return a board that is connected and has room for a hub key."""
    enrolled_device.driver.facts = TAKES
    return await come_online(hass, enrolled_device, pump)


async def take(hass: HomeAssistant, step: str | None = None) -> dict[str, Any]:
    """Take a step; return the answer."""
    answer = await hass.services.async_call(
        DOMAIN,
        "roll_over_hub_key",
        {} if step is None else {"step": step},
        blocking=True,
        return_response=True,
    )
    assert answer is not None
    return dict(answer)


def record_of(pump: DeviceCoordinator) -> DeviceRecord:
    """Return what the vault holds of it."""
    assert pump.record is not None
    return pump.record


def has_stored(hub: Hub, pump: DeviceCoordinator) -> bool:
    """Whether the device says that it holds the newest key."""
    newest = hub.vault.next_hub_key or hub.vault.hub_key
    return record_of(pump).stored_hub_key == hub_key_id(newest.public)


def has_moved(hub: Hub, pump: DeviceCoordinator) -> bool:
    """Whether the device has proved a session under the key in force."""
    return record_of(pump).proved_hub_key == hub_key_id(hub.vault.hub_key.public)


async def works(pump: DeviceCoordinator) -> None:
    """The device is there and believed."""
    await eventually(lambda: pump.available)


async def test_from_one_key_to_the_next(
    hass: HomeAssistant, hub: Hub, pump: DeviceCoordinator, taker: Device
) -> None:
    first = hub.vault.hub_key.public
    link = pump.link
    assert await take(hass) == {
        "state": "none",
        "hub_key": hub_key_text(first),
        "without": [],
        "need_flashing": [],
    }
    assert (await take(hass, "prepare"))["state"] == "prepared"
    await eventually(lambda: has_stored(hub, pump))
    assert hub.vault.next_hub_key is not None
    second = hub.vault.next_hub_key.public
    assert taker.driver.flash.identity.next_hub_public == second
    told = await take(hass)
    assert (told["without"], told["hub_key"]) == ([], hub_key_text(first))
    # Nothing has changed yet for the device.
    await pump.async_renew()
    assert not record_of(pump).proved_hub_key

    in_force = await take(hass, "put_in_force")
    assert in_force["hub_key"] == hub_key_text(second)
    await eventually(lambda: has_moved(hub, pump))
    assert pump.link is link
    await eventually(lambda: taker.driver.flash.identity.hub_public == second)
    assert taker.driver.flash.identity.next_hub_public is None
    assert hub.hub_key_text == hub_key_text(second)

    assert (await take(hass, "destroy_former"))["state"] == "none"
    assert hub.vault.hub_keys == (hub.vault.hub_key,)
    await taker.hang_up()
    await come_online(hass, taker, pump)
    await works(pump)
    said = [event.detail["what"] for event in await audited(hub, AuditKind.HUB_KEY)]
    assert said == [
        "prepare",
        "stored by the device",
        "put_in_force",
        "proved by the device",
        "destroy_former",
    ]


async def test_who_stores_it_while_the_next_step_is_taken_moves_at_once(
    hass: HomeAssistant,
    hub: Hub,
    pump: DeviceCoordinator,
    taker: Device,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its word comes when the key is in force and the device has not heard that."""
    connection = taker.driver.connection
    confirm, held = connection.confirm_hub_key, []
    with monkeypatch.context() as patch:
        patch.setattr(connection, "confirm_hub_key", lambda key, _: held.append(key))
        await take(hass, "prepare")
        await eventually(lambda: held)

    async def confirmed_meanwhile() -> str:
        confirm(held[0], taker.driver._clock())
        await taker.send(connection.frames_to_send())
        while not has_stored(hub, pump):  # noqa: ASYNC110 - no turn of the loop more
            await asyncio.sleep(0)
        # Long enough for a rotation to begin, and too short for it to end.
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return ""

    monkeypatch.setattr(hub.security.hub_key, "_back_up", confirmed_meanwhile)
    await take(hass, "put_in_force")
    await eventually(lambda: has_moved(hub, pump))


async def test_who_was_away_is_named_and_gets_in_once_more(
    hass: HomeAssistant, hub: Hub, pump: DeviceCoordinator, taker: Device
) -> None:
    """It is told in the session under the old key, and does not come by it again."""
    first = hub.vault.hub_key.public
    await taker.hang_up()
    for step in ("prepare", "put_in_force"):
        assert (await take(hass, step))["without"] == ["Garden pump"]
    await taker.connect()
    await eventually(lambda: has_moved(hub, pump))
    await eventually(lambda: taker.driver.flash.identity.hub_public != first)
    assert (await take(hass))["without"] == []
    await works(pump)
    # A copy of the flash of before.
    identity = taker.driver.flash.identity
    taker.driver.flash.identity = replace(identity, hub_public=first)
    await taker.hang_up()
    await taker.dial()
    await taker.wait_closed()
    assert taker.driver.closed is not None
    assert taker.driver.closed.reason == "rejected"
    taker.driver.flash.identity = identity
    await taker.connect()
    await works(pump)


async def test_who_was_told_and_then_away_finds_its_way_by_a_refusal(
    hass: HomeAssistant, hub: Hub, pump: DeviceCoordinator, taker: Device
) -> None:
    """Also where the old key is destroyed already."""
    await take(hass, "prepare")
    await eventually(lambda: has_stored(hub, pump))
    await taker.hang_up()
    await take(hass, "put_in_force")
    await take(hass, "destroy_former")
    await taker.dial()
    await taker.wait_closed()
    await taker.connect()
    await works(pump)
    assert taker.driver.flash.identity.hub_public == hub.vault.hub_key.public


async def test_who_was_not_told_at_all_is_a_stranger_after_that(
    hass: HomeAssistant, hub: Hub, pump: DeviceCoordinator, taker: Device
) -> None:
    await taker.hang_up()
    for step in ("prepare", "put_in_force", "destroy_former"):
        await take(hass, step)
    await taker.dial()
    await taker.wait_closed()
    await taker.dial()
    await taker.wait_closed()
    assert not pump.connected


async def test_firmware_that_does_not_know_it_is_told_nothing(
    hass: HomeAssistant, hub: Hub, pump: DeviceCoordinator, connected_device: Device
) -> None:
    """It stays connected by the former key, and a person is told to flash it."""
    for step in ("prepare", "put_in_force"):
        told = await take(hass, step)
        assert told["without"] == told["need_flashing"] == ["Garden pump"]
    await pump.async_renew()
    await connected_device.hang_up()
    await connected_device.connect()
    await works(pump)
    assert connected_device.driver.closed is None


async def test_a_quarantined_device_is_told_nothing(
    hass: HomeAssistant, hub: Hub, pump: DeviceCoordinator, taker: Device
) -> None:
    """A copy shall not learn it; the one that is released does."""
    await hub.security.trust.async_quarantine(pump, None)
    await take(hass, "prepare")
    await pump.async_renew()
    assert taker.driver.flash.identity.next_hub_public is None
    await hub.security.trust.async_release(pump, None)
    await pump.async_renew()
    await eventually(lambda: has_stored(hub, pump))


@pytest.mark.parametrize("lost", ["answer", "flash"])
async def test_a_power_cut_of_the_device(
    hass: HomeAssistant,
    hub: Hub,
    pump: DeviceCoordinator,
    taker: Device,
    monkeypatch: pytest.MonkeyPatch,
    lost: str,
) -> None:
    """Before the key is in flash, or before that is said: it is told again."""
    before = taker.driver.flash.identity
    connection = taker.driver.connection
    monkeypatch.setattr(connection, "confirm_hub_key", lambda key, now: None)
    await take(hass, "prepare")
    await eventually(lambda: taker.driver.flash.identity.next_hub_public)
    await taker.hang_up()
    if lost == "flash":
        taker.driver.flash.identity = before
    assert not has_stored(hub, pump)
    await taker.connect()
    await eventually(lambda: has_stored(hub, pump))


@pytest.mark.parametrize("steps", [("prepare",), ("prepare", "put_in_force")])
async def test_a_hub_that_starts_again_goes_on(
    hass: HomeAssistant,
    hub: Hub,
    hub_entry: MockConfigEntry,
    taker: Device,
    steps: tuple[str, ...],
) -> None:
    """Whatever was on disk when the power failed."""
    await taker.hang_up()
    for step in steps:
        await take(hass, step)
    keys = [key.public for key in hub.vault.hub_keys]
    assert await hass.config_entries.async_unload(hub_entry.entry_id)
    again = await load(hass, hub_entry)
    assert [key.public for key in again.vault.hub_keys] == keys
    pump = only_coordinator(again)
    await taker.connect()
    await eventually(lambda: has_stored(again, pump))
    if len(steps) == 1:
        await take(hass, "put_in_force")
    await eventually(lambda: has_moved(again, pump))
    await works(pump)


async def test_a_vault_of_while_it_was_prepared_is_good_for_both(
    hass: HomeAssistant,
    hub: Hub,
    hub_entry: MockConfigEntry,
    pump: DeviceCoordinator,
    taker: Device,
) -> None:
    """The device has moved since; the hub that comes back knows both keys."""
    first, path = hub.vault.hub_key.public, vault_path(hass)
    aside = path.with_name("aside")
    await take(hass, "prepare")
    await eventually(lambda: has_stored(hub, pump))
    await hass.async_add_executor_job(shutil.copy, path, aside)
    await take(hass, "put_in_force")
    await eventually(lambda: taker.driver.flash.identity.hub_public != first)
    await taker.hang_up()
    assert await hass.config_entries.async_unload(hub_entry.entry_id)
    await hass.async_add_executor_job(shutil.copy, aside, path)
    restored = await load(hass, hub_entry)
    assert (await take(hass))["state"] == "prepared"
    assert restored.vault.hub_key.public == first
    await taker.connect()
    await eventually(lambda: only_coordinator(restored).connected)


async def test_a_copy_is_made_at_each_step(hass: HomeAssistant, hub: Hub) -> None:
    """No copy of later is without a key that devices count on."""
    made = len(await audited(hub, AuditKind.BACKUP))
    await take(hass, "prepare")
    await take(hass, "put_in_force")
    assert len(await audited(hub, AuditKind.BACKUP)) == made + 2


@pytest.mark.parametrize(
    ("steps", "wrong"),
    [
        ((), "put_in_force"),
        ((), "destroy_former"),
        (("prepare",), "prepare"),
        (("prepare",), "destroy_former"),
        (("prepare", "put_in_force"), "prepare"),
        (("prepare", "put_in_force"), "put_in_force"),
    ],
)
async def test_the_steps_have_an_order(
    hass: HomeAssistant, hub: Hub, steps: tuple[str, ...], wrong: str
) -> None:
    for step in steps:
        await take(hass, step)
    keys = hub.vault.hub_keys
    with pytest.raises(HomeAssistantError, match=wrong):
        await take(hass, wrong)
    assert hub.vault.hub_keys == keys


async def test_a_full_disk_changes_nothing_and_tells_nobody(
    hass: HomeAssistant,
    hub: Hub,
    taker: Device,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def fail(*_: object) -> None:
        raise VaultWriteError("no space")

    with monkeypatch.context() as patch:
        patch.setattr(hub.vault, "apply", fail)
        with pytest.raises(HomeAssistantError):
            await take(hass, "prepare")
    assert (await take(hass))["state"] == "none"
    assert taker.driver.flash.identity.next_hub_public is None


async def test_a_key_that_cannot_be_noted_is_noted_at_the_next_session(
    hass: HomeAssistant,
    hub: Hub,
    pump: DeviceCoordinator,
    taker: Device,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await taker.hang_up()
    await take(hass, "prepare")

    refused: list[str] = []

    def fail(*_: object, **__: object) -> None:
        refused.append("no space")
        raise VaultWriteError("no space")

    with monkeypatch.context() as patch:
        patch.setattr(changes, "note_hub_key", fail)
        await taker.connect()
        await eventually(lambda: refused)
    await taker.hang_up()
    assert not has_stored(hub, pump)
    assert await audited(hub, AuditKind.STORAGE)
    await taker.connect()
    await eventually(lambda: has_stored(hub, pump))


async def test_what_a_device_says_of_other_keys_counts_for_nothing(
    hass: HomeAssistant, hub: Hub, pump: DeviceCoordinator, taker: Device
) -> None:
    """Nor what it says while nothing is rolled over."""
    connection, now = taker.driver.connection, taker.driver._clock()
    for key in (bytes(32), hub.vault.hub_key.public):
        connection.confirm_hub_key(key, now)
    await taker.send(connection.frames_to_send())
    await pump.async_renew()
    assert record_of(pump).stored_hub_key is None
    await take(hass, "prepare")
    await eventually(lambda: has_stored(hub, pump))
    connection.confirm_hub_key(bytes(32), now)
    await taker.send(connection.frames_to_send())
    await pump.async_renew()
    assert has_stored(hub, pump)


async def test_a_new_registration_begins_without_any(
    hass: HomeAssistant, hub: Hub, pump: DeviceCoordinator, taker: Device
) -> None:
    """The board was erased: what was told to it is gone with its flash."""
    await take(hass, "prepare")
    await take(hass, "put_in_force")
    await eventually(lambda: has_moved(hub, pump))
    record = record_of(pump)
    token, _ = await hub.async_issue_registration_token(pump.subentry_id)
    flash = taker.driver.flash
    await taker.hang_up()
    flash.identity = replace(
        flash.identity,
        registration=RegistrationToken.parse(token),
        generation=0,
        token=None,
        previous_token=None,
        hub_public=hub.vault.hub_keys[-1].public,
    )
    await taker.connect()
    await eventually(lambda: record_of(pump).enrolled_at != record.enrolled_at)
    await eventually(lambda: has_moved(hub, pump))


async def test_nobody_but_an_administrator(
    hass: HomeAssistant, hub: Hub, hass_read_only_user: MockUser
) -> None:
    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            DOMAIN,
            "roll_over_hub_key",
            {"step": "prepare"},
            blocking=True,
            return_response=True,
            context=Context(user_id=hass_read_only_user.id),
        )
    assert hub.vault.next_hub_key is None


async def test_a_link_that_was_opened_before_still_obeys(
    hass: HomeAssistant, hub: Hub, pump: DeviceCoordinator, taker: Device
) -> None:
    """Commands go on during the whole of it."""
    for step in ("prepare", "put_in_force", "destroy_former"):
        await take(hass, step)
        await works(pump)
        await pump.async_command(PUMP.address, switch_command(on=True), None)
    assert len(taker.driver.commands) == 3
