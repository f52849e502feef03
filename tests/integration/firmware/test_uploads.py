"""The hub's port of a device answers ESPHome's uploader as a board would."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.device import updates as device_updates
from custom_components.oceanremote.device.coordinator import DeviceCoordinator
from custom_components.oceanremote.firmware import espota, uploads
from custom_components.oceanremote.firmware.espota import Code
from custom_components.oceanremote.firmware.manager import FirmwareManager
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.protocol.updates import UpdateFailure
from tests.support.update_board import UpdateBoard, image_of

from ..runtime_support import Device, eventually
from .conftest import Equip
from .support import restart_when_installed, start
from .upload_support import uploader


@pytest.fixture(autouse=True)
def _sockets(socket_enabled: None) -> None:
    """Let tests open connections to this machine."""


async def test_an_upload_is_installed_and_the_uploader_told(
    connected_device: Device, equip: Equip, port: int, image: bytes
) -> None:
    board: UpdateBoard = await equip()
    async with uploader(port) as client:
        upload = asyncio.create_task(client.upload(image))
        await restart_when_installed(connected_device, board)
        assert await upload == Code.END_OK
    assert bytes(board.flash) == image


async def test_nobody_uploads_without_the_password(
    equip: Equip, port: int, image: bytes
) -> None:
    board: UpdateBoard = await equip()
    async with uploader(port) as client:
        await client.greet()
        assert await client.authenticate("wrong horse") == Code.ERROR_AUTH
    async with uploader(port) as client:
        assert await client.greet(0x04) == 0
        assert await client.code() == Code.ERROR_AUTH
    async with uploader(port) as client:
        client.writer.write(b"GET / HTTP/1.1\r\n\r\n")
        assert await client.code() == Code.ERROR_MAGIC
    assert board.offers == []


async def test_what_is_no_firmware_for_the_device_is_refused(
    hub: Hub, equip: Equip, port: int, image: bytes
) -> None:
    board: UpdateBoard = await equip()
    other_chip = image_of(hub.vault.hub_key.public, chip="ESP32", magic=b"\xe9")
    for data, code in (
        (other_chip, Code.ERROR_WRONG_BOARD),
        (b"\x7fELF" + bytes(20_000), Code.ERROR_SIGNATURE),
        (image_of(bytes(31) + b"\1"), Code.ERROR_SIGNATURE),
        (image[1:], Code.ERROR_END),
    ):
        async with uploader(port) as client:
            assert await client.upload(data) == code
    async with uploader(port) as client:
        assert await client.upload(image, "0" * 32) == Code.ERROR_MD5
    async with uploader(port) as client:
        await client.greet()
        await client.authenticate()
        assert await client.announce(2**31, "0" * 32) == Code.ERROR_PREPARE
    async with uploader(port) as client:
        await client.greet()
        await client.authenticate()
        assert await client.announce(10, "0" * 32, kind=2) == Code.ERROR_TYPE
    assert board.offers == []


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (UpdateFailure.NO_ROOM, Code.ERROR_ESP32_SPACE),
        (UpdateFailure.NOT_WRITTEN, Code.ERROR_WRITING),
        (UpdateFailure.WRONG_DIGEST, Code.ERROR_MD5),
        (UpdateFailure.NOT_BOOTABLE, Code.ERROR_END),
    ],
)
async def test_what_the_device_refuses_the_uploader_hears(
    equip: Equip, port: int, image: bytes, failure: UpdateFailure, code: Code
) -> None:
    await equip(refuses=failure)
    async with uploader(port) as client:
        assert await client.upload(image) == code


async def test_one_upload_at_a_time(equip: Equip, port: int, image: bytes) -> None:
    await equip()
    async with uploader(port) as first, uploader(port) as second:
        await first.greet()
        assert await second.code() == Code.ERROR_PREPARE
    async with uploader(port) as third:
        assert await third.greet() == 0, "the first is gone"


async def test_only_so_many_images_are_in_memory(
    manager: FirmwareManager, equip: Equip, port: int
) -> None:
    await equip()
    others: set[Any] = {object() for _ in range(uploads.MAX_UPLOADS)}
    manager._uploading |= others
    async with uploader(port) as client:
        assert await client.code() == Code.ERROR_PREPARE
    manager._uploading -= others
    async with uploader(port) as client:
        assert await client.greet() == 0


async def test_an_upload_during_a_transfer_is_refused_at_once(
    connected_device: Device,
    equip: Equip,
    port: int,
    image: bytes,
) -> None:
    """The device goes on with the one that it has begun to take."""
    board: UpdateBoard = await equip(silent_after=3)
    async with uploader(port) as first:
        upload = asyncio.create_task(first.upload(image))
        await eventually(lambda: board.chunks > 3)
        async with uploader(port) as second:
            assert await second.code() == Code.ERROR_PREPARE
        await connected_device.hang_up()
        board.silent_after = None
        await start(connected_device, board)
        await restart_when_installed(connected_device, board)
        assert await upload == Code.END_OK
    assert bytes(board.flash) == image


async def test_a_newer_upload_takes_the_place_of_one_that_waits(
    hub: Hub,
    connected_device: Device,
    coordinator: DeviceCoordinator,
    equip: Equip,
    port: int,
    image: bytes,
) -> None:
    """Whoever uploaded the older one hears that it comes to nothing."""
    board: UpdateBoard = await equip(silent_after=0)
    newer = image_of(hub.vault.hub_key.public, version="3.0.0")
    async with AsyncExitStack() as clients:
        first = await clients.enter_async_context(uploader(port))
        older = asyncio.create_task(first.upload(image))
        await eventually(lambda: board.chunks)
        await connected_device.hang_up()
        await eventually(lambda: coordinator.updates.waiting)
        second = await clients.enter_async_context(uploader(port))
        upload = asyncio.create_task(second.upload(newer))
        assert await older == Code.ERROR_END
        board.silent_after = None
        await start(connected_device, board)
        await restart_when_installed(connected_device, board)
        assert await upload == Code.END_OK
    assert bytes(board.flash) == newer


async def test_an_uploader_that_goes_before_the_end_has_sent_nothing(
    equip: Equip, port: int, image: bytes
) -> None:
    board: UpdateBoard = await equip()
    async with uploader(port) as client:
        await client.greet()
        await client.authenticate()
        assert await client.announce(len(image), "0" * 32) == Code.MD5_OK
        client.writer.write(image[:8192])
        assert await client.code() == Code.CHUNK_OK
    await asyncio.sleep(0.05)
    assert board.offers == []


async def test_what_was_handed_over_does_not_need_its_uploader(
    connected_device: Device,
    coordinator: DeviceCoordinator,
    equip: Equip,
    port: int,
    image: bytes,
) -> None:
    board: UpdateBoard = await equip()
    async with uploader(port) as client:
        upload = asyncio.create_task(client.upload(image))
        await eventually(lambda: board.chunks)
        upload.cancel()
    await restart_when_installed(connected_device, board)
    await eventually(lambda: not coordinator.updates.under_way)
    assert bytes(board.flash) == image


async def test_an_uploader_is_let_go_when_the_hub_ends(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    connected_device: Device,
    equip: Equip,
    port: int,
    image: bytes,
) -> None:
    """It need not wait for its patience, and finds the new hub at the same port."""
    board: UpdateBoard = await equip(silent_after=3)
    async with uploader(port) as client:
        upload = asyncio.create_task(client.upload(image))
        await eventually(lambda: board.chunks > 3)
        await connected_device.hang_up()
        assert await hass.config_entries.async_reload(hub_entry.entry_id)
        with pytest.raises((EOFError, ConnectionError)):
            await upload
    board.silent_after = None
    await start(connected_device, board)
    async with uploader(port) as client:
        upload = asyncio.create_task(client.upload(image))
        await restart_when_installed(connected_device, board)
        assert await upload == Code.END_OK


async def test_a_silent_uploader_is_let_go(
    equip: Equip, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(espota, "HANDSHAKE_TIMEOUT", 0.1)
    await equip()
    async with uploader(port) as client:
        assert await client.reader.read() == b""


async def test_an_uploader_hears_something_before_its_patience_ends(
    connected_device: Device,
    equip: Equip,
    port: int,
    image: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(uploads, "PATIENCE", 0.2)
    monkeypatch.setattr(device_updates, "SILENCE", 60)
    await equip(silent_after=1)
    async with uploader(port) as client:
        assert await client.upload(image) == Code.ERROR_UNKNOWN
