"""Admission while the hub runs: who may come in, how fast, and who is banned.

request ─▶ admit ─▶ ticket ─▶ lookup (asked by the protocol) ─▶ proved | failed
"""

from collections.abc import Callable
from ipaddress import ip_address
import secrets
import time
from typing import Final

from aiohttp import hdrs, web
from homeassistant.components.http.ban import KEY_BAN_MANAGER
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..audit.record import SecurityLog, SecurityRecord
from ..audit.trail import AuditTrail
from ..policy.admission import Admission, Failure, FailureVerdict, Moment
from ..policy.audit.kinds import AuditKind
from ..policy.audit.record import Actor, Outcome
from ..policy.bans import Ban, BanSource
from ..policy.clients import ClientAddress
from ..policy.device_budget import DeviceBudget
from ..policy.limits import DeniedError
from ..policy.places import Ticket
from ..policy.ratelimit import Bucket, RateLimitedError
from ..policy.settings import Rate
from .classify import failure_of, named_by
from .clients import address_book, client_of
from .decoys import Decoys
from .lookup import Known, LinkLookup
from .peers import AdmittedLink
from .return_tickets import HEADER, ReturnTickets
from .settings import SecurityOptions
from .store import BanStore

# Curve operations for whom refused boards claim to be: ten at once, one in ten seconds.
_LOOKS: Final = Rate(1 / 10, 10)


class AdmissionControl:
    """Lives in the event loop, as long as its hub."""

    def __init__(
        self,
        hass: HomeAssistant,
        options: SecurityOptions,
        trail: AuditTrail,
        decoys: Decoys,
        tickets: ReturnTickets,
        known: Known,
        *,
        now: Callable[[], float],
    ) -> None:
        """Record in `trail`; `now` gives monotonic seconds."""
        self.options = options
        self.decoys = decoys
        self.tickets = tickets
        self.known = known
        self.policy = Admission(options.limits, seed=secrets.token_bytes(32))
        self._hass = hass
        self._trail = trail
        self._now = now
        self._store = BanStore(hass, self.policy, time.time)
        self._book = address_book(hass)
        self._budgets: dict[str, DeviceBudget] = {}
        self._looks = Bucket(_LOOKS)
        self._end: CALLBACK_TYPE | None = None

    async def async_start(self, log: SecurityLog) -> None:
        """Take over what was stored, and hear of revocations from `log`."""
        await self._store.async_load()
        self._end = log.listen(self._on_record)

    async def async_stop(self) -> None:
        """Bring the bans to rest."""
        if self._end is not None:
            self._end()
            self._end = None
        await self._store.async_close()

    @callback
    def reconfigure(self, options: SecurityOptions) -> None:
        """Go on with other options; bans and proved addresses stay."""
        self.options = options
        self.policy.reconfigure(options.limits)
        self._budgets.clear()

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
                self.policy.on_web_page(client, self.moment())
            return self.policy.on_connect(
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
            self.policy.on_request(client, None, self.moment())
        except DeniedError as denied:
            self._record_denial(client, denied)
            raise

    def _record_denial(self, client: ClientAddress, denied: DeniedError) -> None:
        self._trail.record(
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

    def lookup(self, ticket: Ticket) -> LinkLookup:
        """Return what the protocol asks about the peer of one link."""
        return LinkLookup(ticket, self.known, self.policy, self.decoys, self.moment)

    @callback
    def proved(self, link: AdmittedLink) -> None:
        """The peer has proved its keys: the link no longer counts as unproved."""
        self.policy.on_close(link.ticket)

    @callback
    def vouch(self, link: AdmittedLink, enrolment_id: str) -> None:
        """A device that is trusted has been let in: it vouches for its address."""
        self.policy.on_proved(link.ticket, enrolment_id, self.moment())
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
        if key is not None and self.known.owner_of(key) is None:
            key = None
        self.failed(link.ticket.address, failure, device_key=key, named=named_by(link))

    def release(self, ticket: Ticket) -> None:
        """The connection of a ticket has ended."""
        self.policy.on_close(ticket)

    def pace(self, link: AdmittedLink, *, size: int, states: int) -> float:
        """Count a message of a proved link; return how long to pause reading."""
        enrolment_id = link.connection.enrolment_id
        if enrolment_id is None:
            return 0.0
        budget = self._budgets.get(enrolment_id)
        if budget is None:
            budget = self._budgets[enrolment_id] = DeviceBudget(self.options.limits)
        pace = budget.on_message(self._now(), size=size, states=states)
        if pace.delay > 0:
            self._trail.flood_goes_on(enrolment_id)
        for exceeded in pace.report:
            self._trail.record(
                AuditKind.FLOOD,
                Outcome.NOTICED,
                Actor(device=enrolment_id),
                what=f"more {exceeded} than a device sends; slowed down",
            )
        return pace.delay

    @callback
    def forget_device(self, enrolment_id: str) -> None:
        """A device that is not trusted any more vouches for no address."""
        self.policy.proved.forget_device(enrolment_id)
        self._budgets.pop(enrolment_id, None)
        self._store.schedule()

    @property
    def has_bans(self) -> bool:
        """Whether anybody is banned now."""
        return bool(self.policy.bans.active(time.time()))

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
        verdict = self.policy.on_failure(
            client, failure, self.moment(), device_key=device_key, named=named
        )
        self._follow(client, verdict)

    @callback
    def honeypot(self, client: ClientAddress, path: str, *, cross_site: bool) -> None:
        """A scanner's path was asked for."""
        self._trail.record(
            AuditKind.HONEYPOT,
            Outcome.NOTICED,
            Actor(address=client.key),
            what=path,
            cross_site=cross_site,
        )
        if self.options.honeypot:
            verdict = self.policy.on_honeypot(
                client, path, self.moment(), cross_site=cross_site
            )
            self._follow(client, verdict)

    def may_ban(self, key: str) -> bool:
        """Whether an address may be banned at all: not the hub, not a proxy."""
        return self._book.classify(key.partition("/")[0]).bannable

    @callback
    def ban(self, key: str, user_id: str | None, duration: float) -> Ban:
        """Ban an address key for an administrator; raises OverflowError."""
        ban = self.policy.bans.ban(
            key, time.time(), BanSource.ADMINISTRATOR, duration=duration
        )
        self._banned(ban, user_id)
        return ban

    @callback
    def unban(self, key: str, user_id: str | None) -> Ban | None:
        """Lift a ban; return it if there was one."""
        ban = self.policy.lift(key)
        self._store.schedule()
        self._trail.record(
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
        self._trail.record(
            AuditKind.BANNED,
            Outcome.DONE,
            Actor(user=user_id, address=ban.key),
            what=ban.source.value,
            reason=ban.reason,
            seconds=int(ban.until - ban.since),
        )

    def _escalate(self, client: ClientAddress) -> None:
        """Hand a single address to Home Assistant's own ban list, which never ends."""
        manager = self._hass.http.app.get(KEY_BAN_MANAGER)
        if manager is not None and "/" not in client.key:
            self._hass.async_create_background_task(
                manager.async_add_ban(ip_address(client.key)),
                "oceanremote escalate ban",
            )

    @callback
    def _on_record(self, record: SecurityRecord) -> None:
        if record.kind is AuditKind.REVOKED and record.enrolment_id is not None:
            self.forget_device(record.enrolment_id)
