"""The vault: the only place where OceanRemote's secrets live and are changed.

Memory holds one frozen `Snapshot`. A change computes the next snapshot, seals it to
disk, and only then replaces the old one; so whatever a caller sees has been fsynced,
and a failed write changes nothing. Only a revocation does not wait for the disk.

    Vault (this facade) -> writer (one at a time) -> file (sealed)
    changes: pure, from one snapshot to the next; records: the values
"""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
import time
from typing import Concatenate

from homeassistant.core import HomeAssistant, callback

from ..common.executor import async_run_to_end
from ..policy.trust import StandingEvent, TransitionRefusedError
from ..protocol.keys import KeyPair
from . import file as vault_file
from .changes import VaultChange, registration, standing, tokens
from .errors import UnknownDevice, VaultError, VaultWriteError
from .location import (
    async_wipe_files,
    claim,
    default_key_path,
    key_path_for,
    vault_path,
)
from .lookup import VaultLookup
from .records import DeviceRecord, RestoreRecord, Snapshot, TokenRecord
from .writer import VaultWriter

__all__ = [
    "Vault",
    "async_wipe_files",
    "default_key_path",
    "key_path_for",
    "vault_path",
]


class Vault:
    """The secrets of one hub. Lives in the event loop; made by `open`.

    Every `async` method that changes something returns after the change is on
    disk, and raises `VaultWriteError` (memory unchanged) when it cannot be put
    there, `VaultStopping` after `stop` has begun, `UnknownDevice` for an id that
    the vault does not hold. Changes at once (`changes.revoke`, `changes.remove`)
    do not wait for the disk: where it refuses, they still take effect and raise
    `NotYetOnDisk`.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        file: vault_file.SealedFile,
        snapshot: Snapshot,
        wall_clock: Callable[[], float],
        let_go: Callable[[], None],
    ) -> None:
        """Take over an opened file; use `Vault.open` instead."""
        self._let_go = let_go
        self._writer = VaultWriter(hass, file, snapshot, wall_clock)
        self.listen_written = self._writer.listen
        self._wall_clock = wall_clock
        self._pairs: dict[bytes, KeyPair] = {}
        # Whether a device that registers from now on waits for an administrator.
        self.approval_required = False

    # -- life ---------------------------------------------------------------

    @classmethod
    async def open(
        cls,
        hass: HomeAssistant,
        path: Path,
        key_path: Path,
        *,
        create: bool,
        wall_clock: Callable[[], float] = time.time,
    ) -> Vault:
        """Open the vault; with `create`, make one where there is none.

        Never overwrites what it cannot read. Only the config flow passes
        `create=True`: an entry whose vault has vanished must fail closed.

        Raises VaultKeyMissing (vault there, key gone or another one),
        VaultDamaged (not what was sealed), VaultUnavailable (not there, not
        readable, or already open).
        """
        let_go = claim(hass, path)
        try:
            file, snapshot = await async_run_to_end(
                hass, partial(vault_file.open_or_create, path, key_path, create=create)
            )
        except BaseException:
            let_go()
            raise
        return cls(hass, file, snapshot, wall_clock, let_go)

    async def flush(self) -> None:
        """Write what has only been noted so far."""
        await self._writer.flush()

    async def expire_tokens(self) -> None:
        """Record which registration tokens have expired; a full disk is retried."""
        await self._writer.expire_tokens()

    async def stop(self) -> None:
        """Refuse further changes, wait for running ones, write what is noted."""
        try:
            await self._writer.stop()
        finally:
            self._let_go()

    # -- what is there ------------------------------------------------------

    @property
    def hub_key(self) -> KeyPair:
        """The hub's static key pair in force."""
        return self._pair(self._writer.snapshot.hub_private)

    @property
    def next_hub_key(self) -> KeyPair | None:
        """The key pair that is to come, while a roll-over is prepared."""
        private = self._writer.snapshot.next_hub_private
        return None if private is None else self._pair(private)

    @property
    def former_hub_key(self) -> KeyPair | None:
        """The key pair before, while devices may come by it that have missed it."""
        private = self._writer.snapshot.former_hub_private
        return None if private is None else self._pair(private)

    @property
    def hub_keys(self) -> tuple[KeyPair, ...]:
        """Every key pair that a handshake may be under, the one in force first."""
        keys = (self.hub_key, self.next_hub_key, self.former_hub_key)
        return tuple(key for key in keys if key is not None)

    def _pair(self, private: bytes) -> KeyPair:
        if private not in self._pairs:
            # What is destroyed shall not live on here.
            now = self._writer.snapshot
            kept = (now.hub_private, now.next_hub_private, now.former_hub_private)
            self._pairs = {it: pair for it, pair in self._pairs.items() if it in kept}
            self._pairs[private] = KeyPair.from_private(private)
        return self._pairs[private]

    @property
    def generation(self) -> int:
        """Number of the last write; grows by one with each."""
        return self._writer.snapshot.generation

    @property
    def devices(self) -> Mapping[str, DeviceRecord]:
        """Every device record by enrolment id, tombstones too."""
        return self._writer.snapshot.devices

    @property
    def restore(self) -> RestoreRecord | None:
        """The last restore after which devices had to be confirmed."""
        return self._writer.snapshot.restore

    @property
    def stopping(self) -> bool:
        """Whether `stop` has begun: nothing can be registered now."""
        return self._writer.stopping

    def high_water(self, enrolment_id: str) -> int:
        """Return the highest handshake counter that this device has proved."""
        record = self._record(enrolment_id)
        return max(record.high_water, self._writer.noted_counter(enrolment_id))

    def secret(self, owner_id: str, name: str) -> bytes | None:
        """Return a named secret (see `put_secret`)."""
        return self._writer.snapshot.secrets.get(owner_id, {}).get(name)

    def directory(self, wall_clock: Callable[[], float] | None = None) -> VaultLookup:
        """Return the synchronous view that handshakes are judged by."""
        return VaultLookup(
            lambda: self._writer.snapshot,
            wall_clock or self._wall_clock,
            stopping=lambda: self._writer.stopping,
            seen_expired=self._writer.seen_expired,
            note_expired=self._writer.note_expired,
        )

    async def apply(self, change: VaultChange) -> None:
        """Make a change, one of `changes`; return when it is on disk."""
        now = self._wall_clock()
        if change.at_once:
            await self._writer.change_at_once(lambda was: change.next(was, now))
        else:
            await self._writer.change(lambda was: change.next(was, now))

    # -- changes that have something to tell ---------------------------------

    async def store_pending(
        self,
        enrolment_id: str,
        mac: bytes,
        device_key: bytes,
        permanent_token: bytes,
        *,
        handle: bytes,
    ) -> bytes:
        """Store the permanent token to issue; return the one to use.

        The same handle, MAC and key get the token of the first call again. The
        same handle and MAC with a new key replace it (the caller audits this: it
        sees the old `devices[enrolment_id].pending`). The generation to issue it
        under is `devices[enrolment_id].pending.token.generation`.

        Raises Refused as `PeerLookup.find_registration` does, but for the expiry: the
        registration may have been withdrawn or used since INIT.
        """
        snapshot = await self._change(
            registration.store_pending,
            enrolment_id=enrolment_id,
            handle=handle,
            mac=mac,
            device_key=device_key,
            permanent_token=permanent_token,
        )
        pending = snapshot.devices[enrolment_id].pending
        if pending is None:
            raise VaultError("nothing is pending after store_pending")
        return pending.token.secret

    async def commit_registration(
        self, enrolment_id: str, mac: bytes, device_key: bytes, counter: int
    ) -> str | None:
        """Consume the registration token, pin the key, make the device active.

        Called on `TokenStored`, and on a `SessionProved` of a device key that is
        still pending (the device stored its token, its `stored` was lost). Does
        nothing when exactly this identity is already committed. Raises Refused when
        nothing like it is pending. Returns the device that this revokes because its
        MAC was taken over.
        """
        before = self._writer.snapshot
        after = await self._change(
            registration.commit_registration,
            enrolment_id=enrolment_id,
            mac=mac,
            device_key=device_key,
            counter=counter,
            now=self._wall_clock(),
            approved=not self.approval_required,
        )
        return registration.loser_of(mac, before, after)

    async def change_standing(
        self, enrolment_id: str, event: StandingEvent, *, suspected: bool = False
    ) -> DeviceRecord:
        """Let a person or a suspicion change a standing; return the record after it.

        `suspected`: it counts as quarantined although that is not stored. Raises
        TransitionRefusedError for what makes no sense in the present standing.
        """
        release = event is StandingEvent.RELEASE
        noted = self._writer.forget_counter(enrolment_id) if release else 0
        try:
            after = await self._change(
                standing.change_standing,
                enrolment_id=enrolment_id,
                event=event,
                suspected=suspected,
            )
        except VaultWriteError, TransitionRefusedError:
            if noted:
                self.note_counter(enrolment_id, noted)
            raise
        return after.devices[enrolment_id]

    # -- permanent tokens and counters --------------------------------------

    async def rotate_token(
        self, enrolment_id: str, token: bytes, known_as: int | None = None
    ) -> TokenRecord:
        """Make `token` current and keep the old one; return what to issue.

        While the device has not proved the current token (`confirm_token`), the
        previous one is its only way in: then the current is returned again.
        `known_as` is the generation by which the device names that one, if newer.
        """
        snapshot = await self._change(
            tokens.rotate_token,
            enrolment_id=enrolment_id,
            token=token,
            now=self._wall_clock(),
            known_as=known_as,
        )
        current = snapshot.devices[enrolment_id].current
        if current is None:
            raise VaultError("no token after rotate_token")
        return current

    @callback
    def note_counter(self, enrolment_id: str, counter: int) -> None:
        """Raise a device's high-water mark; on disk within 30 s."""
        if counter > self.high_water(enrolment_id):
            self._writer.note_counter(enrolment_id, counter)

    async def _change[**P](
        self,
        change: Callable[Concatenate[Snapshot, P], Snapshot],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Snapshot:
        return await self._writer.change(lambda now: change(now, *args, **kwargs))

    def _record(self, enrolment_id: str) -> DeviceRecord:
        try:
            return self._writer.snapshot.devices[enrolment_id]
        except KeyError:
            raise UnknownDevice(enrolment_id) from None
