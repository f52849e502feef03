"""What a board does around an update."""

import asyncio
from dataclasses import replace

from custom_components.oceanremote.device.coordinator import DeviceCoordinator
from custom_components.oceanremote.device.updates import UpdateEnd
from custom_components.oceanremote.firmware.manager import FirmwareManager
from tests.support.update_board import NEW_BUILD, OLD_BUILD, UpdateBoard

from ..runtime_support import Device, eventually

# Who has firmware installed, in the audit's words.
BY = "a test"


def begin_update(
    manager: FirmwareManager, coordinator: DeviceCoordinator, image: bytes
) -> asyncio.Task[UpdateEnd]:
    """Have an image installed; the task is done when the update is."""
    return asyncio.create_task(
        manager.async_update(coordinator, image, by=BY, user_id=None)
    )


async def start(device: Device, board: UpdateBoard, build: str = OLD_BUILD) -> None:
    """Start the device with the build that it has."""
    board.facts = replace(board.facts, build=build)
    device.driver.board = board
    device.driver.facts = replace(
        device.driver.facts, updates=board.facts, reset_reason="Software"
    )
    await device.connect()


async def go_away(device: Device, coordinator: DeviceCoordinator) -> None:
    """Hang up; the hub has seen it then."""
    await device.hang_up()
    await eventually(lambda: not coordinator.connected)


async def restart_when_installed(
    device: Device, board: UpdateBoard, build: str = NEW_BUILD
) -> None:
    """Do what a board does with a new image."""
    await eventually(lambda: board.installed)
    await device.hang_up()
    await start(device, board, build)
