"""Which row of a changed command table continues which row of the one before.

A row's key identifies its entity. A person writes rows without keys: a row of the same
kind and name is the same row, and else one of the same kind and first byte.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .settings import ROW_KEY, CommandRow, default_key, read_commands

type Rows = list[dict[str, Any]]


def with_keys(rows: Iterable[Mapping[str, Any]], known: Iterable[CommandRow]) -> Rows:
    """Return rows as they are stored; a key stands where it is not the default one.

    Raises TableError.
    """
    written = without_keys(rows)
    table = read_commands(written)
    left = list(known)
    taken = {row.key for row in left}
    keys: dict[int, str] = {}
    for continues in (_has_its_name, _has_its_byte):
        for index, row in enumerate(table):
            if index not in keys and (old := _take(left, row, continues)) is not None:
                keys[index] = old.key
    for index, row in enumerate(table):
        if index not in keys:
            keys[index] = _unused(default_key(row.kind, row.bytes), taken)
            taken.add(keys[index])
    return [
        row if keys[index] == table[index].key else {**row, ROW_KEY: keys[index]}
        for index, row in enumerate(written)
    ]


def without_keys(rows: Iterable[Mapping[str, Any]]) -> Rows:
    """Return rows as a person sees them."""
    return [
        {field: value for field, value in row.items() if field != ROW_KEY}
        for row in rows
    ]


def _has_its_name(row: CommandRow, old: CommandRow) -> bool:
    return row.name.casefold() == old.name.casefold()


def _has_its_byte(row: CommandRow, old: CommandRow) -> bool:
    return default_key(row.kind, row.bytes) == default_key(old.kind, old.bytes)


def _take(
    left: list[CommandRow],
    row: CommandRow,
    continues: Callable[[CommandRow, CommandRow], bool],
) -> CommandRow | None:
    """Remove and return the old row that `row` continues, None if there is none."""
    for old in left:
        if old.kind is row.kind and continues(row, old):
            left.remove(old)
            return old
    return None


def _unused(wanted: str, taken: set[str]) -> str:
    """Return a key that no row has: an entity never becomes another row's."""
    key, number = wanted, 2
    while key in taken:
        key, number = f"{wanted}-{number}", number + 1
    return key
