"""Two images for one device: the newer waits in the older's place, or is refused."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from custom_components.oceanremote.device.coordinator import DeviceCoordinator
from custom_components.oceanremote.device.updates import UpdateResult
from custom_components.oceanremote.firmware.errors import UpdateUnderWayError
from custom_components.oceanremote.firmware.manager import FirmwareManager
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.protocol import GoodbyeReason
from tests.support.update_board import UpdateBoard, image_of

from ..runtime_support import Device, Records, eventually
from .conftest import Equip
from .support import BY, begin_update, go_away, restart_when_installed, start

NEWER = "2026-11-28 12:00:00 +0000"


@pytest.fixture
def newer(hub: Hub) -> bytes:
    """Return an image that was handed in later."""
    return image_of(hub.vault.hub_key.public, build=NEWER, version="3.0.0")


@pytest.fixture
async def sleeper(
    connected_device: Device, coordinator: DeviceCoordinator, equip: Equip
) -> UpdateBoard:
    """Return a board that is asleep."""
    driver = connected_device.driver
    driver.facts = replace(driver.facts, sleeps=True)
    board: UpdateBoard = await equip()
    await connected_device.send(driver.goodbye(60, GoodbyeReason.SLEEP))
    await eventually(lambda: coordinator.presence.asleep)
    await go_away(connected_device, coordinator)
    return board


async def test_the_newer_image_is_what_a_sleeper_gets(
    connected_device: Device,
    coordinator: DeviceCoordinator,
    manager: FirmwareManager,
    sleeper: UpdateBoard,
    image: bytes,
    newer: bytes,
    records: Records,
) -> None:
    """Who handed in the older one is told so; the device never hears of it."""
    first = begin_update(manager, coordinator, image)
    await eventually(lambda: coordinator.updates.waiting)
    second = begin_update(manager, coordinator, newer)
    assert (await first).result is UpdateResult.REPLACED
    assert coordinator.updates.waiting
    await start(connected_device, sleeper)
    await eventually(lambda: True in connected_device.driver.held_awake)
    await restart_when_installed(connected_device, sleeper, NEWER)
    assert (await second).result is UpdateResult.INSTALLED
    assert bytes(sleeper.flash) == newer
    assert len(sleeper.offers) == 1
    await eventually(lambda: connected_device.driver.held_awake[-1] is False)
    outcomes = [note.outcome for note in records.of(AuditKind.UPDATE)]
    assert sorted(outcomes) == [
        "begun",
        "begun",
        "installed",
        "replaced by a newer image",
    ]


async def test_the_newer_image_is_what_a_device_gets_that_was_cut_off(
    connected_device: Device,
    coordinator: DeviceCoordinator,
    manager: FirmwareManager,
    equip: Equip,
    image: bytes,
    newer: bytes,
) -> None:
    """What the device has of the older one is worth nothing then."""
    board = await equip(silent_after=7)
    first = begin_update(manager, coordinator, image)
    await eventually(lambda: board.chunks > 7)
    await connected_device.hang_up()
    await eventually(lambda: coordinator.updates.waiting)
    second = begin_update(manager, coordinator, newer)
    assert (await first).result is UpdateResult.REPLACED
    board.silent_after = None
    await start(connected_device, board)
    await restart_when_installed(connected_device, board, NEWER)
    assert (await second).result is UpdateResult.INSTALLED
    assert bytes(board.flash) == newer


async def test_a_device_that_restarts_into_an_image_gets_no_other(
    connected_device: Device,
    coordinator: DeviceCoordinator,
    manager: FirmwareManager,
    equip: Equip,
    image: bytes,
    newer: bytes,
) -> None:
    """The update under way ends as if nobody had asked."""
    board = await equip()
    update = begin_update(manager, coordinator, image)
    await eventually(lambda: board.installed)
    await go_away(connected_device, coordinator)
    with pytest.raises(UpdateUnderWayError):
        await manager.async_update(coordinator, newer, by=BY, user_id=None)
    await restart_when_installed(connected_device, board)
    assert (await update).result is UpdateResult.INSTALLED


async def test_install_pressed_twice_is_one_update(
    connected_device: Device,
    coordinator: DeviceCoordinator,
    manager: FirmwareManager,
    sleeper: UpdateBoard,
    image: bytes,
) -> None:
    """The second takes the first one's place, with the image that is kept."""
    await manager.async_keep(coordinator, image, user_id=None)
    first = asyncio.create_task(manager.async_install(coordinator, None))
    await eventually(lambda: coordinator.updates.waiting)
    second = asyncio.create_task(manager.async_install(coordinator, None))
    with pytest.raises(Exception, match="replaced by a newer image"):
        await first
    await start(connected_device, sleeper)
    await restart_when_installed(connected_device, sleeper)
    await second
    assert bytes(sleeper.flash) == image


async def test_what_is_kept_instead_leaves_the_update_that_waits_alone(
    connected_device: Device,
    coordinator: DeviceCoordinator,
    manager: FirmwareManager,
    sleeper: UpdateBoard,
    image: bytes,
    newer: bytes,
) -> None:
    """The older one was asked for; the newer one waits to be."""
    await manager.async_keep(coordinator, image, user_id=None)
    install = asyncio.create_task(manager.async_install(coordinator, None))
    await eventually(lambda: coordinator.updates.waiting)
    await manager.async_keep(coordinator, newer, user_id=None)
    await start(connected_device, sleeper)
    await restart_when_installed(connected_device, sleeper)
    await install
    assert bytes(sleeper.flash) == image
    kept = coordinator.updates.kept
    assert kept is not None
    assert kept.builds == {NEWER}


async def test_what_was_kept_before_is_offered_no_more(
    connected_device: Device,
    coordinator: DeviceCoordinator,
    manager: FirmwareManager,
    equip: Equip,
    image: bytes,
    newer: bytes,
) -> None:
    """An image that was handed in later has been installed."""
    board = await equip()
    await manager.async_keep(coordinator, image, user_id=None)
    update = begin_update(manager, coordinator, newer)
    await restart_when_installed(connected_device, board, NEWER)
    await update
    assert coordinator.updates.kept is None


class _Watched(bytes):
    """An image in memory that says when it is forgotten."""

    forgotten = False

    def __del__(self) -> None:
        """Be forgotten."""
        _Watched.forgotten = True


async def test_an_image_that_waits_takes_no_memory(
    coordinator: DeviceCoordinator,
    manager: FirmwareManager,
    sleeper: UpdateBoard,
    image: bytes,
) -> None:
    """It may wait for days, and one for each device."""
    _Watched.forgotten = False
    updating: asyncio.Task[Any] = begin_update(manager, coordinator, _Watched(image))
    await eventually(lambda: coordinator.updates.waiting)
    await eventually(lambda: _Watched.forgotten)
    coordinator.updates.cancel("enough")
    assert (await updating).result is UpdateResult.CANCELLED
