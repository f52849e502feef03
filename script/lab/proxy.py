"""A TCP proxy on the loopback address: it can end TLS, and hold, cut and record a link.

It can also be a slow line, and a network that is gone: nothing comes through, and nobody
is told.
"""

import asyncio
import contextlib
import ssl

from .network import HOST
from .slow_line import SEGMENT_BYTES, Direction, SlowLine


class Proxy:
    """Forwards connections to one port; what it forwards can be held back or cut."""

    def __init__(
        self,
        target_port: int,
        tls: ssl.SSLContext | None = None,
        line: SlowLine | None = None,
    ) -> None:
        """Prepare a proxy to a port on the loopback address; with `tls`, it ends that.

        New connections are on the `line` of that time; without one they are fast.
        """
        self.line = line
        self._tls = tls
        self._target_port = target_port
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._to_device = asyncio.Event()
        self._to_hub = asyncio.Event()
        self._to_device.set()
        self._to_hub.set()
        self._gone = False
        self.connections = 0
        self.recorded: list[bytes] = []

    @property
    def port(self) -> int:
        """The port that devices dial."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    async def start(self) -> None:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._accept, HOST, 0, ssl=self._tls)

    async def stop(self) -> None:
        """Close everything."""
        self.cut()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._server is not None:
            self._server.close()

    def hold(self, *, to_device: bool = True, to_hub: bool = True) -> None:
        """Keep back what arrives from now on, in the named directions."""
        if to_device:
            self._to_device.clear()
        if to_hub:
            self._to_hub.clear()

    def release(self) -> None:
        """Deliver what was kept back, in order."""
        self._to_device.set()
        self._to_hub.set()

    def cut(self) -> None:
        """Break every connection at once; what is under way is lost."""
        for writer in list(self._writers):
            writer.transport.abort()
        for task in list(self._tasks):
            task.cancel()

    def vanish(self) -> None:
        """Be gone: nothing arrives any more, new connections lead to nobody."""
        self._gone = True
        self.hold()

    def come_back(self) -> None:
        """Be there again. What was under way is lost, with its connections."""
        self._gone = False
        self.cut()
        self.release()

    async def _accept(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.connections += 1
        if self._gone:
            self._writers.add(writer)
            return
        if self.line is not None:
            # What its handshake would have taken.
            await asyncio.sleep(2 * self.line.delay)
        try:
            up_reader, up_writer = await asyncio.open_connection(
                HOST, self._target_port
            )
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, up_writer}
        for source, sink, gate, record, name in (
            (reader, up_writer, self._to_hub, True, "to hub"),
            (up_reader, writer, self._to_device, False, "to device"),
        ):
            direction = self.line and self.line.direction(f"{name} {self.connections}")
            task = asyncio.create_task(
                self._pump(source, sink, gate, record, direction)
            )
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pump(
        self,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        gate: asyncio.Event,
        record: bool,
        direction: Direction | None,
    ) -> None:
        with contextlib.suppress(OSError):
            if direction is None:
                await self._forward(source, sink, gate, record)
            else:
                await self._crawl(source, sink, gate, record, direction)
        self._writers.discard(sink)
        with contextlib.suppress(OSError, RuntimeError):
            sink.close()

    async def _forward(
        self,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        gate: asyncio.Event,
        record: bool,
    ) -> None:
        while data := await source.read(65536):
            await gate.wait()
            if record:
                self.recorded.append(data)
            sink.write(data)
            await sink.drain()

    async def _crawl(
        self,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        gate: asyncio.Event,
        record: bool,
        direction: Direction,
    ) -> None:
        """Forward as a slow line does: one task takes what is sent, another delivers."""
        now = asyncio.get_running_loop().time
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        async def deliver() -> None:
            while True:
                arrives, segment = await under_way.get()
                if not segment:
                    return
                await asyncio.sleep(arrives - now())
                await gate.wait()
                if record:
                    self.recorded.append(segment)
                sink.write(segment)
                await sink.drain()

        async with asyncio.TaskGroup() as both:
            both.create_task(deliver())
            while data := await source.read(SEGMENT_BYTES):
                arrives = direction.arrival(len(data), now())
                under_way.put_nowait((arrives, data))
                await asyncio.sleep(direction.room_at(now()) - now())
            under_way.put_nowait((0.0, b""))
