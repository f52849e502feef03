"""What ESPHome's uploader says to a port of the hub's."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import hashlib
import secrets

from custom_components.oceanremote.firmware.espota import MAGIC, Code

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
