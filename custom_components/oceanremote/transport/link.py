"""One link: bytes between a carrier and a HubConnection, and nothing else.

    carrier ──message──▶ read loop ──▶ connection.receive ──events──▶ host
    carrier ◀──frames── writer ◀──queue── flush() ◀── read loop, timer, commands

Two coroutines per link, none per message: the request's own handler reads, one task
writes and, at the end, closes. The queue between is bounded; a peer that reads too
slowly is cut off, because its commands would have expired anyway.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
import time
from typing import Final, Protocol

from aiohttp import WSCloseCode
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.async_ import create_eager_task

from ..admission.return_tickets import ReturnTickets
from ..common.const import CLOSE_TIMEOUT, LOGGER, MAX_QUEUED_BYTES, MAX_QUEUED_FRAMES
from ..common.turn import Turn
from ..policy.places import Ticket
from ..protocol import (
    CloseReason,
    DescriptionReceived,
    HubConnection,
    HubEvent,
    LinkClosed,
    RegistrationProved,
    SessionProved,
    StatesCompleted,
    StatesReceived,
    TokenStored,
)
from .carrier import Carrier, CarrierError
from .traffic import Traffic

# Between one part of a message and the next, others have the event loop.
STATES_AT_ONCE: Final = 16
# A read that took longer has waited, and others had the event loop in the meantime.
_WAITED: Final = 0.0005

type ProofEvent = RegistrationProved | TokenStored | SessionProved
# Concerns so many entities that whatever reacts to it yields the event loop.
type LongEvent = DescriptionReceived | StatesCompleted

# Ends that are nobody's fault; every other reason gets the one generic code.
_BLAMELESS: Final = frozenset(
    {CloseReason.EXPIRED, CloseReason.PING_TIMEOUT, CloseReason.REVOKED}
)


class LinkPace(Protocol):
    """What bounds a proved link."""

    tickets: ReturnTickets

    def pace(self, link: Link, *, size: int, states: int) -> float:
        """Count a message of a proved link; return how long to pause reading."""


class LinkHost(Protocol):
    """What a link asks of the hub."""

    @property
    def admission(self) -> LinkPace:
        """How fast a link may talk."""

    def now(self) -> float:
        """Return monotonic seconds."""

    def link_closing(self, link: Link) -> None:
        """Stop counting on a link; called once, as soon as its end has begun."""

    def handle_event(self, link: Link, event: HubEvent) -> None:
        """React to an event of a proved link, which is not about its end."""

    async def async_handle_proof(self, link: Link, event: ProofEvent) -> None:
        """React to an event that may have to be on disk before it is answered."""

    async def async_handle_event(self, link: Link, event: LongEvent) -> None:
        """React to an event that takes its time; nothing is read meanwhile."""

    def link_failed(self, link: Link, what: str, err: Exception) -> None:
        """Log and record what failed on our side; never raises."""


class Link:
    """One connection of a device, or of somebody who claims to be one."""

    def __init__(
        self,
        hass: HomeAssistant,
        host: LinkHost,
        connection: HubConnection,
        carrier: Carrier,
        ticket: Ticket,
    ) -> None:
        """Join a carrier and a fresh connection."""
        self.connection = connection
        self.ticket = ticket
        ticket.give_way = self._give_way
        self.address = carrier.address
        self.closed_event: LinkClosed | None = None
        self.end_detail = "by the peer"
        self._hass = hass
        self._host = host
        self._carrier = carrier
        self._queue: deque[bytes] = deque()
        self._queued_bytes = 0
        self.traffic = Traffic()
        self._wake = asyncio.Event()
        self._ending = asyncio.Event()
        self._turn = Turn()
        self._close_code: int | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0
        self._abort_timer: asyncio.TimerHandle | None = None

    def return_ticket(self, enrolment_id: str) -> bytes:
        """Return what a device shows when it dials again."""
        return self._host.admission.tickets.issue(enrolment_id, time.time())

    def _give_way(self) -> None:
        self.close(WSCloseCode.POLICY_VIOLATION, "silent; gave way to another")

    @property
    def closing(self) -> bool:
        """Whether the end has begun: nothing that arrives counts any more."""
        return self._close_code is not None

    @property
    def refused(self) -> bool:
        """Whether the link ends because of something that the peer did."""
        return self._close_code == WSCloseCode.POLICY_VIOLATION

    def now(self) -> float:
        """Return monotonic seconds, as the connection counts them."""
        return self._host.now()

    async def async_run(self) -> None:
        """Serve the link until it has ended; the host knows it for that long.

        The writer is this request's own task, none of Home Assistant's background
        tasks: those are cancelled before the stop event, and it has to say 1001 then.
        """
        writer = create_eager_task(
            self._async_write(), name=f"oceanremote link {self.address}"
        )
        try:
            self.connection.start(self.now())
            self.flush()
            await self._async_read()
        finally:
            self.close()
            try:
                await writer
            finally:
                # Home Assistant cancels handlers whose peer is gone, this one included.
                self._cancel_timers()

    @callback
    def flush(self) -> None:
        """Queue what the connection wants to send, and watch its next deadline."""
        for frame in self.connection.frames_to_send():
            if (
                len(self._queue) >= MAX_QUEUED_FRAMES
                or self._queued_bytes + len(frame) > MAX_QUEUED_BYTES
            ):
                self._fail("the peer reads too slowly")
                self._carrier.abort()
                return
            self._queue.append(frame)
            self._queued_bytes += len(frame)
        if self._queue:
            self._wake.set()
        self._watch_deadline()

    @callback
    def close(self, code: int = WSCloseCode.OK, detail: str | None = None) -> None:
        """Send what is queued, then close; cut the line after CLOSE_TIMEOUT."""
        if self._close_code is not None:
            return
        if detail is not None:
            self.end_detail = detail
        self._close_code = code
        self._ending.set()
        self.connection.close(self.now())
        self._cancel_deadline()
        self._wake.set()
        self._abort_timer = self._hass.loop.call_later(
            CLOSE_TIMEOUT, self._carrier.abort
        )
        # When several links are closed, one that fails must not keep the others open.
        with self._contained("the end of a link"):
            self._host.link_closing(self)

    @callback
    def failed(self, what: str, err: Exception) -> None:
        """End the link because of a failure of our own."""
        self._host.link_failed(self, what, err)
        self.close(WSCloseCode.INTERNAL_ERROR, "the hub failed")

    async def async_finish(self, what: str, work: Awaitable[None]) -> None:
        """Carry work to its end, even if the peer goes in the meantime.

        Its failure ends the link.
        """
        task = self._hass.async_create_task(
            self._async_contained(what, work), f"oceanremote {what}"
        )
        await asyncio.shield(task)

    async def _async_contained(self, what: str, work: Awaitable[None]) -> None:
        with self._contained(what, fatal=True):
            await work

    @contextmanager
    def _contained(self, what: str, *, fatal: bool = False) -> Iterator[None]:
        """Let a failure of our own end nothing, or, if `fatal`, only this link."""
        try:
            yield
        except Exception as err:  # noqa: BLE001 - the boundary
            if fatal:
                self.failed(what, err)
            else:
                self._host.link_failed(self, what, err)

    def _fail(self, detail: str) -> None:
        self.close(WSCloseCode.POLICY_VIOLATION, detail)

    # -- reading ------------------------------------------------------------

    async def _async_read(self) -> None:
        while not self.closing:
            asked = self.now()
            try:
                data = await self._carrier.receive()
            except CarrierError as err:
                self._fail(str(err))
                return
            if self.now() - asked > _WAITED:
                self._turn.begin()
            if data is None:
                return
            self.traffic.count_sent(len(data))
            await self._async_receive(data)

    async def _async_receive(self, data: bytes) -> None:
        with self._contained("a message", fatal=True):
            states = 0
            for event in _in_parts(self.connection.receive(data, self.now())):
                if self.closing:
                    return
                if isinstance(event, RegistrationProved | TokenStored | SessionProved):
                    await self._host.async_handle_proof(self, event)
                elif isinstance(event, DescriptionReceived | StatesCompleted):
                    await self._host.async_handle_event(self, event)
                else:
                    self._dispatch(event)
                if isinstance(event, StatesReceived):
                    states += len(event.states)
                await self._turn.async_yield()
            self._after_step()
            await self._async_keep_pace(len(data), states)

    async def _async_keep_pace(self, size: int, states: int) -> None:
        """Read nothing for a while from a device that has exceeded a budget."""
        if not self.connection.proved:
            return
        pause = self._host.admission.pace(self, size=size, states=states)
        if pause:
            await self._async_pause(pause)

    async def _async_pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._ending.wait()

    def _dispatch(self, event: HubEvent) -> None:
        if not isinstance(event, LinkClosed):
            with self._contained(type(event).__name__):
                self._host.handle_event(self, event)
            return
        self.closed_event = event
        self.flush()
        self.close(
            WSCloseCode.OK
            if event.reason in _BLAMELESS
            else WSCloseCode.POLICY_VIOLATION,
            _end_of(event),
        )

    def _after_step(self) -> None:
        if not self.closing:
            self.flush()

    # -- the clock ----------------------------------------------------------

    def _watch_deadline(self) -> None:
        """Arm the timer, lazily: one that fires too early only looks again."""
        deadline = self.connection.next_deadline()
        if deadline is None or self.closing:
            return
        if self._timer is not None:
            if self._timer_at <= deadline:
                return
            self._timer.cancel()
        self._timer_at = deadline
        self._timer = self._hass.loop.call_later(
            max(0.0, deadline - self.now()), self._on_deadline
        )

    @callback
    def _on_deadline(self) -> None:
        self._timer = None
        # A session that is no longer watched for its end must not continue.
        with self._contained("a timer", fatal=True):
            for event in self.connection.handle_timer(self.now()):
                self._dispatch(event)
        self._after_step()

    def _cancel_deadline(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _cancel_timers(self) -> None:
        self._cancel_deadline()
        if self._abort_timer is not None:
            self._abort_timer.cancel()
            self._abort_timer = None

    # -- writing ------------------------------------------------------------

    async def _async_write(self) -> None:
        try:
            while True:
                while self._queue:
                    frame = self._queue.popleft()
                    self._queued_bytes -= len(frame)
                    self.traffic.count_received(len(frame))
                    await self._carrier.send(frame)
                if self._close_code is not None:
                    break
                self._wake.clear()
                await self._wake.wait()
            await self._carrier.close(self._close_code)
        except ConnectionError as err:
            LOGGER.debug("Link from %s: %s", self.address, err)
            self._carrier.abort()
        except Exception as err:  # noqa: BLE001 - the boundary
            self.failed("writing", err)
            self._carrier.abort()


def _in_parts(events: Iterable[HubEvent]) -> Iterator[HubEvent]:
    """Yield events with at most STATES_AT_ONCE states each."""
    for event in events:
        if isinstance(event, StatesReceived):
            states = event.states
            for first in range(0, len(states), STATES_AT_ONCE):
                yield replace(event, states=states[first : first + STATES_AT_ONCE])
        else:
            yield event


def _end_of(event: LinkClosed) -> str:
    """Return why a link ends; its refusal has a record of its own."""
    if event.reason is CloseReason.REFUSED:
        return event.detail
    return f"{event.reason}: {event.detail}".removesuffix(": ")
