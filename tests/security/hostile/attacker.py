"""Those who attack: addresses, frames and copies of what was stolen."""

import os
from typing import Any

from aiohttp import ClientWebSocketResponse, WSMsgType
from aiohttp.test_utils import TestClient

from custom_components.oceanremote.common.const import CONNECT_PATH
from custom_components.oceanremote.protocol import KeyPair, RegistrationToken
from tests.integration.runtime_support import FLOW, PUMP, Device, flash_copy
from tests.support.device_driver import DeviceDriver

HOME = "198.51.100.7"
STRANGER = "203.0.113.9"


class Client:
    """A TestClient that comes from an address of its own."""

    def __init__(
        self, server: TestClient, address: str, token: str | None = None
    ) -> None:
        """`token` is an access token of Home Assistant."""
        self._server = server
        self._headers = {"X-Forwarded-For": address}
        if token is not None:
            self._headers["Authorization"] = f"Bearer {token}"

    async def ws_connect(
        self, path: str, headers: dict[str, str] | None = None
    ) -> ClientWebSocketResponse:
        """Open a WebSocket."""
        sent = {**self._headers, **(headers or {})}
        return await self._server.ws_connect(path, headers=sent)

    async def get(self, path: str, **headers: str) -> Any:
        """Ask for a page; header names with underscores for hyphens."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self._server.get(path, headers={**self._headers, **named})

    async def post(self, path: str) -> Any:
        """Post nothing."""
        return await self._server.post(path, headers=self._headers)

    async def status_of_dialling(self, **headers: str) -> int:
        """Return the HTTP status of an attempt to open a link."""
        response = await self._server.get(
            CONNECT_PATH,
            headers={
                **self._headers,
                "Connection": "Upgrade",
                "Upgrade": "websocket",
                "Sec-WebSocket-Version": "13",
                "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
                **headers,
            },
        )
        response.close()
        return int(response.status)

    async def send_once(self, frame: bytes) -> tuple[list[bytes], int | None]:
        """Open a link, read HELLO, send one frame; return the rest and the code."""
        socket = await self.ws_connect(CONNECT_PATH)
        hello = await socket.receive_bytes()
        assert hello[0] == 1
        await socket.send_bytes(frame)
        answers = []
        while (message := await socket.receive()).type is WSMsgType.BINARY:
            answers.append(message.data)
        await socket.close()
        return answers, socket.close_code


def thief(
    server: TestClient,
    hub_public: bytes,
    mac: bytes,
    *,
    token: str | None = None,
    address: str = STRANGER,
) -> Device:
    """Return a board of the attacker; without a token he guesses one."""
    guess: RegistrationToken | str = token or RegistrationToken.generate(os.urandom)
    return Device(
        Client(server, address),  # type: ignore[arg-type]
        DeviceDriver(hub_public, guess, mac, [PUMP, FLOW]),
    )


def copy_of(device: Device, server: TestClient, *, address: str = STRANGER) -> Device:
    """Return another board with all of a device's flash."""
    copy = flash_copy(device)
    return Device(Client(server, address), copy.driver)  # type: ignore[arg-type]


def new_key() -> KeyPair:
    """Return a key of the attacker's own."""
    return KeyPair.generate(os.urandom)
