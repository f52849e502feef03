"""One WebSocket to Home Assistant for many calls and for every change of state."""

import asyncio
from typing import Any, Self

import aiohttp

from ..client import ApiError, Client


class Wire:
    """Calls actions and remembers every state that was written."""

    def __init__(self, client: Client) -> None:
        """Use the login of a client."""
        self.states: set[tuple[str, str]] = set()
        self._client = client
        self._session = aiohttp.ClientSession()
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._socket: aiohttp.ClientWebSocketResponse
        self._reader: asyncio.Task[None]
        self._last_id = 0

    async def __aenter__(self) -> Self:
        """Log in and follow states."""
        self._socket = await self._session.ws_connect(
            f"{self._client.url}/api/websocket", max_msg_size=0
        )
        await self._socket.receive_json()
        await self._socket.send_json(
            {"type": "auth", "access_token": self._client.token}
        )
        welcome = await self._socket.receive_json()
        if welcome["type"] != "auth_ok":
            raise ApiError(str(welcome))
        self._reader = asyncio.create_task(self._read())
        await self.command("subscribe_events", event_type="state_changed")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Hang up."""
        await self._socket.close()
        await self._reader
        await self._session.close()

    async def command(self, kind: str, **parameters: Any) -> Any:
        """Make one call; raises ApiError."""
        self._last_id += 1
        answer = asyncio.get_running_loop().create_future()
        self._answers[self._last_id] = answer
        await self._socket.send_json({"id": self._last_id, "type": kind, **parameters})
        async with asyncio.timeout(30):
            return await answer

    async def _read(self) -> None:
        async for message in self._socket:
            told = message.json()
            if told["type"] == "event":
                self._remember(told["event"]["data"])
            elif told["type"] == "result":
                self._settle(told)

    def _remember(self, data: dict[str, Any]) -> None:
        if (state := data.get("new_state")) is not None:
            self.states.add((state["entity_id"], state["state"]))

    def _settle(self, told: dict[str, Any]) -> None:
        answer = self._answers.pop(told["id"], None)
        if answer is None or answer.done():
            return
        if told["success"]:
            answer.set_result(told["result"])
        else:
            answer.set_exception(ApiError(str(told["error"])))
