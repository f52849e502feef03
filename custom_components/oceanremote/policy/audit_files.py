"""How an audit log is parted into files. Runs on Python 3.11 as well."""

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


def surplus(names: Iterable[str], keep: int = KEEP_FILES) -> list[str]:
    """Return the oldest files beyond the number that is kept."""
    ordered = in_order(names)
    return ordered[: max(0, len(ordered) - keep)]


def must_rotate(size: int, next_line: int, limit: int = MAX_FILE_BYTES) -> bool:
    """Whether a line of `next_line` bytes belongs into a new file."""
    return size > 0 and size + next_line > limit
