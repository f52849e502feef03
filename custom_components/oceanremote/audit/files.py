"""The files of the audit log, and the anchor. Blocking; for the executor.

The anchor records how far vault and log had got: the log's last record with its hash,
and the vault's generation. It is written after the log, and lies outside backups.
"""

from collections.abc import Iterable, Iterator, Sequence
import contextlib
from dataclasses import dataclass
import json
import os
from pathlib import Path
from typing import Any, BinaryIO, Final

from ..common.durable import sync_directory, write_durably
from ..policy.audit import files as audit_files, record as audit
from ..policy.audit.check import Checker
from ..policy.audit.record import AuditBrokenError, AuditEvent, AuditHead

# An anchor beside the log is part of backups, so it is no witness.
_OLD_ANCHOR: Final = "anchor.log"


# An event, and the generation that the vault had when it happened.
type Noted = tuple[AuditEvent, int]


@dataclass(frozen=True, slots=True)
class LogFiles:
    """Where a log lies, and its current file."""

    directory: Path
    index: int = 0
    size: int = 0

    @property
    def current(self) -> Path:
        """The file that is being written."""
        return self.directory / audit_files.file_name(self.index)

    def paths(self) -> list[Path]:
        """Return every file, oldest first."""
        names = (path.name for path in self.directory.glob("audit-*.jsonl"))
        return [self.directory / name for name in audit_files.in_order(names)]


@dataclass(frozen=True, slots=True)
class Anchor:
    """How far vault and log had got when it was written."""

    generation: int
    head: AuditHead


@dataclass(frozen=True, slots=True)
class Opened:
    """What was found at a start.

    `repaired` names damage that the files still show; `cut`, what only the anchor
    shows: that records which had been written are missing. Empty: nothing.
    """

    files: LogFiles
    head: AuditHead
    anchor: Anchor | None
    existed: bool
    repaired: str = ""
    cut: str = ""


class OpenLog:
    """Every file of a log as it is at one moment, held open.

    So it can be read while the log continues: what is written later is not seen, and
    what rotation deletes is still there.
    """

    def __init__(self, files: LogFiles) -> None:
        """Open every file; raises OSError."""
        self._limits: list[tuple[str, BinaryIO, int | None]] = []
        with contextlib.ExitStack() as stack:
            for path in files.paths():
                stream = stack.enter_context(path.open("rb"))
                limit = files.size if path == files.current else None
                self._limits.append((path.name, stream, limit))
            self._stack = stack.pop_all()

    @property
    def names(self) -> list[str]:
        """The names of the files, oldest first."""
        return [name for name, _, _ in self._limits]

    def lines(self, number: int) -> Iterator[str]:
        """Yield the lines of one file; raises OSError."""
        _, stream, limit = self._limits[number]
        for line in _lines(stream):
            if limit is not None:
                limit -= len(line)
                if limit < 0:
                    return
            yield line.decode("ascii", errors="backslashreplace")

    def close(self) -> None:
        """Close the files."""
        self._stack.close()


def open_log(directory: Path, anchor_path: Path) -> Opened:
    """Find the end of a log; cut off what a crash left; raises OSError.

    A file whose chain is broken stays as it is, as evidence. The log continues in a new
    one, from the last sound record.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    (directory / _OLD_ANCHOR).unlink(missing_ok=True)
    anchor = _read_anchor(anchor_path)
    paths = LogFiles(directory).paths()
    if not paths:
        files, head, repaired = LogFiles(directory, 1), AuditHead(), ""
    else:
        files, head, repaired = _find_end(directory, paths)
    cut = "" if anchor is None else _cut(paths, head, anchor.head)
    return Opened(files, head, anchor, bool(paths), repaired, cut)


def write_batch(
    files: LogFiles, head: AuditHead, events: Sequence[Noted]
) -> tuple[LogFiles, AuditHead]:
    """Append events durably; raises OSError, and then the file is as it was."""
    pending = bytearray()
    for event, generation in events:
        line, head = audit.append(head, event, generation)
        data = line.encode("ascii")
        if audit_files.must_rotate(files.size + len(pending), len(data)):
            _append(files.current, files.size, pending)
            files = LogFiles(files.directory, files.index + 1)
            pending = bytearray()
        pending += data
    _append(files.current, files.size, pending)
    files = LogFiles(files.directory, files.index, files.size + len(pending))
    names = [path.name for path in files.paths()]
    for name in audit_files.surplus(names):
        (files.directory / name).unlink(missing_ok=True)
    return files, head


def write_anchor(path: Path, head: AuditHead, generation: int) -> None:
    """Note how far vault and log have got; raises OSError."""
    anchor = {"vault_generation": generation, "head": head.to_json()}
    write_durably(path, json.dumps(anchor).encode())


def read_lines(paths: Iterable[Path]) -> Iterator[str]:
    """Yield every line of files, with its newline; raises OSError."""
    for path in paths:
        with path.open("rb") as stream:
            for line in _lines(stream):
                yield line.decode("ascii", errors="backslashreplace")


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """Yield lines; one that is too long for a record comes in pieces."""
    return iter(lambda: stream.readline(audit.MAX_LINE + 1), b"")


def _append(path: Path, size: int, data: bytearray) -> None:
    """Write and fsync at a known end, replacing what a failed write left there."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.ftruncate(descriptor, size)
        os.lseek(descriptor, size, os.SEEK_SET)
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if not size:
        sync_directory(path.parent)


def _find_end(
    directory: Path, paths: Sequence[Path]
) -> tuple[LogFiles, AuditHead, str]:
    """Return where the log continues, from which head, and what was wrong."""
    last = paths[-1]
    index = audit_files.file_index(last.name) or 1
    whole, torn = audit.cut_torn_tail(last.read_bytes())
    repaired = ""
    if torn:
        with last.open("r+b") as stream:
            stream.truncate(len(whole))
            os.fsync(stream.fileno())
        repaired = f"{len(torn)} bytes of an unfinished record were cut off"
    checker = Checker(start=_last_sound(paths[:-1]))
    checker.begin(last.name)
    for line in read_lines([last]):
        checker.take(line)
    report = checker.end()
    damage = [found for found in report.breaks if not found.known]
    if not damage:
        return LogFiles(directory, index, len(whole)), report.head, repaired
    return LogFiles(directory, index + 1), report.head, str(damage[0])


def _last_sound(paths: Sequence[Path]) -> AuditHead | None:
    """Return the head at the last line that is a record."""
    for path in reversed(paths):
        for line in reversed(list(read_lines([path]))):
            with contextlib.suppress(AuditBrokenError):
                return audit.head_at(audit.parse_line(line, 0), line)
    return None


def _cut(paths: Sequence[Path], head: AuditHead, known: AuditHead) -> str:
    """Return what happened to the record that the anchor knows; empty: it is there."""
    if not known.seq:
        return ""
    mark = f'"seq":{known.seq},'
    for path in reversed(paths):
        first = None
        for line in read_lines([path]):
            first = line if first is None else first
            if mark not in line:
                continue
            record = _record(line)
            if record is None or record["seq"] != known.seq:
                continue
            if audit.head_at(record, line).hash == known.hash:
                return ""
            return f"record {known.seq} is not the one that was written"
        record = None if first is None else _record(first)
        if record is not None and record["seq"] <= known.seq:
            break
    return f"records up to {known.seq} were written, the log went to {head.seq}"


def _record(line: str) -> dict[str, Any] | None:
    with contextlib.suppress(AuditBrokenError):
        return audit.parse_line(line, 0)
    return None


def _read_anchor(path: Path) -> Anchor | None:
    try:
        plain = json.loads(path.read_bytes())
        return Anchor(
            int(plain["vault_generation"]), AuditHead.from_json(plain["head"])
        )
    except FileNotFoundError, ValueError, KeyError, TypeError:
        return None
