"""The audit log on disk: appended and fsynced in batches, off the loop.

    append(event) ─▶ queue ─▶ [one writer] ─▶ executor: lines, fsync, anchor ─▶ head

A batch is chained when it is written, so that a full disk breaks no chain: its events
stay queued (bounded; what does not fit is counted, and the count is logged). Blocking
functions are in `files`.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
import contextlib
from itertools import chain
from pathlib import Path
import time
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..common.const import LOGGER
from ..common.executor import async_finish, async_run_to_end
from ..policy.audit.check import Checker, Report
from ..policy.audit.kinds import AuditKind
from ..policy.audit.record import Actor, AuditEvent, AuditHead, Outcome
from .containment import Containment
from .files import LogFiles, Noted, Opened, OpenLog, write_anchor, write_batch

BATCH_SECONDS: Final = 1.0
RETRY_SECONDS: Final = 30.0
MAX_QUEUED: Final = 4096


class AuditLog:
    """One log; lives in the event loop. Made by `open`."""

    def __init__(
        self,
        hass: HomeAssistant,
        opened: Opened,
        anchor: Path,
        generation: Callable[[], int],
        release: CALLBACK_TYPE = lambda: None,
    ) -> None:
        """Go on from what was found; `generation` is the vault's, already on disk.

        `release` is called once nothing more will be written.
        """
        self.opened = opened
        self._hass = hass
        self._files = opened.files
        self._head = opened.head
        self._anchor = anchor
        self._generation = generation
        self._settled = False
        self._queue: deque[Noted] = deque()
        self._lost = 0
        self._containment = Containment(lambda: "the audit log", hass.loop.time)
        self._loss_listeners: set[Callable[[AuditEvent], None]] = set()
        self._lock = asyncio.Lock()
        self._timer: asyncio.TimerHandle | None = None
        self._release = release
        self._stopped = False
        self._closed = False
        # Whether it has been logged that what is queued stays unwritten.
        self._failing = False

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
    def settle(self) -> None:
        """Let the anchor follow from now on: vault and log have been judged by it.

        Until then it stays as it was found, so that an interrupted start, at whatever
        point, is judged again.
        """
        self._settled = True

    @callback
    def append(self, event: AuditEvent) -> None:
        """Queue an event; on disk within about BATCH_SECONDS."""
        if len(self._queue) >= MAX_QUEUED:
            self._lost += 1
            return
        self._queue.append((event, self._generation()))
        self._arm(BATCH_SECONDS)

    async def flush(self) -> None:
        """Write what is queued, and the anchor; raises OSError with all still queued."""
        await async_finish(self._hass, self._flush(), "oceanremote audit write")

    async def _flush(self) -> None:
        async with self._lock:
            if self._closed:
                raise OSError("the audit log is closed")
            self._queue_losses()
            events = tuple(self._queue)
            self._files, self._head = await async_run_to_end(
                self._hass,
                _write,
                self._files,
                self._head,
                events,
                self._generation(),
                self._anchor if self._settled else None,
            )
            for _ in events:
                self._queue.popleft()
            if self._failing:
                self._failing = False
                LOGGER.info("The audit log can be written again")

    def _queue_losses(self) -> None:
        if self._lost and len(self._queue) < MAX_QUEUED:
            event = _lost_event(self._lost)
            self._lost = 0
            self._queue.append((event, self._generation()))
            for listener in tuple(self._loss_listeners):
                self._containment.call("a listener to losses", listener, event)

    async def stop(self) -> None:
        """Write the rest, then nothing; a failure is logged: nobody waits for it."""
        self._stopped = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        try:
            with contextlib.suppress(OSError):
                await self.flush()
            if self._queue:
                LOGGER.error("%s audit records could not be written", len(self._queue))
        finally:
            async with self._lock:
                self._closed = True
            self._release()

    async def verify(self) -> Report:
        """Verify every file against the head while the log grows; raises OSError."""
        log, head = await self._async_open()
        checker = Checker(expected=head)
        checker.files(log.names)
        run = self._hass.async_add_executor_job
        try:
            for number in range(len(log.names)):
                await run(_check, checker, log, number)
        finally:
            await run(log.close)
        return checker.end()

    async def read(self, limit: int) -> list[str]:
        """Return the newest lines, oldest first; raises OSError."""
        log, _ = await self._async_open()

        def tail() -> list[str]:
            lines = (log.lines(number) for number in range(len(log.names)))
            try:
                return list(deque(chain.from_iterable(lines), maxlen=limit))
            finally:
                log.close()

        return await self._hass.async_add_executor_job(tail)

    async def _async_open(self) -> tuple[OpenLog, AuditHead]:
        """Write what is queued; return the log as it is then, and its head."""
        await self.flush()
        async with self._lock:
            log = await self._hass.async_add_executor_job(OpenLog, self._files)
            return log, self._head

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
        except Exception as err:  # noqa: BLE001 - nobody waits for this task
            if not self._failing:
                LOGGER.error(
                    "The audit log cannot be written: %s",
                    err,
                    exc_info=not isinstance(err, OSError),
                )
            self._failing = True
            self._arm(RETRY_SECONDS)
            return
        if self._queue:
            self._arm(BATCH_SECONDS)


def _write(
    files: LogFiles,
    head: AuditHead,
    events: Sequence[Noted],
    generation: int,
    anchor: Path | None,
) -> tuple[LogFiles, AuditHead]:
    if events:
        files, head = write_batch(files, head, events)
    if anchor is not None:
        write_anchor(anchor, head, generation)
    return files, head


def _check(checker: Checker, log: OpenLog, number: int) -> None:
    checker.begin(log.names[number])
    for line in log.lines(number):
        checker.take(line)


def _lost_event(count: int) -> AuditEvent:
    return AuditEvent(
        time.time(), AuditKind.LOG_REPAIRED, Outcome.FAILED, Actor(), {"lost": count}
    )
