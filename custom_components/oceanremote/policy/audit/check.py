"""Verifying a whole audit log: every place where it is not what was written.

A break does not end the check. The chain is taken up again at the next sound record,
so that changes after an old break are found as well.

A cut at the end leaves a chain that is whole. It is found with a head that is known
from elsewhere: the one in memory, or the anchor at the next start. The hub then writes
a record with the detail `broken` into the log; from then on that record reports it.

Runs on Python 3.11 as well, for `script/verify-audit`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from . import files as audit_files, record as audit
from .kinds import AuditKind
from .record import AuditBrokenError, AuditHead

MAX_BREAKS: Final = 100
BROKEN: Final = "broken"


@dataclass(frozen=True)
class Break:
    """One place; `line` counts from 1, and is 0 where a whole file is missing.

    `known`: the hub found it when it started, and the log itself reports it here.
    """

    file: str
    line: int
    reason: str
    known: bool = False

    def __str__(self) -> str:
        """Name the place as compilers do."""
        place = f"{self.file}, line {self.line}" if self.line else self.file
        return f"{place}: {self.reason}" + (" (known)" if self.known else "")


@dataclass(frozen=True)
class Report:
    """The end of the log, and its breaks: the first MAX_BREAKS, and how many more."""

    head: AuditHead
    breaks: tuple[Break, ...] = ()
    more: int = 0

    @property
    def intact(self) -> bool:
        """Whether everything is there as it was written."""
        return not self.breaks

    @property
    def only_known(self) -> bool:
        """Whether there is nothing but what the log itself reports."""
        return not self.more and all(found.known for found in self.breaks)


class Checker:
    """Takes a log line by line, oldest file first. Memory is bounded.

    The first file must begin at GENESIS, unless its name says that files came before
    it: then what it follows cannot be verified. `start` is the head before the first
    line where that is known.
    """

    def __init__(
        self, *, start: AuditHead | None = None, expected: AuditHead | None = None
    ) -> None:
        """`expected` is a head that the log must contain; it may have grown since."""
        self._head = start
        self._expected = expected if expected is not None and expected.seq else None
        self._file = ""
        self._line = 0
        # In a run of lines that are not records; together they are one break.
        self._damaged = False
        self._breaks: list[Break] = []
        self._more = 0
        self._other: str | None = None

    @property
    def count(self) -> int:
        """How many breaks have been found so far."""
        return len(self._breaks) + self._more

    def files(self, names: Iterable[str]) -> None:
        """Say which files are there, so that missing ones are found."""
        for name in audit_files.missing(names):
            self._found(Break(name, 0, "the file is missing"))

    def begin(self, name: str) -> None:
        """Go on with the first line of a file."""
        self._file, self._line = name, 0
        if self._head is None and (audit_files.file_index(name) or 1) == 1:
            self._head = AuditHead()

    def take(self, text: str) -> dict[str, Any] | None:
        """Take the next line, with its newline; return its record if it is one."""
        self._line += 1
        try:
            record = audit.parse_line(text, self._line)
        except AuditBrokenError as err:
            if not self._damaged:
                self._found_here(err.reason)
            self._damaged = True
            return None
        if self._head is None and self._expected is not None:
            self._may_lie_before(record["seq"])
        try:
            if self._head is not None:
                audit.follow(self._head, record, self._line)
        except AuditBrokenError as err:
            if not self._damaged:
                self._found_here(err.reason)
        self._damaged = False
        self._head = audit.head_at(record, text)
        self._compare(self._head)
        told = record["detail"].get(BROKEN)
        if record["kind"] == AuditKind.LOG_REPAIRED and isinstance(told, str):
            self._found(Break(self._file, self._line, told, known=True))
        return record

    def end(self) -> Report:
        """Return what was found; the log has no more lines."""
        head = self._head or AuditHead()
        if self._expected is not None:
            number = self._expected.seq
            self._line += 1
            self._found_here(self._other or f"the log ends before record {number}")
            self._expected = None
        return Report(head, tuple(self._breaks), self._more)

    def _may_lie_before(self, first: int) -> None:
        if self._expected is not None and self._expected.seq < first:
            self._expected = None

    def _compare(self, head: AuditHead) -> None:
        if self._expected is None or head.seq != self._expected.seq:
            return
        if head.hash == self._expected.hash:
            self._expected = None
        else:
            self._other = f"record {head.seq} is not the one that was written"

    def _found_here(self, reason: str) -> None:
        self._found(Break(self._file, self._line, reason))

    def _found(self, found: Break) -> None:
        if len(self._breaks) < MAX_BREAKS:
            self._breaks.append(found)
        else:
            self._more += 1
