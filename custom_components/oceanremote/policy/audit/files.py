"""How an audit log is divided into files. Runs on Python 3.11 as well."""

from __future__ import annotations

from collections.abc import Iterable
import re
from typing import Final

MAX_FILE_BYTES: Final = 4 * 2**20
KEEP_FILES: Final = 32

_NAME = re.compile(r"audit-(\d{6,9})\.jsonl\Z")


def file_name(index: int) -> str:
    """Return the name of the file with an index from 1 on."""
    return f"audit-{index:06d}.jsonl"


def file_index(name: str) -> int | None:
    """Return the index in a file's name; None for another file."""
    found = _NAME.match(name)
    return int(found[1]) if found else None


def in_order(names: Iterable[str]) -> list[str]:
    """Return the names of audit files, oldest first; other names are left out."""
    indexed = [(index, name) for name in names if (index := file_index(name))]
    return [name for _, name in sorted(indexed)]


def surplus(names: Iterable[str]) -> list[str]:
    """Return the oldest files beyond the number that is kept."""
    ordered = in_order(names)
    return ordered[: max(0, len(ordered) - KEEP_FILES)]


def missing(names: Iterable[str]) -> list[str]:
    """Return the files that must exist besides these, if the last one is the last.

    Rotation deletes only what is older than KEEP_FILES.
    """
    indices = [index for name in names if (index := file_index(name))]
    if not indices:
        return []
    last = max(indices)
    wanted = set(range(max(1, last - KEEP_FILES + 1), last)) - set(indices)
    return [file_name(index) for index in sorted(wanted)]


def must_rotate(size: int, next_line: int, limit: int = MAX_FILE_BYTES) -> bool:
    """Whether a line of `next_line` bytes belongs in a new file."""
    return size > 0 and size + next_line > limit
