"""Token buckets: never more than the rate, for any clock and any number of keys."""

import math
import sys

from hypothesis import given, strategies as st
import pytest

from custom_components.oceanremote.policy.ratelimit import (
    OVERFLOW_BUCKETS,
    SWEEP,
    Bucket,
    RateLimitedError,
    RateLimiter,
    SteadyClock,
)
from custom_components.oceanremote.policy.settings import Rate

SEED = bytes(range(16))
TIMES = st.floats(-1e9, 1e9)


def limiter(rate: Rate = Rate(1.0, 3), capacity: int = 4) -> RateLimiter:
    return RateLimiter(rate, capacity, seed=SEED)


def taken(bucket: RateLimiter, key: str, now: float) -> bool:
    """Whether a token was there."""
    try:
        bucket.take(key, now)
    except RateLimitedError:
        return False
    return True


class TestSteadyClock:
    @given(st.lists(TIMES, min_size=1))
    def test_it_never_goes_back(self, times: list[float]) -> None:
        clock = SteadyClock()
        shown = [clock.at(time) for time in times]
        assert shown == sorted(shown)
        assert shown[-1] == max(times)

    @pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
    def test_it_refuses_what_would_stop_time(self, bad: float) -> None:
        with pytest.raises(ValueError, match="finite"):
            SteadyClock().at(bad)


class TestOneKey:
    def test_the_burst_then_the_rate(self) -> None:
        bucket = limiter()
        assert [taken(bucket, "a", 0.0) for _ in range(4)] == [True, True, True, False]
        assert not taken(bucket, "a", 0.5)
        assert taken(bucket, "a", 1.0)
        assert not taken(bucket, "a", 1.0)

    def test_retry_after_is_when_a_token_is_there(self) -> None:
        bucket = limiter()
        for _ in range(3):
            bucket.take("a", 100.0)
        with pytest.raises(RateLimitedError) as limited:
            bucket.take("a", 100.25)
        assert limited.value.retry_after == pytest.approx(0.75)
        bucket.take("a", 100.25 + limited.value.retry_after)

    def test_a_refusal_costs_nothing(self) -> None:
        bucket = limiter()
        for _ in range(3):
            bucket.take("a", 0.0)
        for _ in range(100):
            assert not taken(bucket, "a", 0.5)
        assert taken(bucket, "a", 1.0)

    def test_charges_without_check_end_at_an_empty_bucket(self) -> None:
        bucket = limiter()
        for _ in range(100):
            bucket.charge("a", 0.0)
        assert taken(bucket, "a", 1.0)

    def test_a_check_takes_nothing(self) -> None:
        bucket = limiter()
        for _ in range(10):
            bucket.check("a", 0.0)
        assert len(bucket) == 0

    def test_a_short_seed_is_refused(self) -> None:
        with pytest.raises(ValueError, match="seed"):
            RateLimiter(Rate(1, 1), 1, seed=b"short")


class TestAnyClockAnyKeys:
    @given(
        st.lists(st.tuples(st.integers(0, 12), TIMES), max_size=200),
        st.integers(1, 6),
        st.integers(1, 5),
        st.sampled_from([0.01, 1 / 60, 1.0, 20.0]),
    )
    def test_no_key_gets_more_than_burst_and_rate(
        self,
        calls: list[tuple[int, float]],
        capacity: int,
        burst: int,
        per_second: float,
    ) -> None:
        """However the table is flooded and the clock jumps: nobody resets a bucket."""
        bucket = limiter(Rate(per_second, burst), capacity)
        steady = SteadyClock()
        allowed: dict[str, list[float]] = {}
        for number, time in calls:
            now = steady.at(time)
            if taken(bucket, str(number), time):
                allowed.setdefault(str(number), []).append(now)
            assert len(bucket) <= capacity
        for times in allowed.values():
            for first in range(len(times)):
                for last in range(first, len(times)):
                    most = burst + (times[last] - times[first]) * per_second
                    assert last - first + 1 <= most + 1e-6 * abs(times[last]) + 2e-3

    @given(st.lists(st.tuples(st.integers(0, 300), st.floats(0, 3)), max_size=100))
    def test_a_key_in_the_table_does_not_notice_a_flood(
        self, calls: list[tuple[int, float]]
    ) -> None:
        flooded, alone = limiter(capacity=3), limiter(capacity=3)
        flooded.charge("victim", 0.0)
        alone.charge("victim", 0.0)
        now = 0.0
        for number, step in calls:
            now += step / 10
            flooded.charge(f"stranger {number}", now)
            # Its own use keeps a bucket that is not full in the table.
            assert taken(flooded, "victim", now) == taken(alone, "victim", now)


class TestFullTable:
    def test_flooding_does_not_refill_the_own_bucket(self) -> None:
        bucket = limiter(capacity=4)
        for _ in range(3):
            bucket.take("attacker", 0.0)
        for number in range(1000):
            bucket.charge(f"other {number}", 0.0)
        assert not taken(bucket, "attacker", 0.0)

    def test_moving_from_overflow_into_the_table_is_no_refill(self) -> None:
        bucket = limiter(capacity=1)
        bucket.charge("resident", 0.0)
        for _ in range(3):
            assert taken(bucket, "late", 0.0)
        assert not taken(bucket, "late", 0.0)
        # The resident's bucket is full again; the newcomer moves in with his debt.
        assert taken(bucket, "late", 1.0)
        assert not taken(bucket, "late", 1.0)

    def test_overflow_is_shared_by_a_secret_hash(self) -> None:
        seeds = [bytes([number]) * 16 for number in range(8)]
        indices = {
            RateLimiter(Rate(1, 1), 1, seed=seed)._overflow_index("a") for seed in seeds
        }
        assert len(indices) > 1

    def test_full_buckets_make_room(self) -> None:
        bucket = limiter(capacity=SWEEP * 2)
        for number in range(SWEEP * 2):
            bucket.charge(str(number), 0.0)
        bucket.charge("new", 100.0)
        assert len(bucket) == SWEEP + 1

    def test_a_million_addresses(self) -> None:
        bucket = RateLimiter(Rate(20, 20), 16_384, seed=SEED)
        for number in range(1_000_000):
            bucket.charge(f"2001:db8:{number >> 16:x}:{number & 0xFFFF:x}::/64", 0.0)
        assert len(bucket) == 16_384
        assert len(bucket._overflow) == OVERFLOW_BUCKETS
        entry = sys.getsizeof("2001:db8:ffff:ffff::/64") + sys.getsizeof(1.0)
        assert sys.getsizeof(bucket._full_at) + 16_384 * entry < 8 * 2**20


class TestBucket:
    def test_everyone_shares_it(self) -> None:
        bucket = Bucket(Rate(10, 2))
        bucket.take(0.0)
        bucket.take(0.0)
        with pytest.raises(RateLimitedError) as limited:
            bucket.take(0.0)
        assert limited.value.retry_after == pytest.approx(0.1)

    def test_delay_brings_a_flood_back_to_the_rate(self) -> None:
        """A taker that pauses as it is told sends at the sustained rate."""
        bucket = Bucket(Rate(200, 1000))
        now = 0.0
        for _ in range(3000):
            now += bucket.delay(now)
        assert now == pytest.approx((3000 - 1000) / 200, rel=0.01)

    @given(st.lists(TIMES, max_size=50))
    def test_a_delay_is_never_longer_than_the_burst_takes(
        self, times: list[float]
    ) -> None:
        bucket = Bucket(Rate(2.0, 3))
        for time in [*times, *[0.0] * 20]:
            assert 0 <= bucket.delay(time) <= 1.5
