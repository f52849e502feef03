"""Of boards that cannot return to their old image one goes first, whatever happens."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.device.coordinator import DeviceCoordinator
from custom_components.oceanremote.firmware.errors import AnotherFirstError
from custom_components.oceanremote.firmware.first import SECRET_FIRST
from custom_components.oceanremote.firmware.manager import FirmwareManager
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.protocol.updates import UpdateFacts, UpdateFailure
from tests.support.update_board import NEW_BUILD, OLD_BUILD, UpdateBoard

from ..runtime_support import Device, eventually, only_coordinator
from .conftest import Equip
from .support import BY, begin_update, go_away, restart_when_installed, start


def must_wait(manager: FirmwareManager, facts: UpdateFacts) -> bool:
    """Return whether another board with these facts has to wait."""
    other: Any = SimpleNamespace(name="Another")
    try:
        manager._first.check(other, facts)
    except AnotherFirstError:
        return True
    return False


async def test_of_a_kind_that_cannot_fall_back_one_goes_first(
    connected_device: Device,
    coordinator: DeviceCoordinator,
    manager: FirmwareManager,
    equip: Equip,
    image: bytes,
) -> None:
    board = await equip(silent_after=0)
    update = begin_update(manager, coordinator, image)
    await eventually(lambda: board.chunks)
    assert must_wait(manager, board.facts)
    assert not must_wait(manager, replace(board.facts, chip="ESP32"))
    assert not must_wait(manager, replace(board.facts, falls_back=True))
    coordinator.updates.cancel("enough")
    await update
    assert not must_wait(manager, board.facts)
    await go_away(connected_device, coordinator)
    assert must_wait(manager, board.facts)


@pytest.mark.parametrize("build", [NEW_BUILD, OLD_BUILD])
async def test_the_others_may_follow_one_that_is_back(
    hub: Hub,
    connected_device: Device,
    coordinator: DeviceCoordinator,
    manager: FirmwareManager,
    equip: Equip,
    image: bytes,
    build: str,
) -> None:
    """It may be away later for reasons of its own."""
    board: UpdateBoard = await equip()
    update = begin_update(manager, coordinator, image)
    await restart_when_installed(connected_device, board, build)
    await update
    await go_away(connected_device, coordinator)
    assert not must_wait(manager, board.facts)
    await eventually(
        lambda: hub.vault.secret(coordinator.enrolment_id, SECRET_FIRST) is None
    )


async def test_one_that_refused_its_image_is_waited_for_only_while_it_is_away(
    hub: Hub,
    connected_device: Device,
    coordinator: DeviceCoordinator,
    manager: FirmwareManager,
    equip: Equip,
    image: bytes,
) -> None:
    """Once it has been back, nobody thinks of it any more."""
    board: UpdateBoard = await equip(refuses=UpdateFailure.OTHER)
    await manager.async_update(coordinator, image, by=BY, user_id=None)
    await go_away(connected_device, coordinator)
    assert must_wait(manager, board.facts)
    await start(connected_device, board)
    await eventually(lambda: coordinator.available)
    await eventually(
        lambda: hub.vault.secret(coordinator.enrolment_id, SECRET_FIRST) is None
    )
    await go_away(connected_device, coordinator)
    assert not must_wait(manager, board.facts)


async def test_a_new_hub_waits_for_the_board_that_went_first(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    connected_device: Device,
    coordinator: DeviceCoordinator,
    manager: FirmwareManager,
    equip: Equip,
    image: bytes,
) -> None:
    """Or a restart would send the next one the image that has cost the first."""
    board: UpdateBoard = await equip()
    update = begin_update(manager, coordinator, image)
    await eventually(lambda: board.installed)
    await connected_device.hang_up()
    for _ in range(2):
        assert await hass.config_entries.async_reload(hub_entry.entry_id)
        manager = hub_entry.runtime_data.firmware
        assert must_wait(manager, board.facts)
    await update
    new_one = only_coordinator(hub_entry.runtime_data.hub)
    await start(connected_device, board, NEW_BUILD)
    await eventually(lambda: new_one.available)
    await eventually(lambda: not must_wait(manager, board.facts))
    await go_away(connected_device, new_one)
    assert not must_wait(manager, board.facts)
