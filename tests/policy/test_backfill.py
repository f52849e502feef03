"""Which hours may be imported, and what they say; whatever a device has sent."""

import math

from hypothesis import given, strategies as st
import pytest

from custom_components.oceanremote.policy.backfill import (
    HOUR,
    MAX_AGE,
    MAX_AHEAD,
    Kind,
    LeftOut,
    Recorded,
    Row,
    TimedReading,
    is_possible_time,
    plan_hours,
)

NOW = 1_795_000_000.0
START = int(NOW // HOUR) * HOUR - 10 * HOUR
HOURS = [START + index * HOUR for index in range(8)]

values = st.floats(-1e6, 1e6, width=32)
readings = st.lists(
    st.builds(
        TimedReading,
        st.floats(START, START + 8 * HOUR - 1),
        st.integers(0, 1000),
        values,
    ),
    max_size=60,
)
hours = st.frozensets(st.sampled_from(HOURS))


def _rows(starts: frozenset[int]) -> dict[int, Row]:
    return {start: Row(start) for start in starts}


def _reading(hour: int, second: float, value: float, number: int = 0) -> TimedReading:
    return TimedReading(HOURS[hour] + second, number, value)


@given(readings, hours, hours, st.sampled_from(Kind), st.booleans())
def test_only_compiled_hours_without_a_row_are_imported(
    told: list[TimedReading],
    compiled: frozenset[int],
    present: frozenset[int],
    kind: Kind,
    patient: bool,
) -> None:
    recorded = Recorded(compiled, _rows(present), Row(START - HOUR, 0.0, 0.0))
    plan = plan_hours(told, kind, recorded, patient=patient)
    starts = [hour.start for hour in plan.hours]
    assert starts == sorted(set(starts))
    assert set(starts) <= compiled - present
    assert {reading.hour for reading in plan.waiting}.isdisjoint(compiled | present)
    assert patient or not plan.waiting
    # Nothing is lost without a word, and nothing is counted twice.
    counted = sum(hour.readings for hour in plan.hours)
    counted += len(plan.waiting) + sum(plan.left_out.values())
    assert counted == len(set(told))


@given(readings, st.randoms(use_true_random=False), st.sampled_from(Kind))
def test_order_and_duplicates_change_nothing(
    told: list[TimedReading], random: object, kind: Kind
) -> None:
    recorded = Recorded(frozenset(HOURS), {}, Row(START - HOUR, 0.0, 0.0))
    plan = plan_hours(told, kind, recorded, patient=True)
    again = [*told, *told]
    random.shuffle(again)  # type: ignore[attr-defined]
    assert plan_hours(again, kind, recorded, patient=True) == plan


@given(readings)
def test_a_mean_lies_between_its_bounds(told: list[TimedReading]) -> None:
    recorded = Recorded(frozenset(HOURS), {})
    for hour in plan_hours(told, Kind.MEAN, recorded, patient=True).hours:
        assert hour.min is not None
        assert hour.mean is not None
        assert hour.max is not None
        assert hour.min <= hour.mean <= hour.max


@given(readings)
def test_an_angle_has_a_mean_within_the_circle(told: list[TimedReading]) -> None:
    recorded = Recorded(frozenset(HOURS), {})
    for hour in plan_hours(told, Kind.ANGLE, recorded, patient=True).hours:
        assert hour.mean is not None
        assert 0 <= hour.mean <= 360
        assert hour.mean_weight is not None
        assert math.isfinite(hour.mean_weight)


@given(readings, st.floats(0, 1e6), st.floats(0, 1e6), hours)
def test_the_sums_of_a_counter_never_exceed_what_comes_behind_them(
    told: list[TimedReading], state: float, after: float, present: frozenset[int]
) -> None:
    rows = {start: Row(start, state, 1000.0) for start in present}
    recorded = Recorded(
        frozenset(HOURS),
        rows,
        Row(START - HOUR, state, 1000.0),
        Row(START + 9 * HOUR, after, 1000.0 + after),
    )
    plan = plan_hours(told, Kind.INCREASING, recorded, patient=True)
    for hour in plan.hours:
        assert hour.sum is not None
        later = [row.sum for row in rows.values() if row.start > hour.start]
        limit = min(
            (total for total in later if total is not None), default=1000 + after
        )
        assert hour.sum <= limit + 1e-3


def test_a_value_is_weighed_by_how_long_it_held() -> None:
    told = [
        _reading(0, 3500, 100.0),  # holds into the next hour
        _reading(1, 900, 10.0),
        _reading(1, 1800, 30.0),
        _reading(3, 0, 7.0),
    ]
    recorded = Recorded(frozenset(HOURS), {HOURS[0]: Row(HOURS[0])})
    first, second = plan_hours(told, Kind.MEAN, recorded, patient=True).hours
    assert (first.min, first.max, first.readings) == (10.0, 100.0, 2)
    assert first.mean == pytest.approx((100 * 900 + 10 * 900 + 30 * 1800) / 3600)
    # An hour without a reading is none, and nothing holds across it.
    assert second.start == HOURS[3]
    assert (second.min, second.mean, second.max) == (7.0, 7.0, 7.0)


def test_an_angle_is_averaged_around_north() -> None:
    told = [_reading(0, 0, 350.0), _reading(0, 1800, 10.0)]
    recorded = Recorded(frozenset(HOURS), {})
    (hour,) = plan_hours(told, Kind.ANGLE, recorded, patient=True).hours
    assert hour.mean == pytest.approx(0.0, abs=1e-9) or hour.mean == pytest.approx(360)
    assert hour.min is None


def test_a_sum_goes_on_and_knows_a_reset() -> None:
    told = [
        _reading(0, 10, 105.0),
        _reading(1, 10, 3.0),
        _reading(1, 20, 5.0),
        _reading(2, 10, -1.0),
    ]
    recorded = Recorded(
        frozenset(HOURS),
        {},
        Row(START - HOUR, 100.0, 50.0),
        Row(START + 4 * HOUR, 6.0, 61.0),
    )
    plan = plan_hours(told, Kind.INCREASING, recorded, patient=True)
    assert [(hour.state, hour.sum) for hour in plan.hours] == [(105, 55), (5, 60)]
    assert plan.left_out == {LeftOut.IMPOSSIBLE_VALUE: 1}
    # A total may fall, and does not start anew.
    plan = plan_hours(told, Kind.TOTAL, recorded, patient=True)
    assert [hour.sum for hour in plan.hours] == [55, -45, -51]


def test_what_the_recorder_will_compile_next_bounds_the_sums() -> None:
    told = [_reading(0, 10, 150.0), _reading(1, 10, 2.0)]
    recorded = Recorded(
        frozenset(HOURS), {}, Row(START - HOUR, 100.0, 50.0), current=4.0
    )
    plan = plan_hours(told, Kind.INCREASING, recorded, patient=True)
    assert [(hour.start, hour.sum) for hour in plan.hours] == [(HOURS[1], 52.0)]
    assert plan.left_out == {LeftOut.RESET: 1}


def test_without_a_sum_before_there_is_none_to_continue() -> None:
    plan = plan_hours(
        [_reading(0, 10, 1.0)], Kind.TOTAL, Recorded(frozenset(HOURS), {}), patient=True
    )
    assert plan.left_out == {LeftOut.NO_SUM: 1}


@pytest.mark.parametrize(
    ("time", "possible"),
    [
        (0.0, False),
        (4_102_444_800.0, False),
        (NOW - MAX_AGE - 1, False),
        (NOW - MAX_AGE, True),
        (NOW, True),
        (NOW + MAX_AHEAD, True),
        (NOW + MAX_AHEAD + 1, False),
    ],
)
def test_times_that_cannot_be_are_refused(time: float, possible: bool) -> None:
    assert is_possible_time(time, NOW) is possible
