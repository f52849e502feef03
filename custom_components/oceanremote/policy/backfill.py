"""Which readings of the past become hours of statistics, and what those hours say.

Readings of one sensor and what the recorder has of it go in; hours to import, readings
that wait, and counts of what is left out come out. Times are Unix seconds, an hour is
named by its start. Nothing here changes an hour that the recorder has, or that it has
not finished: it would lose what it is about to write for every other entity.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, StrEnum
import math
from typing import Final

HOUR: Final = 3600
# A device's memory is bounded; so is what is believed of how long it was away.
MAX_AGE: Final = 366 * 24 * HOUR
MAX_AHEAD: Final = 300
# Of one device at a time: collected, in work and waiting.
MAX_READINGS: Final = 16_384
# A value holds into the next hour, no further.
MAX_CARRIED: Final = HOUR
# What Home Assistant takes for a reset of a counter that only grows.
_RESET_BELOW: Final = 0.9
_ROUNDING: Final = 1e-6


class Kind(Enum):
    """What the recorder keeps of a sensor."""

    MEAN = "mean"
    ANGLE = "angle"
    TOTAL = "total"
    INCREASING = "increasing"

    @property
    def is_sum(self) -> bool:
        """Whether hours continue a sum."""
        return self in (Kind.TOTAL, Kind.INCREASING)


class LeftOut(StrEnum):
    """Why a reading never becomes statistics."""

    NO_RECORDER = "no_recorder"
    UNKNOWN_SENSOR = "unknown_sensor"
    NO_STATE_CLASS = "no_state_class"
    NOT_RECORDED = "not_recorded"
    OTHER_STATISTICS = "other_statistics"
    UNIT = "unit"
    IMPOSSIBLE_TIME = "impossible_time"
    TOO_MANY = "too_many"
    HOUR_HAS_ROW = "hour_has_row"
    NOT_COMPILED = "not_compiled"
    NO_STATISTICS = "no_statistics"
    NO_SUM = "no_sum"
    RESET = "reset"
    IMPOSSIBLE_VALUE = "impossible_value"


@dataclass(frozen=True, slots=True, order=True)
class TimedReading:
    """A value at its time; of two at one time the later number counts."""

    time: float
    number: int
    value: float

    @property
    def hour(self) -> int:
        """The start of its hour."""
        return int(self.time // HOUR) * HOUR


@dataclass(frozen=True, slots=True)
class Row:
    """An hour that the recorder has; without numbers where it keeps no sum."""

    start: int
    state: float | None = None
    sum: float | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the recorder has of one sensor around the hours that are asked for.

    `compiled` are those of them that it has finished, `rows` all that it has from the
    first of them to the last. `before` and `after` are the nearest ones outside that
    have a sum; `current` is what the sensor says at present.
    """

    compiled: frozenset[int]
    rows: Mapping[int, Row]
    before: Row | None = None
    after: Row | None = None
    current: float | None = None


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour to import, and how many readings it is made of."""

    start: int
    readings: int
    mean: float | None = None
    mean_weight: float | None = None
    min: float | None = None
    max: float | None = None
    state: float | None = None
    sum: float | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to become of readings."""

    hours: tuple[Hour, ...]
    waiting: tuple[TimedReading, ...]
    left_out: Mapping[LeftOut, int]


def is_possible_time(time: float, now: float) -> bool:
    """Whether a reading may have been taken then."""
    return now - MAX_AGE <= time <= now + MAX_AHEAD


def plan_hours(
    readings: Iterable[TimedReading], kind: Kind, recorded: Recorded, *, patient: bool
) -> Plan:
    """Return what becomes of readings whose times are possible, in any order.

    Hours that the recorder has not finished wait while `patient`, and are left out
    otherwise.
    """
    ordered = sorted(set(readings))
    by_hour: dict[int, list[TimedReading]] = {}
    for reading in ordered:
        by_hour.setdefault(reading.hour, []).append(reading)
    waiting: list[TimedReading] = []
    left_out: Counter[LeftOut] = Counter()
    wanted: dict[int, list[TimedReading]] = {}
    for start, found in by_hour.items():
        if start in recorded.rows:
            left_out[LeftOut.HOUR_HAS_ROW] += len(found)
        elif start in recorded.compiled:
            wanted[start] = found
        elif patient:
            waiting += found
        else:
            left_out[LeftOut.NOT_COMPILED] += len(found)
    if kind.is_sum:
        hours = _sums(wanted, kind, recorded, left_out)
    else:
        hours = _means(wanted, kind, ordered)
    return Plan(tuple(hours), tuple(waiting), dict(left_out))


def _means(
    wanted: Mapping[int, Sequence[TimedReading]],
    kind: Kind,
    ordered: Sequence[TimedReading],
) -> list[Hour]:
    last_before = _last_before(wanted, ordered)
    return [
        _mean(start, found, last_before.get(start), kind)
        for start, found in wanted.items()
    ]


def _last_before(
    starts: Iterable[int], ordered: Sequence[TimedReading]
) -> dict[int, float]:
    """Return the value with which each hour begins, where it is known."""
    found: dict[int, float] = {}
    place = 0
    for start in starts:
        while place < len(ordered) and ordered[place].time < start:
            place += 1
        if place and ordered[place - 1].time >= start - MAX_CARRIED:
            found[start] = ordered[place - 1].value
    return found


def _mean(
    start: int, found: Sequence[TimedReading], carried: float | None, kind: Kind
) -> Hour:
    """Weigh each value by how long it held, as the recorder does."""
    times = [reading.time for reading in found]
    values = [reading.value for reading in found]
    if carried is not None:
        times.insert(0, start)
        values.insert(0, carried)
    ends = [*times[1:], start + HOUR]
    weights = [end - begin for begin, end in zip(times, ends, strict=True)]
    total = sum(weights)
    if not total:
        weights, total = [1.0] * len(values), float(len(values))
    if kind is Kind.ANGLE:
        mean, weight = _mean_angle(values, weights)
        return Hour(start, len(found), mean=mean, mean_weight=weight)
    # Halves do not overflow where the values themselves would.
    mean = sum(
        value * (weight / total) for value, weight in zip(values, weights, strict=True)
    )
    low, high = min(values), max(values)
    return Hour(start, len(found), mean=min(max(mean, low), high), min=low, max=high)


def _mean_angle(
    values: Sequence[float], weights: Sequence[float]
) -> tuple[float, float]:
    sines = cosines = 0.0
    for value, weight in zip(values, weights, strict=True):
        sines += math.sin(math.radians(value)) * weight
        cosines += math.cos(math.radians(value)) * weight
    return math.degrees(math.atan2(sines, cosines)) % 360, math.hypot(sines, cosines)


def _sums(
    wanted: Mapping[int, Sequence[TimedReading]],
    kind: Kind,
    recorded: Recorded,
    left_out: Counter[LeftOut],
) -> list[Hour]:
    """Continue the sum that the recorder has, hour by hour.

    What it has compiled since stays as it is: an hour whose sum would be above that
    of a later one, because the counter was reset meanwhile, is left out.
    """
    known = sorted(
        (
            row
            for row in (*recorded.rows.values(), recorded.before, recorded.after)
            if row is not None and row.sum is not None and row.state is not None
        ),
        key=lambda row: row.start,
    )
    base: Row | None = None
    hours: list[Hour] = []
    for start, found in wanted.items():
        while known and known[0].start < start:
            base = known.pop(0)
        if base is None:
            left_out[LeftOut.NO_SUM] += len(found)
            continue
        reached = base
        for reading in found:
            if kind is Kind.TOTAL or reading.value >= 0:
                reached = _continued(reached, reading.value, kind, start)
        if reached is base:
            left_out[LeftOut.IMPOSSIBLE_VALUE] += len(found)
            continue
        ceiling = known[0] if known else _foreseen(base, kind, recorded, wanted)
        if kind is Kind.INCREASING and _is_above(reached, ceiling):
            left_out[LeftOut.RESET] += len(found)
            continue
        base = reached
        hours.append(Hour(start, len(found), state=reached.state, sum=reached.sum))
    return hours


def _foreseen(
    base: Row,
    kind: Kind,
    recorded: Recorded,
    wanted: Mapping[int, Sequence[TimedReading]],
) -> Row:
    """Return what the recorder will compile next, going by what it has itself."""
    own = max(
        (
            row
            for row in (*recorded.rows.values(), recorded.before)
            if row is not None and row.sum is not None and row.state is not None
        ),
        key=lambda row: row.start,
        default=base,
    )
    current = recorded.current
    if current is None:
        current = list(wanted.values())[-1][-1].value
    return _continued(own, current, kind, own.start)


def _continued(row: Row, value: float, kind: Kind, start: int) -> Row:
    state, total = row.state or 0.0, row.sum or 0.0
    reset = kind is Kind.INCREASING and value < _RESET_BELOW * state
    return replace(
        row, start=start, state=value, sum=total + value - (0.0 if reset else state)
    )


def _is_above(row: Row, ceiling: Row) -> bool:
    reached, limit = row.sum or 0.0, ceiling.sum or 0.0
    return reached > limit + _ROUNDING * max(1.0, abs(limit))
