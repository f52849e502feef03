"""A WebSocket of Home Assistant's HTTP server as a carrier."""

from aiohttp import WSMsgType, web

from ..common.const import CLOSE_TIMEOUT
from ..protocol.limits import HUB_RX_LIMIT
from .carrier import CarrierError


class WebSocketCarrier:
    """One upgrade request and the socket that it becomes with `prepare`."""

    def __init__(self, request: web.Request) -> None:
        """Prepare nothing yet: the answer to the request may still be another."""
        self.address = request.remote or "unknown"
        self._request = request
        # Liveness is an authenticated ping inside DATA: a heartbeat of the carrier
        # would prove nothing. The connection bounds the time before the handshake.
        self._socket = web.WebSocketResponse(
            timeout=CLOSE_TIMEOUT / 2,
            heartbeat=None,
            compress=False,
            max_msg_size=HUB_RX_LIMIT,
        )

    @property
    def is_upgrade(self) -> bool:
        """Whether the request asks for a WebSocket."""
        return self._socket.can_prepare(self._request).ok

    async def prepare(self) -> web.WebSocketResponse:
        """Answer the upgrade; return what the view must return in the end."""
        await self._socket.prepare(self._request)
        return self._socket

    async def receive(self) -> bytes | None:
        """Return the next binary message, None at the end; raises CarrierError."""
        message = await self._socket.receive()
        if message.type is WSMsgType.BINARY:
            data: bytes = message.data
            return data
        if message.type is WSMsgType.TEXT:
            raise CarrierError("a text message")
        if message.type is WSMsgType.ERROR:
            # aiohttp has closed it already: over max_msg_size or not RFC 6455.
            raise CarrierError(f"not a WebSocket: {message.data}")
        return None

    async def send(self, frame: bytes) -> None:
        """Send one binary message; raises ConnectionError."""
        await self._socket.send_bytes(frame)

    async def close(self, code: int) -> None:
        """Close with a code and wait for the peer's answer, for a while."""
        await self._socket.close(code=code)

    def abort(self) -> None:
        """Cut the line."""
        if self._request.transport is not None:
            self._request.transport.abort()
