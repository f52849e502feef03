"""Writes that survive a power cut. Blocking; for the executor.

A write goes to a new file in the same directory, which is fsynced and renamed over the
old one; then the directory is fsynced. So at every moment either the old file or the new
one is there, whole.
"""

from contextlib import suppress
import os
from pathlib import Path


def write_durably(path: Path, data: bytes) -> None:
    """Replace the file at `path` with `data`, mode 0600; raises OSError.

    When it returns, the data survives a power cut. When it raises, the old file is
    in place; only if the directory's own fsync fails may it be the new one.
    """
    temporary = temporary_of(path)
    with suppress(FileNotFoundError):
        temporary.unlink()
    try:
        _write_new(temporary, data)
        temporary.replace(path)
    except OSError:
        with suppress(OSError):
            temporary.unlink()
        raise
    sync_directory(path.parent)


def sync_directory(path: Path) -> None:
    """Fsync a directory, so that its names are on disk; raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def temporary_of(path: Path) -> Path:
    """Return where a file is written before it replaces the one at `path`."""
    return path.with_name(path.name + ".new")


def _write_new(path: Path, data: bytes) -> None:
    """Write a file that must not exist yet, and fsync it."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
