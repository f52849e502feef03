"""The audit log on disk: appended and fsynced in batches, off the loop.

    append(event) ─▶ queue ─▶ [one writer] ─▶ executor: lines, fsync, anchor ─▶ head

A batch is chained when it is written, so that a full disk breaks no chain: its events
stay queued (bounded; what does not fit is counted, and the count is logged). The
anchor tells how far vault and log had come; it lies outside backups.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
import contextlib
from dataclasses import dataclass
import json
import os
from pathlib import Path
import time
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..const import LOGGER
from ..policy import audit, audit_files
from ..policy.audit import Actor, AuditBrokenError, AuditEvent, AuditHead, Outcome
from ..policy.kinds import AuditKind
from ..policy.restore import Waterline
from ..vault_file import sync_directory, write_durably

BATCH_SECONDS: Final = 1.0
RETRY_SECONDS: Final = 30.0
MAX_QUEUED: Final = 4096

# `*.log` is left out of Home Assistant's backups, and that is the point.
ANCHOR_NAME: Final = "anchor.log"


@dataclass(frozen=True, slots=True)
class LogFiles:
    """Where a log lies, and its present file; blocking, for the executor."""

    directory: Path
    index: int = 0
    size: int = 0

    @property
    def current(self) -> Path:
        """The file that is being written."""
        return self.directory / audit_files.file_name(self.index)

    def paths(self) -> list[Path]:
        """Return every file, oldest first."""
        names = (path.name for path in self.directory.glob("audit-*.jsonl"))
        return [self.directory / name for name in audit_files.in_order(names)]


@dataclass(frozen=True, slots=True)
class Opened:
    """What was found: head, anchor, and what had to be repaired (empty: nothing)."""

    files: LogFiles
    head: AuditHead
    anchor: Waterline | None
    existed: bool
    repaired: str = ""


def open_log(directory: Path) -> Opened:
    """Find the end of a log; cut off what a crash left; raises OSError.

    A file whose chain is broken stays as it is, as evidence. The log goes on in a new
    one, with a chain of its own.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    anchor = _read_anchor(directory)
    paths = LogFiles(directory).paths()
    if not paths:
        return Opened(LogFiles(directory, 1), AuditHead(), anchor, existed=False)
    last = paths[-1]
    index = audit_files.file_index(last.name) or 1
    whole, torn = audit.cut_torn_tail(last.read_bytes())
    repaired = ""
    if torn:
        with last.open("r+b") as stream:
            stream.truncate(len(whole))
            os.fsync(stream.fileno())
        repaired = f"{len(torn)} bytes of an unfinished record were cut off"
    try:
        head = _head_of(paths[:-1], whole)
    except AuditBrokenError as err:
        files = LogFiles(directory, index + 1)
        return Opened(files, AuditHead(), anchor, existed=True, repaired=str(err))
    files = LogFiles(directory, index, len(whole))
    return Opened(files, head, anchor, existed=True, repaired=repaired)


def write_batch(
    files: LogFiles,
    head: AuditHead,
    events: Sequence[AuditEvent],
    generation: int,
) -> tuple[LogFiles, AuditHead]:
    """Append events durably; raises OSError, and then the file is as it was."""
    pending = bytearray()
    for event in events:
        line, head = audit.append(head, event, generation)
        data = line.encode("ascii")
        if audit_files.must_rotate(files.size + len(pending), len(data)):
            _append(files.current, files.size, pending)
            files = LogFiles(files.directory, files.index + 1)
            pending = bytearray()
        pending += data
    _append(files.current, files.size, pending)
    files = LogFiles(files.directory, files.index, files.size + len(pending))
    names = [path.name for path in files.paths()]
    for name in audit_files.surplus(names):
        (files.directory / name).unlink(missing_ok=True)
    return files, head


def write_anchor(directory: Path, head: AuditHead, generation: int) -> None:
    """Note how far vault and log have come; raises OSError."""
    anchor = {"audit_seq": head.seq, "vault_generation": generation}
    write_durably(directory / ANCHOR_NAME, json.dumps(anchor).encode())


def read_lines(paths: Iterable[Path]) -> Iterator[str]:
    """Yield every line of files, with its newline; raises OSError."""
    for path in paths:
        with path.open(encoding="ascii", errors="backslashreplace", newline="\n") as f:
            yield from f


def verify_files(paths: Sequence[Path], expected: AuditHead) -> AuditHead:
    """Verify a whole log; raises AuditBrokenError and OSError."""
    lines = read_lines(paths)
    first = next(lines, None)
    if first is None:
        return audit.verify((), expected=expected)
    start = audit.first_start(first)
    return audit.verify(_chained(first, lines), start=start, expected=expected)


class AuditLog:
    """One log; lives in the event loop. Made by `open`."""

    def __init__(
        self, hass: HomeAssistant, opened: Opened, generation: Callable[[], int]
    ) -> None:
        """Go on from what was found; `generation` is the vault's, already on disk."""
        self.opened = opened
        self._hass = hass
        self._files = opened.files
        self._head = opened.head
        self._generation = generation
        self._queue: deque[AuditEvent] = deque()
        self._lost = 0
        self._loss_listeners: set[Callable[[AuditEvent], None]] = set()
        self._lock = asyncio.Lock()
        self._timer: asyncio.TimerHandle | None = None
        self._stopped = False

    @property
    def head(self) -> AuditHead:
        """The end of what is on disk."""
        return self._head

    @callback
    def listen_losses(self, listener: Callable[[AuditEvent], None]) -> CALLBACK_TYPE:
        """Call `listener` with each event that says how many were lost."""
        self._loss_listeners.add(listener)
        return lambda: self._loss_listeners.discard(listener)

    @callback
    def append(self, event: AuditEvent) -> None:
        """Queue an event; on disk within about BATCH_SECONDS."""
        if len(self._queue) >= MAX_QUEUED:
            self._lost += 1
            return
        self._queue.append(event)
        self._arm(BATCH_SECONDS)

    async def flush(self) -> None:
        """Write what is queued, and the anchor; raises OSError with all still queued."""
        async with self._lock:
            self._queue_losses()
            events = tuple(self._queue)
            self._files, self._head = await self._hass.async_add_executor_job(
                _write, self._files, self._head, events, self._generation()
            )
            for _ in events:
                self._queue.popleft()

    def _queue_losses(self) -> None:
        if self._lost and len(self._queue) < MAX_QUEUED:
            event = _lost_event(self._lost)
            self._lost = 0
            self._queue.append(event)
            for listener in tuple(self._loss_listeners):
                listener(event)

    async def stop(self) -> None:
        """Write the rest; a failure is logged, for nobody waits for it."""
        self._stopped = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        with contextlib.suppress(OSError):
            await self.flush()
        if self._queue:
            LOGGER.error("%s audit records could not be written", len(self._queue))

    async def verify(self) -> AuditHead:
        """Verify every file against the head; raises AuditBrokenError and OSError."""
        await self.flush()
        async with self._lock:
            return await self._hass.async_add_executor_job(
                lambda: verify_files(self._files.paths(), self._head)
            )

    async def read(self, limit: int) -> list[str]:
        """Return the newest lines, oldest first; raises OSError."""
        await self.flush()

        def tail() -> list[str]:
            return list(deque(read_lines(self._files.paths()), maxlen=limit))

        return await self._hass.async_add_executor_job(tail)

    @callback
    def _arm(self, delay: float) -> None:
        if self._timer is None and not self._stopped:
            self._timer = self._hass.loop.call_later(delay, self._on_timer)

    @callback
    def _on_timer(self) -> None:
        self._timer = None
        self._hass.async_create_background_task(
            self._async_flush_queued(), "oceanremote audit"
        )

    async def _async_flush_queued(self) -> None:
        try:
            await self.flush()
        except OSError as err:
            LOGGER.error("The audit log cannot be written: %s", err)
            self._arm(RETRY_SECONDS)
            return
        if self._queue:
            self._arm(BATCH_SECONDS)


def _write(
    files: LogFiles, head: AuditHead, events: Sequence[AuditEvent], generation: int
) -> tuple[LogFiles, AuditHead]:
    if events:
        files, head = write_batch(files, head, events, generation)
    write_anchor(files.directory, head, generation)
    return files, head


def _append(path: Path, size: int, data: bytearray) -> None:
    """Write and fsync at a known end: what a failed write left there is replaced."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.ftruncate(descriptor, size)
        os.lseek(descriptor, size, os.SEEK_SET)
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if not size:
        sync_directory(path.parent)


def _head_of(before: Sequence[Path], whole: bytes) -> AuditHead:
    """Return the head of the last file; of the one before, where it is empty."""
    lines = whole.decode("ascii", errors="backslashreplace").splitlines(keepends=True)
    if not lines and before:
        lines = list(read_lines(before[-1:]))
    if not lines:
        return AuditHead()
    return audit.verify(lines, start=audit.first_start(lines[0]))


def _read_anchor(directory: Path) -> Waterline | None:
    try:
        plain = json.loads((directory / ANCHOR_NAME).read_bytes())
        return Waterline(int(plain["vault_generation"]), int(plain["audit_seq"]))
    except FileNotFoundError, ValueError, KeyError, TypeError:
        return None


def _chained(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _lost_event(count: int) -> AuditEvent:
    return AuditEvent(
        time.time(), AuditKind.LOG_REPAIRED, Outcome.FAILED, Actor(), {"lost": count}
    )
