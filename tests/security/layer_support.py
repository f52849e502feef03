"""Thieves, impostors and a man in the middle, each on real sockets."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
import json
import os
import time
from typing import Any

from aiohttp import ClientWebSocketResponse, WSMsgType, web
from aiohttp.test_utils import TestClient, TestServer

from custom_components.oceanremote.common.const import CONNECT_PATH
from custom_components.oceanremote.device.coordinator import DeviceCoordinator
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.protocol import (
    HubConnection,
    HubEvent,
    HubSettings,
    KeyPair,
    RegistrationGrant,
    SessionGrant,
    SessionProved,
)
from custom_components.oceanremote.protocol.frames import FrameType
from tests.integration.runtime_support import PATIENCE, PUMP, Device
from tests.support.commands import switch_command

GENERIC_REFUSAL = 1008

# -- the hub and the true device ------------------------------------------------


class Audit:
    """What the hub's audit log says, read from disk after its chain was verified."""

    def __init__(self, hub: Hub) -> None:
        """Read the log of one hub."""
        self._hub = hub

    async def records(self, kind: str, **wanted: Any) -> list[dict[str, Any]]:
        """Return the records of a kind whose actor or detail holds what is wanted.

        A text is wanted as a part of the recorded one.
        """
        assert (await self._hub.security.trail.log.verify()).intact
        found = []
        for line in await self._hub.security.trail.log.read(1000):
            record = json.loads(line)
            told = {**record["actor"], **record["detail"]}
            if record["kind"] == kind and all(
                _holds(told.get(name), value) for name, value in wanted.items()
            ):
                found.append(record)
        return found

    async def noticed(self, kind: str, **wanted: Any) -> dict[str, Any]:
        """Wait for such a record and return the newest."""
        async with asyncio.timeout(PATIENCE):
            while True:
                if found := await self.records(kind, **wanted):
                    return found[-1]
                await asyncio.sleep(0.01)


def _holds(told: Any, wanted: Any) -> bool:
    if isinstance(wanted, str) and isinstance(told, str):
        return wanted in told
    return bool(told == wanted)


def pump(hub: Hub) -> DeviceCoordinator:
    """Return the coordinator of the pump, the first of the hub's devices."""
    return next(iter(hub.coordinators.values()))


async def command(hub: Hub) -> None:
    """Switch the pump on, as a person would."""
    await pump(hub).async_command(PUMP.address, switch_command(True), None)


async def still_works(hub: Hub, device: Device) -> None:
    """The true device has noticed nothing: its session lives and it obeys."""
    obeyed = len(device.driver.commands)
    await command(hub)
    assert len(device.driver.commands) == obeyed + 1


# -- thieves --------------------------------------------------------------------


def sealed_by_guess(epoch: int) -> bytes:
    """Return a DATA frame from somebody who has no keys."""
    return bytes((FrameType.DATA,)) + epoch.to_bytes(4) + os.urandom(60)


async def dial_plainly(device: Device) -> ClientWebSocketResponse:
    """Open a WebSocket to the hub as a device would, and speak nothing yet."""
    return await device._client.ws_connect(CONNECT_PATH)


async def close_code_of(socket: ClientWebSocketResponse) -> int | None:
    """Read to the end of a link and return how it ended."""
    async with asyncio.timeout(PATIENCE):
        while (await socket.receive()).type is WSMsgType.BINARY:
            pass
    return socket.close_code


# -- a hostile proxy ------------------------------------------------------------

type Tamper = Callable[[bytes], list[bytes]]


def untouched(frame: bytes) -> list[bytes]:
    """Deliver a frame as it is."""
    return [frame]


def flip_last_bit(frame: bytes) -> bytes:
    """Return the frame with one bit changed."""
    return frame[:-1] + bytes((frame[-1] ^ 1,))


class Middleman:
    """Ends the carrier on both sides, reads every frame and may rewrite it.

    What TLS protected ends here too: a proxy sees what is inside. `to_hub` and
    `to_device` return what is delivered in the place of a frame.
    """

    def __init__(self, device: Device) -> None:
        """Stand between the device and the hub that it dials."""
        self.to_hub: Tamper = untouched
        self.to_device: Tamper = untouched
        self.from_device: list[bytes] = []
        self.from_hub: list[bytes] = []
        self._hub = device._client

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Carry one link until either side ends it."""
        below = web.WebSocketResponse(compress=False)
        await below.prepare(request)
        above = await self._hub.ws_connect(CONNECT_PATH)
        pumps = [
            asyncio.create_task(self._pump_to_hub(below, above)),
            asyncio.create_task(self._pump_to_device(above, below)),
        ]
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        for pump_task in pumps:
            pump_task.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)
        await above.close()
        await below.close(code=above.close_code or 1000)
        return below

    async def _pump_to_hub(
        self, source: web.WebSocketResponse, sink: ClientWebSocketResponse
    ) -> None:
        while (message := await source.receive()).type is WSMsgType.BINARY:
            self.from_device.append(message.data)
            for frame in self.to_hub(message.data):
                await sink.send_bytes(frame)

    async def _pump_to_device(
        self, source: ClientWebSocketResponse, sink: web.WebSocketResponse
    ) -> None:
        while (message := await source.receive()).type is WSMsgType.BINARY:
            self.from_hub.append(message.data)
            for frame in self.to_device(message.data):
                await sink.send_bytes(frame)


@asynccontextmanager
async def reached_through(
    handler: Callable[[web.Request], Any], device: Device
) -> AsyncGenerator[None]:
    """Let the device dial somebody else: its route or its name server was captured."""
    app = web.Application()
    app.router.add_get(CONNECT_PATH, handler)
    honest = device._client
    async with TestClient(TestServer(app)) as client:
        device._client = client
        try:
            yield
        finally:
            await device.hang_up()
            device._client = honest


# -- a false hub ----------------------------------------------------------------


@dataclass
class Gullible:
    """A `PeerLookup` that knows everybody, under the one token that it was given."""

    token: bytes

    def knows_device_key(self, device_key: bytes) -> bool:
        return True

    def find_session(
        self, device_key: bytes, claimed_mac: bytes, generation: int
    ) -> SessionGrant:
        return SessionGrant("victim", self.token, generation)

    def find_registration(
        self, handle: bytes, claimed_mac: bytes, device_key: bytes, now: float
    ) -> RegistrationGrant:
        return RegistrationGrant("victim", self.token)


class FalseHub:
    """Answers devices with whatever was stolen from the true hub."""

    def __init__(self, hub_key: KeyPair, token: bytes) -> None:
        """Own a hub key, true or invented, and a token, stolen or guessed."""
        self.events: list[HubEvent] = []
        self.visited = 0
        self._key = hub_key
        self._token = token

    @property
    def proved(self) -> bool:
        """Whether a device has accepted this hub as its own."""
        return any(isinstance(event, SessionProved) for event in self.events)

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Play the hub on one link."""
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        self.visited += 1
        connection = HubConnection(
            self._key,
            Gullible(self._token),
            HubSettings(),
            random=os.urandom,
            wall_clock=time.time,
        )
        connection.start(time.monotonic())
        with suppress(ConnectionError):
            while True:
                for frame in connection.frames_to_send():
                    await socket.send_bytes(frame)
                if connection.closed:
                    break
                message = await socket.receive()
                if message.type is not WSMsgType.BINARY:
                    break
                self.events += connection.receive(message.data, time.monotonic())
        await socket.close()
        return socket
