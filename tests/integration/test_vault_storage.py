"""The vault on disk: sealed, atomic, fail closed, and honest about every failure."""

import asyncio
from contextlib import suppress
from datetime import timedelta
import errno
import os
from pathlib import Path
import stat
import threading

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from hypothesis import HealthCheck, given, settings, strategies as st
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.oceanremote.protocol.errors import Refused
from custom_components.oceanremote.vault import (
    Vault,
    async_wipe_files,
    changes,
    default_key_path,
    file as vault_file,
    vault_path,
    writer as vault_writer,
)
from custom_components.oceanremote.vault.changes import tokens as vault_upkeep
from custom_components.oceanremote.vault.errors import (
    VaultDamaged,
    VaultFull,
    VaultKeyMissing,
    VaultMissing,
    VaultStopping,
    VaultUnavailable,
    VaultWriteError,
)
from custom_components.oceanremote.vault.file import SealedFile
from custom_components.oceanremote.vault.records import DeviceRecord, Snapshot

from .runtime_support import PATIENCE
from .vault_support import enrol, files_in, make_board, open_vault, register


@pytest.fixture
async def vault(hass: HomeAssistant) -> Vault:
    """Return a new vault."""
    vault = await open_vault(hass, create=True)
    yield vault
    await vault.stop()


@pytest.fixture
def storage(hass: HomeAssistant) -> Path:
    """Return the directory of vault and key."""
    return vault_path(hass).parent


async def test_content_survives_a_restart(hass: HomeAssistant, vault: Vault) -> None:
    """Everything is there again, to the last field, under the same hub key."""
    await register(vault, "one", make_board(1))
    await register(vault, "two", make_board(2))
    await vault.rotate_token("two", os.urandom(32))
    await enrol(vault, "two", expected_mac=make_board(2).mac, replaces="one")
    token = await enrol(vault, "three")
    board = make_board(3)
    await vault.store_pending(
        "three", board.mac, board.key, os.urandom(32), handle=token.handle
    )
    await vault.apply(changes.revoke("one"))
    await vault.apply(changes.put_secrets("three", {"ota": b"secret", "gone": None}))
    await vault.stop()

    again = await open_vault(hass)
    assert dict(again.devices) == dict(vault.devices)
    assert again.hub_key == vault.hub_key
    assert again.generation == vault.generation
    assert again.secret("three", "ota") == b"secret"
    assert again.secret("three", "gone") is None
    await again.stop()


async def test_files_are_private_and_tell_nothing(
    hass: HomeAssistant, vault: Vault, storage: Path
) -> None:
    """Mode 0600, no left-overs, and no secret in clear."""
    token = await enrol(vault, "one")
    await vault.apply(changes.put_secret("one", "ota", b"a very secret password"))
    files = files_in(storage)
    assert set(files) == {"oceanremote.vault", "oceanremote.key"}
    for name in files:
        assert stat.S_IMODE((storage / name).stat().st_mode) == 0o600
    sealed = files["oceanremote.vault"]
    for secret in (token.secret, vault.hub_key.private, b"a very secret", b"one"):
        assert secret not in sealed


async def test_secrets_are_not_in_the_repr(vault: Vault) -> None:
    """A record in a log or a traceback shows no secret."""
    token = await enrol(vault, "one")
    await register(vault, "two", make_board())
    text = repr(dict(vault.devices))
    assert repr(token.secret) not in text
    assert repr(vault.devices["two"].current.secret) not in text


async def test_every_write_raises_the_generation_by_one(vault: Vault) -> None:
    """A change that changes nothing is no write."""
    assert vault.generation == 1
    await enrol(vault, "one")
    await vault.apply(changes.put_secret("one", "ota", b"1"))
    assert vault.generation == 3
    await vault.flush()
    assert vault.generation == 3


async def test_only_creation_creates(hass: HomeAssistant, storage: Path) -> None:
    """A hub whose vault has vanished fails closed instead of starting afresh."""
    with pytest.raises(VaultMissing):
        await open_vault(hass)
    assert files_in(storage) == {}


async def test_missing_key_is_told_and_nothing_is_made(
    hass: HomeAssistant, vault: Vault, storage: Path
) -> None:
    """Neither a new key nor a new vault, even where creation is allowed."""
    await vault.stop()
    default_key_path(hass).unlink()
    before = files_in(storage)
    for create in (False, True):
        with pytest.raises(VaultKeyMissing):
            await open_vault(hass, create=create)
    assert files_in(storage) == before


async def test_another_key_is_not_called_damage(
    hass: HomeAssistant, vault: Vault, tmp_path: Path
) -> None:
    """A key of another vault is recognised as such."""
    await vault.stop()
    other = await Vault.open(
        hass, tmp_path / "other.vault", tmp_path / "other.key", create=True
    )
    await other.stop()
    with pytest.raises(VaultKeyMissing):
        await Vault.open(hass, vault_path(hass), tmp_path / "other.key", create=False)


async def test_key_outside_is_used_and_not_deleted(
    hass: HomeAssistant, tmp_path: Path
) -> None:
    """A path that the administrator names holds the key, also one made before."""
    key_path = tmp_path / "outside" / "hub.key"
    key_path.parent.mkdir()
    vault = await Vault.open(hass, vault_path(hass), key_path, create=True)
    key = key_path.read_bytes()
    await vault.stop()
    await async_wipe_files(hass, vault_path(hass), key_path)
    assert not vault_path(hass).exists()
    vault = await Vault.open(hass, vault_path(hass), key_path, create=True)
    assert key_path.read_bytes() == key
    await vault.stop()


@pytest.mark.parametrize("position", range(37))
async def test_header_is_authenticated(
    hass: HomeAssistant, vault: Vault, position: int
) -> None:
    """A flipped bit anywhere before the ciphertext is noticed, nothing overwritten."""
    await vault.stop()
    await refuses_damage(hass, position)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_flipped_bit_and_any_cut_is_noticed(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """The whole file is covered by the seal."""
    directory = tmp_path_factory.mktemp("sealed")
    path, key_path = directory / "vault", directory / "key"
    vault_file.open_or_create(path, key_path, create=True)
    sealed = path.read_bytes()
    if data.draw(st.booleans()):
        bad = bytearray(sealed)
        bad[data.draw(st.integers(0, len(sealed) - 1))] ^= 1 << data.draw(
            st.integers(0, 7)
        )
        bad = bytes(bad)
    else:
        bad = sealed[: data.draw(st.integers(0, len(sealed) - 1))]
    path.write_bytes(bad)
    with pytest.raises((VaultDamaged, VaultKeyMissing)):
        vault_file.open_or_create(path, key_path, create=True)
    assert path.read_bytes() == bad


async def refuses_damage(hass: HomeAssistant, position: int) -> None:
    """Flip one bit and expect the vault to stay shut and the file as it is."""
    path = vault_path(hass)
    data = bytearray(path.read_bytes())
    data[position] ^= 1
    path.write_bytes(data)
    for create in (False, True):
        with pytest.raises((VaultDamaged, VaultKeyMissing)):
            await open_vault(hass, create=create)
    assert path.read_bytes() == data


@pytest.mark.parametrize("position", [0, 8, 39, 40, 47])
async def test_damaged_key_file_is_noticed(
    hass: HomeAssistant, vault: Vault, position: int
) -> None:
    """The key carries a checksum: damage of the key is not blamed on the vault."""
    await vault.stop()
    path = default_key_path(hass)
    data = bytearray(path.read_bytes())
    data[position] ^= 1
    path.write_bytes(data)
    with pytest.raises(VaultDamaged, match="key"):
        await open_vault(hass)
    path.write_bytes(bytes(data) + b"more")
    with pytest.raises(VaultDamaged, match="larger"):
        await open_vault(hass)
    path.write_bytes(b"")
    with pytest.raises(VaultDamaged, match="key"):
        await open_vault(hass)


@pytest.mark.parametrize(
    ("header", "message"),
    [(b"NOTAVALT", "no vault"), (b"OCRVAULT\x02", "another version")],
)
async def test_foreign_files_are_refused(
    hass: HomeAssistant, vault: Vault, header: bytes, message: str
) -> None:
    """What is no vault, or of another version, is not opened."""
    await vault.stop()
    path = vault_path(hass)
    path.write_bytes(header + path.read_bytes()[len(header) :])
    with pytest.raises(VaultDamaged, match=message):
        await open_vault(hass)


async def test_unreadable_vault_is_not_called_damaged(
    hass: HomeAssistant, vault: Vault
) -> None:
    """A disk that does not answer is a reason to try again, not to give up."""
    await vault.stop()
    path = vault_path(hass)
    path.unlink()
    path.mkdir()
    with pytest.raises(VaultUnavailable):
        await open_vault(hass)
    path.rmdir()
    path.symlink_to(path)
    for create in (False, True):
        with pytest.raises(VaultUnavailable):
            await open_vault(hass, create=create)


async def test_one_vault_is_open_once(hass: HomeAssistant, vault: Vault) -> None:
    """A second writer on the same file cannot be."""
    with pytest.raises(VaultUnavailable):
        await open_vault(hass)
    await vault.stop()
    again = await open_vault(hass)
    await again.stop()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS])
@pytest.mark.parametrize("call", ["open", "write", "fsync"])
async def test_failed_write_is_told_and_changes_nothing(
    hass: HomeAssistant,
    vault: Vault,
    storage: Path,
    monkeypatch: pytest.MonkeyPatch,
    call: str,
    number: int,
) -> None:
    """Full disk, broken disk, read-only disk: old file, old memory, clear error."""
    await enrol(vault, "one")
    before = (files_in(storage), vault.generation, dict(vault.devices))

    def fail(*args: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(vault_file.os, call, fail)
        with pytest.raises(VaultWriteError, match=os.strerror(number)):
            await enrol(vault, "two")
    assert (files_in(storage), vault.generation, dict(vault.devices)) == before
    await enrol(vault, "two")
    await vault.stop()
    again = await open_vault(hass)
    assert set(again.devices) == {"one", "two"}
    await again.stop()


async def test_short_writes_are_completed(
    hass: HomeAssistant, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system may take any part of a buffer; the rest follows."""
    real = os.write
    with monkeypatch.context() as patch:
        patch.setattr(
            vault_file.os, "write", lambda fd, data: real(fd, bytes(data[:7]))
        )
        await enrol(vault, "one")
    await vault.stop()
    again = await open_vault(hass)
    assert set(again.devices) == {"one"}
    await again.stop()


async def test_disk_that_really_is_full(hass: HomeAssistant, vault: Vault) -> None:
    """The kernel's own "no space left" on write, not a mocked one."""
    temporary = vault_path(hass).with_name("oceanremote.vault.new")
    real = os.open

    def open_full(path: object, *args: object) -> int:
        if Path(path) == temporary:
            return real("/dev/full", os.O_WRONLY)
        return real(path, *args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vault_file.os, "open", open_full)
        with pytest.raises(VaultWriteError, match="No space left"):
            await enrol(vault, "one")
    assert not vault.devices


async def test_killed_between_write_and_rename(
    hass: HomeAssistant, vault: Vault
) -> None:
    """The old vault is whole; the left-over is cleared by the next write."""
    await enrol(vault, "one")

    class Killed(BaseException):
        """The process ends here."""

    def kill(self: Path, target: Path) -> None:
        raise Killed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "replace", kill)
        with pytest.raises(Killed):
            vault_file.SealedFile(vault_path(hass), os.urandom(32)).write(
                Snapshot(generation=9, hub_private=b"", devices={}, secrets={})
            )
    left_over = vault_path(hass).with_name("oceanremote.vault.new")
    assert left_over.exists()
    await vault.stop()

    again = await open_vault(hass)
    assert set(again.devices) == {"one"}
    await enrol(again, "two")
    assert not left_over.exists()
    await again.stop()


async def test_write_is_fsynced_before_the_rename_and_the_directory_after(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without this order a power cut could leave an empty vault."""
    order: list[str] = []
    real_fsync, real_replace = os.fsync, Path.replace

    def fsync(descriptor: int) -> None:
        kind = os.fstat(descriptor).st_mode
        order.append("directory" if stat.S_ISDIR(kind) else "file")
        real_fsync(descriptor)

    def replace(self: Path, target: Path) -> Path:
        order.append("rename")
        return real_replace(self, target)

    monkeypatch.setattr(vault_file.os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", replace)
    await enrol(vault, "one")
    assert order == ["file", "rename", "directory"]


async def test_concurrent_changes_are_serialized(
    hass: HomeAssistant, vault: Vault
) -> None:
    """None is lost, each is one generation."""
    await asyncio.gather(*(enrol(vault, f"device {number}") for number in range(20)))
    assert len(vault.devices) == 20
    assert vault.generation == 21
    await vault.stop()
    again = await open_vault(hass)
    assert len(again.devices) == 20
    await again.stop()


async def test_change_outlives_the_caller(
    hass: HomeAssistant, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cancelled caller leaves no write half known: disk and memory agree."""
    task = hass.async_create_task(enrol(vault, "one"), eager_start=True)
    await asyncio.sleep(0)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    await hass.async_block_till_done()
    assert set(vault.devices) == {"one"}
    await vault.stop()
    again = await open_vault(hass)
    assert dict(again.devices) == dict(vault.devices)
    await again.stop()


async def test_stop_waits_for_a_running_write_and_refuses_the_next(
    hass: HomeAssistant, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was begun is finished, what comes after is refused."""
    disk_is_free = threading.Event()
    write = SealedFile.write

    def write_when_free(file: SealedFile, snapshot: Snapshot) -> None:
        assert disk_is_free.wait(PATIENCE)
        write(file, snapshot)

    monkeypatch.setattr(SealedFile, "write", write_when_free)
    running = hass.async_create_task(enrol(vault, "one"), eager_start=True)
    queued = hass.async_create_task(enrol(vault, "two"), eager_start=True)
    stopping = hass.async_create_task(vault.stop(), eager_start=True)
    await asyncio.sleep(0)
    assert not running.done()
    assert not stopping.done()
    disk_is_free.set()
    await stopping
    await running
    with pytest.raises(VaultStopping):
        await queued
    with pytest.raises(VaultStopping):
        await enrol(vault, "three")
    await vault.stop()
    again = await open_vault(hass)
    assert set(again.devices) == {"one"}
    await again.stop()


async def test_counters_are_coalesced(hass: HomeAssistant, vault: Vault) -> None:
    """Many handshakes, one write, at most 30 s later; known at once in memory."""
    await register(vault, "one", make_board(1))
    await register(vault, "two", make_board(2))
    generation = vault.generation
    for counter in range(2, 50):
        vault.note_counter("one", counter)
        vault.note_counter("two", counter)
    vault.note_counter("one", 3)
    assert vault.high_water("one") == 49
    assert vault.generation == generation
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=31))
    await hass.async_block_till_done(wait_background_tasks=True)
    assert vault.generation == generation + 1
    assert vault.devices["one"].high_water == 49
    await vault.flush()
    assert vault.generation == generation + 1


async def test_counters_ride_along_and_are_written_at_stop(
    hass: HomeAssistant, vault: Vault
) -> None:
    """Any other write takes them along, and so does stop."""
    await register(vault, "one", make_board(1))
    vault.note_counter("one", 5)
    await enrol(vault, "two")
    assert vault.devices["one"].high_water == 5
    vault.note_counter("one", 6)
    await vault.stop()
    again = await open_vault(hass)
    assert again.high_water("one") == 6
    await again.stop()


async def test_counter_write_that_fails_is_tried_again(
    hass: HomeAssistant,
    vault: Vault,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A full disk costs nothing but one warning; the mark stays known."""
    caplog.set_level("INFO", "custom_components.oceanremote")
    await register(vault, "one", make_board(1))
    vault.note_counter("one", 5)

    def fail(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(vault_file.os, "fsync", fail)
        for _ in range(3):
            async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=31))
            await hass.async_block_till_done(wait_background_tasks=True)
        assert caplog.text.count("Counters stay unwritten") == 1
        assert "written again" not in caplog.text
        assert vault.devices["one"].high_water == 1
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=62))
    await hass.async_block_till_done(wait_background_tasks=True)
    assert caplog.text.count("The vault can be written again") == 1
    assert vault.devices["one"].high_water == 5

    vault.note_counter("one", 6)
    with monkeypatch.context() as patch:
        patch.setattr(vault_file.os, "fsync", fail)
        await vault.stop()
    assert "Counters since the last write are lost" in caplog.text


async def test_device_without_a_key_has_no_counter(vault: Vault) -> None:
    """Nothing is noted for a device that is still waiting, nor while stopping."""
    token = await enrol(vault, "one")
    vault.note_counter("one", 5)
    assert vault.high_water("one") == 0
    await register(vault, "two", make_board())
    await vault.stop()
    vault.note_counter("two", 5)
    with pytest.raises(Refused):
        vault.directory(lambda: 9e9).find_registration(
            token.handle, make_board().mac, make_board().key, 0.0
        )
    assert vault.generation == 5


async def test_notes_that_meet_the_stop_are_left_to_it(
    hass: HomeAssistant, vault: Vault, caplog: pytest.LogCaptureFixture
) -> None:
    """The timer fires while the hub stops: one write, no complaint."""
    await register(vault, "one", make_board())
    vault.note_counter("one", 5)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=31))
    await vault.stop()
    await hass.async_block_till_done()
    assert vault.devices["one"].high_water == 5
    assert "unwritten" not in caplog.text


@pytest.mark.parametrize(
    ("device_key", "enrolled_at", "mark"),
    [
        (b"present key", 2.0, 70_000),
        (b"former key", 2.0, 5),
        (b"present key", 1.0, 5),
    ],
)
async def test_note_counts_for_the_registration_that_proved_it(
    device_key: bytes, enrolled_at: float, mark: int
) -> None:
    """A board that registers anew keeps its key, and leaves copies behind."""
    record = DeviceRecord(
        device_id="one", device_key=b"present key", enrolled_at=2.0, high_water=5
    )
    before = vault_writer.Snapshot(
        generation=1, hub_private=b"", devices={"one": record}, secrets={}
    )
    note = vault_upkeep.CounterNote(device_key, enrolled_at, 70_000, 3.0)
    after = vault_upkeep.apply_notes(before, {"one": note}, ())
    assert after.devices["one"].high_water == mark


async def test_wipe_leaves_nothing(
    hass: HomeAssistant, vault: Vault, storage: Path
) -> None:
    """Vault, key and left-overs are gone, and nothing brings them back."""
    await enrol(vault, "one")
    vault_path(hass).with_name("oceanremote.vault.new").write_bytes(b"left over")
    await vault.stop()
    await async_wipe_files(hass, vault_path(hass), default_key_path(hass))
    assert files_in(storage) == {}
    with pytest.raises(VaultStopping):
        await enrol(vault, "two")
    assert files_in(storage) == {}


async def test_wipe_of_a_damaged_vault(
    hass: HomeAssistant, vault: Vault, storage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Removing the hub works without opening the vault; a failure is told."""
    await vault.stop()
    vault_path(hass).write_bytes(b"damaged")
    await async_wipe_files(hass, vault_path(hass), default_key_path(hass))
    assert files_in(storage) == {}

    def fail(self: Path, missing_ok: bool = False) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", fail)
        with pytest.raises(VaultWriteError, match="Read-only"):
            await async_wipe_files(hass, vault_path(hass), default_key_path(hass))


async def test_named_secrets_are_bounded(vault: Vault) -> None:
    """Size and number of an owner's secrets have an end."""
    with pytest.raises(VaultFull):
        await vault.apply(changes.put_secret("one", "big", bytes(4097)))
    with pytest.raises(VaultFull):
        await vault.apply(changes.put_secrets("one", {f"n{n}": b"" for n in range(17)}))
    await vault.apply(changes.put_secret("one", "a", b"1"))
    await vault.apply(changes.put_secret("one", "a", None))
    assert vault.secret("one", "a") is None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vault_upkeep, "MAX_DEVICES", 1)
        await vault.apply(changes.put_secret("one", "a", b"1"))
        with pytest.raises(VaultFull):
            await vault.apply(changes.put_secret("two", "a", b"1"))
