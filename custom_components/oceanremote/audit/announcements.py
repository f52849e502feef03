"""Announces security events: to the entities that show them, and to a person."""

from collections.abc import Callable, Collection
from typing import Any, Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..common.const import DEVICE_SECURITY_EVENTS, HUB_SECURITY_EVENTS
from ..policy.audit.kinds import ENDED_BY, NOTABLE, AuditKind
from ..policy.audit.record import AuditEvent, Outcome
from ..policy.notify import Lulls, Notice, NotificationLimiter
from .audiences import Audiences, EventListener
from .notices import Notices
from .record import SecurityLog

BOARD_REFUSED: Final = AuditKind.REFUSED


class Announcements:
    """Lives in the event loop, as long as its hub."""

    def __init__(
        self,
        hass: HomeAssistant,
        log: SecurityLog,
        *,
        now: Callable[[], float],
        name_of: Callable[[str | None], str | None],
        page_of: Callable[[str | None], str | None],
    ) -> None:
        """`name_of` and `page_of` tell a person which device it is about."""
        self._now = now
        self._containment = log.containment(lambda: "the hub")
        self._limiter = NotificationLimiter()
        self._refusals: NotificationLimiter[str] = NotificationLimiter()
        self._floods = Lulls()
        self._audiences = Audiences(log, name_of)
        self._notices = Notices(hass, name_of, page_of)
        # The newest of each kind until the hub's entity is there to show them.
        self._early: dict[AuditKind, Notice] | None = {}

    @callback
    def listen(
        self, enrolment_id: str | None, listener: EventListener
    ) -> CALLBACK_TYPE:
        """Hand every later event that devices show to `listener`.

        None: those of the hub, each kind as often as a person is notified. The first
        listener gets what came before: a restore is found before entities exist.
        """
        stop = self._audiences.add(enrolment_id, listener)
        if enrolment_id is None and self._early is not None:
            early, self._early = self._early, None
            for notice in early.values():
                self._audiences.tell(None, notice.kind, {"count": notice.count})
        return stop

    @callback
    def announce(self, event: AuditEvent) -> None:
        """Show an event that is in the log's queue to those it concerns."""
        if event.outcome is Outcome.REFUSED:
            return
        device = event.actor.device
        if event.kind in DEVICE_SECURITY_EVENTS:
            what: dict[str, Any] = {"what": event.detail.get("what")}
            self._audiences.tell(device or "", event.kind, what)
        kind = AuditKind(event.kind)
        if kind in ENDED_BY and event.outcome is Outcome.DONE:
            self._over(device, ENDED_BY[kind])
        if kind is AuditKind.FLOOD and device is not None:
            self.flood_goes_on(device)
        if kind not in NOTABLE:
            return
        notice = self._limiter.offer(kind, device, self._now())
        if notice is not None:
            self._containment.call("a notice", self._show, notice)

    @callback
    def flood_goes_on(self, enrolment_id: str) -> None:
        """Note that a device still sends too much, reported or not."""
        self._floods.hear(enrolment_id, self._now())

    @callback
    def ended(self, kind: AuditKind) -> None:
        """End every notice of a kind, because its reason has gone."""
        self._containment.call("a notice", self._notices.dismiss_all, (kind,))
        self._limiter.forget_all((kind,))

    @callback
    def board_refused(
        self, enrolment_id: str, reason: str, claimed_mac: bytes | None
    ) -> None:
        """Show on a device's page that a board claiming to be it was refused.

        Once an hour for each reason: a refused board keeps trying for ever.
        """
        mac = None if claimed_mac is None else claimed_mac.hex(":")
        notice = self._refusals.offer(reason, enrolment_id, self._now())
        if notice is not None:
            self._audiences.tell(
                enrolment_id,
                BOARD_REFUSED,
                {"what": reason, "claimed_mac": mac, "count": notice.count},
            )

    @callback
    def tick(self, *, banned: bool) -> None:
        """Show what was only counted; `banned`: whether there are bans."""
        if not banned:
            self._notices.dismiss(None, (AuditKind.BANNED,))
        for device in self._floods.over(self._now()):
            self._over(device, (AuditKind.FLOOD,))
        if not self._floods:
            self._over(None, (AuditKind.FLOOD,))
        for notice in self._limiter.handle_timer(self._now()):
            self._containment.call("a notice", self._show, notice)
        self._refusals.handle_timer(self._now())

    @callback
    def close(self) -> None:
        """Take every notice away."""
        self._notices.close()

    def _over(self, device: str | None, kinds: Collection[AuditKind]) -> None:
        self._notices.dismiss(device, kinds)
        self._limiter.forget(kinds, device)
        if AuditKind.FLOOD in kinds and device is not None:
            self._floods.forget(device)

    def _show(self, notice: Notice) -> None:
        self._notices.show(notice)
        if notice.kind in HUB_SECURITY_EVENTS:
            if self._early is not None:
                self._early[notice.kind] = notice
            self._audiences.tell(None, notice.kind, {"count": notice.count})
