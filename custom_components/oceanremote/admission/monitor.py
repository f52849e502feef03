"""The security of one hub: admission, bans, audit and notices, composed.

request ─▶ admit ─▶ ticket ─▶ door (asked by the protocol) ─▶ proved | failed
every SecurityRecord ─▶ audit log, notices
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from ipaddress import ip_address
import secrets
import time
from typing import Final

from aiohttp import hdrs, web
from homeassistant.components.http.ban import KEY_BAN_MANAGER
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval

from ..audit.digest import EventDigest, event_of
from ..audit.log import AuditLog
from ..audit.record import SecurityLog, SecurityRecord
from ..common.const import RecordKind
from ..policy.admission import Admission, Failure, FailureVerdict, Moment
from ..policy.audit.kinds import AuditKind
from ..policy.audit.record import Actor, AuditEvent, Detail, Outcome
from ..policy.bans import Ban, BanSource
from ..policy.clients import ClientAddress
from ..policy.device_budget import DeviceBudget
from ..policy.limits import DeniedError
from ..policy.places import Ticket
from ..policy.ratelimit import Bucket, RateLimitedError
from ..policy.settings import Rate
from ..protocol import PeerLookup
from .announcements import Announcements
from .classify import failure_of, named_by
from .clients import address_book, client_of
from .decoys import Decoys
from .door import Door
from .peers import AdmittedLink
from .return_tickets import HEADER, ReturnTickets
from .settings import SecurityOptions
from .store import BanStore

TICK: Final = timedelta(seconds=30)
# Curve operations for whom refused boards claim to be: ten at once, one in ten seconds.
_LOOKS: Final = Rate(1 / 10, 10)


class SecurityMonitor:
    """Lives in the event loop, as long as its hub."""

    def __init__(
        self,
        hass: HomeAssistant,
        options: SecurityOptions,
        audit: AuditLog,
        log: SecurityLog,
        decoys: Decoys,
        tickets: ReturnTickets,
        *,
        now: Callable[[], float],
        device_of_key: Callable[[bytes], str | None],
        name_of: Callable[[str | None], str | None],
        page_of: Callable[[str | None], str | None] = lambda device_id: None,
    ) -> None:
        """`now` gives monotonic seconds; `name_of` a device's name for a person."""
        self.hass = hass
        self.options = options
        self.audit = audit
        self.decoys = decoys
        self.tickets = tickets
        self.admission = Admission(options.limits, seed=secrets.token_bytes(32))
        self._log = log
        self._now = now
        self._device_of_key = device_of_key
        self._store = BanStore(hass, self.admission, time.time)
        self._book = address_book(hass)
        self._digest = EventDigest()
        self._budgets: dict[str, DeviceBudget] = {}
        self._containment = log.containment(lambda: "the hub")
        self._announcements = Announcements(
            hass, log, now=now, name_of=name_of, page_of=page_of
        )
        self.listen = self._announcements.listen
        self.board_refused = self._announcements.board_refused
        self.ended = self._announcements.ended
        self._ends: list[CALLBACK_TYPE] = []
        self._looks = Bucket(_LOOKS)

    async def async_start(self) -> None:
        """Take over what was stored, and listen to the hub's records."""
        await self._store.async_load()
        self._ends.append(self.audit.listen_losses(self._announcements.announce))
        self._ends.append(self._log.listen(self._on_record))
        self._ends.append(async_track_time_interval(self.hass, self._on_tick, TICK))

    @callback
    def reconfigure(self, options: SecurityOptions) -> None:
        """Go on with other options; bans and proved addresses stay."""
        self.options = options
        self.admission.reconfigure(options.limits)
        self._budgets.clear()

    async def async_stop(self) -> None:
        """Listen no more, queue what was only counted, bring the bans to rest."""
        for end in self._ends:
            self._containment.call("stopping", end)
        self._ends.clear()
        self._announcements.close()
        self.write(self._digest.close(float("inf"), time.time()))
        await self._store.async_close()

    @callback
    def until_stop(self, end: CALLBACK_TYPE) -> None:
        """Call `end` when the hub stops."""
        self._ends.append(end)

    def moment(self) -> Moment:
        """Return this instant on both clocks."""
        return Moment(self._now(), time.time())

    # -- links --------------------------------------------------------------

    def client(self, request: web.BaseRequest) -> ClientAddress:
        """Return who sends a request."""
        return client_of(self._book, request)

    def admit(self, request: web.BaseRequest) -> Ticket:
        """Admit a connection before its upgrade; raises DeniedError."""
        client = self.client(request)
        try:
            # No board sends Origin, and no browser leaves it out (RFC 6455, 4.1).
            if hdrs.ORIGIN in request.headers:
                self.admission.on_web_page(client, self.moment())
            return self.admission.on_connect(
                client,
                self.moment(),
                encrypted=request.secure,
                holder=self.tickets.holder(request.headers.get(HEADER), time.time()),
            )
        except DeniedError as denied:
            self._record_denial(client, denied)
            raise

    def count(self, request: web.BaseRequest) -> None:
        """Count a request that opens no connection; raises DeniedError."""
        client = self.client(request)
        try:
            self.admission.on_request(client, None, self.moment())
        except DeniedError as denied:
            self._record_denial(client, denied)
            raise

    def _record_denial(self, client: ClientAddress, denied: DeniedError) -> None:
        self.record(
            AuditKind.DENIED,
            Outcome.REFUSED,
            Actor(address=client.key),
            what=denied.denial.value,
        )

    def look_closer(self) -> bool:
        """Whether there is time to learn whom a refused board claims to be."""
        try:
            self._looks.take(self._now())
        except RateLimitedError:
            return False
        return True

    def door(self, ticket: Ticket, directory: PeerLookup) -> Door:
        """Return what stands between one link and the directory."""

        def is_decoy(handle: bytes) -> bool:
            if used := self.decoys.is_token(handle):
                self.decoy_used(ticket.address.key, "a registration token", None)
            return used

        def is_decoy_mac(mac: bytes) -> bool:
            if used := self.decoys.is_device(mac.hex()):
                self.decoy_used(ticket.address.key, "a device id", None)
            return used

        return Door(
            self.admission,
            ticket,
            directory,
            moment=self.moment,
            device_of=self._device_of_key,
            is_decoy=is_decoy,
            is_decoy_mac=is_decoy_mac,
        )

    @callback
    def proved(self, link: AdmittedLink) -> None:
        """The peer has proved its keys: the link no longer counts as unproved."""
        self.admission.on_close(link.ticket)

    @callback
    def vouch(self, link: AdmittedLink, device_id: str) -> None:
        """A device that is trusted has been let in: it vouches for its address."""
        self.admission.on_proved(link.ticket, device_id, self.moment())
        self._store.schedule()

    @callback
    def link_closing(self, link: AdmittedLink) -> None:
        """Count what an unproved link did wrong."""
        if not link.ticket.counted:
            return
        failure = failure_of(link)
        if failure is None:
            return
        closed = link.closed_event
        key = None if closed is None else closed.claimed_key
        if key is not None and self._device_of_key(key) is None:
            key = None
        self.failed(link.ticket.address, failure, device_key=key, named=named_by(link))

    def release(self, ticket: Ticket) -> None:
        """The connection of a ticket has ended."""
        self.admission.on_close(ticket)

    def pace(self, link: AdmittedLink, *, size: int, states: int) -> float:
        """Count a message of a proved link; return how long to pause reading."""
        device_id = link.connection.device_id
        if device_id is None:
            return 0.0
        budget = self._budgets.get(device_id)
        if budget is None:
            budget = self._budgets[device_id] = DeviceBudget(self.options.limits)
        pace = budget.on_message(self._now(), size=size, states=states)
        if pace.delay > 0:
            self._announcements.flood_goes_on(device_id)
        for exceeded in pace.report:
            self.record(
                AuditKind.FLOOD,
                Outcome.NOTICED,
                Actor(device=device_id),
                what=f"more {exceeded} than a device sends; slowed down",
            )
        return pace.delay

    @callback
    def forget_device(self, device_id: str) -> None:
        """A device that is not trusted any more vouches for no address."""
        self.admission.proved.forget_device(device_id)
        self._budgets.pop(device_id, None)
        self._store.schedule()

    # -- bans ---------------------------------------------------------------

    @callback
    def failed(
        self,
        client: ClientAddress,
        failure: Failure,
        *,
        device_key: bytes | None = None,
        named: bytes | None = None,
    ) -> None:
        """Count a failure, and ban where it was one too many."""
        verdict = self.admission.on_failure(
            client, failure, self.moment(), device_key=device_key, named=named
        )
        self._follow(client, verdict)

    @callback
    def honeypot(self, client: ClientAddress, path: str, *, cross_site: bool) -> None:
        """A scanner's path was asked for."""
        self.record(
            AuditKind.HONEYPOT,
            Outcome.NOTICED,
            Actor(address=client.key),
            what=path,
            cross_site=cross_site,
        )
        if self.options.honeypot:
            verdict = self.admission.on_honeypot(
                client, path, self.moment(), cross_site=cross_site
            )
            self._follow(client, verdict)

    def may_ban(self, key: str) -> bool:
        """Whether an address may be banned at all: not the hub, not a proxy."""
        return self._book.classify(key.partition("/")[0]).bannable

    @callback
    def ban(self, key: str, user_id: str | None, duration: float) -> Ban:
        """Ban an address key for an administrator; raises OverflowError."""
        ban = self.admission.bans.ban(
            key, time.time(), BanSource.ADMINISTRATOR, duration=duration
        )
        self._banned(ban, user_id)
        return ban

    @callback
    def unban(self, key: str, user_id: str | None) -> Ban | None:
        """Lift a ban; return it if there was one."""
        ban = self.admission.lift(key)
        self._store.schedule()
        self.record(
            AuditKind.UNBANNED,
            Outcome.DONE if ban else Outcome.REFUSED,
            Actor(user=user_id, address=key),
            what="was banned" if ban else "was not banned",
        )
        return ban

    def _follow(self, client: ClientAddress, verdict: FailureVerdict) -> None:
        if verdict.ban is not None:
            self._banned(verdict.ban, None)
            if self.options.escalate_bans:
                self._escalate(client)

    def _banned(self, ban: Ban, user_id: str | None) -> None:
        self._store.schedule()
        self.record(
            AuditKind.BANNED,
            Outcome.DONE,
            Actor(user=user_id, address=ban.key),
            what=ban.source.value,
            reason=ban.reason,
            seconds=int(ban.until - ban.since),
        )

    def _escalate(self, client: ClientAddress) -> None:
        """Hand a single address to Home Assistant's own ban list, which never ends."""
        manager = self.hass.http.app.get(KEY_BAN_MANAGER)
        if manager is not None and "/" not in client.key:
            self.hass.async_create_background_task(
                manager.async_add_ban(ip_address(client.key)),
                "oceanremote escalate ban",
            )

    @callback
    def decoy_used(self, address: str | None, what: str, user_id: str | None) -> None:
        """Somebody has used what only a thief can know."""
        self.record(
            AuditKind.DECOY,
            Outcome.NOTICED,
            Actor(user=user_id, address=address),
            what=what,
        )

    # -- audit --------------------------------------------------------------

    @callback
    def record(
        self, kind: AuditKind, outcome: Outcome, actor: Actor, **detail: Detail
    ) -> None:
        """Record a security event that no SecurityRecord tells of."""
        self._take(AuditEvent(time.time(), kind, outcome, actor, detail))

    def write(self, events: Iterable[AuditEvent]) -> None:
        """Append events to the audit log."""
        for event in events:
            self.audit.append(event)

    @callback
    def _on_record(self, record: SecurityRecord) -> None:
        event = event_of(record, time.time())
        if event is not None:
            self._take(event)
        if record.kind is RecordKind.REVOKED and record.device_id is not None:
            self.forget_device(record.device_id)

    def _take(self, event: AuditEvent) -> None:
        self.write(self._digest.offer(event, self._now()))
        self._announcements.announce(event)

    @callback
    def _on_tick(self, now: datetime) -> None:
        self.write(self._digest.close(self._now(), time.time()))
        self._announcements.tick(banned=bool(self.admission.bans.active(time.time())))
