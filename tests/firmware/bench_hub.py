"""A hub for real firmware: the protocol core behind a WebSocket, all state in memory."""

import asyncio
from collections.abc import Awaitable, Callable
import contextlib
from dataclasses import dataclass, field
import os
import ssl
import time
from typing import Any

from aiohttp import WSMsgType, web

from custom_components.oceanremote.protocol import (
    CommandCompleted,
    CommandDeadline,
    DescriptionReceived,
    Domain,
    EntityAddress,
    EntityDescriptor,
    HubConnection,
    HubEvent,
    HubSettings,
    LinkClosed,
    LocalProtocolError,
    RefusalReason,
    Refused,
    RegistrationGrant,
    RegistrationProved,
    RotationRequested,
    SessionGrant,
    SessionProved,
    SkippedEntity,
    StatesReceived,
    TokenStored,
)
from custom_components.oceanremote.protocol.keys import (
    KeyPair,
    RegistrationToken,
    hub_key_text,
)

CONNECT_PATH = "/api/oceanremote/connect"
TICKET_HEADER = "OceanRemote-Ticket"
WAIT_SECONDS = 20.0
DEVICE_ID = "bench"


@dataclass
class Registry:
    """Who is known: one registration token, at most one device."""

    token: RegistrationToken
    used: bool = False
    pending: tuple[bytes, bytes, bytes] | None = None  # MAC, key, permanent token
    active: tuple[bytes, bytes, bytes] | None = None
    revoked: bool = False

    def knows_device_key(self, device_key: bytes) -> bool:
        """Return whether one of the two has this key."""
        return any(known and known[1] == device_key for known in self._known())

    def find_session(
        self, device_key: bytes, claimed_mac: bytes, generation: int
    ) -> SessionGrant:
        """Return the grant of the active or the pending identity."""
        for known in self._known():
            if known and known[:2] == (claimed_mac, device_key):
                return SessionGrant(DEVICE_ID, known[2], 1, self.revoked)
        raise Refused(RefusalReason.UNKNOWN_KEY)

    def find_registration(
        self, handle: bytes, claimed_mac: bytes, device_key: bytes, now: float
    ) -> RegistrationGrant:
        """Return the grant of the one registration token while it is unused."""
        if handle != self.token.handle:
            raise Refused(RefusalReason.UNKNOWN_HANDLE)
        if self.used:
            raise Refused(RefusalReason.TOKEN_USED)
        return RegistrationGrant(DEVICE_ID, self.token.secret)

    def prepare(self, mac: bytes, device_key: bytes) -> bytes:
        """Return the permanent token of a registration, the same one when repeated."""
        if self.pending is None or self.pending[:2] != (mac, device_key):
            self.pending = (mac, device_key, os.urandom(32))
        return self.pending[2]

    def commit(self) -> None:
        """Make the pending identity the active one."""
        self.active, self.pending, self.used = self.pending, None, True

    def _known(self) -> tuple[tuple[bytes, bytes, bytes] | None, ...]:
        return (self.active, self.pending)


@dataclass
class Link:
    """One WebSocket and its connection."""

    socket: web.WebSocketResponse
    connection: HubConnection
    held: bool = False
    results: dict[int, asyncio.Future[HubEvent]] = field(default_factory=dict)


class BenchHub:
    """Registers, welcomes and remembers; what happened is in `events`."""

    def __init__(self, key: KeyPair, token: RegistrationToken) -> None:
        """Prepare a hub that listens on nothing yet."""
        self.key = key
        # Those that a handshake may be under.
        self.keys = [key]
        self.key_text = hub_key_text(key.public)
        self.settings = HubSettings()
        self.registry = Registry(token)
        self.events: list[HubEvent] = []
        self.states: dict[EntityAddress, Any] = {}
        self.entities: dict[tuple[Domain, str], EntityDescriptor] = {}
        self.skipped: tuple[SkippedEntity, ...] = ()
        self.description_hash: bytes | None = None
        self.link: Link | None = None
        self.port = 0
        self.links = 0
        self.ticket = b""
        # What a device that sleeps is told at its welcome; None: nothing.
        self.stay_awake: bool | None = None
        # When each upgrade came, and what it showed of the ticket.
        self.dialed: list[float] = []
        self.shown: list[str | None] = []
        # And the host that it asked for.
        self.hosts: list[str] = []
        self.wall_clock: Callable[[], float] = time.time
        # Called instead of the protocol when a test wants to be a bad hub.
        self.impostor: Callable[[web.Request], Awaitable[web.StreamResponse]] | None = (
            None
        )
        self._changed = asyncio.Condition()
        self._runner: web.AppRunner | None = None

    async def start(
        self,
        port: int = 0,
        context: ssl.SSLContext | None = None,
        *,
        host: str = "127.0.0.1",
    ) -> None:
        """Listen on loopback, with TLS if given; `port` is set afterwards."""
        app = web.Application()
        app.router.add_get("/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port, ssl_context=context)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Close every link and stop listening."""
        await self.drop()
        if self._runner is not None:
            await self._runner.cleanup()

    async def drop(self) -> None:
        """Cut the link without a word."""
        request = self.link.socket._req if self.link else None
        if request is not None and request.transport is not None:
            request.transport.abort()

    # What a test waits for

    async def wait_for[T](
        self,
        kind: type[T],
        since: int = 0,
        wanted: Callable[[T], bool] = lambda _: True,
    ) -> T:
        """Return the first event of a kind, as wanted, at or after index `since`."""

        def find() -> T | None:
            events = (e for e in self.events[since:] if isinstance(e, kind))
            return next((e for e in events if wanted(e)), None)

        await self.wait(lambda: find() is not None)
        found = find()
        assert found is not None
        return found

    async def wait_for_state(
        self, domain: Domain, object_id: str, wanted: Callable[[Any], bool]
    ) -> Any:
        """Return the state of an entity once it is as wanted."""

        def value() -> Any:
            entity = self.entities.get((domain, object_id))
            return None if entity is None else self.states.get(entity.address)

        await self.wait(lambda: value() is not None and wanted(value()))
        return value()

    async def wait_for_states(self, addresses: set[EntityAddress]) -> None:
        """Wait until these and no other entities have told a state."""
        await self.wait(lambda: self.states.keys() == addresses)

    async def wait_until_ready(self, since: int = 0) -> SessionProved:
        """Wait for a session that takes commands and has told its states."""
        session = await self.wait_for(SessionProved, since)
        await self.wait(
            lambda: (
                self.link is not None
                and self.link.connection.accepts_commands
                and any(isinstance(e, StatesReceived) for e in self.events[since:])
            )
        )
        return session

    async def wait(self, condition: Callable[[], bool]) -> None:
        async with self._changed:
            await asyncio.wait_for(self._changed.wait_for(condition), WAIT_SECONDS)

    # What a test does

    def address(self, domain: Domain, object_id: str) -> EntityAddress:
        """Return the address of a described entity."""
        return self.entities[domain, object_id].address

    async def command(
        self, address: EntityAddress, args: dict[int, Any], timeout: float = 5.0
    ) -> HubEvent:
        """Send a command; return its result, or CommandDeadline."""
        link = self._live()
        now = time.monotonic()
        command_id = link.connection.send_command(address, args, timeout, now)
        future = asyncio.get_running_loop().create_future()
        link.results[command_id] = future
        await self._flush(link)
        return await asyncio.wait_for(future, WAIT_SECONDS)

    async def act(self, action: Callable[[HubConnection, float], object]) -> None:
        """Do something with the live connection and send what comes of it."""
        link = self._live()
        action(link.connection, time.monotonic())
        await self._flush(link)

    def stop_reading(self) -> None:
        """Take nothing more of what the device sends, and answer nothing."""
        transport = self._live().socket._req.transport  # type: ignore[union-attr]
        assert isinstance(transport, asyncio.Transport)
        transport.pause_reading()

    def hold(self) -> None:
        """Keep everything back that would go to the device."""
        self._live().held = True

    async def release(self) -> None:
        """Send what was kept back."""
        link = self._live()
        link.held = False
        await self._flush(link)

    async def send_raw(self, data: bytes) -> None:
        """Send bytes as one message, past the protocol."""
        await self._live().socket.send_bytes(data)

    def _live(self) -> Link:
        assert self.link is not None
        return self.link

    # One link

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.links += 1
        self.dialed.append(time.monotonic())
        self.shown.append(request.headers.get(TICKET_HEADER))
        self.hosts.append(request.host)
        if self.impostor is not None:
            return await self.impostor(request)
        if request.path != CONNECT_PATH:
            raise web.HTTPNotFound
        socket = web.WebSocketResponse(compress=False, max_msg_size=8192)
        await socket.prepare(request)
        connection = HubConnection(
            lambda: self.keys,
            self.registry,
            self.settings,
            random=os.urandom,
            wall_clock=self._read_clock,
        )
        link = self.link = Link(socket, connection)
        connection.start(time.monotonic())
        timer = asyncio.create_task(self._keep_time(link))
        try:
            await self._flush(link)
            async for message in socket:
                if message.type is not WSMsgType.BINARY:
                    break
                await self._take(
                    link, connection.receive(message.data, time.monotonic())
                )
                if connection.closed:
                    break
        finally:
            timer.cancel()
            with contextlib.suppress(ConnectionError):
                await socket.close()
            await self._note()
        return socket

    def _read_clock(self) -> float:
        return self.wall_clock()

    async def _keep_time(self, link: Link) -> None:
        while not link.connection.closed:
            deadline = link.connection.next_deadline() or time.monotonic() + 1
            await asyncio.sleep(min(max(deadline - time.monotonic(), 0.01), 0.1))
            await self._take(link, link.connection.handle_timer(time.monotonic()))
        if not link.held:
            await link.socket.close()

    async def _take(self, link: Link, events: list[HubEvent]) -> None:
        for event in events:
            self.events.append(event)
            with contextlib.suppress(LocalProtocolError):
                self._answer(link, event)
        await self._flush(link)
        if events:
            await self._note()

    def _answer(self, link: Link, event: HubEvent) -> None:
        now = time.monotonic()
        match event:
            case RegistrationProved():
                token = self.registry.prepare(event.mac, event.device_key)
                link.connection.issue_token(token, 1, now)
            case TokenStored():
                self.registry.commit()
                link.connection.begin_session(now)
            case SessionProved(tombstone=False):
                if self.registry.active is None:
                    self.registry.commit()
                wanted = event.ready.description_hash != self.description_hash
                link.connection.welcome(wanted, now, ticket=self.ticket)
                if event.ready.facts.sleeps and self.stay_awake is not None:
                    link.connection.stay_awake(self.stay_awake, now)
            case DescriptionReceived():
                self.description_hash = event.hash
                self.skipped = event.description.skipped
                self.entities = {
                    (entity.address.domain, entity.object_id): entity
                    for entity in event.description.entities
                }
            case StatesReceived():
                self.states.update(
                    (state.address, state.value) for state in event.states
                )
            case CommandCompleted() | CommandDeadline():
                if future := link.results.pop(event.command_id, None):
                    future.set_result(event)
            case RotationRequested():
                link.connection.rotate(now)
            case LinkClosed():
                self.states.clear()

    async def _flush(self, link: Link) -> None:
        if link.held:
            return
        with contextlib.suppress(ConnectionError):
            for frame in link.connection.frames_to_send():
                await link.socket.send_bytes(frame)

    async def _note(self) -> None:
        async with self._changed:
            self._changed.notify_all()
