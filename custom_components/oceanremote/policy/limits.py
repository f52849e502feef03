"""The buckets of admission, each with the denial that it raises."""

from enum import StrEnum

from .ratelimit import Bucket, RateLimitedError, RateLimiter
from .settings import PolicySettings, Rate, budget


class Denial(StrEnum):
    """Why something was refused; for the audit, never for the wire."""

    BANNED = "banned"
    TLS_REQUIRED = "tls_required"
    WEB_PAGE = "web_page"
    ADDRESS_CONNECTIONS = "address_connections"
    ADDRESS_RATE = "address_rate"
    HUB_CONNECTIONS = "hub_connections"
    SLOW_LANE = "slow_lane"
    THROTTLED = "throttled"
    REGISTRATION_RATE = "registration_rate"
    HANDSHAKE_BUDGET = "handshake_budget"
    REGISTRATION_BUDGET = "registration_budget"
    KNOWN_KEY_BUDGET = "known_key_budget"
    KEY_THROTTLED = "key_throttled"
    ANONYMOUS_RATE = "anonymous_rate"
    USER_RATE = "user_rate"


class DeniedError(Exception):
    """Refused, for now."""

    def __init__(self, denial: Denial, retry_after: float = 0.0) -> None:
        """Name the reason and the seconds until another try makes sense."""
        super().__init__(denial.value)
        self.denial = denial
        self.retry_after = retry_after


class Lane(StrEnum):
    """How an address is treated at present."""

    OPEN = "open"
    THROTTLED = "throttled"
    SLOW = "slow"


class Limits:
    """The buckets of admission, each raising its own denial."""

    def __init__(self, settings: PolicySettings, seed: bytes) -> None:
        """`seed` is the secret of the overflow buckets."""

        def table(rate: Rate, capacity: int) -> RateLimiter:
            return RateLimiter(rate, capacity, seed=seed)

        addresses = settings.address_capacity
        self._api = table(settings.api_rate, addresses)
        self._anonymous = table(
            Rate.per_minute(settings.anonymous_requests_per_minute), addresses
        )
        self._registration = table(
            Rate.per_minute(settings.failed_registrations_per_minute), addresses
        )
        self._slow = table(settings.slow_lane_rate, addresses)
        self._throttled = table(settings.throttled_rate, addresses)
        self._user = table(
            Rate.per_minute(settings.user_requests_per_minute), settings.user_capacity
        )
        self._key = table(settings.slow_lane_rate, settings.device_capacity)
        self._strangers = Bucket(budget(settings.stranger_handshakes_per_second))
        self._familiar = Bucket(budget(settings.familiar_handshakes_per_second))
        self._shared = Bucket(budget(settings.shared_handshakes_per_second))
        self._known_keys = Bucket(budget(settings.known_key_handshakes_per_second))
        self._registrations = Bucket(budget(settings.registrations_per_second))

    def sizes(self) -> dict[str, int]:
        """Return the number of entries per table."""
        return {
            "api": len(self._api),
            "anonymous": len(self._anonymous),
            "registration": len(self._registration),
            "slow": len(self._slow),
            "throttled": len(self._throttled),
            "user": len(self._user),
            "key": len(self._key),
        }

    def take_api(self, key: str, now: float) -> None:
        """One request or connect of an address."""
        _take(self._api, key, now, Denial.ADDRESS_RATE)

    def take_anonymous(self, key: str, now: float) -> None:
        """One anonymous HTTP request of an address."""
        _take(self._anonymous, key, now, Denial.ANONYMOUS_RATE)

    def take_user(self, user_id: str, now: float) -> None:
        """One HTTP request of a Home Assistant user."""
        _take(self._user, user_id, now, Denial.USER_RATE)

    def take_key_penalty(self, name: str, now: float) -> None:
        """One handshake that names a device key under suspicion."""
        _take(self._key, name, now, Denial.KEY_THROTTLED)

    def take_lane(self, lane: Lane, key: str, now: float) -> None:
        """One handshake with a valid mac1 of an address in a narrower lane."""
        if lane is Lane.SLOW:
            _take(self._slow, key, now, Denial.SLOW_LANE)
        elif lane is Lane.THROTTLED:
            _take(self._throttled, key, now, Denial.THROTTLED)

    def check_registration(self, key: str, now: float) -> None:
        """Raise if the address has failed to register too often; take nothing."""
        try:
            self._registration.check(key, now)
        except RateLimitedError as err:
            raise DeniedError(Denial.REGISTRATION_RATE, err.retry_after) from err

    def charge_registration(self, key: str, now: float) -> None:
        """Count one failed registration of an address."""
        self._registration.charge(key, now)

    def take_registration_budget(self, now: float) -> None:
        """One registration handshake, over all addresses."""
        _spend(self._registrations, now, Denial.REGISTRATION_BUDGET)

    def take_handshake(self, now: float, *, shared: bool, familiar: bool) -> None:
        """One first curve operation, by the kind of address that asks for it."""
        bucket = self._strangers
        if shared:
            bucket = self._shared
        elif familiar:
            bucket = self._familiar
        _spend(bucket, now, Denial.HANDSHAKE_BUDGET)

    def take_known_key(self, now: float) -> None:
        """The rest of a handshake that names a known device key."""
        _spend(self._known_keys, now, Denial.KNOWN_KEY_BUDGET)


def _take(limiter: RateLimiter, key: str, now: float, denial: Denial) -> None:
    try:
        limiter.take(key, now)
    except RateLimitedError as err:
        raise DeniedError(denial, err.retry_after) from err


def _spend(bucket: Bucket, now: float, denial: Denial) -> None:
    try:
        bucket.take(now)
    except RateLimitedError as err:
        raise DeniedError(denial, err.retry_after) from err
