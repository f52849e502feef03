"""From what the hub records to what the audit log keeps."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from ..const import RecordKind
from ..policy.audit import Actor, AuditEvent, Detail, Outcome
from ..policy.kinds import AuditKind
from ..security_log import SecurityRecord

_KINDS: Final = MappingProxyType(
    {
        RecordKind.REGISTRATION: (AuditKind.REGISTERED, Outcome.NOTICED),
        RecordKind.SESSION: (AuditKind.SESSION, Outcome.DONE),
        RecordKind.ROTATION: (AuditKind.ROTATION, Outcome.DONE),
        RecordKind.REPLACED: (AuditKind.REPLACED, Outcome.NOTICED),
        RecordKind.REFUSED: (AuditKind.REFUSED, Outcome.REFUSED),
        RecordKind.CLOSED: (AuditKind.CLOSED, Outcome.DONE),
        RecordKind.CLONE: (AuditKind.CLONE, Outcome.NOTICED),
        RecordKind.MAC_MISMATCH: (AuditKind.REFUSED, Outcome.REFUSED),
        RecordKind.COMMAND: (AuditKind.COMMAND, Outcome.DONE),
        RecordKind.REVOKED: (AuditKind.REVOKED, Outcome.DONE),
        RecordKind.TOKEN_ISSUED: (AuditKind.TOKEN_ISSUED, Outcome.DONE),
        RecordKind.STORAGE: (AuditKind.STORAGE, Outcome.FAILED),
    }
)
_REGISTERED: Final = ("registered", "committed late")
# What strangers cause; only so many a minute are kept one by one.
OF_STRANGERS: Final = frozenset(
    {AuditKind.REFUSED, AuditKind.CLOSED, AuditKind.HONEYPOT, AuditKind.DENIED}
)
PER_WINDOW: Final = 60
WINDOW: Final = 60.0


def event_of(record: SecurityRecord, wall: float) -> AuditEvent | None:
    """Return the audit event of a record, None for what is no security event.

    Commands are kept when a person gave them: automations would push out the rest.
    """
    if record.kind not in _KINDS:
        return None
    if record.kind is RecordKind.COMMAND and record.user_id is None:
        return None
    kind, outcome = _KINDS[record.kind]
    if record.kind is RecordKind.REGISTRATION and record.outcome in _REGISTERED:
        outcome = Outcome.DONE
    if record.kind is RecordKind.COMMAND and record.outcome != "done":
        outcome = Outcome.FAILED
    detail: dict[str, Detail] = {"what": record.outcome}
    if record.detail:
        detail["detail"] = record.detail
    if record.claimed:
        detail["claimed"] = True
    actor = Actor(record.user_id, record.device_id, record.address)
    return AuditEvent(wall, kind, outcome, actor, detail)


@dataclass(slots=True)
class _Window:
    started: float
    kept: int = 0
    more: int = 0


class StrangerDigest:
    """Keeps the first events of strangers in each minute, and counts the rest.

    So a storm neither fills the disk nor pushes out what happened before it. Kinds
    are an enumeration: memory is bounded.
    """

    def __init__(self) -> None:
        """Start with nothing counted."""
        self._windows: dict[str, _Window] = {}

    def offer(self, event: AuditEvent, now: float) -> list[AuditEvent]:
        """Return what to write: the event, a count, both or nothing."""
        if event.kind not in OF_STRANGERS or event.actor.device is not None:
            return [event]
        written = self._close_old(event.kind, now, event.time)
        window = self._windows.setdefault(event.kind, _Window(now))
        if window.kept >= PER_WINDOW:
            window.more += 1
            return written
        window.kept += 1
        return [*written, event]

    def close(self, now: float, wall: float) -> list[AuditEvent]:
        """Return the counts of every window that is over."""
        return [
            event
            for kind in tuple(self._windows)
            for event in self._close_old(kind, now, wall)
        ]

    def _close_old(self, kind: str, now: float, wall: float) -> list[AuditEvent]:
        window = self._windows.get(kind)
        if window is None or now - window.started < WINDOW:
            return []
        del self._windows[kind]
        if not window.more:
            return []
        detail: dict[str, Detail] = {"what": "more of the same", "count": window.more}
        return [AuditEvent(wall, kind, Outcome.REFUSED, Actor(), detail)]
