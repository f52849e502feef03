"""The one serialized writer of the vault, and what it writes later.

    caller -> change(pure function) -> [lock] next snapshot -> executor: seal,
    write, fsync, rename, fsync directory -> swap the snapshot -> return

Two things are noted first and ride along with the next write: the high-water marks of
handshake counters, at most `COALESCE_SECONDS` later, and that a registration token
was found expired, which starts a write of its own. A revocation that the disk refuses
is made in memory (`unwritten`): every later write begins with it.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
import logging

from homeassistant.core import HomeAssistant, callback

from ..common.executor import async_finish, async_run_to_end
from .changes.tokens import CounterNote, apply_notes, overdue_handles
from .errors import NotYetOnDisk, VaultError, VaultStopping, VaultWriteError
from .file import SealedFile
from .records import Snapshot
from .unwritten import Change, unwritten_changes, with_unwritten

_LOGGER = logging.getLogger(__name__)

COALESCE_SECONDS = 30.0


class VaultWriter:
    """Holds the current snapshot, and advances it only after the disk has the next.

    `change_at_once` alone advances it without the disk.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        file: SealedFile,
        snapshot: Snapshot,
        wall_clock: Callable[[], float],
    ) -> None:
        """Take over an opened file and what was read from it."""
        self._unwritten = unwritten_changes(hass, file.path)
        self.snapshot = with_unwritten(snapshot, self._unwritten)
        self.stopping = False
        self.seen_expired: set[bytes] = set()
        self._hass = hass
        self._file = file
        self._wall_clock = wall_clock
        self._lock = asyncio.Lock()
        self._counters: dict[str, CounterNote] = {}
        self._timer: asyncio.TimerHandle | None = None
        # Whether it has been logged that what is noted stays unwritten.
        self._failing = False
        self._listeners: set[Callable[[], None]] = set()
        if self._unwritten:
            self._arm_timer()

    async def change(self, change: Change) -> Snapshot:
        """Run one change to its end, even when the caller is cancelled meanwhile.

        Returns the snapshot that is now on disk. Raises VaultStopping,
        VaultWriteError, and what `change` raises; then nothing has changed.
        """
        if self.stopping:
            raise VaultStopping("the hub is stopping")
        return await async_finish(
            self._hass, self._change_locked(change), "oceanremote vault write"
        )

    async def change_at_once(self, change: Change) -> None:
        """Run one change that takes effect whatever the disk says.

        Raises NotYetOnDisk where the disk refuses: the change is in effect, leads every
        later write, and is retried by itself. Otherwise raises as `change` does.
        """
        if self.stopping:
            raise VaultStopping("the hub is stopping")
        await async_finish(
            self._hass, self._change_now(change), "oceanremote vault write"
        )

    @callback
    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener`, which must not raise, after each write; return its end."""
        self._listeners.add(listener)
        return lambda: self._listeners.discard(listener)

    async def flush(self) -> None:
        """Write what has only been noted so far."""
        if self._has_notes:
            await async_finish(
                self._hass, self._flush_locked(), "oceanremote vault write"
            )

    async def _flush_locked(self) -> None:
        async with self._lock:
            await self._store(self._after(lambda snapshot: snapshot))

    async def stop(self) -> None:
        """Refuse further changes, wait for the running one, write what is noted.

        A failure of this last write is logged: no one was promised its content, or
        they were told that it is not on disk yet.
        """
        self.stopping = True
        self._cancel_timer()
        async with self._lock:
            if not self._has_notes:
                return
            try:
                await self._commit(self.snapshot)
            except VaultWriteError as err:
                _LOGGER.warning("Counters since the last write are lost: %s", err)
                if self._unwritten:
                    _LOGGER.error("A restart undoes what was revoked since")

    def noted_counter(self, enrolment_id: str) -> int:
        """Return the counter noted for the key that is now pinned, or 0."""
        note = self._counters.get(enrolment_id)
        record = self.snapshot.devices.get(enrolment_id)
        if note is None or record is None or not note.counts_for(record):
            return 0
        return note.counter

    @callback
    def note_counter(self, enrolment_id: str, counter: int) -> None:
        """Note the counter that a device has proved under its pinned key."""
        record = self.snapshot.devices[enrolment_id]
        if record.device_key is not None:
            self._counters[enrolment_id] = CounterNote(
                record.device_key, record.enrolled_at, counter, self._wall_clock()
            )
            self._arm_timer()

    @callback
    def forget_counter(self, enrolment_id: str) -> int:
        """Drop the counter that is noted for a device; return it, 0 for none."""
        noted = self.noted_counter(enrolment_id)
        self._counters.pop(enrolment_id, None)
        return noted

    @callback
    def note_expired(self, handle: bytes) -> None:
        """Note that a registration token was found expired, and write it at once.

        At once, because the clock may be set back before a timer fires; once per token.
        """
        if not self.stopping and handle not in self.seen_expired:
            self.seen_expired.add(handle)
            self._cancel_timer()
            self._write_notes()

    async def expire_tokens(self) -> None:
        """Record every registration token that has expired by now.

        This does not wait for one to be used. It does not raise: where the disk
        refuses, memory knows, and the write is retried.
        """
        self._note_overdue(self.snapshot)
        await self._flush_noted()

    def _note_overdue(self, snapshot: Snapshot) -> None:
        self.seen_expired |= overdue_handles(snapshot, self._wall_clock())

    @property
    def _has_notes(self) -> bool:
        return bool(self._counters or self.seen_expired or self._unwritten)

    async def _change_locked(self, change: Change) -> Snapshot:
        async with self._lock:
            after = self._after(change)
            if after is self.snapshot:
                # What is noted has a time of its own: no write with every session.
                return after
            return await self._commit(after)

    async def _change_now(self, change: Change) -> None:
        async with self._lock:
            after = self._after(change)
            try:
                await self._store(after)
            except VaultWriteError as err:
                if after is not self.snapshot:
                    self._unwritten.append(change)
                    self.snapshot = after
                elif not self._unwritten:
                    raise
                self._arm_timer()
                raise NotYetOnDisk(str(err)) from err

    def _after(self, change: Change) -> Snapshot:
        if self.stopping:
            raise VaultStopping("the hub is stopping")
        return change(self.snapshot)

    async def _store(self, after: Snapshot) -> Snapshot:
        if after is self.snapshot and not self._has_notes:
            return after
        return await self._commit(after)

    async def _commit(self, after: Snapshot) -> Snapshot:
        """Seal a snapshot with all notes to disk, then make it the current one."""
        self._note_overdue(after)
        counters = dict(self._counters)
        expired = frozenset(self.seen_expired)
        after = apply_notes(after, counters, expired)
        generation = max(after.generation, self.snapshot.generation) + 1
        after = replace(after, generation=generation, written_at=self._wall_clock())
        try:
            await async_run_to_end(self._hass, self._file.write, after)
        except OSError as err:
            raise VaultWriteError(f"cannot write the vault: {err}") from err
        if self._failing:
            self._failing = False
            _LOGGER.info("The vault can be written again")
        self.snapshot = after
        self._unwritten.clear()
        self.seen_expired -= expired
        for enrolment_id, note in counters.items():
            if self._counters.get(enrolment_id) == note:
                del self._counters[enrolment_id]
        for listener in tuple(self._listeners):
            listener()
        return after

    @callback
    def _arm_timer(self) -> None:
        if self._timer is None and not self.stopping:
            self._timer = self._hass.loop.call_later(
                COALESCE_SECONDS, self._write_notes
            )

    @callback
    def _write_notes(self) -> None:
        self._timer = None
        self._hass.async_create_task(self._flush_noted(), "oceanremote vault notes")

    async def _flush_noted(self) -> None:
        try:
            await self.flush()
        except VaultStopping:
            return
        except VaultError as err:
            if not self._failing:
                _LOGGER.warning("Counters stay unwritten for now: %s", err)
            self._failing = True
            self._arm_timer()

    @callback
    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
