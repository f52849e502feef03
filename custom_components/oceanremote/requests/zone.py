"""A time zone in the form of POSIX, as boards know it.

The last line of a zone's file (RFC 9636, section 3.3) is its rule in that form. Files
come from the system or, where it has none, from the package `tzdata`.
"""

from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Final
import zoneinfo

from ..protocol.limits import MAX_ZONE_TEXT

_MAGIC: Final = b"TZif"
# Files of version 1 have no such line.
_FIRST_VERSION: Final = b"2"


def posix_zone(key: str) -> str:
    """Return the rule of a zone, empty for one without; blocking."""
    for data in _files(key):
        if rule := _rule_of(data):
            return rule
    return ""


def _rule_of(data: bytes) -> str:
    if data[:4] != _MAGIC or data[4:5] < _FIRST_VERSION or not data.endswith(b"\n"):
        return ""
    line = data[:-1].rpartition(b"\n")[2]
    if not line.isascii() or len(line) > MAX_ZONE_TEXT:
        return ""
    return line.decode()


def _files(key: str) -> Iterator[bytes]:
    parts = key.split("/")
    if not all(part.strip(".") for part in parts):
        # No name of a zone, but a way out of the folder.
        return
    for folder in zoneinfo.TZPATH:
        try:
            yield Path(folder, *parts).read_bytes()
        except OSError:
            continue
    try:
        yield resources.files("tzdata").joinpath("zoneinfo", *parts).read_bytes()
    except OSError, ModuleNotFoundError:
        return
