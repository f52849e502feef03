"""ESPHome's own way to upload firmware, as the device's side speaks it.

`esphome upload` and the dashboard's Install button speak it to a board; here the hub
answers instead of one. Source: ESPHome's `espota2.py` and its `esphome` OTA platform.
"""

import asyncio
from dataclasses import dataclass, field
from enum import IntEnum
import hashlib
import hmac
import secrets
from typing import Final

MAGIC: Final = bytes((0x6C, 0x26, 0xF7, 0x5C, 0x45))
VERSION: Final = 2
BLOCK: Final = 8192
_SHA256_TEXT: Final = 64
_MD5_TEXT: Final = 32
# What the uploader can, as bits.
_CAN_COMPRESS: Final = 0x01
_CAN_SHA256: Final = 0x02
_CAN_EXTENDED: Final = 0x04
_TYPE_APP: Final = 0
# Seconds: as long as a board waits for its uploader.
HANDSHAKE_TIMEOUT: Final = 20.0
DATA_TIMEOUT: Final = 105.0


class Code(IntEnum):
    """What a device says to its uploader."""

    OK = 0x00
    REQUEST_SHA256 = 0x02
    HEADER_OK = 0x40
    AUTH_OK = 0x41
    PREPARE_OK = 0x42
    MD5_OK = 0x43
    RECEIVE_OK = 0x44
    END_OK = 0x45
    SUPPORTS_COMPRESSION = 0x46
    CHUNK_OK = 0x47
    FEATURES = 0x48
    ERROR_MAGIC = 0x80
    ERROR_PREPARE = 0x81
    ERROR_AUTH = 0x82
    ERROR_WRITING = 0x83
    ERROR_END = 0x84
    ERROR_WRONG_BOARD = 0x87
    ERROR_ESP8266_SPACE = 0x88
    ERROR_ESP32_SPACE = 0x89
    ERROR_MD5 = 0x8B
    ERROR_RP2_SPACE = 0x8C
    ERROR_SIGNATURE = 0x8D
    ERROR_TYPE = 0x8E
    ERROR_UNKNOWN = 0xFF


class UploadError(Exception):
    """An upload that comes to nothing; the uploader is told the code."""

    def __init__(self, code: Code, why: str) -> None:
        """Carry what the uploader and what the log is told."""
        super().__init__(why)
        self.code = code


@dataclass(frozen=True, slots=True)
class UploadTerms:
    """What an upload is held to."""

    password: str = field(repr=False)
    takes_gzip: bool
    limit: int


class UploadConnection:
    """One uploader's connection; its methods in this order."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Own both directions."""
        self._reader = reader
        self._writer = writer
        self._extended = False

    async def async_receive(self, terms: UploadTerms) -> bytes:
        """Return the whole image; all but the last block is acknowledged.

        Raises UploadError, and EOFError, ConnectionError or TimeoutError where the
        uploader is gone.
        """
        async with asyncio.timeout(HANDSHAKE_TIMEOUT):
            await self._async_greet(terms)
            await self._async_authenticate(terms.password)
        if self._extended and (await self._async_read(1))[0] != _TYPE_APP:
            raise UploadError(Code.ERROR_TYPE, "no image of an application")
        size = int.from_bytes(await self._async_read(4))
        if not 0 < size <= terms.limit:
            raise UploadError(Code.ERROR_PREPARE, f"{size} bytes")
        self.say(Code.PREPARE_OK)
        md5 = await self._async_read(_MD5_TEXT)
        self.say(Code.MD5_OK)
        data = await self._async_read_image(size)
        found = hashlib.md5(data, usedforsecurity=False).hexdigest()
        if found.encode() != md5.lower():
            raise UploadError(Code.ERROR_MD5, "the digest is that of something else")
        return data

    def say(self, code: Code) -> None:
        """Tell the uploader how it goes; nothing where it is gone."""
        if not self._writer.is_closing():
            self._writer.write(bytes((code,)))

    async def async_close(self) -> None:
        """Say all that is to be said, then hang up."""
        self._writer.close()
        try:
            async with asyncio.timeout(HANDSHAKE_TIMEOUT):
                await self._writer.wait_closed()
        except OSError, TimeoutError:
            self._writer.transport.abort()

    async def async_read_goodbye(self) -> None:
        """Wait for the uploader's last word; without it all is well, too."""
        try:
            await self._async_read(1)
        except EOFError, OSError, TimeoutError:
            return

    async def _async_greet(self, terms: UploadTerms) -> None:
        if await self._async_read(len(MAGIC)) != MAGIC:
            raise UploadError(Code.ERROR_MAGIC, "no uploader of ESPHome's")
        self._writer.write(bytes((Code.OK, VERSION)))
        can = (await self._async_read(1))[0]
        compress = terms.takes_gzip and bool(can & _CAN_COMPRESS)
        self._extended = bool(can & _CAN_EXTENDED)
        if self._extended:
            self._writer.write(bytes((Code.FEATURES, int(compress))))
        else:
            self.say(Code.SUPPORTS_COMPRESSION if compress else Code.HEADER_OK)
        if not can & _CAN_SHA256:
            raise UploadError(Code.ERROR_AUTH, "it cannot authenticate by SHA-256")

    async def _async_authenticate(self, password: str) -> None:
        nonce = secrets.token_hex(_SHA256_TEXT // 2).encode()
        self._writer.write(bytes((Code.REQUEST_SHA256,)) + nonce)
        theirs = await self._async_read(_SHA256_TEXT)
        answer = await self._async_read(_SHA256_TEXT)
        expected = hashlib.sha256(password.encode() + nonce + theirs).hexdigest()
        if not hmac.compare_digest(expected.encode(), answer):
            raise UploadError(Code.ERROR_AUTH, "wrong password")
        self.say(Code.AUTH_OK)

    async def _async_read_image(self, size: int) -> bytes:
        data = bytearray()
        while len(data) < size:
            if data:
                self.say(Code.CHUNK_OK)
            data += await self._async_read(min(BLOCK, size - len(data)))
        return bytes(data)

    async def _async_read(self, count: int) -> bytes:
        async with asyncio.timeout(DATA_TIMEOUT):
            return await self._reader.readexactly(count)
