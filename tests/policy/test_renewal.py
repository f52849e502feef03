"""Which permanent tokens are renewed by themselves: old ones, and not all at once."""

import itertools

from hypothesis import given, strategies as st
import pytest

from custom_components.oceanremote.policy.renewal import (
    MAX_PER_HOUR,
    PAUSE,
    SPREAD,
    Age,
    Renewals,
    age_of,
    lifetime_of,
)
from custom_components.oceanremote.policy.settings import DAY

NOW = 1_800_000_000.0
YEAR_2100 = 4_102_444_800.0
MONTH = 30 * DAY
LONG_UP = 10 * PAUSE

WALL_TIMES = st.floats(min_value=0.0, max_value=1e11)


def up_for_long() -> Renewals:
    """Return the count of a hub that started long ago, by its own clock."""
    return Renewals(0.0)


class TestLifetime:
    """Each token has its own, within bounds."""

    @given(st.text(), st.integers(0, 2**32 - 1), st.integers(1, 365))
    def test_no_token_outlives_the_limit_or_is_renewed_much_earlier(
        self, name: str, generation: int, days: int
    ) -> None:
        lifetime = lifetime_of(name, generation, days)
        assert days * DAY * (1 - SPREAD) <= lifetime <= days * DAY

    def test_a_hundred_devices_of_one_afternoon_are_spread_over_days(self) -> None:
        per_day = [0] * 31
        for number in range(100):
            per_day[int(lifetime_of(f"device{number}", 1, 30) // DAY)] += 1
        assert max(per_day) <= 30
        assert sum(1 for count in per_day if count) >= 7

    def test_the_answer_does_not_change_until_the_token_does(self) -> None:
        assert lifetime_of("one", 1, 30) == lifetime_of("one", 1, 30)
        assert lifetime_of("one", 1, 30) != lifetime_of("one", 2, 30)


class TestAge:
    """What the wall clock says."""

    @pytest.mark.parametrize(
        ("issued_at", "age"),
        [
            (NOW, Age.YOUNG),
            (NOW - MONTH + 1, Age.YOUNG),
            (NOW - MONTH, Age.OLD),
            (0.0, Age.OLD),
            (NOW + 1, Age.UNKNOWN),
            (YEAR_2100, Age.UNKNOWN),
            (None, Age.UNKNOWN),
        ],
    )
    def test_a_token_of_the_past_has_an_age(
        self, issued_at: float | None, age: Age
    ) -> None:
        assert age_of(issued_at, MONTH, NOW) is age


class TestRenewals:
    """How many of those that are old are renewed, and when."""

    def test_a_young_token_is_left_alone(self) -> None:
        assert not up_for_long().take("one", Age.YOUNG, LONG_UP)

    def test_an_old_one_is_renewed_once(self) -> None:
        """Whatever becomes of it, the next attempt is a day later."""
        renewals = up_for_long()
        assert renewals.take("one", Age.OLD, LONG_UP)
        assert not renewals.take("one", Age.OLD, LONG_UP)
        assert not renewals.take("one", Age.OLD, LONG_UP + PAUSE - 1)
        assert renewals.take("one", Age.OLD, LONG_UP + PAUSE)

    def test_an_old_one_need_not_wait_after_a_start(self) -> None:
        assert Renewals(LONG_UP).take("one", Age.OLD, LONG_UP)

    def test_a_clock_that_is_not_set_yet_renews_nothing_after_a_start(self) -> None:
        """A board without a clock of its own wakes up in 1970, until it is told."""
        renewals = Renewals(LONG_UP)
        assert not renewals.take("one", Age.UNKNOWN, LONG_UP + PAUSE - 1)
        assert renewals.take("one", Age.UNKNOWN, LONG_UP + PAUSE)

    def test_a_clock_in_2100_renews_no_more_than_so_many_an_hour(self) -> None:
        renewals = up_for_long()
        names = [f"device{number}" for number in range(4096)]
        taken = [name for name in names if renewals.take(name, Age.OLD, LONG_UP)]
        assert taken == names[:MAX_PER_HOUR]
        assert not renewals.take(names[-1], Age.OLD, LONG_UP + 3599)
        assert renewals.take(names[-1], Age.OLD, LONG_UP + 3600)

    def test_a_refused_one_keeps_its_turn(self) -> None:
        """Being refused for the hour is no attempt of its own."""
        renewals = up_for_long()
        for number in range(MAX_PER_HOUR):
            assert renewals.take(str(number), Age.OLD, LONG_UP)
        assert not renewals.take("last", Age.OLD, LONG_UP)
        assert renewals.take("last", Age.OLD, LONG_UP + 3600)

    @given(st.lists(WALL_TIMES, max_size=200), st.floats(1.0, 3600.0))
    def test_no_wall_clock_renews_a_device_more_than_once_a_day(
        self, walls: list[float], step: float
    ) -> None:
        renewals = up_for_long()
        issued_at, taken = NOW, []
        for number, wall in enumerate(walls):
            now = LONG_UP + number * step
            if renewals.take("one", age_of(issued_at, MONTH, wall), now):
                issued_at = wall
                taken.append(now)
        assert all(b - a >= PAUSE for a, b in itertools.pairwise(taken))

    def test_what_it_remembers_is_bounded(self) -> None:
        renewals = up_for_long()
        for number in range(2000):
            renewals.take(str(number), Age.OLD, LONG_UP + number * 3600)
        assert len(renewals._last) <= PAUSE // 3600
        assert len(renewals._recent) <= MAX_PER_HOUR
