"""The trail of security events: into the log, and to those they concern.

record(event) ─▶ digest ─▶ log on disk
└────────▶ announcements: entities, notices
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
import time
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval

from ..policy.audit.kinds import AuditKind
from ..policy.audit.record import Actor, AuditEvent, Detail, Outcome
from .announcements import Announcements
from .digest import EventDigest, event_of
from .log import AuditLog
from .record import SecurityLog, SecurityRecord

TICK: Final = timedelta(seconds=30)


class AuditTrail:
    """Lives in the event loop, as long as its hub."""

    def __init__(
        self,
        hass: HomeAssistant,
        log: AuditLog,
        records: SecurityLog,
        *,
        now: Callable[[], float],
        banned: Callable[[], bool],
        name_of: Callable[[str | None], str | None],
        page_of: Callable[[str | None], str | None] = lambda enrolment_id: None,
    ) -> None:
        """Keep in `log` what `records` reports, and what is recorded here.

        `now` gives monotonic seconds, `banned` whether there are bans, `name_of` a
        device's name for a person and `page_of` the path of its page.
        """
        self.log = log
        self._hass = hass
        self._records = records
        self._now = now
        self._banned = banned
        self._digest = EventDigest()
        self._containment = records.containment(lambda: "the hub")
        self._announcements = Announcements(
            hass, records, now=now, name_of=name_of, page_of=page_of
        )
        self.listen = self._announcements.listen
        self.board_refused = self._announcements.board_refused
        self.flood_goes_on = self._announcements.flood_goes_on
        self.ended = self._announcements.ended
        self._ends: list[CALLBACK_TYPE] = []

    @callback
    def start(self) -> None:
        """Listen to the hub's records, and count."""
        self._ends.append(self.log.listen_losses(self._announcements.announce))
        self._ends.append(self._records.listen(self._on_record))
        self._ends.append(async_track_time_interval(self._hass, self._on_tick, TICK))

    @callback
    def stop(self) -> None:
        """Stop listening, remove the notices, queue what was only counted."""
        for end in self._ends:
            self._containment.call("stopping", end)
        self._ends.clear()
        self._announcements.close()
        self._write(self._digest.close(float("inf"), time.time()))

    @callback
    def record(
        self, kind: AuditKind, outcome: Outcome, actor: Actor, **detail: Detail
    ) -> None:
        """Record a security event that has no SecurityRecord."""
        self._take(AuditEvent(time.time(), kind, outcome, actor, detail))

    @callback
    def _on_record(self, record: SecurityRecord) -> None:
        event = event_of(record, time.time())
        if event is not None:
            self._take(event)

    def _take(self, event: AuditEvent) -> None:
        self._write(self._digest.offer(event, self._now()))
        self._announcements.announce(event)

    def _write(self, events: Iterable[AuditEvent]) -> None:
        for event in events:
            self.log.append(event)

    @callback
    def _on_tick(self, now: datetime) -> None:
        self._write(self._digest.close(self._now(), time.time()))
        self._announcements.tick(banned=self._banned())
