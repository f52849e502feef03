"""Where `esphome upload` finds a device that nobody can reach: a local port of the hub.

The image is taken whole and checked before anything is sent to the device. Once it has
been handed over it does not depend on the uploader any more, which learns how it ends
as long as its own patience lasts.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Final

from homeassistant.core import callback

from ..common.const import LOGGER
from ..common.errors import OceanRemoteError
from ..device.coordinator import DeviceCoordinator
from ..device.updates import UpdateEnd, UpdateResult
from ..policy.firmware_image import ImageFault
from ..protocol.limits import MAX_FIRMWARE
from ..protocol.updates import UpdateFailure
from .errors import ImageRefusedError
from .espota import BLOCK, Code, UploadConnection, UploadError, UploadTerms
from .image import FirmwareImage

LOOPBACK: Final = "127.0.0.1"
# Uploaders that are heard at a time, over all devices: each holds an image in memory.
MAX_UPLOADS: Final = 4
# Seconds in which an uploader hears something; it hangs up after 160.
PATIENCE: Final = 140.0

_FAULTS: Final = {
    ImageFault.EMPTY: Code.ERROR_PREPARE,
    ImageFault.TOO_LARGE: Code.ERROR_PREPARE,
    ImageFault.CUT: Code.ERROR_END,
    ImageFault.NOT_OURS: Code.ERROR_SIGNATURE,
    ImageFault.WRONG_HUB: Code.ERROR_SIGNATURE,
    ImageFault.WRONG_CHIP: Code.ERROR_WRONG_BOARD,
}
_FAILURES: Final = {
    UpdateFailure.NO_ROOM: Code.ERROR_ESP32_SPACE,
    UpdateFailure.NOT_WRITTEN: Code.ERROR_WRITING,
    UpdateFailure.WRONG_DIGEST: Code.ERROR_MD5,
}

type Check = Callable[[bytes, str], Coroutine[Any, Any, FirmwareImage]]
type Run = Callable[[FirmwareImage, str], Coroutine[Any, Any, UpdateEnd]]


class UploadPort:
    """The port of one device."""

    def __init__(
        self,
        coordinator: DeviceCoordinator,
        password: str,
        *,
        check: Check,
        run: Run,
        receiving: set[UploadPort],
    ) -> None:
        """Hand images to `check` and then to `run`, with who brings them.

        Both raise OceanRemoteError where nothing is begun.
        `receiving` has the hub's ports at which an image is coming in just now.
        """
        self._coordinator = coordinator
        self._password = password
        self._check = check
        self._run = run
        self._server: asyncio.Server | None = None
        self._receiving = receiving

    async def async_open(self, port: int, host: str = LOOPBACK) -> None:
        """Listen; raises OSError."""
        self._server = await asyncio.start_server(
            self._async_serve, host, port, limit=2 * BLOCK
        )

    @callback
    def close(self) -> None:
        """Listen no more, and let go of whoever is there."""
        if self._server is not None:
            self._server.close()
            self._server.close_clients()
            self._server = None

    async def _async_serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        connection = UploadConnection(reader, writer)
        address = str(writer.get_extra_info("peername", ("?",))[0])
        try:
            await self._async_take(connection, f"upload from {address}")
        except UploadError as err:
            LOGGER.warning("%s: %s: %s", self._coordinator.name, address, err)
            connection.say(err.code)
        except (EOFError, OSError, TimeoutError) as err:
            LOGGER.info("%s: %s has hung up: %r", self._coordinator.name, address, err)
        finally:
            await connection.async_close()

    async def _async_take(self, connection: UploadConnection, by: str) -> None:
        image = await self._async_receive(connection, by)
        update = self._coordinator.hass.async_create_background_task(
            self._run(image, by), "oceanremote upload"
        )
        await self._async_tell(connection, update)

    async def _async_receive(
        self, connection: UploadConnection, by: str
    ) -> FirmwareImage:
        """Return an image once it is checked and on the disk; few at a time."""
        updates = self._coordinator.updates
        if self in self._receiving or len(self._receiving) >= MAX_UPLOADS:
            raise UploadError(Code.ERROR_PREPARE, "another upload is under way")
        if updates.under_way and not updates.waiting:
            raise UploadError(Code.ERROR_PREPARE, "the device is being updated")
        self._receiving.add(self)
        try:
            facts = updates.facts
            terms = UploadTerms(
                self._password, facts is not None and facts.gzip, MAX_FIRMWARE
            )
            return await self._check(await connection.async_receive(terms), by)
        except OceanRemoteError as err:
            raise _refusal(err) from err
        finally:
            self._receiving.discard(self)

    async def _async_tell(
        self, connection: UploadConnection, update: asyncio.Task[UpdateEnd]
    ) -> None:
        """Tell the uploader how it goes, a step at a time."""
        for step in (Code.CHUNK_OK, Code.RECEIVE_OK):
            await self._async_wait(update)
            if update.done():
                _raise_for(update)
            connection.say(step)
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await asyncio.wait({update})
        if not update.done():
            raise UploadError(Code.ERROR_UNKNOWN, "it takes longer than one waits")
        _raise_for(update)
        connection.say(Code.END_OK)
        await connection.async_read_goodbye()

    async def _async_wait(self, update: asyncio.Task[UpdateEnd]) -> None:
        """Wait until the device has all of it, or the update has ended, or long enough."""
        updates = self._coordinator.updates
        arrived = asyncio.Event()

        @callback
        def look() -> None:
            if updates.arrived_all:
                arrived.set()

        end_watching = updates.watch(look)
        waiting = asyncio.ensure_future(arrived.wait())
        look()
        try:
            await asyncio.wait(
                {update, waiting},
                timeout=PATIENCE,
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            waiting.cancel()
            end_watching()


def _refusal(err: OceanRemoteError) -> UploadError:
    """Return what the uploader is told of an update that is not begun."""
    code = Code.ERROR_PREPARE
    if isinstance(err, ImageRefusedError):
        code = _FAULTS[err.fault]
    return UploadError(code, str(err))


def _raise_for(update: asyncio.Task[UpdateEnd]) -> None:
    """Raise UploadError unless the update has done what it should."""
    try:
        end = update.result()
    except OceanRemoteError as err:
        raise _refusal(err) from err
    except asyncio.CancelledError as err:
        raise UploadError(Code.ERROR_PREPARE, "the hub stops") from err
    if end.result is not UpdateResult.INSTALLED:
        raise UploadError(_FAILURES.get(end.failure, Code.ERROR_END), str(end))
