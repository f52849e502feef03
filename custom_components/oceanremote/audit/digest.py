"""From what the hub records to what the audit log keeps."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, NamedTuple

from ..policy.audit.kinds import COMMAND_WAITS, AuditKind
from ..policy.audit.record import Actor, AuditEvent, Detail, Outcome
from ..policy.bans import BanSource
from ..policy.ratelimit import Bucket, RateLimitedError
from ..policy.settings import Rate
from .record import SecurityRecord

# How a record of a kind has ended where it says nothing else.
_OUTCOMES: Final = MappingProxyType(
    {
        AuditKind.REGISTERED: Outcome.NOTICED,
        AuditKind.REPLACED: Outcome.NOTICED,
        AuditKind.CLONE: Outcome.NOTICED,
        AuditKind.FLOOD: Outcome.NOTICED,
        AuditKind.REFUSED: Outcome.REFUSED,
        AuditKind.REQUEST: Outcome.REFUSED,
        AuditKind.STORAGE: Outcome.FAILED,
        AuditKind.FAILURE: Outcome.FAILED,
    }
)
_REGISTERED: Final = ("registered", "committed late")


class Source(NamedTuple):
    """Whose events count together: a user's, a proved device's, or everybody else's."""

    user: str | None
    device: str | None
    claimed: bool

    @classmethod
    def of(cls, event: AuditEvent) -> Source:
        """Return the source of an event; a merely claimed device is a stranger."""
        claimed = event.detail.get("claimed") is True
        return cls(event.actor.user, None if claimed else event.actor.device, claimed)


# What strangers or a board can cause again and again. What takes an administrator, and
# what the log is replayed from (standing, registrations), is never left out.
DIGESTED: Final = frozenset(
    {
        AuditKind.BANNED,
        AuditKind.CLONE,
        AuditKind.CLOSED,
        AuditKind.DECOY,
        AuditKind.DENIED,
        AuditKind.FAILURE,
        AuditKind.FLOOD,
        AuditKind.HONEYPOT,
        AuditKind.REFUSED,
        AuditKind.REPLACED,
        AuditKind.REQUEST,
        AuditKind.ROTATION,
        AuditKind.SESSION,
        AuditKind.STORAGE,
        AuditKind.TUNNEL,
    }
)
# Per kind and source: so many at once, and one a minute for as long as it continues.
AT_ONCE: Final = 60
_RATE: Final = Rate(1 / 60, AT_ONCE)
# The rest is one line with a count, this often.
COUNT_EVERY: Final = 600.0
# A source that has been quiet for so long gets all of its lines back.
_FORGET_AFTER: Final = AT_ONCE * 60.0


def event_of(record: SecurityRecord, wall: float) -> AuditEvent | None:
    """Return the audit event of a record, None if it is not a security event.

    Commands are kept only when a person gave them: automations would push out the rest.
    """
    kind = record.kind
    if kind is AuditKind.DESCRIPTION:
        return None
    if kind is AuditKind.COMMAND and record.user_id is None:
        return None
    outcome = _OUTCOMES.get(kind, Outcome.DONE)
    if kind is AuditKind.REGISTERED and record.outcome in _REGISTERED:
        outcome = Outcome.DONE
    if kind is AuditKind.COMMAND and record.outcome != "done":
        waits = record.outcome == COMMAND_WAITS
        outcome = Outcome.NOTICED if waits else Outcome.FAILED
    detail: dict[str, Detail] = {"what": record.outcome}
    if record.detail:
        detail["detail"] = record.detail
    if record.claimed:
        detail["claimed"] = True
    actor = Actor(record.user_id, record.enrolment_id, record.address)
    return AuditEvent(wall, kind, outcome, actor, detail)


@dataclass(slots=True)
class _Digested:
    bucket: Bucket
    seen_at: float
    more: int = 0
    more_since: float = 0.0
    outcome: Outcome = Outcome.REFUSED


class EventDigest:
    """Keeps the first events of a kind from a source, and counts the rest.

    So nobody's storm, however long, fills the disk or pushes out what happened before
    it: a kind and source gets AT_ONCE lines, then one a minute and six counts an hour.
    Users and devices are sources of their own; all strangers are one, and all that
    only claim to be some device are another. Users and *proved* devices are few:
    memory is bounded.
    """

    def __init__(self) -> None:
        """Start with nothing counted."""
        self._digested: dict[tuple[str, Source], _Digested] = {}

    def offer(self, event: AuditEvent, now: float) -> list[AuditEvent]:
        """Return what to write: the event, a count, both or nothing."""
        if event.kind not in DIGESTED or _is_by_administrator(event):
            return [event]
        key = (event.kind, Source.of(event))
        digested = self._digested.get(key)
        if digested is None:
            digested = self._digested[key] = _Digested(Bucket(_RATE), now)
        digested.seen_at = now
        try:
            digested.bucket.take(now)
        except RateLimitedError:
            if not digested.more:
                digested.more_since = now
            digested.more += 1
            digested.outcome = event.outcome
            return self._count(key, now, event.time)
        return [*self._count(key, now, event.time), event]

    def close(self, now: float, wall: float) -> list[AuditEvent]:
        """Return the counts that are due, and forget quiet sources."""
        events = [
            event for key in self._digested for event in self._count(key, now, wall)
        ]
        quiet = [
            key
            for key, digested in self._digested.items()
            if now - digested.seen_at >= _FORGET_AFTER
        ]
        for key in quiet:
            del self._digested[key]
        return events

    def _count(
        self, key: tuple[str, Source], now: float, wall: float
    ) -> list[AuditEvent]:
        digested = self._digested[key]
        if not digested.more or now - digested.more_since < COUNT_EVERY:
            return []
        detail: dict[str, Detail] = {
            "what": "more of the same",
            "count": digested.more,
        }
        digested.more = 0
        kind, source = key
        if source.claimed:
            detail["claimed"] = True
        actor = Actor(user=source.user, device=source.device)
        return [AuditEvent(wall, kind, digested.outcome, actor, detail)]


def _is_by_administrator(event: AuditEvent) -> bool:
    """Whether a ban was given by hand or by an automation."""
    return (
        event.kind == AuditKind.BANNED
        and event.detail.get("what") == BanSource.ADMINISTRATOR
    )
