"""A port of the hub's machine that leads to one service of one device, for a time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from homeassistant.core import HomeAssistant, callback

from ..policy.tunnels import TunnelRule
from ..protocol import TunnelService
from .stream import TunnelStream

# A client that sends more than its tunnel carries waits.
READ_LIMIT: Final = 4096
# Connections of one port at a time, those that are being refused included.
MAX_CONNECTIONS: Final = 8
# With fewer, one of a burst would wait for seconds to be refused.
BACKLOG: Final = 64

type OnConnection = Callable[
    [TunnelListener, asyncio.StreamReader, asyncio.StreamWriter, str], Awaitable[None]
]


class TunnelListener:
    """Listens until it is closed, by its time or by somebody."""

    def __init__(
        self,
        hass: HomeAssistant,
        service: TunnelService,
        rule: TunnelRule,
        on_connection: OnConnection,
        *,
        port: int,
        user_id: str | None,
    ) -> None:
        """Prepare; `on_connection` serves each connection that the rule admits.

        `port` is 0 where any free one will do, and what it is then once it is open.
        """
        self.service = service
        self.rule = rule
        self.user_id = user_id
        self.port = port
        # The connections that reach the device just now.
        self.streams: set[TunnelStream] = set()
        self._hass = hass
        self._on_connection = on_connection
        self._server: asyncio.Server | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def async_open(self) -> None:
        """Listen; raises OSError."""
        self._server = await asyncio.start_server(
            self._accept,
            self.rule.host,
            self.port,
            limit=READ_LIMIT,
            backlog=BACKLOG,
        )
        self.port = self._server.sockets[0].getsockname()[1]

    @callback
    def close_after(self, seconds: float, close: Callable[[], object]) -> None:
        """Call `close` in so many seconds; a time that was set before is no more."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._hass.loop.call_later(seconds, close)

    @callback
    def close(self) -> None:
        """Listen no more, and end the connections."""
        if self._timer is not None:
            self._timer.cancel()
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()

    @callback
    def _accept(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        peer = writer.get_extra_info("peername")
        address = str(peer[0]) if peer else ""
        if not self.rule.admits(address) or len(self._tasks) >= MAX_CONNECTIONS:
            writer.transport.abort()
            return
        task = self._hass.async_create_background_task(
            self._async_serve(reader, writer, address), "oceanremote tunnel"
        )
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _async_serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: str
    ) -> None:
        try:
            await self._on_connection(self, reader, writer, address)
        finally:
            writer.transport.abort()
