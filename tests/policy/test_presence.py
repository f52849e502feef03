"""Where a device is that sleeps: its word is believed, within bounds."""

import itertools
import json

from hypothesis import given, strategies as st
import pytest

from custom_components.oceanremote.policy.presence import (
    DRIFT,
    MAX_SLEEP,
    UNKNOWN_SLEEP,
    WAKING_TIME,
    Presence,
    Sleep,
    presence_of,
)

NOW = 1_800_000_000.0
ANNOUNCED = st.integers(min_value=0, max_value=0xFFFF_FFFF)
CLOCKS = st.floats(min_value=0.0, max_value=1e11)


def test_a_night_is_waited_for_with_its_drift_and_its_start() -> None:
    night = Sleep.announced(NOW, 28_800)
    assert night.until == NOW + 28_800
    late = NOW + 28_800 * 1.1 + 60
    assert night.remaining(late - 1) == pytest.approx(1)
    assert night.remaining(late) == pytest.approx(0, abs=1e-6)
    assert night.remaining(late + 1e9) == 0


@pytest.mark.parametrize("seconds", [0, 365 * 86_400, int(MAX_SLEEP) + 1, 0xFFFF_FFFF])
def test_whoever_does_not_know_or_says_too_much_is_asleep_for_a_day(
    seconds: int,
) -> None:
    sleep = Sleep.announced(NOW, seconds)
    assert sleep.until is None
    assert sleep.remaining(NOW) == UNKNOWN_SLEEP


def test_the_longest_sleep_counts_as_it_was_said() -> None:
    sleep = Sleep.announced(NOW, int(MAX_SLEEP))
    assert sleep.until == NOW + MAX_SLEEP


@given(ANNOUNCED, CLOCKS, CLOCKS)
def test_no_announcement_and_no_clock_makes_it_longer_than_the_bound(
    seconds: int, since: float, now: float
) -> None:
    remaining = Sleep.announced(since, seconds).remaining(now)
    longest = max(UNKNOWN_SLEEP, MAX_SLEEP * (1 + DRIFT) + WAKING_TIME)
    assert 0 <= remaining <= longest


@given(ANNOUNCED, CLOCKS, CLOCKS)
def test_a_clock_that_is_put_back_lengthens_nothing(
    seconds: int, since: float, back: float
) -> None:
    sleep = Sleep.announced(since, seconds)
    found = sleep.remaining(since - back)
    assert found <= sleep.patience
    assert found == pytest.approx(sleep.patience)


@given(ANNOUNCED, CLOCKS)
def test_a_sleep_outlives_its_file(seconds: int, since: float) -> None:
    sleep = Sleep.announced(since, seconds)
    assert Sleep.from_json(json.loads(json.dumps(sleep.to_json()))) == sleep


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        {"since": NOW},
        {"seconds": 60},
        {"since": "now", "seconds": 60},
        {"since": True, "seconds": 60},
        {"since": NOW, "seconds": True},
        {"since": NOW, "seconds": 1.5},
        {"since": float("nan"), "seconds": 60},
        {"since": float("inf"), "seconds": 60},
        {"since": -1.0, "seconds": 60},
    ],
)
def test_a_damaged_file_is_no_sleep(data: object) -> None:
    with pytest.raises(ValueError, match="no sleep"):
        Sleep.from_json(data)


@pytest.mark.parametrize("seconds", [-5, 365 * 86_400])
def test_a_file_announces_no_more_than_a_board(seconds: int) -> None:
    assert Sleep.from_json({"since": NOW, "seconds": seconds}).seconds == 0


def test_a_device_is_in_one_place() -> None:
    """Who is there is there, whatever was announced; late is late."""
    found = {
        (connected, asleep, late): presence_of(
            connected=connected, asleep=asleep, late=late
        )
        for connected, asleep, late in itertools.product((True, False), repeat=3)
        if not (asleep and late)
    }
    assert found == {
        (True, True, False): Presence.ONLINE,
        (True, False, True): Presence.ONLINE,
        (True, False, False): Presence.ONLINE,
        (False, True, False): Presence.ASLEEP,
        (False, False, True): Presence.AWAY,
        (False, False, False): Presence.OFFLINE,
    }
