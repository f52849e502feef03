"""Readings of the past become statistics, and nobody else's are harmed: real recorder."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.models import (
    StatisticData,
    StatisticMeanType,
    StatisticMetaData,
)
from homeassistant.components.recorder.statistics import (
    async_import_statistics,
    statistics_during_period,
)
from homeassistant.components.recorder.tasks import StatisticsTask
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)

from custom_components.oceanremote.audit.containment import Containment
from custom_components.oceanremote.common.const import DOMAIN
from custom_components.oceanremote.device import statistics
from custom_components.oceanremote.device.backfill import MAX_SENSORS, DeviceBackfill
from custom_components.oceanremote.device.backfill_report import SensorReport
from custom_components.oceanremote.device.state import EntityIdentity, StateCache
from custom_components.oceanremote.policy.backfill import MAX_READINGS, LeftOut
from custom_components.oceanremote.protocol import Domain, EntityState, StateClass
from custom_components.oceanremote.protocol.readings import (
    Reading,
    Readings,
    ReadingsTaken,
)
from custom_components.oceanremote.transport.link import Link

from .runtime_support import describe

SUBENTRY = "boat"
MORNING = datetime(2026, 11, 27, 8, tzinfo=UTC)
OTHER = "sensor.of_somebody_else"

TEMPERATURE = describe(
    Domain.SENSOR, "Temperature", unit="°C", state_class=StateClass.MEASUREMENT
)
ENERGY = describe(
    Domain.SENSOR, "Energy", unit="kWh", state_class=StateClass.TOTAL_INCREASING
)
PLAIN = describe(Domain.SENSOR, "Plain", unit="m")
STATES = {
    "Temperature": {
        "state_class": "measurement",
        "device_class": "temperature",
        "unit_of_measurement": "°C",
    },
    "Energy": {
        "state_class": "total_increasing",
        "device_class": "energy",
        "unit_of_measurement": "kWh",
    },
    "Plain": {"unit_of_measurement": "m"},
}


@pytest.fixture
def mock_recorder_before_hass(async_test_recorder: Any) -> None:
    """Have the database before Home Assistant."""


class Boat:
    """A device without a line: what it says, and what it is told."""

    def __init__(self, hass: HomeAssistant, recorder: Recorder) -> None:
        """Have three sensors in the registry."""
        self.hass, self.recorder = hass, recorder
        self.taken: list[ReadingsTaken] = []
        self.delivered: list[tuple[str, SensorReport]] = []
        self.failures: list[str] = []
        containment = Containment(
            lambda: "Boat",
            hass.loop.time,
            lambda what, detail, *, address: self.failures.append(detail),
        )
        self.cache = StateCache(containment)
        self.cache.set_descriptors([TEMPERATURE, ENERGY, PLAIN])
        self.backfill = DeviceBackfill(hass, SUBENTRY, self.cache, containment)
        self.backfill.listen(lambda *told: self.delivered.append(told))
        connection = SimpleNamespace(
            readings_taken=lambda taken, now: self.taken.append(taken)
        )
        link = SimpleNamespace(
            connection=connection, now=hass.loop.time, flush=lambda: None
        )
        self.link = cast("Link", link)
        registry = er.async_get(hass)
        self.ids: dict[str, str] = {}
        for descriptor in (TEMPERATURE, ENERGY, PLAIN):
            unique_id = EntityIdentity.of(descriptor).unique_id(SUBENTRY)
            entry = registry.async_get_or_create(
                "sensor", DOMAIN, unique_id, suggested_object_id=descriptor.object_id
            )
            self.ids[descriptor.name] = entry.entity_id

    def show(self, value: str, *, name: str = "Temperature", **more: str) -> None:
        self.hass.states.async_set(self.ids[name], value, STATES[name] | more)

    def tell(
        self,
        readings: Sequence[tuple[datetime, float]],
        descriptor: Any = TEMPERATURE,
        *,
        first: int = 0,
        left: int = 0,
        lost: int = 0,
    ) -> None:
        """Send dated readings in one message."""
        self.backfill.received(
            self.link,
            Readings(
                0,
                descriptor.address.key,
                first,
                left,
                lost,
                True,
                tuple(
                    Reading(int(time.timestamp()), value) for time, value in readings
                ),
            ),
        )

    async def done(self, count: int = 1) -> None:
        """Wait for answers, or for work that ends without one."""
        await self.idle()
        assert len(self.taken) == count

    def try_again(self) -> None:
        """Do what the timer will, if it has not meanwhile."""
        if self.backfill._retry is not None:
            self.backfill._retry.cancel()
            self.backfill._try_again()

    async def idle(self) -> None:
        # Time stands still: nothing may be waited for by the clock.
        await self.hass.async_block_till_done(wait_background_tasks=True)
        assert self.backfill._work is None or self.backfill._work.done()
        assert not self.failures

    async def rows(
        self, statistic_id: str, *types: str, unit: str | None = None
    ) -> dict[datetime, Any]:
        """Return the hourly rows, by their start."""
        await async_wait_recording_done(self.hass)
        wanted = types or ("mean",)
        found = await self.recorder.async_add_executor_job(
            statistics_during_period,
            self.hass,
            MORNING - timedelta(days=2),
            None,
            {statistic_id},
            "hour",
            {"temperature": unit or "°C", "energy": "kWh"},
            set(wanted),
        )
        return {
            datetime.fromtimestamp(row["start"], UTC): tuple(
                row.get(kind) for kind in wanted
            )
            for row in found.get(statistic_id, [])
        }


@pytest.fixture
async def boat(
    freezer: FrozenDateTimeFactory, recorder_mock: Recorder, hass: HomeAssistant
) -> AsyncIterator[Boat]:
    """Return the device, in the morning."""
    freezer.move_to(MORNING)
    # It is sensors' own platform that compiles their statistics.
    assert await async_setup_component(hass, "sensor", {})
    await async_wait_recording_done(hass)
    boat = Boat(hass, recorder_mock)
    yield boat
    boat.backfill.end()


class Day:
    """The recorder's day: it compiles every five minutes, as in life."""

    def __init__(self, boat: Boat, freezer: FrozenDateTimeFactory) -> None:
        """Begin in the morning."""
        self._boat, self._freezer = boat, freezer
        self._compiled = MORNING

    async def go_on_until(self, end: datetime) -> None:
        """Compile what is complete ten seconds before `end`; then it is `end`."""
        while self._compiled + timedelta(minutes=5, seconds=10) <= end:
            self._freezer.move_to(self._compiled + timedelta(minutes=5, seconds=10))
            self._boat.recorder.queue_task(StatisticsTask(self._compiled, False))
            self._compiled += timedelta(minutes=5)
        self._freezer.move_to(end)
        await async_wait_recording_done(self._boat.hass)


@pytest.fixture
def day(boat: Boat, freezer: FrozenDateTimeFactory) -> Day:
    """Return the day of the recorder."""
    return Day(boat, freezer)


def _at(hour: int, minute: int = 0, second: int = 0) -> datetime:
    return MORNING.replace(hour=hour, minute=minute, second=second)


def _each_ten_minutes(
    first: int, end: datetime, value: float = 20.0
) -> list[tuple[datetime, float]]:
    times = [_at(first) + timedelta(minutes=10 * step) for step in range(60)]
    return [(time, value) for time in times if time < end]


async def _away_since_nine(boat: Boat, day: Day, now: datetime) -> None:
    """Record an hour of the device, then only somebody else."""
    boat.hass.states.async_set(OTHER, "1", STATES["Temperature"])
    boat.show("10")
    await async_wait_recording_done(boat.hass)
    await day.go_on_until(_at(8, 59, 50))
    boat.show("unavailable")
    await async_wait_recording_done(boat.hass)
    await day.go_on_until(now)


@pytest.mark.parametrize("minute", [0, 54, 55, 59])
async def test_whatever_the_minute_no_entity_loses_an_hour(
    boat: Boat, day: Day, minute: int
) -> None:
    now = _at(12, minute)
    await _away_since_nine(boat, day, now)
    boat.tell(_each_ten_minutes(9, now))
    await boat.idle()
    rows = await boat.rows(boat.ids["Temperature"])
    # Of the hour before, the last part is compiled ten seconds after its end.
    finished = [9, 10] if minute == 0 else [9, 10, 11]
    assert [time.hour for time in rows if time.hour > 8] == finished
    assert {rows[_at(hour)] for hour in finished} == {(20.0,)}
    (taken,) = boat.taken
    assert taken.next == len(_each_ten_minutes(9, _at(finished[-1] + 1)))

    await day.go_on_until(_at(13, 5))
    boat.try_again()
    await boat.done(2)
    rows = await boat.rows(boat.ids["Temperature"])
    expected = [8, 9, 10, 11] if minute == 0 else [8, 9, 10, 11, 12]
    assert [time.hour for time in rows] == expected
    assert boat.taken[-1].next == len(_each_ten_minutes(9, now))
    others = await boat.rows(OTHER)
    assert [time.hour for time in others] == [8, 9, 10, 11, 12]


async def test_an_hour_imported_too_early_harms_everybody(boat: Boat, day: Day) -> None:
    """What the test above would find, done by hand."""
    await _away_since_nine(boat, day, _at(12, 54))
    boat.show("10")
    await async_wait_recording_done(boat.hass)
    async_import_statistics(
        boat.hass,
        StatisticMetaData(
            mean_type=StatisticMeanType.ARITHMETIC,
            has_sum=False,
            name=None,
            source="recorder",
            statistic_id=boat.ids["Temperature"],
            unit_class="temperature",
            unit_of_measurement="°C",
        ),
        [StatisticData(start=_at(12), mean=1.0, min=1.0, max=1.0)],
    )
    await day.go_on_until(_at(13, 5))
    assert _at(12) not in await boat.rows(OTHER)


async def test_hours_with_a_row_stay_as_they_are_and_duplicates_change_nothing(
    boat: Boat, day: Day
) -> None:
    await _away_since_nine(boat, day, _at(12, 30))
    readings = _each_ten_minutes(8, _at(12))
    boat.tell(readings * 2, lost=3)
    await boat.done()
    rows = await boat.rows(boat.ids["Temperature"], "mean", "min", "max")
    assert rows[_at(8)] == (10.0, 10.0, 10.0)
    assert [rows[_at(hour)] for hour in (9, 10, 11)] == [(20.0, 20.0, 20.0)] * 3
    ((name, report),) = boat.delivered
    assert name == boat.ids["Temperature"]
    assert (report.readings, report.hours, report.lost) == (36, 3, 3)
    assert report.oldest == _at(9)
    assert report.newest == _at(11)

    # The next link brings them once more, with other values to be sure.
    boat.tell([(time, 99.0) for time, _ in readings], first=48)
    await boat.done(2)
    assert await boat.rows(boat.ids["Temperature"], "mean", "min", "max") == rows
    assert len(boat.delivered) == 1


async def test_values_are_converted_to_the_unit_of_the_statistics(
    boat: Boat, day: Day
) -> None:
    boat.show("50", unit_of_measurement="°F")
    await async_wait_recording_done(boat.hass)
    await day.go_on_until(_at(8, 59, 50))
    boat.show("unavailable")
    await async_wait_recording_done(boat.hass)
    await day.go_on_until(_at(11))
    boat.tell([(_at(9, 1), 100.0)])
    await boat.done()
    rows = await boat.rows(boat.ids["Temperature"], unit="°F")
    assert rows[_at(9)] == (pytest.approx(212.0),)


async def test_a_sum_goes_on_from_the_last_compiled_one(boat: Boat, day: Day) -> None:
    boat.show("100", name="Energy")
    await async_wait_recording_done(boat.hass)
    await day.go_on_until(_at(8, 30))
    boat.show("104", name="Energy")
    await async_wait_recording_done(boat.hass)
    await day.go_on_until(_at(8, 59, 50))
    boat.show("unavailable", name="Energy")
    await async_wait_recording_done(boat.hass)
    await day.go_on_until(_at(12, 10))
    boat.cache.update([EntityState(ENERGY.address, 111.0)])
    boat.tell([(_at(9, 10), 105.0), (_at(9, 50), 106.0), (_at(11, 1), 110.0)], ENERGY)
    await boat.done()
    boat.show("111", name="Energy")
    await async_wait_recording_done(boat.hass)
    await day.go_on_until(_at(13, 5))
    rows = await boat.rows(boat.ids["Energy"], "state", "sum")
    assert rows == {
        _at(8): (104.0, 4.0),
        _at(9): (106.0, 6.0),
        _at(11): (110.0, 10.0),
        _at(12): (111.0, 11.0),
    }


async def test_a_counter_that_was_reset_meanwhile_makes_no_sum_fall(
    boat: Boat, day: Day
) -> None:
    boat.show("100", name="Energy")
    await async_wait_recording_done(boat.hass)
    await day.go_on_until(_at(8, 59, 50))
    boat.show("unavailable", name="Energy")
    await async_wait_recording_done(boat.hass)
    await day.go_on_until(_at(12, 10))
    boat.cache.update([EntityState(ENERGY.address, 5.0)])
    boat.tell([(_at(9, 10), 150.0), (_at(10, 10), 2.0), (_at(11, 10), 4.0)], ENERGY)
    await boat.done()
    boat.show("5", name="Energy")
    await async_wait_recording_done(boat.hass)
    await day.go_on_until(_at(13, 5))
    rows = await boat.rows(boat.ids["Energy"], "sum")
    assert [total for (total,) in rows.values()] == [0.0, 2.0, 4.0, 5.0]
    ((_, report),) = boat.delivered
    assert report.left_out == {LeftOut.RESET: 1}


async def test_clocks_of_1970_and_2100_change_nothing(boat: Boat, day: Day) -> None:
    await _away_since_nine(boat, day, _at(12, 30))
    before = await boat.rows(boat.ids["Temperature"])
    wrong = [
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(2100, 1, 1, tzinfo=UTC),
        _at(12, 36),
        MORNING - timedelta(days=367),
    ]
    boat.tell([(time, 20.0) for time in wrong])
    await boat.done()
    assert await boat.rows(boat.ids["Temperature"]) == before
    ((_, report),) = boat.delivered
    assert report.left_out == {LeftOut.IMPOSSIBLE_TIME: 4}
    assert boat.taken[-1].next == 4


async def test_what_has_no_statistics_is_named_and_left_out(
    boat: Boat, day: Day
) -> None:
    await _away_since_nine(boat, day, _at(12, 30))
    boat.show("3", name="Plain")
    stranger = describe(Domain.SENSOR, "Nobody")
    for descriptor in (PLAIN, stranger):
        boat.tell([(_at(10), 1.0)], descriptor)
    await boat.done(2)
    told = {name: dict(report.left_out) for name, report in boat.delivered}
    assert told == {
        boat.ids["Plain"]: {LeftOut.NO_STATE_CLASS: 1},
        f"0/{stranger.address.key}": {LeftOut.UNKNOWN_SENSOR: 1},
    }
    assert {taken.next for taken in boat.taken} == {1}


@pytest.mark.parametrize(
    "recorder_config", [{"exclude": {"entities": ["sensor.temperature"]}}]
)
async def test_what_is_excluded_from_the_recorder_is_left_out(
    boat: Boat, day: Day
) -> None:
    await _away_since_nine(boat, day, _at(11))
    assert boat.ids["Temperature"] == "sensor.temperature"
    boat.tell([(_at(9), 1.0)])
    await boat.done()
    ((_, report),) = boat.delivered
    assert report.left_out == {LeftOut.NOT_RECORDED: 1}


async def test_a_hundred_thousand_out_of_order_and_twice_are_bounded(
    boat: Boat, day: Day
) -> None:
    await _away_since_nine(boat, day, _at(12, 30))
    count, size = 100_000, 128
    for _ in range(2):
        # The recorder is busy with another device's, so that all come meanwhile.
        async with statistics.one_at_a_time(boat.hass):
            for first in range(0, count, size):
                times = [
                    _at(9) + timedelta(seconds=(number * 7919) % 10800)
                    for number in range(first, min(first + size, count))
                ]
                left = count - first - len(times)
                boat.tell([(time, 20.0) for time in times], first=first, left=left)
                assert (
                    sum(
                        len(series.readings)
                        for series in boat.backfill._series.values()
                    )
                    <= MAX_READINGS
                )
        await boat.idle()
        assert boat.taken[-1].next == count
    rows = await boat.rows(boat.ids["Temperature"])
    assert [rows[_at(hour)] for hour in (9, 10, 11)] == [(20.0,)] * 3
    report = boat.backfill.reports[boat.ids["Temperature"]]
    assert report.hours == 3
    assert report.readings == report.left_out[LeftOut.HOUR_HAS_ROW] == MAX_READINGS
    assert report.left_out[LeftOut.TOO_MANY] == 2 * (count - MAX_READINGS)


async def test_a_device_with_too_many_sensors_is_told_to_forget(boat: Boat) -> None:
    for key in range(MAX_SENSORS + 5):
        message = Readings(0, key, 0, 1, 0, True, (Reading(0, 1.0),))
        boat.backfill.received(boat.link, message)
    assert {taken.key for taken in boat.taken} == set(
        range(MAX_SENSORS, MAX_SENSORS + 5)
    )


async def test_the_end_of_the_link_forgets_all(boat: Boat, day: Day) -> None:
    await _away_since_nine(boat, day, _at(12, 54))
    boat.tell([(_at(12, 10), 20.0)])
    await boat.idle()
    assert not boat.taken
    assert boat.backfill._retry is not None
    boat.backfill.end()
    assert boat.backfill._retry is None
    boat.backfill._try_again()
    assert boat.backfill._work is None


async def test_an_hour_waits_for_the_recorder_only_so_long(
    boat: Boat, day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _away_since_nine(boat, day, _at(12, 54))
    monkeypatch.setattr("custom_components.oceanremote.device.backfill.PATIENCE", -1.0)
    boat.tell([(_at(12, 10), 20.0)])
    await boat.done()
    ((_, report),) = boat.delivered
    assert report.left_out == {LeftOut.NOT_COMPILED: 1}
