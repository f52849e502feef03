"""New firmware over the session: installed, resumed, refused, and written down."""

import asyncio
from dataclasses import replace
import gzip
from pathlib import Path
from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.oceanremote.common.errors import DeviceOfflineError
from custom_components.oceanremote.device import updates as device_updates
from custom_components.oceanremote.device.coordinator import DeviceCoordinator
from custom_components.oceanremote.device.registry import own_unique_id
from custom_components.oceanremote.device.updates import UpdateResult
from custom_components.oceanremote.firmware import image as firmware_image
from custom_components.oceanremote.firmware.errors import (
    ImageRefusedError,
    TakesNoUpdatesError,
    UpdateFailedError,
    UpdateNotTrustedError,
    UpdateUnderWayError,
)
from custom_components.oceanremote.firmware.manager import FirmwareManager
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.policy.firmware_image import ImageFault
from custom_components.oceanremote.protocol import GoodbyeReason
from custom_components.oceanremote.protocol.updates import UpdateFailure
from tests.support.update_board import OLD_BUILD, image_of

from ..runtime_support import Device, Records, eventually
from .conftest import Equip
from .support import BY, begin_update, go_away, restart_when_installed, start


async def test_new_firmware_is_carried_installed_and_seen_to_run(
    connected_device: Device,
    coordinator: DeviceCoordinator,
    manager: FirmwareManager,
    equip: Equip,
    image: bytes,
    records: Records,
) -> None:
    board = await equip()
    update = asyncio.create_task(
        manager.async_update(coordinator, image, by=BY, user_id="anna")
    )
    await restart_when_installed(connected_device, board)
    end = await update
    assert end.result is UpdateResult.INSTALLED
    assert end.reset_reason == "Software"
    assert bytes(board.flash) == image
    notes = records.of(AuditKind.UPDATE)
    assert [note.outcome for note in notes] == ["begun", "installed"]
    for note in notes:
        assert note.user_id == "anna"
        assert board.offers[0].digest.hex() in note.detail
        assert str(len(image)) in note.detail


async def test_a_lost_link_is_no_new_beginning(
    connected_device: Device,
    coordinator: DeviceCoordinator,
    manager: FirmwareManager,
    equip: Equip,
    image: bytes,
) -> None:
    board = await equip(silent_after=7)
    update = begin_update(manager, coordinator, image)
    await eventually(lambda: board.chunks > 7)
    await connected_device.hang_up()
    had = len(board.flash)
    assert had
    board.silent_after, board.chunks = None, 0
    await start(connected_device, board)
    await restart_when_installed(connected_device, board)
    assert (await update).result is UpdateResult.INSTALLED
    assert board.chunks == -(-(len(image) - had) // 960), "only what was missing"


async def test_a_device_that_returns_to_its_old_firmware_is_told_of(
    connected_device: Device,
    coordinator: DeviceCoordinator,
    manager: FirmwareManager,
    equip: Equip,
    image: bytes,
    records: Records,
) -> None:
    board = await equip(falls_back=True)
    update = begin_update(manager, coordinator, image)
    await restart_when_installed(connected_device, board, OLD_BUILD)
    end = await update
    assert end.result is UpdateResult.FELL_BACK
    assert "reset: Software" in records.of(AuditKind.UPDATE)[-1].detail


async def test_a_device_that_sleeps_is_updated_when_it_wakes_up(
    connected_device: Device,
    coordinator: DeviceCoordinator,
    manager: FirmwareManager,
    equip: Equip,
    image: bytes,
) -> None:
    driver = connected_device.driver
    driver.facts = replace(driver.facts, sleeps=True)
    board = await equip()
    await connected_device.send(driver.goodbye(60, GoodbyeReason.SLEEP))
    await eventually(lambda: coordinator.presence.asleep)
    update = begin_update(manager, coordinator, image)
    await eventually(lambda: coordinator.updates.under_way)
    assert board.offers == []
    await connected_device.hang_up()
    await start(connected_device, board)
    await eventually(lambda: True in driver.held_awake)
    await restart_when_installed(connected_device, board)
    assert (await update).result is UpdateResult.INSTALLED


@pytest.mark.parametrize(
    "failure", [UpdateFailure.NO_ROOM, UpdateFailure.NEEDS_MORE, UpdateFailure.OTHER]
)
async def test_what_the_device_refuses_ends_the_update(
    coordinator: DeviceCoordinator,
    manager: FirmwareManager,
    equip: Equip,
    image: bytes,
    failure: UpdateFailure,
) -> None:
    await equip(refuses=failure)
    end = await manager.async_update(coordinator, image, by=BY, user_id=None)
    assert (end.result, end.failure) == (UpdateResult.REFUSED, failure)
    assert coordinator.available
    assert not coordinator.updates.under_way


async def test_a_device_that_goes_silent_is_given_up(
    coordinator: DeviceCoordinator,
    manager: FirmwareManager,
    equip: Equip,
    image: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(device_updates, "SILENCE", 0.1)
    monkeypatch.setattr(device_updates, "_LOOK", 0.05)
    await equip(silent_after=3)
    end = await manager.async_update(coordinator, image, by=BY, user_id=None)
    assert end.result is UpdateResult.SILENT


async def test_a_board_that_restarts_at_every_chunk_is_given_up(
    connected_device: Device,
    coordinator: DeviceCoordinator,
    manager: FirmwareManager,
    equip: Equip,
    image: bytes,
) -> None:
    board = await equip(silent_after=1)
    update = begin_update(manager, coordinator, image)
    for _ in range(device_updates.IN_VAIN + 2):
        await eventually(lambda: board.chunks > 1 or update.done())
        if update.done():
            break
        await connected_device.hang_up()
        board.flash.clear()
        board.chunks = 0
        await start(connected_device, board)
    end = await update
    assert (end.result, end.detail) == (UpdateResult.SILENT, "it gets no further")
    assert len(board.offers) <= device_updates.IN_VAIN + 2
    assert coordinator.connected


async def test_a_device_that_does_not_come_back_is_told_of(
    connected_device: Device,
    coordinator: DeviceCoordinator,
    manager: FirmwareManager,
    equip: Equip,
    image: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(device_updates, "RETURN", 0.1)
    monkeypatch.setattr(device_updates, "_LOOK", 0.05)
    board = await equip()
    update = begin_update(manager, coordinator, image)
    await eventually(lambda: board.installed)
    await connected_device.hang_up()
    assert (await update).result is UpdateResult.NOT_BACK


async def test_two_updates_at_once_are_one_too_many(
    coordinator: DeviceCoordinator,
    manager: FirmwareManager,
    equip: Equip,
    image: bytes,
) -> None:
    board = await equip(silent_after=0)
    update = begin_update(manager, coordinator, image)
    await eventually(lambda: board.chunks)
    with pytest.raises(UpdateUnderWayError):
        await manager.async_update(coordinator, image, by=BY, user_id=None)
    coordinator.updates.cancel("enough")
    assert (await update).result is UpdateResult.CANCELLED
    await eventually(lambda: board.abandoned == 1)


async def test_quarantine_ends_an_update_and_allows_none(
    hub: Hub,
    coordinator: DeviceCoordinator,
    manager: FirmwareManager,
    equip: Equip,
    image: bytes,
) -> None:
    board = await equip(silent_after=0)
    update = begin_update(manager, coordinator, image)
    await eventually(lambda: board.chunks)
    hub.suspect(coordinator.enrolment_id, "a test")
    assert (await update).result is UpdateResult.CANCELLED
    with pytest.raises(UpdateNotTrustedError):
        await manager.async_update(coordinator, image, by=BY, user_id=None)


async def test_a_device_that_takes_none_or_is_away_gets_none(
    connected_device: Device,
    coordinator: DeviceCoordinator,
    manager: FirmwareManager,
    image: bytes,
) -> None:
    with pytest.raises(TakesNoUpdatesError):
        await manager.async_update(coordinator, image, by=BY, user_id=None)
    await go_away(connected_device, coordinator)
    with pytest.raises(DeviceOfflineError):
        await manager.async_update(coordinator, image, by=BY, user_id=None)


async def test_an_image_that_would_lose_the_device_is_never_offered(
    hub: Hub,
    coordinator: DeviceCoordinator,
    manager: FirmwareManager,
    equip: Equip,
    image: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    board = await equip()
    key = hub.vault.hub_key.public
    wrong = {
        ImageFault.EMPTY: b"",
        ImageFault.NOT_OURS: b"\x7fELF" + bytes(1000),
        ImageFault.WRONG_CHIP: image_of(key, chip="ESP32", magic=b"\xe9"),
        ImageFault.WRONG_HUB: image_of(bytes(32)[:31] + b"\1"),
        ImageFault.CUT: image[4:],
    }
    for fault, data in wrong.items():
        with pytest.raises(ImageRefusedError) as caught:
            await manager.async_update(coordinator, data, by=BY, user_id=None)
        assert caught.value.fault is fault
    packed = gzip.compress(image)
    with pytest.raises(ImageRefusedError):
        await manager.async_update(coordinator, packed, by=BY, user_id=None)
    monkeypatch.setattr(firmware_image, "MAX_FIRMWARE", len(image) - 1)
    with pytest.raises(ImageRefusedError) as caught:
        await manager.async_update(coordinator, image, by=BY, user_id=None)
    assert caught.value.fault is ImageFault.TOO_LARGE
    assert board.offers == []


async def test_the_action_takes_a_file_from_an_administrator(
    hass: HomeAssistant,
    connected_device: Device,
    coordinator: DeviceCoordinator,
    equip: Equip,
    image: bytes,
    tmp_path: Path,
    hass_read_only_user: MockUser,
) -> None:
    board = await equip()
    path = tmp_path / "firmware.bin"
    path.write_bytes(image)
    (device_id,) = _device_ids(hass, coordinator)
    data = {"device_id": device_id, "path": str(path)}

    async def call(**options: Any) -> Any:
        return await hass.services.async_call(
            "oceanremote",
            "update_firmware",
            data,
            blocking=True,
            return_response=True,
            **options,
        )

    with pytest.raises(ServiceValidationError):
        await call()
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    with pytest.raises(Unauthorized):
        await call(context=Context(user_id=hass_read_only_user.id))
    assert board.offers == []
    update = asyncio.create_task(call())
    await restart_when_installed(connected_device, board)
    assert await update == {"result": "installed", "reset_reason": "Software"}
    path.unlink()
    with pytest.raises(Exception, match="cannot be read"):
        await call()


async def test_the_entity_installs_what_was_handed_in(
    hass: HomeAssistant,
    connected_device: Device,
    coordinator: DeviceCoordinator,
    manager: FirmwareManager,
    equip: Equip,
    image: bytes,
) -> None:
    board = await equip()
    await hass.async_block_till_done()

    def entity() -> Any:
        return _update_entity(hass, coordinator)

    assert entity().state == "off"
    await manager.async_keep(coordinator, image, user_id=None)
    await eventually(lambda: entity().state == "on")
    assert entity().attributes["latest_version"] == "2.0.0 (2026-11-27 12:00)"
    assert entity().attributes["installed_version"] == "1.0.0 (2026-01-01 00:00)"
    install = asyncio.create_task(
        hass.services.async_call(
            "update", "install", {"entity_id": entity().entity_id}, blocking=True
        )
    )
    await restart_when_installed(connected_device, board)
    await install
    await hass.async_block_till_done()
    assert coordinator.updates.kept is None
    assert entity().state == "off"


async def test_the_entity_says_why_nothing_was_installed(
    coordinator: DeviceCoordinator,
    manager: FirmwareManager,
    equip: Equip,
    image: bytes,
) -> None:
    await equip(refuses=UpdateFailure.NO_ROOM)
    await manager.async_keep(coordinator, image, user_id=None)
    with pytest.raises(UpdateFailedError, match="no room"):
        await manager.async_install(coordinator, None)
    assert coordinator.updates.kept is not None, "it may be tried again"


def _device_ids(hass: HomeAssistant, coordinator: DeviceCoordinator) -> list[str]:
    device = dr.async_get(hass).async_get_device_by_identifier(
        ("oceanremote", coordinator.subentry_id), coordinator.entry_id
    )
    return [] if device is None else [device.id]


def _update_entity(hass: HomeAssistant, coordinator: DeviceCoordinator) -> Any:
    entity_id = er.async_get(hass).async_get_entity_id(
        "update", "oceanremote", own_unique_id(coordinator.subentry_id, "firmware")
    )
    assert entity_id is not None
    return hass.states.get(entity_id)
