"""Home Assistant's long-term statistics: what is there, and hours added to it.

All work on the database is the recorder's: rows are read in its executor, and imported
by its own queue, behind whatever it compiles at that moment.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from typing import Final

from homeassistant.components.recorder.db_schema import (
    Statistics,
    StatisticsRuns,
    StatisticsShortTerm,
)
from homeassistant.components.recorder.models import (
    StatisticData,
    StatisticMeanType,
    StatisticMetaData,
)
from homeassistant.components.recorder.statistics import (
    UNIT_CLASS_TO_UNIT_CONVERTER,
    async_import_statistics,
    get_metadata_with_session,
)
from homeassistant.components.recorder.tasks import SynchronizeTask
from homeassistant.components.sensor import SensorStateClass
from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import DATA_INSTANCE, get_instance, session_scope
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..common.const import DOMAIN
from ..policy.backfill import HOUR, Hour, Kind, Recorded, Row

# Hours in one task of the recorder; what else waits for it comes in between.
MAX_HOURS: Final = 256
# Bound variables of one statement that any database takes.
_MAX_BOUND: Final = 500
# When the recorder begins the last part of an hour that it compiles.
_LAST_PART: Final = HOUR - 300

# One device's hours at a time, of all hubs.
_LOCK: HassKey[asyncio.Lock] = HassKey(f"{DOMAIN}_statistics")

KINDS: Final[Mapping[str, Kind]] = {
    SensorStateClass.MEASUREMENT: Kind.MEAN,
    SensorStateClass.MEASUREMENT_ANGLE: Kind.ANGLE,
    SensorStateClass.TOTAL: Kind.TOTAL,
    SensorStateClass.TOTAL_INCREASING: Kind.INCREASING,
}
_MEAN_TYPES: Final = {
    Kind.MEAN: StatisticMeanType.ARITHMETIC,
    Kind.ANGLE: StatisticMeanType.CIRCULAR,
}


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the recorder says about an entity's statistics."""

    id: int
    value: StatisticMetaData

    def fits(self, kind: Kind) -> bool:
        """Whether they are of the kind that the entity has at present."""
        if kind.is_sum:
            return self.value["has_sum"]
        return self.value["mean_type"] is _MEAN_TYPES[kind]

    def converter(self, unit: str | None) -> Callable[[float], float | None] | None:
        """Return what converts from `unit` to theirs, None where nothing does."""
        wanted = self.value["unit_of_measurement"]
        if unit == wanted:
            return lambda value: value
        found = UNIT_CLASS_TO_UNIT_CONVERTER.get(self.value["unit_class"])
        if found is None or not {unit, wanted} <= found.VALID_UNITS:
            return None
        return found.converter_factory_allow_none(unit, wanted)


def has_recorder(hass: HomeAssistant) -> bool:
    """Whether there are statistics at all."""
    return DATA_INSTANCE in hass.data


def is_recorded(hass: HomeAssistant, entity_id: str) -> bool:
    """Whether the recorder is to record an entity."""
    entity_filter = get_instance(hass).entity_filter
    return entity_filter is None or entity_filter(entity_id)


def one_at_a_time(hass: HomeAssistant) -> asyncio.Lock:
    """Return the lock under which rows are read and hours imported."""
    return hass.data.setdefault(_LOCK, asyncio.Lock())


async def async_metadata(hass: HomeAssistant, entity_id: str) -> Metadata | None:
    """Return what is known of an entity's statistics, None before there are any."""

    def read() -> Metadata | None:
        with session_scope(hass=hass, read_only=True) as session:
            found = get_metadata_with_session(
                get_instance(hass), session, statistic_ids={entity_id}
            )
        return Metadata(*found[entity_id]) if entity_id in found else None

    return await get_instance(hass).async_add_executor_job(read)


async def async_recorded(
    hass: HomeAssistant, metadata: Metadata, hours: Sequence[int], current: float | None
) -> Recorded:
    """Return what there is around some hours, at least one, in ascending order."""

    def read() -> Recorded:
        with session_scope(hass=hass, read_only=True) as session:
            return Recorded(
                compiled=frozenset(_compiled(session, hours)),
                rows=_rows(session, metadata.id, hours[0], hours[-1]),
                before=_before(session, metadata.id, hours[0]),
                after=_after(session, metadata.id, hours[-1]),
                current=current,
            )

    return await get_instance(hass).async_add_executor_job(read)


async def async_import(
    hass: HomeAssistant, metadata: Metadata, hours: Sequence[Hour]
) -> frozenset[int]:
    """Import hours in ascending order; return which are on disk then."""
    instance = get_instance(hass)
    for some in batched(hours, MAX_HOURS, strict=False):
        async_import_statistics(
            hass, metadata.value.copy(), [_statistic(hour) for hour in some]
        )
        # Not its own wait for what it has to do: that knows nothing of the task that
        # it has begun with.
        done = hass.loop.create_future()
        instance.queue_task(SynchronizeTask(done))
        await done

    def read() -> frozenset[int]:
        with session_scope(hass=hass, read_only=True) as session:
            return frozenset(
                _rows(session, metadata.id, hours[0].start, hours[-1].start)
            )

    return await instance.async_add_executor_job(read)


def _statistic(hour: Hour) -> StatisticData:
    statistic = StatisticData(start=dt_util.utc_from_timestamp(hour.start))
    if hour.mean is not None:
        statistic["mean"] = hour.mean
    if hour.mean_weight is not None:
        statistic["mean_weight"] = hour.mean_weight
    if hour.min is not None:
        statistic["min"] = hour.min
    if hour.max is not None:
        statistic["max"] = hour.max
    if hour.state is not None:
        statistic["state"] = hour.state
    if hour.sum is not None:
        statistic["sum"] = hour.sum
    return statistic


def _compiled(session: Session, hours: Iterable[int]) -> Iterator[int]:
    """Yield the hours whose last part the recorder has compiled.

    It never comes back to such an hour. Its records of that are purged with time; what
    lies before the oldest of them is as finished as they are.
    """
    parts = {dt_util.utc_from_timestamp(hour + _LAST_PART): hour for hour in hours}
    oldest = session.execute(select(func.min(StatisticsRuns.start))).scalar()
    if oldest is None:
        return
    for some in batched(parts, _MAX_BOUND, strict=False):
        found = session.execute(
            select(StatisticsRuns.start).where(StatisticsRuns.start.in_(some))
        ).scalars()
        for start in found:
            yield parts[_in_utc(start)]
    for start, hour in parts.items():
        if start < _in_utc(oldest):
            yield hour


def _in_utc(time: datetime) -> datetime:
    return time if time.tzinfo is not None else time.replace(tzinfo=dt_util.UTC)


def _rows(session: Session, metadata_id: int, first: int, last: int) -> dict[int, Row]:
    table = Statistics
    found = session.execute(
        select(table.start_ts, table.state, table.sum).where(
            table.metadata_id == metadata_id,
            table.start_ts >= first,
            table.start_ts <= last,
        )
    )
    return {int(start): Row(int(start), state, total) for start, state, total in found}


def _before(session: Session, metadata_id: int, hour: int) -> Row | None:
    table = Statistics
    return _nearest(
        session.execute(
            select(table.start_ts, table.state, table.sum)
            .where(
                table.metadata_id == metadata_id,
                table.start_ts < hour,
                table.sum.is_not(None),
                table.state.is_not(None),
            )
            .order_by(table.start_ts.desc())
            .limit(1)
        ).first()
    )


def _after(session: Session, metadata_id: int, hour: int) -> Row | None:
    for table, begin in ((Statistics, hour + 1), (StatisticsShortTerm, hour + HOUR)):
        row = session.execute(
            select(table.start_ts, table.state, table.sum)
            .where(
                table.metadata_id == metadata_id,
                table.start_ts >= begin,
                table.sum.is_not(None),
                table.state.is_not(None),
            )
            .order_by(table.start_ts)
            .limit(1)
        ).first()
        if row is not None:
            return _nearest(row)
    return None


def _nearest(row: Sequence[float] | None) -> Row | None:
    return None if row is None else Row(int(row[0]), row[1], row[2])
