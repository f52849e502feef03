"""A TCP proxy on the loopback address that can end TLS, hold, cut and record a link."""

import asyncio
import contextlib
import ssl

from .network import HOST


class Proxy:
    """Forwards connections to one port; what it forwards can be held back or cut."""

    def __init__(self, target_port: int, tls: ssl.SSLContext | None = None) -> None:
        """Prepare a proxy to a port on the loopback address; with `tls`, it ends that."""
        self._tls = tls
        self._target_port = target_port
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._to_device = asyncio.Event()
        self._to_hub = asyncio.Event()
        self._to_device.set()
        self._to_hub.set()
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
        """Break every connection at once."""
        for writer in list(self._writers):
            writer.transport.abort()

    async def _accept(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.connections += 1
        try:
            up_reader, up_writer = await asyncio.open_connection(
                HOST, self._target_port
            )
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, up_writer}
        for source, sink, gate, record in (
            (reader, up_writer, self._to_hub, True),
            (up_reader, writer, self._to_device, False),
        ):
            task = asyncio.create_task(self._pump(source, sink, gate, record))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pump(
        self,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        gate: asyncio.Event,
        record: bool,
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(65536):
                await gate.wait()
                if record:
                    self.recorded.append(data)
                sink.write(data)
                await sink.drain()
        self._writers.discard(sink)
        with contextlib.suppress(OSError, RuntimeError):
            sink.close()
