"""Who is let in, and how far: the cheapest check first, before any curve arithmetic.

    on_web_page  a browser calls: refused, and nothing is held against its address
    on_connect   ban table → rate of the address → places of the address → of all
      (the protocol checks size and order of frames, then mac1: two hashes)
    on_init      lane of the address → failed registrations → budget of all handshakes
      (the first curve operation reveals the device key)
    on_known_key penalty of the key → budget of known keys
    on_proved    the connection no longer counts; its address is vouched for

Every refusal raises DeniedError with the seconds to wait. Two clocks come with each
call: a monotonic one for rates, the wall clock for what survives a restart.
"""

from enum import StrEnum
import hashlib
from typing import Any, Final, NamedTuple, NoReturn

from .bans import Ban, BanSource, BanTable
from .clients import ClientAddress
from .failure_window import FailureWindow
from .limits import Denial, DeniedError, Lane, Limits
from .places import Places, Purpose, Ticket
from .settings import PolicySettings
from .vouched import ProvedAddresses

# Waiting neither adds TLS to a connection nor removes a browser; somebody must act.
FORBIDDEN_RETRY: Final = 300.0


class Moment(NamedTuple):
    """The same instant on both clocks, in seconds."""

    monotonic: float
    wall: float


class Failure(StrEnum):
    """What went wrong on an unproved connection and counts toward a ban.

    Timeouts, late packets, expired sessions and refusals due to load do not count.
    """

    MALFORMED = "malformed"
    BAD_MAC1 = "bad_mac1"
    BAD_HANDSHAKE = "bad_handshake"
    UNKNOWN_KEY = "unknown_key"
    BAD_REGISTRATION = "bad_registration"


class FailureVerdict(NamedTuple):
    """What a failure led to: how many there are now, and the ban if there is a new one.

    `throttled` says that an address with a device behind it was spared the ban, or
    that a device key is slowed down.
    """

    failures: int
    ban: Ban | None = None
    throttled: bool = False


class Admission:
    """All tables and budgets of one hub."""

    def __init__(self, settings: PolicySettings, *, seed: bytes) -> None:
        """`seed` is secret randomness, 16 bytes or more, fresh at each start."""
        self.bans = BanTable(settings.ban_duration, settings.ban_capacity)
        self.proved = ProvedAddresses(
            settings.proved_grace,
            settings.proved_addresses_per_device,
            settings.device_capacity,
        )
        self._places = Places(settings, seed)
        self._seed = seed
        self.reconfigure(settings)

    def reconfigure(self, settings: PolicySettings) -> None:
        """Go on with other limits; open connections, bans and addresses stay."""
        self.settings = self._places.settings = settings
        self._limits = Limits(settings, self._seed)
        self._failures = FailureWindow(
            settings.failures_before_ban,
            settings.failure_window,
            settings.failure_capacity,
        )
        self._foreign_hits = FailureWindow(
            settings.failures_before_ban,
            settings.failure_window,
            settings.failure_capacity,
        )
        self._key_failures = FailureWindow(
            settings.failures_before_ban,
            settings.failure_window,
            settings.device_capacity,
        )

    @property
    def unproved_connections(self) -> int:
        """Connections that have not proved themselves, at present."""
        return len(self._places)

    def table_sizes(self) -> dict[str, int]:
        """Return the number of entries per table, for diagnostics and bounds."""
        return {
            "bans": len(self.bans),
            "failures": len(self._failures),
            "foreign_hits": len(self._foreign_hits),
            "key_failures": len(self._key_failures),
            "proved_addresses": len(self.proved),
            "unproved_addresses": self._places.crowds,
            **self._limits.sizes(),
        }

    # Connections

    def lane_of(
        self, address: ClientAddress, moment: Moment, holder: str | None = None
    ) -> Lane:
        """Return how the address is treated now; `holder` has shown a return ticket."""
        if not address.bannable:
            return Lane.OPEN
        vouched = holder is not None or self.proved.vouched(address.key, moment.wall)
        ban = self.bans.find(address.key, moment.wall)
        if ban is not None and (not vouched or ban.source is BanSource.ADMINISTRATOR):
            return Lane.SLOW
        if ban is not None or self._has_failed_too_often(address.key, moment):
            return Lane.THROTTLED
        return Lane.OPEN

    def on_connect(
        self,
        address: ClientAddress,
        moment: Moment,
        *,
        encrypted: bool,
        holder: str | None = None,
    ) -> Ticket:
        """Admit a connection before its upgrade. Raises DeniedError.

        `holder` is the device whose return ticket was shown: it has places and rates
        of its own, regardless of who else comes from its address.
        """
        settings = self.settings
        if settings.tls_required and not (encrypted or address.private):
            raise DeniedError(Denial.TLS_REQUIRED, FORBIDDEN_RETRY)
        lane = self.lane_of(address, moment, holder)
        timeout = (
            settings.handshake_timeout
            if lane is Lane.OPEN
            else settings.limited_handshake_timeout
        )
        ticket = Ticket(address, lane, timeout, moment.monotonic, holder)
        if ticket.crowd is not None:
            self._limits.take_api(ticket.crowd, moment.monotonic)
        vouched = 0
        if address.bannable:
            vouched = self.proved.count(address.key, moment.wall)
        self._places.take(ticket, moment.monotonic, vouched=vouched)
        return ticket

    def on_init(self, ticket: Ticket, purpose: Purpose, moment: Moment) -> None:
        """Admit a handshake whose mac1 is valid, before any curve operation."""
        address, now = ticket.address, moment.monotonic
        ticket.purpose = purpose
        # The lane may have changed since the connection was made.
        ticket.lane = self.lane_of(address, moment, ticket.holder)
        self._limits.take_lane(ticket.lane, ticket.crowd or address.key, now)
        if purpose is Purpose.REGISTRATION:
            if not address.shared:
                self._limits.check_registration(address.key, now)
            self._limits.take_registration_budget(now)
        shared = address.shared and ticket.holder is None
        familiar = not shared and (
            ticket.holder is not None or self.proved.vouched(address.key, moment.wall)
        )
        self._limits.take_handshake(now, shared=shared, familiar=familiar)

    def on_known_key(
        self, ticket: Ticket, device_key: bytes, enrolment_id: str, moment: Moment
    ) -> None:
        """Admit a handshake that names a known device key, before the next operations.

        A key under suspicion is slowed down, except where this very device has
        proved itself lately: merely knowing the key does not lock its owner out.
        """
        name = _key_name(device_key)
        now = moment.monotonic
        key = ticket.address.key
        at_home = ticket.holder == enrolment_id or (
            not ticket.address.shared
            and self.proved.vouched_by(key, enrolment_id, moment.wall)
        )
        if not at_home and (
            self._key_failures.count(name, now) >= self.settings.failures_before_ban
        ):
            self._limits.take_key_penalty(name, now)
        self._limits.take_known_key(now)

    def on_proved(self, ticket: Ticket, enrolment_id: str, moment: Moment) -> None:
        """The first DATA has opened: the connection no longer counts."""
        self.on_close(ticket)
        if ticket.address.bannable:
            self.proved.add(ticket.address.key, enrolment_id, moment.wall)
            self._forget(ticket.address.key)

    def on_close(self, ticket: Ticket) -> None:
        """The connection has ended; safe to call again."""
        self._places.free(ticket)

    # Failures

    def on_failure(
        self,
        address: ClientAddress,
        failure: Failure,
        moment: Moment,
        *,
        device_key: bytes | None = None,
        named: bytes | None = None,
    ) -> FailureVerdict:
        """Count a failure, against the known key that it names or the address.

        A registration proves no key, so a failed one counts against its address.
        `named` is a void token or key that was shown: repeating it is not a new guess;
        otherwise five boards with old tokens would get their home banned.
        """
        limit = self.settings.failures_before_ban
        if device_key is not None and failure is not Failure.BAD_REGISTRATION:
            count = self._key_failures.add(_key_name(device_key), moment.monotonic)
            return FailureVerdict(count, throttled=count >= limit)
        if failure is Failure.BAD_REGISTRATION and not address.shared:
            self._limits.charge_registration(address.key, moment.monotonic)
        if not address.bannable:
            return FailureVerdict(0)
        count = self._failures.add(address.key, moment.monotonic, named)
        if count < limit:
            return FailureVerdict(count)
        return self._punish(address, BanSource.FAILURES, failure.value, count, moment)

    def on_honeypot(
        self, address: ClientAddress, path: str, moment: Moment, *, cross_site: bool
    ) -> FailureVerdict:
        """A scanner's path was asked for.

        A hit that a foreign web page caused is not its visitor's doing: it never bans.
        A scanner can claim this too, so as many hits as would ban it slow it down.
        """
        if not address.bannable:
            return FailureVerdict(0)
        if cross_site:
            count = self._foreign_hits.add(address.key, moment.monotonic)
            limit = self.settings.failures_before_ban
            return FailureVerdict(count, throttled=count >= limit)
        return self._punish(address, BanSource.HONEYPOT, path, 1, moment)

    def _punish(
        self,
        address: ClientAddress,
        source: BanSource,
        reason: str,
        count: int,
        moment: Moment,
    ) -> FailureVerdict:
        if self.proved.vouched(address.key, moment.wall):
            if source is BanSource.HONEYPOT:
                # One hit throttles as that many failures do.
                for _ in range(self.settings.failures_before_ban):
                    self._failures.add(address.key, moment.monotonic)
            return FailureVerdict(count, throttled=True)
        before = self.bans.find(address.key, moment.wall)
        if before is not None:
            return FailureVerdict(count)
        try:
            ban = self.bans.ban(address.key, moment.wall, source, reason=reason)
        except OverflowError:
            return FailureVerdict(count, throttled=True)
        self._failures.forget(address.key)
        return FailureVerdict(count, ban)

    def _has_failed_too_often(self, key: str, moment: Moment) -> bool:
        now, limit = moment.monotonic, self.settings.failures_before_ban
        windows = (self._failures, self._foreign_hits)
        return any(window.count(key, now) >= limit for window in windows)

    def _forget(self, key: str) -> None:
        self._failures.forget(key)
        self._foreign_hits.forget(key)

    # HTTP and devices

    def on_request(
        self, address: ClientAddress, user_id: str | None, moment: Moment
    ) -> None:
        """Admit a request to an HTTP endpoint of ours. Raises DeniedError."""
        now = moment.monotonic
        if user_id is not None:
            self._limits.take_user(user_id, now)
            return
        ban = self.bans.find(address.key, moment.wall)
        if ban is not None and address.bannable:
            raise DeniedError(Denial.BANNED, ban.until - moment.wall)
        if not address.shared:
            self._limits.take_anonymous(address.key, now)

    def on_web_page(self, address: ClientAddress, moment: Moment) -> NoReturn:
        """Refuse the connection that a web page makes its visitor's browser ask for.

        The visitor did not ask for this and may share an address with devices: it
        costs the address a request without a login, nothing else. Raises DeniedError.
        """
        self.on_page(address, moment)
        raise DeniedError(Denial.WEB_PAGE, FORBIDDEN_RETRY)

    def on_page(self, address: ClientAddress, moment: Moment) -> None:
        """Admit an anonymous request for a page that the banned may also see."""
        if not address.shared:
            self._limits.take_anonymous(address.key, moment.monotonic)

    def lift(self, key: str) -> Ban | None:
        """Lift the ban of an address key and forget its failures."""
        self._forget(key)
        return self.bans.unban(key)

    # State that survives a restart

    def dump(self, wall: float) -> dict[str, Any]:
        """Return bans and proved addresses as JSON values."""
        return {"bans": self.bans.dump(wall), "proved": self.proved.dump()}


def _key_name(device_key: bytes) -> str:
    """File keys by their hash: tables may end up in diagnostics."""
    return hashlib.sha256(device_key).hexdigest()[:32]
