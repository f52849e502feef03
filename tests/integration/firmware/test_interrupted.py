"""An update that is cut off at each of its steps: by the hub's end, by the board's."""

import asyncio
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.device.coordinator import DeviceCoordinator
from custom_components.oceanremote.device.registry import own_unique_id
from custom_components.oceanremote.device.updates import UpdateResult
from custom_components.oceanremote.firmware.manager import FirmwareManager
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.protocol.updates import (
    UpdateFailure,
    UpdateOutcome,
    UpdateStatus,
)
from tests.support.update_board import NEW_BUILD, OLD_BUILD, UpdateBoard, image_of

from ..runtime_support import Device, eventually, only_coordinator
from .conftest import Equip
from .support import BY, begin_update, restart_when_installed, start

CHUNKS = 4
# The offer, the chunks, and the word to install.
MESSAGES = CHUNKS + 2
# Each way in which boards take an image: which one, and how it begins.
BOARDS = {
    "host": ({"chip": "host x86_64", "falls_back": True}, b"\x7fELF"),
    "ESP32": ({"chip": "ESP32", "falls_back": True}, b"\xe9"),
    "ESP8266": ({"chip": "ESP8266", "gzip": True}, b"\xe9"),
    "RP2040": ({"chip": "RP2040"}, b"\0\0"),
}


def _small_image(hub: Hub, chip: str, magic: bytes, version: str = "2.0.0") -> bytes:
    return image_of(
        hub.vault.hub_key.public,
        chip=chip,
        magic=magic,
        size=CHUNKS * 960 - 100,
        version=version,
    )


def _shown(hass: HomeAssistant, coordinator: DeviceCoordinator) -> Any:
    """Return the state of the firmware's entity."""
    entity_id = er.async_get(hass).async_get_entity_id(
        "update", "oceanremote", own_unique_id(coordinator.subentry_id, "firmware")
    )
    assert entity_id is not None
    return hass.states.get(entity_id)


def _shows(hass: HomeAssistant, coordinator: DeviceCoordinator, build: str) -> bool:
    """Return whether the entity says that this build runs, and that nothing is done."""
    shown = _shown(hass, coordinator)
    return (
        shown.state == "off"
        and shown.attributes["in_progress"] is False
        and shown.attributes["installed_version"] == f"1.0.0 ({build[:16]})"
    )


@pytest.mark.parametrize("heard", range(MESSAGES + 1))
@pytest.mark.parametrize("kind", BOARDS)
async def test_the_hub_may_end_at_any_step(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    connected_device: Device,
    coordinator: DeviceCoordinator,
    manager: FirmwareManager,
    equip: Equip,
    kind: str,
    heard: int,
) -> None:
    """A new hub knows of no update; the board runs a whole image, and takes the next."""
    traits, magic = BOARDS[kind]
    image = _small_image(hub, str(traits["chip"]), magic)
    board: UpdateBoard = await equip(**traits, hears=heard)
    update = begin_update(manager, coordinator, image)
    await eventually(lambda: board.heard > heard or board.installed)
    # As when its process is killed, no word reaches the board, and nothing is kept.
    await connected_device.hang_up()
    assert await hass.config_entries.async_reload(hub_entry.entry_id)
    assert (await update).result in (UpdateResult.CANCELLED, UpdateResult.UNSEEN)
    assert board.abandoned == 0

    hub = hub_entry.runtime_data.hub
    coordinator, manager = only_coordinator(hub), hub_entry.runtime_data.firmware
    board.hears = None
    build = NEW_BUILD if board.installed else OLD_BUILD
    assert board.installed == (heard == MESSAGES)
    await start(connected_device, board, build)
    await eventually(lambda: coordinator.available)
    assert not coordinator.updates.under_way
    await eventually(lambda: _shows(hass, coordinator, build))

    board.installed = False
    next_one = _small_image(hub, str(traits["chip"]), magic, version="3.0.0")
    again = asyncio.create_task(
        manager.async_update(coordinator, next_one, by=BY, user_id=None)
    )
    await restart_when_installed(connected_device, board)
    assert (await again).result is UpdateResult.INSTALLED
    assert bytes(board.flash) == next_one
    await eventually(lambda: _shows(hass, coordinator, NEW_BUILD))


async def test_a_hub_that_is_back_goes_on_where_the_board_is(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    connected_device: Device,
    coordinator: DeviceCoordinator,
    manager: FirmwareManager,
    equip: Equip,
    image: bytes,
) -> None:
    """The same image handed in again is not carried twice."""
    board: UpdateBoard = await equip(silent_after=7)
    update = begin_update(manager, coordinator, image)
    await eventually(lambda: board.chunks > 7)
    await connected_device.hang_up()
    assert await hass.config_entries.async_reload(hub_entry.entry_id)
    await update
    had = len(board.flash)
    assert had
    board.silent_after, board.chunks = None, 0
    await start(connected_device, board)
    new_one = only_coordinator(hub_entry.runtime_data.hub)
    await eventually(lambda: new_one.available)
    again = begin_update(hub_entry.runtime_data.firmware, new_one, image)
    await restart_when_installed(connected_device, board)
    assert (await again).result is UpdateResult.INSTALLED
    assert board.chunks == -(-(len(image) - had) // 960)


async def test_what_the_board_says_of_an_update_before_is_not_of_this_one(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    connected_device: Device,
    coordinator: DeviceCoordinator,
    manager: FirmwareManager,
    equip: Equip,
    image: bytes,
) -> None:
    """It gives one up whose hub has ended just when the next hub offers one."""
    board: UpdateBoard = await equip(silent_after=3)
    update = begin_update(manager, coordinator, image)
    await eventually(lambda: board.chunks > 3)
    await connected_device.hang_up()
    assert await hass.config_entries.async_reload(hub_entry.entry_id)
    await update
    former = board.offers[-1].update
    await start(connected_device, board)
    new_one = only_coordinator(hub_entry.runtime_data.hub)
    await eventually(lambda: new_one.available)
    again = begin_update(hub_entry.runtime_data.firmware, new_one, image)
    await eventually(lambda: len(board.offers) > 1)
    connection = connected_device.driver.connection
    late = UpdateOutcome(former, UpdateStatus.FAILED, UpdateFailure.GIVEN_UP)
    connection.send_update(late, connected_device.driver._clock())
    await connected_device.send(connection.frames_to_send())
    await connected_device.hang_up()
    board.silent_after = None
    await eventually(lambda: not new_one.connected)
    assert not again.done()
    await start(connected_device, board)
    await restart_when_installed(connected_device, board)
    assert (await again).result is UpdateResult.INSTALLED


async def test_a_hub_that_stops_in_good_order_tells_the_board(
    coordinator: DeviceCoordinator,
    manager: FirmwareManager,
    equip: Equip,
    image: bytes,
) -> None:
    """Its flash is its own again at once, and not when its patience ends."""
    board: UpdateBoard = await equip(silent_after=3)
    update = begin_update(manager, coordinator, image)
    await eventually(lambda: board.chunks > 3)
    manager.async_stop()
    end = await update
    assert (end.result, end.detail) == (UpdateResult.CANCELLED, "the hub stops")
    await eventually(lambda: board.abandoned == 1)


async def test_what_was_kept_is_gone_with_the_hub(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    connected_device: Device,
    coordinator: DeviceCoordinator,
    manager: FirmwareManager,
    equip: Equip,
    image: bytes,
) -> None:
    """The entity offers nothing that is not there."""
    board: UpdateBoard = await equip()
    await manager.async_keep(coordinator, image, user_id=None)
    await eventually(lambda: _shown(hass, coordinator).state == "on")
    await connected_device.hang_up()
    assert await hass.config_entries.async_reload(hub_entry.entry_id)
    await start(connected_device, board)
    new_one = only_coordinator(hub_entry.runtime_data.hub)
    await eventually(lambda: new_one.available)
    await eventually(lambda: _shows(hass, new_one, OLD_BUILD))


@pytest.mark.parametrize("heard", range(MESSAGES))
@pytest.mark.parametrize("kind", BOARDS)
async def test_the_board_may_restart_at_any_step(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    coordinator: DeviceCoordinator,
    manager: FirmwareManager,
    equip: Equip,
    kind: str,
    heard: int,
) -> None:
    """What it had is lost with its memory; the update begins anew, and is installed."""
    traits, magic = BOARDS[kind]
    image = _small_image(hub, str(traits["chip"]), magic)
    board: UpdateBoard = await equip(**traits, hears=heard)
    update = begin_update(manager, coordinator, image)
    await eventually(lambda: board.heard > heard)
    await connected_device.hang_up()
    board.reset()
    await start(connected_device, board)
    await restart_when_installed(connected_device, board)
    assert (await update).result is UpdateResult.INSTALLED
    assert bytes(board.flash) == image
    assert board.chunks == CHUNKS
    await eventually(lambda: _shows(hass, coordinator, NEW_BUILD))
