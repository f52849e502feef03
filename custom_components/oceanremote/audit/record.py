"""The one place that every security-relevant record passes through.

A record is logged with its exact reason, at most `BURST` lines of a kind per
`WINDOW` seconds (strangers decide how many there are), and handed in full to the
listeners. Kinds are an enumeration, so the limiter's memory is bounded.

What is wrong with a device, or at an address, is a warning once: a refused device
keeps trying for ever. Repeated, it is logged for debugging only, until the reason
changes or the device gets in.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
import logging
from types import MappingProxyType
from typing import Final

from homeassistant.core import CALLBACK_TYPE, callback

from ..common.const import LOGGER
from ..policy.audit.kinds import AuditKind
from .containment import Containment, one_line

BURST: Final = 10
WINDOW: Final = 60.0
# Devices and addresses whose last reasons are known; the one longest silent goes.
MAX_WARNED: Final = 1024

_LEVELS: Final = MappingProxyType(
    {
        AuditKind.CLONE: logging.WARNING,
        AuditKind.FLOOD: logging.WARNING,
        AuditKind.REFUSED: logging.WARNING,
        AuditKind.REQUEST: logging.WARNING,
        AuditKind.STORAGE: logging.ERROR,
        # The boundary that contained it has logged it, with its traceback.
        AuditKind.FAILURE: logging.DEBUG,
        AuditKind.COMMAND: logging.DEBUG,
        AuditKind.CLOSED: logging.DEBUG,
        AuditKind.ROTATION: logging.DEBUG,
    }
)


# What a refused device causes again with every attempt.
_ONCE: Final = frozenset(
    {
        AuditKind.CLONE,
        AuditKind.FLOOD,
        AuditKind.REFUSED,
        AuditKind.REQUEST,
        AuditKind.STORAGE,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityRecord:
    """What happened, to which device, from where, how it ended, and why exactly.

    `claimed` says that the enrolment id was not proved, only claimed.
    """

    kind: AuditKind
    outcome: str
    enrolment_id: str | None = None
    address: str | None = None
    detail: str = ""
    user_id: str | None = None
    claimed: bool = False


@dataclass(slots=True)
class _Window:
    started: float
    lines: int = 0
    suppressed: int = 0


@dataclass(slots=True)
class SecurityLog:
    """Logs records within limits and forwards all of them."""

    clock: Callable[[], float]
    # A device's name for a person.
    name_of: Callable[[str | None], str | None] = lambda enrolment_id: None
    _containment: Containment = field(init=False)
    _listeners: set[Callable[[SecurityRecord], None]] = field(default_factory=set)
    _windows: dict[tuple[AuditKind, int], _Window] = field(default_factory=dict)
    _warned: OrderedDict[str, dict[AuditKind, str]] = field(default_factory=OrderedDict)

    def __post_init__(self) -> None:
        """Contain the listeners; one that fails is recorded by `record` itself."""
        self._containment = Containment(lambda: "the security log", self.clock)

    @callback
    def listen(self, listener: Callable[[SecurityRecord], None]) -> CALLBACK_TYPE:
        """Hand every later record to `listener`, in the event loop."""
        self._listeners.add(listener)
        return lambda: self._listeners.discard(listener)

    @callback
    def record(self, record: SecurityRecord) -> None:
        """Log one record, if its kind has a line left, and forward it."""
        level = self._level(record)
        if self._has_line(record.kind, level):
            LOGGER.log(
                level,
                "%s: %s (device %s%s, from %s)%s%s",
                record.kind,
                one_line(record.outcome),
                self._who(record.enrolment_id),
                ", only claimed" if record.claimed else "",
                record.address or "inside",
                ": " if record.detail else "",
                one_line(record.detail),
            )
        whole = [
            self._containment.call(f"a listener to {record.kind}", listener, record)
            for listener in tuple(self._listeners)
        ]
        # A failure about a failure ends here.
        if not all(whole) and record.kind is not AuditKind.FAILURE:
            self.note(
                AuditKind.FAILURE,
                f"a listener to {record.kind}",
                enrolment_id=record.enrolment_id,
            )

    def containment(
        self, name: Callable[[], str], enrolment_id: str | None = None
    ) -> Containment:
        """Return a boundary that records here, for a device or for the hub."""

        def note(what: str, detail: str, *, address: str | None) -> None:
            self.note(
                AuditKind.FAILURE,
                what,
                enrolment_id=enrolment_id,
                address=address,
                detail=detail,
            )

        return Containment(name, self.clock, note)

    @callback
    def note(
        self,
        kind: AuditKind,
        outcome: str,
        *,
        enrolment_id: str | None = None,
        address: str | None = None,
        detail: str = "",
        user_id: str | None = None,
        claimed: bool = False,
    ) -> None:
        """Record one security-relevant fact; fields as in SecurityRecord."""
        self.record(
            SecurityRecord(
                kind=kind,
                outcome=outcome,
                enrolment_id=enrolment_id,
                address=address,
                detail=detail,
                user_id=user_id,
                claimed=claimed,
            )
        )

    def _who(self, enrolment_id: str | None) -> str:
        """Return a device's display name; its id only where no name is left."""
        if enrolment_id is None:
            return "unknown"
        return one_line(self.name_of(enrolment_id) or enrolment_id)

    def _level(self, record: SecurityRecord) -> int:
        """Return the level of a record; a repeated one is for debugging."""
        if record.kind is AuditKind.SESSION:
            for subject in (record.enrolment_id, record.address):
                self._warned.pop(subject or "", None)
        level = _LEVELS.get(record.kind, logging.INFO)
        if record.kind not in _ONCE:
            return level
        subject = record.enrolment_id or record.address or ""
        reasons = self._warned.setdefault(subject, {})
        self._warned.move_to_end(subject)
        if len(self._warned) > MAX_WARNED:
            self._warned.popitem(last=False)
        if reasons.get(record.kind) == record.outcome:
            return logging.DEBUG
        reasons[record.kind] = record.outcome
        return level

    def _has_line(self, kind: AuditKind, level: int) -> bool:
        now = self.clock()
        window = self._windows.get((kind, level))
        if window is None or now - window.started >= WINDOW:
            if window is not None and window.suppressed:
                LOGGER.log(level, "%s: %s more not logged", kind, window.suppressed)
            window = self._windows[kind, level] = _Window(now)
        if window.lines >= BURST:
            window.suppressed += 1
            return False
        window.lines += 1
        return True
