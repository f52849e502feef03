"""The hub's port of a device answers ESPHome's uploader as a board would."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
import hashlib
import secrets
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.device import updates as device_updates
from custom_components.oceanremote.device.coordinator import DeviceCoordinator
from custom_components.oceanremote.firmware import espota, uploads
from custom_components.oceanremote.firmware.espota import MAGIC, Code
from custom_components.oceanremote.firmware.manager import FirmwareManager
from custom_components.oceanremote.firmware.ports import (
    FIRST_PORT,
    LAST_PORT,
    SECRET_PASSWORD,
    SECRET_PORT,
    async_reserve_port,
    upload_place,
)
from custom_components.oceanremote.flows.tokens import SECRET_HOST_MAC, async_passwords
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.protocol import RegistrationToken
from custom_components.oceanremote.protocol.updates import UpdateFailure
from custom_components.oceanremote.vault import changes
from tests.support.update_board import UpdateBoard, image_of

from ..runtime_support import Device, eventually
from .conftest import Equip
from .support import restart_when_installed, start

PASSWORD = "correct horse"
EVERYTHING = 0x01 | 0x02 | 0x04 | 0x10


class Uploader:
    """What `esphome upload` says, step by step."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Own a connection."""
        self.reader = reader
        self.writer = writer

    async def code(self) -> int:
        """Return the next byte."""
        async with asyncio.timeout(20):
            return (await self.reader.readexactly(1))[0]

    async def greet(self, can: int = EVERYTHING) -> int:
        """Agree on what both can; return the hub's side of it."""
        self.writer.write(MAGIC)
        assert await self.reader.readexactly(2) == b"\0\2"
        self.writer.write(bytes((can,)))
        if not can & 0x04:
            return await self.code()
        assert await self.code() == Code.FEATURES
        return await self.code()

    async def authenticate(self, password: str = PASSWORD) -> int:
        """Answer the challenge; return what the hub makes of it."""
        assert await self.code() == Code.REQUEST_SHA256
        nonce = await self.reader.readexactly(64)
        own = secrets.token_hex(32).encode()
        answer = hashlib.sha256(password.encode() + nonce + own).hexdigest()
        self.writer.write(own + answer.encode())
        return await self.code()

    async def announce(self, size: int, md5: str, *, kind: int = 0) -> int:
        """Say what comes; return the first refusal, else MD5_OK."""
        self.writer.write(bytes((kind,)) + size.to_bytes(4))
        if (code := await self.code()) != Code.PREPARE_OK:
            return code
        self.writer.write(md5.encode())
        return await self.code()

    async def upload(self, image: bytes, md5: str | None = None) -> int:
        """Do all of it; return the last code."""
        await self.greet()
        assert await self.authenticate() == Code.AUTH_OK
        digest = md5 or hashlib.md5(image, usedforsecurity=False).hexdigest()
        code = await self.announce(len(image), digest)
        if code != Code.MD5_OK:
            return code
        for at in range(0, len(image), 8192):
            self.writer.write(image[at : at + 8192])
            if (code := await self.code()) != Code.CHUNK_OK:
                return code
        if (code := await self.code()) != Code.RECEIVE_OK:
            return code
        code = await self.code()
        self.writer.write(b"\0")
        return code


@pytest.fixture
async def port(hub: Hub, coordinator: DeviceCoordinator, unused_tcp_port: int) -> int:
    """Give the device a port and a password, as its YAML shows them."""
    await hub.vault.apply(
        changes.put_secrets(
            coordinator.enrolment_id,
            {
                SECRET_PORT: str(unused_tcp_port).encode(),
                SECRET_PASSWORD: PASSWORD.encode(),
            },
        )
    )
    return unused_tcp_port


@asynccontextmanager
async def uploader(port: int) -> AsyncIterator[Uploader]:
    """Dial, as soon as somebody listens."""
    async with asyncio.timeout(10):
        while True:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionError:
                await asyncio.sleep(0.01)
            else:
                break
    try:
        yield Uploader(reader, writer)
    finally:
        writer.close()


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


async def test_what_the_device_refuses_the_uploader_hears(
    equip: Equip, port: int, image: bytes
) -> None:
    await equip(refuses=UpdateFailure.NO_ROOM)
    async with uploader(port) as client:
        assert await client.upload(image) == Code.ERROR_ESP32_SPACE


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


async def test_nobody_listens_for_a_device_that_is_not_trusted(
    hub: Hub, coordinator: DeviceCoordinator, equip: Equip, port: int
) -> None:
    await equip()
    async with uploader(port):
        pass
    hub.suspect(coordinator.enrolment_id, "a test")
    await eventually(lambda: not hub.entry.runtime_data.firmware._ports)
    with pytest.raises(OSError):
        await asyncio.open_connection("127.0.0.1", port)


async def test_each_device_has_a_port_of_its_own(
    hub: Hub, coordinator: DeviceCoordinator
) -> None:
    vault, own = hub.vault, coordinator.enrolment_id
    await hub.async_issue_registration_token(coordinator.subentry_id)
    assert upload_place(vault, own) is None
    port = await async_reserve_port(vault, own)
    assert FIRST_PORT <= port <= LAST_PORT
    assert await async_reserve_port(vault, own) == port
    token = RegistrationToken(bytes(32))
    await vault.apply(changes.add_enrolment("another", token, 2e9))
    assert await async_reserve_port(vault, "another") == port + 1


async def test_devices_that_are_shown_at_once_have_ports_of_their_own(
    hub: Hub, coordinator: DeviceCoordinator
) -> None:
    """So have two pages of one device the same, with the same passwords."""
    vault, own = hub.vault, coordinator.enrolment_id
    await hub.async_issue_registration_token(coordinator.subentry_id)
    ids = [own, "another", "a third", own]
    for number, other in enumerate(ids[1:3], 1):
        token = RegistrationToken(bytes([number]) * 32)
        await vault.apply(changes.add_enrolment(other, token, 2e9))
    ports = await asyncio.gather(*(async_reserve_port(vault, one) for one in ids))
    assert len(set(ports)) == 3
    assert ports[0] == ports[3]
    passwords = await asyncio.gather(*(async_passwords(vault, one) for one in ids))
    assert passwords[0] == passwords[3] == await async_passwords(vault, own)
    assert len({one.ota_key for one in passwords}) == 3


async def test_passwords_that_a_device_has_stay_when_one_is_missing(
    hub: Hub, coordinator: DeviceCoordinator
) -> None:
    """Its board was flashed with them."""
    own = coordinator.enrolment_id
    await hub.async_issue_registration_token(coordinator.subentry_id)
    was = await async_passwords(hub.vault, own)
    await hub.vault.apply(changes.put_secret(own, SECRET_HOST_MAC, None))
    now = await async_passwords(hub.vault, own)
    assert (now.ota_key, now.fallback) == (was.ota_key, was.fallback)
    assert now.host_mac
