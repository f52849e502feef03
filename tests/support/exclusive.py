"""Builds that several test processes share: one makes it, the others wait for it."""

from collections.abc import Iterator
from contextlib import contextmanager
import fcntl
from pathlib import Path


@contextmanager
def exclusive(folder: Path) -> Iterator[Path]:
    """Hold a folder of build files against other processes; yield it.

    It is made if need be, and free again when its holder ends, however that ends.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
