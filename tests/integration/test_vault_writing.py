"""Writes of the vault: atomic, serialized, and honest about every failure."""

import asyncio
from contextlib import suppress
import errno
import os
from pathlib import Path
import stat
import threading

from homeassistant.core import HomeAssistant
import pytest

from custom_components.oceanremote.vault import Vault, file as vault_file, vault_path
from custom_components.oceanremote.vault.errors import VaultStopping, VaultWriteError
from custom_components.oceanremote.vault.file import SealedFile
from custom_components.oceanremote.vault.records import Snapshot

from .runtime_support import PATIENCE
from .vault_support import enrol, files_in, open_vault


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
