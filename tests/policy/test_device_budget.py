"""What one proved device may cost: what is ordinary passes, a flood is slowed down."""

from hypothesis import given, strategies as st
import pytest

from custom_components.oceanremote.policy.device_budget import (
    Budget,
    DescriptionBudget,
    DeviceBudget,
    Pace,
)
from custom_components.oceanremote.policy.settings import PolicySettings, Rate

SETTINGS = PolicySettings()
FREE = Pace(0.0, ())


def flood(seconds: float, *, size: int, states: int) -> tuple[int, list[Budget]]:
    """Send the same message without end; return how many got through, and reports."""
    budget = DeviceBudget(SETTINGS)
    now, count, reports = 0.0, 0, []
    while now < seconds:
        pace = budget.on_message(now, size=size, states=states)
        reports += pace.report
        now += pace.delay
        count += 1
    return count, reports


class TestMessages:
    @pytest.mark.parametrize(
        ("size", "states", "budget", "burst", "rate"),
        [
            (50, 1, Budget.MESSAGES, 1000, 200),
            (3000, 256, Budget.STATES, 2048 / 256, 300 / 256),
            (8192, 0, Budget.BYTES, 512 * 1024 / 8192, 64 * 1024 / 8192),
        ],
    )
    def test_a_flood_is_slowed_and_reported_once_a_minute(
        self, size: int, states: int, budget: Budget, burst: float, rate: float
    ) -> None:
        """By whichever of its budgets it exceeds first."""
        count, reports = flood(90.0, size=size, states=states)
        assert count == pytest.approx(burst + 90 * rate, rel=0.02, abs=2)
        assert reports == [budget, budget]

    def test_what_was_seen_takes_minutes_now(self) -> None:
        """A thousand messages with 256 states each went through at once."""
        budget = DeviceBudget(SETTINGS)
        now = 0.0
        for _ in range(1000):
            now += budget.on_message(now, size=2560, states=256).delay
        assert now > 800

    def test_an_ordinary_device_is_nobodys_business(self) -> None:
        """Not when it returns with all that it has, nor in a busy home."""
        budget = DeviceBudget(SETTINGS)
        for _ in range(17):
            assert budget.on_message(0.0, size=8192, states=0) == FREE  # describes
        for _ in range(2):
            assert budget.on_message(0.1, size=6000, states=256) == FREE
        for number in range(10_000):
            now = 1.0 + number / 10
            assert budget.on_message(now, size=300, states=25) == FREE

    def test_two_hundred_small_messages_a_second_are_fine(self) -> None:
        budget = DeviceBudget(SETTINGS)
        for number in range(10_000):
            assert budget.on_message(number / 200, size=40, states=1) == FREE

    @given(
        st.lists(
            st.tuples(st.integers(1, 8192), st.integers(0, 256), st.floats(0, 1)),
            max_size=400,
        )
    )
    def test_no_mixture_exceeds_a_budget(
        self, messages: list[tuple[int, int, float]]
    ) -> None:
        """Whoever waits as told stays within each of them, one message apart."""
        budget = DeviceBudget(SETTINGS)
        now, size_sum, states_sum = 0.0, 0, 0
        for size, states, gap in messages:
            now += gap
            pace = budget.on_message(now, size=size, states=states)
            size_sum, states_sum = size_sum + size, states_sum + states
            assert size_sum <= 512 * 1024 + 8192 + now * 64 * 1024 + 8192
            assert states_sum <= 2048 + 256 + now * 300 + 256
            now += pace.delay


class TestDescriptions:
    def test_twenty_at_once_then_one_in_three_minutes(self) -> None:
        budget = DescriptionBudget(SETTINGS)
        for _ in range(20):
            assert budget.wait(0.0) == 0.0
            budget.spend(0.0)
        assert budget.wait(0.0) == pytest.approx(180)
        assert budget.wait(100.0) == pytest.approx(80)
        assert budget.wait(180.0) == 0.0
        budget.spend(180.0)
        assert budget.wait(180.0) == pytest.approx(180)

    def test_one_that_comes_unasked_is_counted(self) -> None:
        budget = DescriptionBudget(SETTINGS)
        for _ in range(21):
            budget.spend(0.0)
        assert budget.wait(180.0) == pytest.approx(180)

    def test_the_rate_is_what_is_documented(self) -> None:
        assert SETTINGS.new_description_rate == Rate(1 / 180, 20)
        assert SETTINGS.device_state_rate == Rate(300, 2048)
        assert SETTINGS.device_byte_rate == Rate(64 * 1024, 512 * 1024)
