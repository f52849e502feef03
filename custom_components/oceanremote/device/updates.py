"""New firmware for one device: carried over its links, installed, and seen to run.

    start ──▶ offer ──▶ position ──▶ chunks ──▶ install ──▶ goodbye ──▶ a new session
                ▲ a new link                                  that says which build runs

One update at a time; a newer one takes the place of one that waits for the device.
A lost link only pauses an update: the device says where to go on.
"""

from asyncio import AbstractEventLoop, Future, TimerHandle
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
import secrets
from typing import Final, Protocol

from homeassistant.core import callback

from ..policy.pacing import TransferWindow
from ..protocol import LocalProtocolError, UpdateReported
from ..protocol.facts import DeviceFacts
from ..protocol.limits import MAX_UPDATE_CHUNK
from ..protocol.updates import (
    AbandonUpdate,
    InstallUpdate,
    OfferUpdate,
    UpdateChunk,
    UpdateFacts,
    UpdateFailure,
    UpdateOutcome,
    UpdatePosition,
    UpdateStatus,
)
from ..transport.link import Link

# Seconds without an answer, on a link that lives, after which the device is given up.
SILENCE: Final = 120.0
# Until a device must be back: the time after which a board returns to its old image,
# and another start.
RETURN: Final = 15 * 60.0
# For how long an update waits for a device that is away; one that sleeps may sleep long.
AWAY: Final = 30 * 60.0
ASLEEP: Final = 7 * 24 * 3600.0
# Links in a row that bring an image no further: the board may restart at every chunk.
IN_VAIN: Final = 10
# Below this begins the numbering; no hub comes to the end of 32 bits from there.
_NUMBERS: Final = 2**31
# How often it is looked whether the device still answers.
_LOOK: Final = 5.0


class Firmware(Protocol):
    """An image, as a device gets it."""

    @property
    def size(self) -> int:
        """Its bytes."""

    @property
    def digest(self) -> bytes:
        """Their SHA-256."""

    def contains_build(self, build: str) -> bool:
        """Whether it is the build of that name."""

    def part(self, offset: int, size: int) -> bytes:
        """Return a part of it."""


class KeptFirmware(Protocol):
    """What is known of an image that is not installed yet."""

    @property
    def version(self) -> str:
        """What a person knows it by."""

    @property
    def name(self) -> str:
        """The node that it was made for."""

    @property
    def builds(self) -> frozenset[str]:
        """When it was built."""


class UpdateResult(StrEnum):
    """How an update ends, in the audit's words."""

    INSTALLED = "installed"
    FELL_BACK = "the device has returned to its former firmware"
    REFUSED = "the device refused it"
    NOT_BACK = "the device has not come back"
    AWAY = "the device was away for too long"
    SILENT = "the device did not go on"
    CANCELLED = "cancelled"
    REPLACED = "replaced by a newer image"
    UNSEEN = "the hub stopped before the device was back"


@dataclass(frozen=True, slots=True)
class UpdateEnd:
    """The end of an update; `reset_reason` is that of the device's next start."""

    result: UpdateResult
    failure: UpdateFailure = UpdateFailure.NONE
    detail: str = ""
    reset_reason: str | None = None

    def __str__(self) -> str:
        """Say it to a person, and in logs."""
        if self.failure:
            return f"{self.result.value}: {self.failure.name.lower().replace('_', ' ')}"
        return f"{self.result.value}: {self.detail}".removesuffix(": ")


@dataclass(slots=True)
class Run:
    """One update under way."""

    firmware: Firmware
    build: str
    done: Future[UpdateEnd]
    number: int = 0
    window: TransferWindow = field(default_factory=TransferWindow)
    offered: bool = False
    sent: int = 0
    arrived: int = 0
    furthest: int = 0
    in_vain: int = 0
    installing: bool = False
    installed: bool = False


class DeviceUpdates:
    """The updates of one device."""

    def __init__(self, loop: AbstractEventLoop) -> None:
        """Know nothing of the device yet."""
        self._loop = loop
        self._link: Link | None = None
        self._run: Run | None = None
        # A device may still tell of an update that a hub before this one has begun.
        self._number = secrets.randbelow(_NUMBERS)
        self._timer: TimerHandle | None = None
        self._until = 0.0
        self._patience = AWAY
        self._watchers: set[Callable[[], None]] = set()
        self.facts: UpdateFacts | None = None
        # An image that waits for somebody to have it installed, and who installs it.
        self.kept: KeptFirmware | None = None
        self.on_install: Callable[[str | None], Awaitable[None]] | None = None

    @property
    def under_way(self) -> bool:
        """Whether an update is under way."""
        return self._run is not None

    @property
    def waiting(self) -> bool:
        """Whether an update waits for the device, which is away or asleep.

        One that is installed does not: the device may run it already.
        """
        run = self._run
        return run is not None and not run.offered and not run.installed

    @property
    def firmware(self) -> Firmware | None:
        """The image of the update that is under way."""
        return None if self._run is None else self._run.firmware

    @property
    def done(self) -> Future[UpdateEnd] | None:
        """What `start` has returned for the update that is under way."""
        return None if self._run is None else self._run.done

    @property
    def progress(self) -> float | None:
        """Percent of the image that has arrived, None without an update."""
        if (run := self._run) is None:
            return None
        return 100.0 * run.arrived / run.firmware.size

    @property
    def arrived_all(self) -> bool:
        """Whether the device has the whole image."""
        return (run := self._run) is not None and run.arrived == run.firmware.size

    @callback
    def watch(self, watcher: Callable[[], None]) -> Callable[[], None]:
        """Call `watcher` when an update has gone on; return how to end that."""
        self._watchers.add(watcher)
        return lambda: self._watchers.discard(watcher)

    @callback
    def start(self, firmware: Firmware, *, patience: float) -> Future[UpdateEnd]:
        """Begin an update; the device must have said that it takes some.

        The device may stay away for `patience` seconds, before and meanwhile. Another
        update may be under way only if it is `waiting`; it ends.
        """
        assert self.facts is not None
        if self._run is not None:
            assert self.waiting
            self._end(UpdateEnd(UpdateResult.REPLACED))
        done: Future[UpdateEnd] = self._loop.create_future()
        self._run = run = Run(firmware, self.facts.build, done)
        self._patience = patience
        self._wait(patience)
        self._offer(run)
        return done

    @callback
    def stop(self) -> None:
        """The hub stops: nobody will see how an update ends."""
        self.cancel("the hub stops")
        if self._run is not None:
            self._end(UpdateEnd(UpdateResult.UNSEEN))

    @callback
    def cancel(self, why: str) -> None:
        """Give the update up, unless the device has it already."""
        if (run := self._run) is None or run.installed:
            return
        if self._link is not None and run.offered:
            with suppress(LocalProtocolError):  # its session has just ended
                self._link.connection.send_update(AbandonUpdate(), self._link.now())
                self._link.flush()
        self._end(UpdateEnd(UpdateResult.CANCELLED, detail=why))

    @callback
    def begin(self, link: Link, facts: DeviceFacts) -> None:
        """A session under a trusted identity is up, or goes on."""
        self.facts = facts.updates
        if link is self._link:
            return
        self._link = link
        if (run := self._run) is None:
            return
        if (end := self._end_by(run, facts)) is not None:
            self._end(end)
            return
        self._wait(self._patience)
        self._offer(run)

    def _end_by(self, run: Run, facts: DeviceFacts) -> UpdateEnd | None:
        """Return what a device that is back says of the update; None: it goes on."""
        build = "" if facts.updates is None else facts.updates.build
        reason = facts.reset_reason
        if run.firmware.contains_build(build):
            if build != run.build or run.installing:
                return UpdateEnd(UpdateResult.INSTALLED, reset_reason=reason)
            return None
        if run.installed:
            return UpdateEnd(UpdateResult.FELL_BACK, reset_reason=reason)
        if facts.updates is None:
            return UpdateEnd(UpdateResult.REFUSED, UpdateFailure.OTHER)
        return None

    @callback
    def end(self) -> None:
        """The link is gone."""
        self._link = None
        if (run := self._run) is not None:
            run.offered = False
            self._wait(RETURN if run.installed else self._patience)

    @callback
    def received(self, event: UpdateReported) -> None:
        """Hear from the device."""
        run = self._run
        if run is None or event.news.update != run.number or not run.offered:
            return  # of an update that is over
        match event.news:
            case UpdatePosition(offset=offset):
                self._go_on(run, offset)
            case UpdateOutcome(status=UpdateStatus.INSTALLED):
                run.installed = run.installing = True
                run.arrived = run.firmware.size
                self._wait(RETURN)
                self._tell()
            case UpdateOutcome(failure=failure):
                self._end(UpdateEnd(UpdateResult.REFUSED, failure))

    # -- over one link ------------------------------------------------------

    def _offer(self, run: Run) -> None:
        if self._link is None:
            return
        run.in_vain = 0 if run.arrived > run.furthest else run.in_vain + 1
        run.furthest = max(run.furthest, run.arrived)
        if run.in_vain > IN_VAIN:
            self._end(UpdateEnd(UpdateResult.SILENT, detail="it gets no further"))
            return
        self._number = run.number = self._number + 1
        run.window = TransferWindow()
        run.sent = -1
        run.installing = False
        firmware = run.firmware
        offer = OfferUpdate(run.number, firmware.size, firmware.digest)
        run.offered = self._send(offer)
        run.window.sent(0, self._loop.time())

    def _go_on(self, run: Run, offset: int) -> None:
        """Send more: the device has everything before `offset`."""
        first = run.sent < 0
        if offset > (run.firmware.size if first else run.sent) or run.installing:
            self._end(UpdateEnd(UpdateResult.SILENT, detail="a position beyond"))
            return
        if first:
            run.sent = offset
        run.arrived = offset
        run.window.answered(offset, self._loop.time())
        assert self.facts is not None
        step = min(self.facts.chunk, MAX_UPDATE_CHUNK)
        while run.window.may_send and run.sent < run.firmware.size:
            part = run.firmware.part(run.sent, step)
            if not self._send(UpdateChunk(run.sent, part)):
                return
            run.sent += len(part)
            run.window.sent(run.sent, self._loop.time())
        if offset == run.firmware.size:
            run.installing = True
            run.window.sent(offset + 1, self._loop.time())
            self._send(InstallUpdate(run.number))
        self._wait(self._patience)
        self._tell()

    def _send(self, message: OfferUpdate | UpdateChunk | InstallUpdate) -> bool:
        link = self._link
        if link is None or link.closing:
            return False
        try:
            link.connection.send_update(message, link.now())
        except LocalProtocolError:
            return False  # Its session has just ended.
        link.flush()
        return True

    # -- time ---------------------------------------------------------------

    def _wait(self, seconds: float) -> None:
        self._until = self._loop.time() + seconds
        if self._timer is None:
            self._timer = self._loop.call_later(_LOOK, self._look)

    @callback
    def _look(self) -> None:
        self._timer = None
        if (run := self._run) is None:
            return
        now = self._loop.time()
        if run.offered and not run.installed and run.window.silent_for(now) > SILENCE:
            self._end(UpdateEnd(UpdateResult.SILENT))
        elif now > self._until:
            gone = UpdateResult.NOT_BACK if run.installed else UpdateResult.AWAY
            self._end(UpdateEnd(gone))
        else:
            self._timer = self._loop.call_later(_LOOK, self._look)

    def _end(self, end: UpdateEnd) -> None:
        run, self._run = self._run, None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if run is not None and not run.done.done():
            run.done.set_result(end)
        self._tell()

    def _tell(self) -> None:
        for watcher in tuple(self._watchers):
            watcher()
