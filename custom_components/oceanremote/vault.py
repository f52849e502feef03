"""The vault: the only place where OceanRemote's secrets live and are changed.

Memory holds one frozen `Snapshot`. A change computes the next snapshot, seals it
to disk (`vault_file`), and only then puts it in the place of the old one; so what
a caller sees has always been fsynced, and a failed write changes nothing.

    caller -> _change(pure function) -> [lock] next snapshot -> executor: seal,
    write, fsync, rename, fsync directory -> swap the snapshot -> return

Two things are noted first and written later, at most `COALESCE_SECONDS` after:
the high-water marks of handshake counters, and that a registration token has been
seen expired. Every other write waits for the disk.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import partial
import logging
from pathlib import Path
import time

from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from . import vault_changes as changes, vault_file
from .directory import VaultDirectory
from .protocol import KeyPair, RegistrationToken
from .vault_errors import (
    UnknownDevice,
    VaultError,
    VaultStopping,
    VaultUnavailable,
    VaultWriteError,
)
from .vault_records import DeviceRecord, Snapshot, Standing, TokenRecord

_LOGGER = logging.getLogger(__name__)

COALESCE_SECONDS = 30.0
VAULT_FILE = "oceanremote.vault"
KEY_FILE = "oceanremote.key"

_OPEN_VAULTS: HassKey[set[Path]] = HassKey("oceanremote_open_vaults")


def vault_path(hass: HomeAssistant) -> Path:
    """Return where the vault of this installation lies."""
    return Path(hass.config.path(".storage", VAULT_FILE))


def default_key_path(hass: HomeAssistant) -> Path:
    """Return where the vault's key lies unless the administrator named a path."""
    return Path(hass.config.path(".storage", KEY_FILE))


async def async_wipe_files(hass: HomeAssistant, path: Path, key_path: Path) -> None:
    """Delete a vault that is not open, damaged or not; raises VaultWriteError."""
    try:
        await hass.async_add_executor_job(vault_file.delete, path, key_path)
    except OSError as err:
        raise VaultWriteError(f"cannot delete the vault: {err}") from err


class Vault:
    """The secrets of one hub. Lives in the event loop; made by `open`.

    Every `async` method that changes something returns after the change is on
    disk, and raises `VaultWriteError` (memory unchanged) when it cannot be put
    there, `VaultStopping` after `stop` has begun, `UnknownDevice` for an id that
    the vault does not hold.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        file: vault_file.SealedFile,
        snapshot: Snapshot,
        wall_clock: Callable[[], float],
    ) -> None:
        """Take over an opened file; use `Vault.open` instead."""
        self._hass = hass
        self._file = file
        self._snapshot = snapshot
        self._wall_clock = wall_clock
        self._hub_key = KeyPair.from_private(snapshot.hub_private)
        self._lock = asyncio.Lock()
        self._stopping = False
        self._counters: dict[str, int] = {}
        self._expired_handles: set[bytes] = set()
        self._timer: asyncio.TimerHandle | None = None

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
        opened = hass.data.setdefault(_OPEN_VAULTS, set())
        if path in opened:
            raise VaultUnavailable(f"{path.name} is already open")
        opened.add(path)
        try:
            file, snapshot = await hass.async_add_executor_job(
                partial(vault_file.open_or_create, path, key_path, create=create)
            )
        except BaseException:
            opened.discard(path)
            raise
        return cls(hass, file, snapshot, wall_clock)

    async def flush(self) -> None:
        """Write what has only been noted so far."""
        if self._counters or self._expired_handles:
            await self._change(lambda snapshot: snapshot)

    async def stop(self) -> None:
        """Refuse further changes, wait for running ones, write what is noted.

        A failure of this last write is logged: no one was promised its content.
        """
        if self._stopping:
            return
        self._stopping = True
        self._cancel_timer()
        async with self._lock:
            if self._counters or self._expired_handles:
                try:
                    await self._commit(self._snapshot)
                except VaultWriteError as err:
                    _LOGGER.warning("Counters since the last write are lost: %s", err)
        self._release()

    async def wipe(self) -> None:
        """Stop, then delete the vault, and its key where it is the default one."""
        self._stopping = True
        self._cancel_timer()
        async with self._lock:
            try:
                await self._hass.async_add_executor_job(self._file.delete)
            except OSError as err:
                raise VaultWriteError(f"cannot delete the vault: {err}") from err
            finally:
                self._release()

    # -- what is there ------------------------------------------------------

    @property
    def hub_key(self) -> KeyPair:
        """The hub's static key pair."""
        return self._hub_key

    @property
    def generation(self) -> int:
        """Number of the last write; grows by one with each."""
        return self._snapshot.generation

    @property
    def devices(self) -> Mapping[str, DeviceRecord]:
        """Every device record by device id (= enrolment id), tombstones too."""
        return self._snapshot.devices

    @property
    def stopping(self) -> bool:
        """Whether `stop` or `wipe` has begun: nothing can be registered now."""
        return self._stopping

    def high_water(self, device_id: str) -> int:
        """Return the highest handshake counter that this device has proved."""
        noted = self._counters.get(device_id, 0)
        return max(noted, self._record(device_id).high_water)

    def secret(self, owner_id: str, name: str) -> bytes | None:
        """Return a named secret (see `put_secret`)."""
        return self._snapshot.secrets.get(owner_id, {}).get(name)

    def directory(
        self, wall_clock: Callable[[], float] | None = None
    ) -> VaultDirectory:
        """Return the synchronous view that handshakes are judged by."""
        return VaultDirectory(
            lambda: self._snapshot,
            wall_clock or self._wall_clock,
            stopping=lambda: self._stopping,
            note_expired=self._note_expired,
        )

    # -- registration -------------------------------------------------------

    async def add_enrolment(
        self,
        device_id: str,
        token: RegistrationToken,
        expires_at: float,
        expected_mac: bytes | None = None,
        replaces: str | None = None,
    ) -> None:
        """Put a registration token in force for a new or a known device.

        A known device keeps its present identity until the new registration is
        committed; its earlier registration token is void from now on.
        `expires_at` is Unix time in seconds. `replaces` names a device whose MAC
        this registration may take over; it is revoked at the commit.
        """
        await self._change(
            partial(
                changes.add_enrolment,
                device_id=device_id,
                token=token,
                expires_at=expires_at,
                expected_mac=expected_mac,
                replaces=replaces,
            )
        )

    async def allow_replacement(self, device_id: str, replaces: str) -> None:
        """Let the open registration of `device_id` take over the MAC of another."""
        await self._change(
            partial(changes.allow_replacement, device_id=device_id, replaces=replaces)
        )

    async def void_registration(self, device_id: str) -> None:
        """Withdraw the registration token and what is pending under it."""
        await self._change(partial(changes.void_registration, device_id=device_id))

    async def store_pending(
        self,
        device_id: str,
        mac: bytes,
        device_key: bytes,
        permanent_token: bytes,
        *,
        handle: bytes,
    ) -> bytes:
        """Store the permanent token to issue; return the one that counts.

        The same handle, MAC and key get the token of the first call again. The
        same handle and MAC with a new key replace it (the caller audits this: it
        sees the old `devices[device_id].pending`). The generation to issue it
        under is `devices[device_id].pending.token.generation`.

        Raises Refused as `Directory.find_registration` does: the registration may
        have been withdrawn or used since INIT.
        """
        snapshot = await self._change(
            partial(
                changes.store_pending,
                device_id=device_id,
                handle=handle,
                mac=mac,
                device_key=device_key,
                permanent_token=permanent_token,
                now=self._wall_clock(),
            )
        )
        pending = snapshot.devices[device_id].pending
        if pending is None:
            raise VaultError("nothing is pending after store_pending")
        return pending.token.secret

    async def commit_registration(
        self, device_id: str, mac: bytes, device_key: bytes, counter: int
    ) -> None:
        """Consume the registration token, pin the key, make the device active.

        Called on `TokenStored`, and on a `SessionProved` of a device key that is
        still pending (the device stored its token, its `stored` was lost). Does
        nothing when just this identity is committed already. Raises Refused when
        nothing like it is pending.
        """
        await self._change(
            partial(
                changes.commit_registration,
                device_id=device_id,
                mac=mac,
                device_key=device_key,
                counter=counter,
                now=self._wall_clock(),
            )
        )
        self._counters.pop(device_id, None)

    # -- standing -----------------------------------------------------------

    async def revoke(self, device_id: str) -> None:
        """Revoke for good; a tombstone stays until the device has heard of it."""
        await self._change(
            partial(changes.revoke, device_id=device_id, now=self._wall_clock())
        )

    async def mark_revoked_delivered(self, device_id: str) -> None:
        """Note that the device has heard its revocation; it gets in no more."""
        await self._change(partial(changes.mark_revoked_delivered, device_id=device_id))

    async def set_standing(self, device_id: str, standing: Standing) -> None:
        """Move a registered device between active and quarantined."""
        await self._change(
            partial(changes.set_standing, device_id=device_id, standing=standing)
        )

    async def forget(self, device_id: str) -> None:
        """Delete the record and the named secrets of a device, tombstone and all."""
        await self._change(partial(changes.forget, device_id=device_id))

    async def reconcile(self, known_ids: Collection[str]) -> tuple[str, ...]:
        """Revoke every device that has no subentry any more; return their ids.

        For set-up only: at any other time an enrolment may be ahead of its
        subentry. `known_ids` holds the ids of every subentry, whatever its type:
        named secrets of unknown owners are deleted.
        """
        gone = changes.unknown_ids(self._snapshot, known_ids)
        if gone or any(owner not in known_ids for owner in self._snapshot.secrets):
            await self._change(
                partial(
                    changes.reconcile,
                    known_ids=frozenset(known_ids),
                    now=self._wall_clock(),
                )
            )
        return gone

    # -- permanent tokens and counters --------------------------------------

    async def rotate_token(self, device_id: str, token: bytes) -> TokenRecord:
        """Make `token` current and keep the old one; return what to issue.

        While the device has not proved the current token (`confirm_token`), the
        previous one is its only way in: then the current is returned again.
        """
        snapshot = await self._change(
            partial(changes.rotate_token, device_id=device_id, token=token)
        )
        current = snapshot.devices[device_id].current
        if current is None:
            raise VaultError("no token after rotate_token")
        return current

    async def confirm_token(self, device_id: str, generation: int) -> None:
        """Drop the previous token once the device proved the current one."""
        record = self._record(device_id)
        if (
            record.previous is not None
            and record.current is not None
            and record.current.generation == generation
        ):
            await self._change(
                partial(
                    changes.confirm_token, device_id=device_id, generation=generation
                )
            )

    @callback
    def note_counter(self, device_id: str, counter: int) -> None:
        """Raise a device's high-water mark; on disk within COALESCE_SECONDS."""
        if counter > self.high_water(device_id):
            self._counters[device_id] = counter
            self._arm_timer()

    # -- named secrets ------------------------------------------------------

    async def put_secret(self, owner_id: str, name: str, value: bytes | None) -> None:
        """Store a named secret of a subentry (None deletes it).

        The owner is the subentry's `enrolment_id`; it need not be a device.
        """
        await self.put_secrets(owner_id, {name: value})

    async def put_secrets(
        self, owner_id: str, values: Mapping[str, bytes | None]
    ) -> None:
        """Store several named secrets of one subentry in one write."""
        await self._change(
            partial(changes.put_secrets, owner_id=owner_id, values=values)
        )

    # -- the one writer -----------------------------------------------------

    async def _change(self, change: Callable[[Snapshot], Snapshot]) -> Snapshot:
        """Run one change to its end, even when the caller is cancelled meanwhile."""
        if self._stopping:
            raise VaultStopping("the hub is stopping")
        task = self._hass.async_create_task(
            self._change_locked(change), "oceanremote vault write"
        )
        return await asyncio.shield(task)

    async def _change_locked(
        self, change: Callable[[Snapshot], Snapshot]
    ) -> Snapshot:
        async with self._lock:
            if self._stopping:
                raise VaultStopping("the hub is stopping")
            before = self._snapshot
            after = change(before)
            if after is before and not (self._counters or self._expired_handles):
                return before
            return await self._commit(after)

    async def _commit(self, after: Snapshot) -> Snapshot:
        """Seal a snapshot with all notes to disk, then make it the present one."""
        counters = dict(self._counters)
        expired = frozenset(self._expired_handles)
        after = changes.apply_notes(after, counters, expired, self._wall_clock())
        after = replace(after, generation=self._snapshot.generation + 1)
        try:
            await self._hass.async_add_executor_job(self._file.write, after)
        except OSError as err:
            raise VaultWriteError(f"cannot write the vault: {err}") from err
        self._snapshot = after
        self._expired_handles -= expired
        for device_id, counter in counters.items():
            if self._counters.get(device_id) == counter:
                del self._counters[device_id]
        return after

    def _record(self, device_id: str) -> DeviceRecord:
        try:
            return self._snapshot.devices[device_id]
        except KeyError:
            raise UnknownDevice(device_id) from None

    # -- coalesced notes ----------------------------------------------------

    @callback
    def _note_expired(self, handle: bytes) -> None:
        if not self._stopping and handle not in self._expired_handles:
            self._expired_handles.add(handle)
            self._arm_timer()

    @callback
    def _arm_timer(self) -> None:
        if self._timer is None and not self._stopping:
            self._timer = self._hass.loop.call_later(
                COALESCE_SECONDS, self._write_notes
            )

    @callback
    def _write_notes(self) -> None:
        self._timer = None
        self._hass.async_create_task(
            self._flush_quietly(), "oceanremote vault counters"
        )

    async def _flush_quietly(self) -> None:
        try:
            await self.flush()
        except VaultStopping:
            return
        except VaultError as err:
            _LOGGER.warning("Counters stay unwritten for now: %s", err)
            self._arm_timer()

    @callback
    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    @callback
    def _release(self) -> None:
        self._hass.data.get(_OPEN_VAULTS, set()).discard(self._file.path)
