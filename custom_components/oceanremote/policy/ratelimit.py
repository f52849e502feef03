"""Token buckets over a bounded table of keys that strangers choose.

A bucket is one number, the time at which it will be full again (the "theoretical
arrival time" of the generic cell rate algorithm, ITU-T I.371). A bucket that is full
equals a bucket that never existed, so dropping it loses nothing; **only full buckets
are ever dropped**. Nobody can reset their own bucket, or another's, by flooding the
table with addresses. When no full bucket is found, a newcomer shares one of a fixed
number of overflow buckets, chosen by a hash under a random key: it cannot choose
which others it shares it with, and keys already in the table are not affected.
"""

from collections import OrderedDict
import hashlib
import math
from typing import Final

from .settings import Rate

OVERFLOW_BUCKETS: Final = 256
# Oldest entries looked at to make room for a newcomer: bounded work per request.
SWEEP: Final = 8
# Rounding of summed times must not cost the last token of a burst.
_SLACK: Final = 1e-3


class RateLimitedError(Exception):
    """The key has used up its bucket."""

    def __init__(self, retry_after: float) -> None:
        """Carry the seconds after which one more will be allowed."""
        super().__init__(f"retry after {retry_after:.3f} s")
        self.retry_after = retry_after


class SteadyClock:
    """A clock that never goes back, whatever it is fed."""

    def __init__(self) -> None:
        """Start before all times."""
        self._latest = -math.inf

    def at(self, now: float) -> float:
        """Return `now` or the latest time seen, whichever is later.

        Raises ValueError for NaN and infinities, which would stop time for good.
        """
        if not math.isfinite(now):
            raise ValueError("time must be finite")
        self._latest = max(self._latest, now)
        return self._latest


class _Gauge:
    """The arithmetic of one rate on full-again times; holds no state."""

    __slots__ = ("_interval", "_span", "_tolerance")

    def __init__(self, rate: Rate) -> None:
        self._interval = 1 / rate.per_second
        self._tolerance = self._interval * (rate.burst - 1)
        self._span = self._interval * rate.burst

    def wait(self, full_at: float, now: float) -> float:
        """Seconds until one token is there, at most a burst's; 0 if it is."""
        missing = full_at - now - self._tolerance
        return min(missing, self._span) if missing > self._interval * _SLACK else 0.0

    def charged(self, full_at: float, now: float) -> float:
        """Full-again time after one more token; debts end at an empty bucket."""
        return min(max(full_at, now) + self._interval, now + self._span)

    def indebted(self, full_at: float, now: float, tokens: int) -> float:
        """Full-again time after `tokens` more; waits end at one burst's time."""
        longest = self._tolerance + self._span
        return min(max(full_at, now) + tokens * self._interval, now + longest)


class Bucket:
    """One token bucket that everyone shares."""

    def __init__(self, rate: Rate) -> None:
        """Start full."""
        self._gauge = _Gauge(rate)
        self._clock = SteadyClock()
        self._full_at = -math.inf

    def take(self, now: float) -> None:
        """Take one token. Raises RateLimitedError and takes none if there is none."""
        now = self._clock.at(now)
        wait = self._gauge.wait(self._full_at, now)
        if wait > 0:
            raise RateLimitedError(wait)
        self._full_at = self._gauge.charged(self._full_at, now)

    def wait(self, now: float) -> float:
        """Return the seconds until a token is there, 0 if one is; take none."""
        return self._gauge.wait(self._full_at, self._clock.at(now))

    def delay(self, now: float, tokens: int = 1) -> float:
        """Take tokens in any case; return how long the taker should pause.

        For peers that are slowed down instead of refused: the pause brings them back
        to the sustained rate. It is never longer than the burst takes to fill.
        """
        now = self._clock.at(now)
        wait = self._gauge.wait(self._full_at, now)
        self._full_at = self._gauge.indebted(self._full_at, now, tokens)
        return wait


class RateLimiter:
    """A token bucket per key; at most `capacity` + OVERFLOW_BUCKETS numbers."""

    def __init__(self, rate: Rate, capacity: int, *, seed: bytes) -> None:
        """`seed` is secret randomness (16 bytes or more) for the overflow's hash."""
        if len(seed) < 16:
            raise ValueError("the seed must be at least 16 bytes")
        self._gauge = _Gauge(rate)
        self._capacity = capacity
        self._seed = seed[:64]
        self._clock = SteadyClock()
        self._full_at: OrderedDict[str, float] = OrderedDict()
        self._overflow = [-math.inf] * OVERFLOW_BUCKETS

    def __len__(self) -> int:
        """Return the number of keys in the table."""
        return len(self._full_at)

    def check(self, key: str, now: float) -> None:
        """Raise RateLimitedError if the key has no token; take none."""
        now = self._clock.at(now)
        if (wait := self._gauge.wait(self._full_again(key), now)) > 0:
            raise RateLimitedError(wait)

    def charge(self, key: str, now: float) -> None:
        """Take a token, or leave the bucket empty."""
        now = self._clock.at(now)
        charged = self._gauge.charged(self._full_again(key), now)
        if key in self._full_at or self._has_room(now):
            self._full_at[key] = charged
            self._full_at.move_to_end(key)
        else:
            self._overflow[self._overflow_index(key)] = charged

    def take(self, key: str, now: float) -> None:
        """Take one token. Raises RateLimitedError and takes none if there is none."""
        self.check(key, now)
        self.charge(key, now)

    def _has_room(self, now: float) -> bool:
        """Whether a newcomer fits, after dropping full buckets among the oldest.

        The table is in the order of use, and no bucket needs longer than its span
        to fill: whatever has been idle that long is found here.
        """
        if len(self._full_at) < self._capacity:
            return True
        oldest = [key for key, _ in zip(self._full_at, range(SWEEP), strict=False)]
        for key in oldest:
            if self._full_at[key] <= now:
                del self._full_at[key]
        return len(self._full_at) < self._capacity

    def _full_again(self, key: str) -> float:
        """A newcomer inherits its overflow bucket, so that moving in is no refill."""
        full_at = self._full_at.get(key)
        return self._overflow[self._overflow_index(key)] if full_at is None else full_at

    def _overflow_index(self, key: str) -> int:
        digest = hashlib.blake2b(key.encode(), key=self._seed, digest_size=8).digest()
        return int.from_bytes(digest) % OVERFLOW_BUCKETS
