"""A person's hands on Home Assistant: its REST and WebSocket interfaces."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
import time
from typing import Any, Self

import aiohttp

USER = "skipper"
PASSWORD = "ocean-remote-demo"


class ApiError(Exception):
    """Home Assistant answered a request with an error."""


class Client:
    """Calls of one user; `connect` first."""

    def __init__(self, url: str, token: str = "", *, verify: bool = False) -> None:
        """Prepare a client of the instance at `url`.

        In the laboratory, whose certificate it is, is for the devices to ask.
        """
        self.url = url
        self.token = token
        self.tokens: dict[str, Any] = {}
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=verify)
        )

    async def __aenter__(self) -> Self:
        """Return the client itself."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close what is open."""
        await self.close()

    async def close(self) -> None:
        """Close every connection."""
        await self._session.close()

    async def onboard(self) -> None:
        """Create the first user and finish the onboarding."""
        client_id = f"{self.url}/"
        async with self._session.post(
            f"{self.url}/api/onboarding/users",
            json={
                "client_id": client_id,
                "name": "Skipper",
                "username": USER,
                "password": PASSWORD,
                "language": "en",
            },
        ) as answer:
            answer.raise_for_status()
            code = (await answer.json())["auth_code"]
        await self._exchange(code)
        for step in ("core_config", "analytics"):
            await self.post(f"/api/onboarding/{step}", {})
        await self.post(
            "/api/onboarding/integration",
            {"client_id": client_id, "redirect_uri": client_id},
        )

    async def login(self, user: str = USER, password: str = PASSWORD) -> None:
        """Log in through the login flow, as the form does."""
        client_id = f"{self.url}/"
        begin = {
            "client_id": client_id,
            "handler": ["homeassistant", None],
            "redirect_uri": client_id,
        }
        async with self._session.post(
            f"{self.url}/auth/login_flow", json=begin
        ) as answer:
            flow = await answer.json()
        async with self._session.post(
            f"{self.url}/auth/login_flow/{flow['flow_id']}",
            json={"client_id": client_id, "username": user, "password": password},
        ) as answer:
            result = await answer.json()
        if result.get("type") != "create_entry":
            raise ApiError(f"login refused: {result}")
        await self._exchange(result["result"])

    async def _exchange(self, code: str) -> None:
        async with self._session.post(
            f"{self.url}/auth/token",
            data={
                "grant_type": "authorization_code",
                "code": code,
                "client_id": f"{self.url}/",
            },
        ) as answer:
            answer.raise_for_status()
            self.tokens = await answer.json()
        self.token = self.tokens["access_token"]

    async def request(
        self, method: str, path: str, body: Any = None
    ) -> tuple[int, Any]:
        """Make one REST call; return the status and the decoded answer."""
        async with self._session.request(
            method,
            f"{self.url}{path}",
            json=body,
            headers={"Authorization": f"Bearer {self.token}"},
        ) as answer:
            if answer.content_type == "application/json":
                return answer.status, await answer.json()
            return answer.status, await answer.text()

    async def get(self, path: str) -> Any:
        """GET; raises ApiError unless the answer is a success."""
        return await self._checked("GET", path)

    async def post(self, path: str, body: Any = None) -> Any:
        """POST; raises ApiError unless the answer is a success."""
        return await self._checked("POST", path, body)

    async def delete(self, path: str) -> Any:
        """DELETE; raises ApiError unless the answer is a success."""
        return await self._checked("DELETE", path)

    async def _checked(self, method: str, path: str, body: Any = None) -> Any:
        status, result = await self.request(method, path, body)
        if status >= 400:
            raise ApiError(f"{method} {path}: {status} {result}")
        return result

    async def command(self, kind: str, **parameters: Any) -> Any:
        """Make one call on the WebSocket interface; raises ApiError.

        Each call has a connection of its own, so calls may run side by side.
        """
        async with self._socket() as socket:
            return await _command(socket, kind, parameters)

    async def follow(
        self,
        kind: str,
        *,
        subscribed: Callable[[], object] = bool,
        answered: Callable[[Any], object] = bool,
        **parameters: Any,
    ) -> AsyncIterator[Any]:
        """Subscribe to something and yield its events; raises ApiError.

        `subscribed` is called when no event is missed any more, `answered` with the
        result of the subscription.
        """
        async with self._socket() as socket:
            answered(await _command(socket, kind, parameters))
            subscribed()
            async for message in socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    yield message.json()["event"]

    @asynccontextmanager
    async def _socket(self) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        async with self._session.ws_connect(
            f"{self.url}/api/websocket", max_msg_size=0
        ) as socket:
            await socket.receive_json()
            await socket.send_json({"type": "auth", "access_token": self.token})
            welcome = await socket.receive_json()
            if welcome["type"] != "auth_ok":
                raise ApiError(str(welcome))
            yield socket

    async def call(
        self,
        action: str,
        data: dict[str, Any] | None = None,
        *,
        response: bool = False,
        **target: Any,
    ) -> Any:
        """Run an action ("switch.turn_on"); returns its response where it has one."""
        domain, service = action.split(".")
        result = await self.command(
            "call_service",
            domain=domain,
            service=service,
            service_data=data or {},
            target=target,
            return_response=response,
        )
        return result.get("response")

    async def state(self, entity_id: str) -> str | None:
        """Return an entity's state, or None when there is no such entity."""
        status, body = await self.request("GET", f"/api/states/{entity_id}")
        return body["state"] if status == 200 else None

    async def attributes(self, entity_id: str) -> dict[str, Any]:
        """Return an entity's attributes."""
        return dict((await self.get(f"/api/states/{entity_id}"))["attributes"])

    async def wait_for_state(
        self,
        entity_id: str,
        wanted: str | Callable[[str | None], bool],
        timeout: float = 30.0,
    ) -> str:
        """Wait until an entity's state is, or satisfies, what is wanted."""
        deadline = time.monotonic() + timeout
        while True:
            state = await self.state(entity_id)
            if wanted(state) if callable(wanted) else state == wanted:
                assert state is not None
                return state
            if time.monotonic() > deadline:
                raise TimeoutError(f"{entity_id} is {state!r}, wanted {wanted!r}")
            await asyncio.sleep(0.1)


async def _command(
    socket: aiohttp.ClientWebSocketResponse, kind: str, parameters: dict[str, Any]
) -> Any:
    await socket.send_json({"id": 1, "type": kind, **parameters})
    while True:
        answer = await socket.receive_json(timeout=60)
        if answer.get("id") == 1 and answer["type"] == "result":
            break
    if not answer["success"]:
        raise ApiError(str(answer["error"]))
    return answer["result"]
