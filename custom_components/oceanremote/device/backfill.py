"""Readings that a device took while it had no session, on their way into statistics.

    readings ──▶ collected, until the sensor has told all ──▶ planned ──▶ imported
    not compiled yet ──▶ wait for the recorder       on disk, or left out ──▶ taken

A device keeps what is not taken, so all that is held here may be forgotten with the
link. What one device says is bounded, and works on one sensor after the other.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from homeassistant.components.sensor import ATTR_STATE_CLASS, DOMAIN as SENSOR_DOMAIN
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from ..audit.containment import Containment
from ..common.const import DOMAIN
from ..policy.backfill import (
    MAX_READINGS,
    Kind,
    LeftOut,
    Plan,
    TimedReading,
    is_possible_time,
    plan_hours,
)
from ..protocol import (
    Domain,
    EntityAddress,
    HubEvent,
    LocalProtocolError,
    ReadingsReceived,
)
from ..protocol.readings import Readings, ReadingsTaken
from ..transport.link import Link
from . import statistics as recorder
from .backfill_report import SensorReport
from .state import EntityIdentity, StateCache

# Sensors of one link; further ones are taken and left out.
MAX_SENSORS: Final = 64
# The recorder is asked again so often, in seconds, while hours wait for it.
RETRY: Final = 300.0
# So long, in seconds, an hour may wait for it.
PATIENCE: Final = 3 * 3600.0


type Listener = Callable[[str, SensorReport], None]


@dataclass(slots=True)
class _Series:
    """The readings of one sensor on the present link."""

    address: EntityAddress
    began: float
    readings: list[TimedReading] = field(default_factory=list)
    left_out: Counter[LeftOut] = field(default_factory=Counter)
    next: int = 0
    lost: int = 0
    taken: int = 0


class DeviceBackfill:
    """Collects what one device remembers, and answers when it may forget."""

    def __init__(
        self,
        hass: HomeAssistant,
        subentry_id: str,
        cache: StateCache,
        containment: Containment,
    ) -> None:
        """Hold nothing, and know of no delivery."""
        self._hass = hass
        self._subentry_id = subentry_id
        self._cache = cache
        self._containment = containment
        self._link: Link | None = None
        self._series: dict[EntityAddress, _Series] = {}
        self._ready: dict[EntityAddress, None] = {}
        self._work: asyncio.Task[None] | None = None
        self._in_work = 0
        self._retry: asyncio.TimerHandle | None = None
        self._listeners: dict[Listener, None] = {}
        self.reports: dict[str, SensorReport] = {}

    @callback
    def listen(self, listener: Listener) -> CALLBACK_TYPE:
        """Call `listener` after every delivery of a sensor that tells something."""
        self._listeners[listener] = None
        return lambda: self._listeners.pop(listener, None)

    @callback
    def handle_event(self, link: Link, event: HubEvent, believed: bool) -> None:
        """Take the readings of a device that is trusted, and nothing else."""
        if isinstance(event, ReadingsReceived) and believed:
            self.received(link, event.readings)

    @callback
    def received(self, link: Link, message: Readings) -> None:
        """Take one message of a device that is trusted."""
        self._link = link
        address = EntityAddress(Domain.SENSOR, message.sub, message.key)
        series = self._series.get(address)
        if series is None:
            if len(self._series) >= MAX_SENSORS:
                self._tell(address, message.next)
                return
            series = self._series[address] = _Series(address, self._hass.loop.time())
        self._collect(series, message)
        if message.left == 0 or series.left_out[LeftOut.TOO_MANY]:
            self._ready[address] = None
            self._begin_work()

    @callback
    def end(self) -> None:
        """The link is gone: the device tells again what was not taken."""
        self._link = None
        self._series.clear()
        self._ready.clear()
        if self._work is not None:
            self._work.cancel()
            self._work = None
        if self._retry is not None:
            self._retry.cancel()
            self._retry = None

    def _collect(self, series: _Series, message: Readings) -> None:
        series.next = max(series.next, message.next)
        series.lost = message.lost
        now = dt_util.utcnow().timestamp()
        held = sum(len(one.readings) for one in self._series.values())
        room = MAX_READINGS - held - self._in_work
        for number, reading in enumerate(message.readings, message.first):
            time = float(reading.when) if message.dated else now - reading.when
            if not is_possible_time(time, now):
                series.left_out[LeftOut.IMPOSSIBLE_TIME] += 1
            elif room <= 0:
                series.left_out[LeftOut.TOO_MANY] += 1
            else:
                room -= 1
                series.readings.append(TimedReading(time, number, reading.value))

    def _begin_work(self) -> None:
        if self._work is None or self._work.done():
            self._work = self._hass.async_create_background_task(
                self._async_work(), f"{DOMAIN} backfill {self._subentry_id}"
            )

    async def _async_work(self) -> None:
        while self._ready:
            address = next(iter(self._ready))
            del self._ready[address]
            series = self._series[address]
            if not await self._containment.async_call(
                "its readings", self._async_deliver(series)
            ):
                self._wait()

    async def _async_deliver(self, series: _Series) -> None:
        """Import what can be imported of a series, and let the device forget it."""
        readings, series.readings = series.readings, []
        left_out, series.left_out = series.left_out, Counter()
        lost, series.lost = series.lost, 0
        reached = series.next
        self._in_work = len(readings)
        try:
            name, plan = await self._async_plan(series.address, readings, series.began)
        except BaseException:
            series.readings += readings
            series.left_out += left_out
            raise
        finally:
            self._in_work = 0
        series.readings += plan.waiting
        first = min((reading.number for reading in plan.waiting), default=reached)
        self._tell(series.address, first)
        if plan.waiting:
            self._wait()
        self._report(name, plan, Counter(left_out) + Counter(plan.left_out), lost)

    async def _async_plan(
        self, address: EntityAddress, readings: list[TimedReading], began: float
    ) -> tuple[str, Plan]:
        """Import hours of one sensor; return its name, and what became of each."""
        name, kind, unit, why = self._target(address)
        if kind is None or why is not None:
            return name, _nothing(readings, why or LeftOut.NO_STATE_CLASS)
        patient = self._hass.loop.time() < began + PATIENCE
        async with recorder.one_at_a_time(self._hass):
            metadata = await recorder.async_metadata(self._hass, name)
            if metadata is None:
                if patient:
                    return name, Plan((), tuple(readings), {})
                return name, _nothing(readings, LeftOut.NO_STATISTICS)
            if not metadata.fits(kind):
                return name, _nothing(readings, LeftOut.OTHER_STATISTICS)
            if (convert := metadata.converter(unit)) is None:
                return name, _nothing(readings, LeftOut.UNIT)
            converted = [
                TimedReading(reading.time, reading.number, value)
                for reading in readings
                if (value := convert(reading.value)) is not None
            ]
            if not converted:
                return name, _nothing(readings, LeftOut.UNIT)
            state = self._cache.states.get(address)
            recorded = await recorder.async_recorded(
                self._hass,
                metadata,
                sorted({reading.hour for reading in converted}),
                convert(state) if isinstance(state, float) else None,
            )
            plan = plan_hours(converted, kind, recorded, patient=patient)
            if plan.hours:
                there = await recorder.async_import(self._hass, metadata, plan.hours)
                if not there.issuperset(hour.start for hour in plan.hours):
                    raise RuntimeError("hours were imported and are not there")
        # What waits is planned again in the sensor's own unit.
        waiting = {reading.number for reading in plan.waiting}
        left_out = Counter(plan.left_out)
        left_out[LeftOut.UNIT] += len(readings) - len(converted)
        return name, Plan(
            plan.hours,
            tuple(reading for reading in readings if reading.number in waiting),
            +left_out,
        )

    def _target(
        self, address: EntityAddress
    ) -> tuple[str, Kind | None, str | None, LeftOut | None]:
        """Return entity id, kind and unit of a sensor, or why it has no statistics."""
        descriptor = self._cache.descriptor(address)
        if descriptor is None:
            return f"{address.sub}/{address.key}", None, None, LeftOut.UNKNOWN_SENSOR
        entity_id = er.async_get(self._hass).async_get_entity_id(
            SENSOR_DOMAIN,
            DOMAIN,
            EntityIdentity.of(descriptor).unique_id(self._subentry_id),
        )
        state = None if entity_id is None else self._hass.states.get(entity_id)
        if entity_id is None or state is None:
            name = entity_id or descriptor.object_id
            return name, None, None, LeftOut.NOT_RECORDED
        if not recorder.has_recorder(self._hass):
            return entity_id, None, None, LeftOut.NO_RECORDER
        if not recorder.is_recorded(self._hass, entity_id):
            return entity_id, None, None, LeftOut.NOT_RECORDED
        kind = recorder.KINDS.get(state.attributes.get(ATTR_STATE_CLASS, ""))
        return entity_id, kind, descriptor.unit, None

    def _tell(self, address: EntityAddress, reached: int) -> None:
        series = self._series.get(address)
        if self._link is None or reached <= (0 if series is None else series.taken):
            return
        if series is not None:
            series.taken = reached
        with suppress(LocalProtocolError):  # its session has just ended
            self._link.connection.readings_taken(
                ReadingsTaken(address.sub, address.key, reached), self._link.now()
            )
            self._link.flush()

    def _wait(self) -> None:
        if self._retry is None and self._link is not None:
            self._retry = self._hass.loop.call_later(RETRY, self._try_again)

    @callback
    def _try_again(self) -> None:
        self._retry = None
        self._ready |= dict.fromkeys(
            address for address, series in self._series.items() if series.readings
        )
        if self._ready:
            self._begin_work()

    def _report(
        self, name: str, plan: Plan, left_out: Counter[LeftOut], lost: int
    ) -> None:
        delivery = SensorReport(
            readings=sum(hour.readings for hour in plan.hours),
            hours=len(plan.hours),
            lost=lost,
            waiting=len(plan.waiting),
            left_out=left_out,
        )
        if plan.hours:
            delivery.oldest = dt_util.utc_from_timestamp(plan.hours[0].start)
            delivery.newest = dt_util.utc_from_timestamp(plan.hours[-1].start)
        if name in self.reports or len(self.reports) < MAX_SENSORS:
            self.reports.setdefault(name, SensorReport()).add(delivery)
        if plan.hours or lost or left_out.keys() - {LeftOut.HOUR_HAS_ROW}:
            for listener in tuple(self._listeners):
                self._containment.call(
                    "a listener to readings", listener, name, delivery
                )


def _nothing(readings: list[TimedReading], why: LeftOut) -> Plan:
    return Plan((), (), {why: len(readings)} if readings else {})
