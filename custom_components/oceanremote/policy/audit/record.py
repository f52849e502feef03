"""The audit log: JSON lines, each carrying the hash of the line before it.

One record is one line of canonical JSON (keys sorted, no spaces, ASCII), at most
MAX_LINE bytes with its newline:

    {"actor":{"address":…,"device":…,"user":…},"detail":{…},"generation":…,"kind":…,
     "outcome":…,"prev":"<SHA-256 of the line before, without newline>","seq":…,"time":…}

The first record of a log follows GENESIS. Files are cut at records: a new file continues
the chain of the one before. A changed, missing, added or moved line breaks the hash that
the next line carries; for the end of the log the head (sequence number and hash of the
last line), kept elsewhere, says how far it must reach. The chain is not keyed: anyone who
can rewrite every file *and* every copy of the head can rewrite it.

A crash in the middle of a write leaves a last line without newline: `cut_torn_tail`.

Runs on Python 3.11 as well, for `script/verify-audit`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
import hashlib
import json
import math
import re
from typing import Any, Final, NoReturn

GENESIS: Final = hashlib.sha256(b"oceanremote/1 audit").hexdigest()
MAX_LINE: Final = 4096
MAX_TEXT: Final = 256
MAX_ACTOR: Final = 64
MAX_DETAILS: Final = 16

_WORD = re.compile(r"[a-z][a-z0-9_]{0,47}\Z")
_HASH = re.compile(r"[0-9a-f]{64}\Z")
_KEYS: Final = frozenset(
    ("actor", "detail", "generation", "kind", "outcome", "prev", "seq", "time")
)
_ACTOR_KEYS: Final = frozenset(("address", "device", "user"))

Detail = str | int | float | bool | None


class Outcome(StrEnum):
    """How it ended."""

    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
    NOTICED = "noticed"


@dataclass(frozen=True)
class Actor:
    """Who or what caused an event; None where that is unknown or does not apply."""

    user: str | None = None
    device: str | None = None
    address: str | None = None


@dataclass(frozen=True)
class AuditEvent:
    """One event before it is part of a log. `time` is wall-clock seconds."""

    time: float
    kind: str
    outcome: Outcome
    actor: Actor
    detail: Mapping[str, Detail]


@dataclass(frozen=True)
class AuditHead:
    """The end of a log: records so far, hash of the last line, what it knew.

    `generation` is the highest generation of the vault that any record has seen.
    """

    seq: int = 0
    hash: str = GENESIS
    time: float = 0.0
    generation: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return the head as JSON values."""
        return {
            "seq": self.seq,
            "hash": self.hash,
            "time": self.time,
            "generation": self.generation,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> AuditHead:
        """Return the head that `to_json` wrote. Raises ValueError for anything else."""
        try:
            head = cls(data["seq"], data["hash"], data["time"], data["generation"])
        except (KeyError, TypeError) as err:
            raise ValueError("the head of an audit log is damaged") from err
        sound = (
            _is_count(head.seq)
            and _is_count(head.generation)
            and _is_time(head.time)
            and isinstance(head.hash, str)
            and _HASH.match(head.hash) is not None
        )
        if not sound:
            raise ValueError("the head of an audit log is damaged")
        return head


class AuditBrokenError(Exception):
    """A line is not what was written; `line` counts from 1."""

    def __init__(self, line: int, reason: str) -> None:
        """Name the first line that shows it."""
        super().__init__(f"line {line}: {reason}")
        self.line = line
        self.reason = reason


class AuditLineInvalidError(AuditBrokenError):
    """The line is no canonical record: damaged or edited."""


class AuditChainBrokenError(AuditBrokenError):
    """The line does not follow the one before: edited, cut out, added or moved."""


def append(
    head: AuditHead, event: AuditEvent, generation: int
) -> tuple[str, AuditHead]:
    """Return the line (with newline) that continues the log, and the new head.

    Long texts and too many details are cut, so that no event is ever lost because of
    its size. Raises ValueError for a kind or detail name that is no plain word, and
    for a time or number that JSON cannot hold.
    """
    detail = {
        _word(name): _plain(value)
        for name, value in list(event.detail.items())[:MAX_DETAILS]
    }
    record = {
        "seq": head.seq + 1,
        "time": _plain(event.time),
        "kind": _word(event.kind),
        "outcome": Outcome(event.outcome).value,
        "actor": {
            "user": _name(event.actor.user),
            "device": _name(event.actor.device),
            "address": _name(event.actor.address),
        },
        "detail": detail,
        "generation": max(generation, head.generation),
        "prev": head.hash,
    }
    line = _canonical(record)
    while len(line) >= MAX_LINE:
        # Texts outside ASCII grow up to twelvefold. Without any detail a line fits.
        longest = max(detail, key=lambda name: len(_canonical(detail[name])))
        detail[longest] = None
        line = _canonical(record)
    return line + "\n", head_at(record, line)


def parse_line(text: str, number: int) -> dict[str, Any]:
    """Return the record of a line that is exactly what `append` writes.

    Raises AuditLineInvalidError naming line `number`.
    """
    if not text.endswith("\n"):
        raise AuditLineInvalidError(number, "the line has no end")
    line = text[:-1]
    if len(line) >= MAX_LINE:
        raise AuditLineInvalidError(number, "the line is too long")
    try:
        record = json.loads(line, parse_constant=_refuse_constant)
        if _canonical(record) != line:
            raise AuditLineInvalidError(number, "the line is not canonical")
    except (ValueError, RecursionError) as err:
        raise AuditLineInvalidError(number, "the line is no JSON") from err
    if not _is_record(record):
        raise AuditLineInvalidError(number, "the line is no record")
    return dict(record)


def follow(head: AuditHead, record: Mapping[str, Any], number: int) -> None:
    """Raise AuditChainBrokenError unless a parsed record comes right after `head`."""
    if record["seq"] != head.seq + 1:
        raise AuditChainBrokenError(
            number, f"record {record['seq']} follows record {head.seq}"
        )
    if record["prev"] != head.hash:
        raise AuditChainBrokenError(number, "the line before was changed")
    if record["generation"] < head.generation:
        raise AuditChainBrokenError(number, "the generation goes back")


def head_at(record: Mapping[str, Any], text: str) -> AuditHead:
    """Return the head of a log that ends in this line, given parsed and as it is."""
    digest = hashlib.sha256(text.rstrip("\n").encode("ascii")).hexdigest()
    return AuditHead(record["seq"], digest, record["time"], record["generation"])


def read_event(line: str) -> AuditEvent:
    """Return the event of a line, for export and replay. Raises AuditLineInvalidError."""
    record = parse_line(line, 1)
    actor = record["actor"]
    return AuditEvent(
        record["time"],
        record["kind"],
        Outcome(record["outcome"]),
        Actor(actor["user"], actor["device"], actor["address"]),
        record["detail"],
    )


def cut_torn_tail(data: bytes) -> tuple[bytes, bytes]:
    """Return the complete lines of a file, and what a crash left behind them."""
    end = data.rfind(b"\n") + 1
    return data[:end], data[end:]


def _is_record(record: object) -> bool:
    return (
        isinstance(record, dict)
        and record.keys() == _KEYS
        and _is_count(record["seq"])
        and record["seq"] >= 1
        and _is_count(record["generation"])
        and _is_time(record["time"])
        and _is_word(record["kind"])
        and record["outcome"] in [outcome.value for outcome in Outcome]
        and isinstance(record["prev"], str)
        and _HASH.match(record["prev"]) is not None
        and _is_actor(record["actor"])
        and isinstance(record["detail"], dict)
    )


def _is_actor(actor: object) -> bool:
    return (
        isinstance(actor, dict)
        and actor.keys() == _ACTOR_KEYS
        and all(value is None or isinstance(value, str) for value in actor.values())
    )


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_time(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_word(value: object) -> bool:
    return isinstance(value, str) and _WORD.match(value) is not None


def _word(text: str) -> str:
    if not _is_word(text):
        raise ValueError(f"not a plain word: {text[:64]!r}")
    return str(text)


def _name(text: str | None) -> str | None:
    return None if text is None else text[:MAX_ACTOR]


def _plain(value: Detail) -> Detail:
    if isinstance(value, str):
        return value[:MAX_TEXT]
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("not a finite number")
    if isinstance(value, int) and abs(value) >= 2**64:
        raise ValueError("not a number of this log")
    if value is not None and not isinstance(value, (int, float)):
        raise ValueError(f"not a plain value: {type(value).__name__}")
    return value


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
