"""Counting failures in a window that strangers cannot make forget."""

from hypothesis import given, strategies as st

from custom_components.oceanremote.policy.failure_window import FailureWindow
from custom_components.oceanremote.policy.ratelimit import SteadyClock


def test_failures_add_up_within_the_window() -> None:
    window = FailureWindow(limit=3, window=10.0, capacity=8)
    assert [window.add("a", time) for time in (0.0, 1.0, 2.0)] == [1, 2, 3]
    assert window.count("a", 2.0) == 3
    assert window.count("a", 10.0) == 2
    assert window.count("b", 2.0) == 0


def test_old_failures_do_not_count() -> None:
    window = FailureWindow(limit=3, window=10.0, capacity=8)
    window.add("a", 0.0)
    window.add("a", 1.0)
    assert window.add("a", 10.5) == 2
    assert window.add("a", 100.0) == 1


def test_the_limit_is_the_most_it_counts() -> None:
    window = FailureWindow(limit=3, window=10.0, capacity=8)
    assert [window.add("a", 0.0) for _ in range(5)] == [1, 2, 3, 3, 3]


def test_a_record_can_be_dropped() -> None:
    window = FailureWindow(limit=3, window=10.0, capacity=8)
    window.add("a", 0.0)
    window.forget("a")
    window.forget("a")
    assert len(window) == 0
    assert window.add("a", 0.0) == 1


def test_a_flood_of_single_failures_forgets_no_repeated_one() -> None:
    window = FailureWindow(limit=20, window=600.0, capacity=16)
    for _ in range(19):
        window.add("guesser", 0.0)
    for number in range(10_000):
        assert window.add(f"other {number}", 1.0) == 1
        assert len(window) <= 16
    assert window.add("guesser", 2.0) == 20


def test_a_newcomer_finds_no_room_among_repeaters() -> None:
    window = FailureWindow(limit=20, window=600.0, capacity=2)
    for key in ("a", "a", "b", "b"):
        window.add(key, 0.0)
    assert window.add("new", 1.0) == 1
    assert window.add("new", 1.0) == 1
    assert window.count("a", 1.0) == window.count("b", 1.0) == 2


def test_expired_records_make_room_whatever_their_count() -> None:
    window = FailureWindow(limit=20, window=600.0, capacity=2)
    for key in ("a", "a", "b", "b"):
        window.add(key, 0.0)
    assert window.add("new", 600.0) == 1
    assert window.add("new", 600.0) == 2
    assert len(window) == 2


def test_the_same_void_thing_counts_once_in_a_window() -> None:
    window = FailureWindow(limit=5, window=10.0, capacity=8)
    for time in range(50):
        for token in (b"void", b"used"):
            assert window.add("home", float(time), token) <= 2
    assert window.count("home", 49.0) == 2
    assert window.count("home", 59.0) == 0
    assert [window.add("home", 60.0) for _ in range(4)] == [1, 2, 3, 4]
    assert window.add("home", 60.0, b"void") == 5
    assert window.add("home", 60.0, b"used") == 5


@given(
    st.lists(st.tuples(st.sampled_from("abcdef"), st.floats(-100, 100)), max_size=80),
    st.integers(1, 4),
    st.integers(1, 6),
)
def test_under_any_clock_it_never_counts_too_many(
    calls: list[tuple[str, float]], limit: int, capacity: int
) -> None:
    """Exact while there is room; never too many otherwise: nobody is banned unjustly."""
    window = FailureWindow(limit, 10.0, capacity)
    clock = SteadyClock()
    truth: dict[str, list[float]] = {}
    for key, time in calls:
        now = clock.at(time)
        counted = window.add(key, time)
        times = truth.setdefault(key, [])
        times.append(now)
        real = min(limit, sum(now - at < 10.0 for at in times))
        assert 1 <= counted <= real
        if len(truth) <= capacity:
            assert counted == real == window.count(key, time)
        assert len(window) <= capacity
        assert sum(len(rank) for rank in window._ranks) == len(window)


def test_a_million_addresses() -> None:
    window = FailureWindow(limit=20, window=600.0, capacity=8192)
    for number in range(1_000_000):
        window.add(str(number), 0.0)
    assert len(window) == 8192
    assert sum(len(rank) for rank in window._ranks) == 8192
