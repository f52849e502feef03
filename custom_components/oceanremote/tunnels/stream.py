"""One stream: a connection to the hub's port, and the board's service behind it.

    client ──reader──▶ up() ──TunnelDataDown──▶ device        as the device grants
    client ◀──writer── down() ◀──pending── device             granted when written

What is kept is what one side has granted the other: the window of the session for what
comes from the device, one read of the client's for what goes there.
"""

import asyncio
from collections import deque
from contextlib import suppress
import socket
from typing import Final

from ..protocol import LocalProtocolError, TunnelEnd, TunnelService, TunnelStatus
from ..protocol.tunnels import (
    TunnelCreditUp,
    TunnelDataUp,
    TunnelEndUp,
    TunnelNews,
    TunnelOpened,
)
from ..transport.link import Link

# What the device may send before it is written to the client.
WINDOW: Final = 16_384
# A larger part would let a command wait on a slow line.
PART: Final = 1024
# How long a device takes to connect to its own service, on a slow line.
OPEN_TIMEOUT: Final = 20.0
# How long a service may be silent towards a client that has finished.
REST_TIMEOUT: Final = 60.0

_REFUSED: Final = {
    TunnelStatus.TOO_MANY: "the device carries no more tunnels",
    TunnelStatus.NO_SUCH_SERVICE: "the device does not let this service be reached",
    TunnelStatus.NOT_LISTENING: "nothing listens on the device",
}


class TunnelStream:
    """Carries one connection until either side ends it, or the link does."""

    def __init__(
        self,
        link: Link,
        service: TunnelService,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        """Join a connection and a link; raises `LocalProtocolError`.

        The device is asked to connect at once.
        """
        self._link = link
        self._reader = reader
        self._writer = writer
        self._pending: deque[bytes] = deque()
        self._changed = asyncio.Event()
        self._answer: TunnelStatus | None = None
        self._finished = self._finished_there = False
        self._why = ""
        self.sent = self.received = 0
        # All that is kept of what the client does not take lies in `_pending`; the
        # kernel would keep megabytes of it, and of a log that is seen much later.
        writer.transport.set_write_buffer_limits(high=0)
        writer.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_SNDBUF, WINDOW
        )
        self.number = link.connection.tunnels.open(service, WINDOW, link.now())
        link.flush()

    def take(self, news: TunnelNews) -> None:
        """Take what the device says of the stream."""
        match news:
            case TunnelOpened():
                self._answer = news.status
            case TunnelDataUp():
                self._pending.append(news.data)
            case TunnelEndUp(how=TunnelEnd.FINISHED):
                self._finished_there = True
            case TunnelEndUp():
                self.end("the service broke off")
            case TunnelCreditUp():
                pass
        self._changed.set()

    def end(self, why: str) -> None:
        """End the stream at once; `async_run` returns soon."""
        self._why = self._why or why
        self._changed.set()
        self._writer.transport.abort()

    async def async_run(self) -> str:
        """Carry; return why it has ended. Never raises but for cancellation."""
        try:
            await self._async_answer()
            async with asyncio.TaskGroup() as both:
                both.create_task(self._async_up())
                both.create_task(self._async_down())
        except* OSError as err:
            self._why = self._why or str(err.exceptions[0]) or "the client is gone"
        except* LocalProtocolError:
            self._why = self._why or "the link has ended"
        finally:
            self._close()
        return self._why or "finished"

    def _close(self) -> None:
        with suppress(LocalProtocolError):
            self._link.connection.tunnels.reset(self.number, self._link.now())
        if not self._link.closing:
            self._link.flush()
        if self._why:
            self._writer.transport.abort()
        self._writer.close()

    async def _async_answer(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(OPEN_TIMEOUT):
                while self._answer is None and not self._why:
                    await self._async_change()
        if self._why:
            raise ConnectionAbortedError(self._why)
        if self._answer is not TunnelStatus.OPENED:
            refused = "no answer" if self._answer is None else _REFUSED[self._answer]
            raise ConnectionRefusedError(refused)

    async def _async_up(self) -> None:
        """Carry what the client sends, as far as the device grants it."""
        tunnels = self._link.connection.tunnels
        while True:
            while not (room := tunnels.room(self.number, self._link.now())):
                if self._why:
                    raise ConnectionAbortedError(self._why)
                await self._async_change()
            data = await self._reader.read(min(room, PART))
            if not data:
                break
            tunnels.send(self.number, data, self._link.now())
            self._link.flush()
            self.sent += len(data)
            # A client that sends without a pause leaves the loop to others.
            await asyncio.sleep(0)
        tunnels.finish(self.number, self._link.now())
        self._link.flush()
        self._finished = True
        self._changed.set()

    async def _async_down(self) -> None:
        """Write what the device sends, and grant it the same again."""
        owed = 0
        while True:
            while self._pending:
                data = self._pending.popleft()
                self._writer.write(data)
                await self._writer.drain()
                self.received += len(data)
                owed += len(data)
                if owed >= WINDOW // 4:
                    now = self._link.now()
                    self._link.connection.tunnels.grant(self.number, owed, now)
                    self._link.flush()
                    owed = 0
            if self._why:
                raise ConnectionAbortedError(self._why)
            if self._finished_there:
                break
            try:
                async with asyncio.timeout(REST_TIMEOUT if self._finished else None):
                    await self._async_change()
            except TimeoutError:
                why = "the service did not finish behind its client"
                raise ConnectionAbortedError(why) from None
        self._writer.write_eof()

    async def _async_change(self) -> None:
        self._changed.clear()
        await self._changed.wait()
