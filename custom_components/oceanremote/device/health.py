"""How a device fares: what it measures itself, and what the hub sees of its links.

An enabled entity watches ──▶ `report health` every minute ──▶ `health` ──▶ watchers
pong ──▶ round trip                     a link that follows another ──▶ reconnects
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.util import dt as dt_util

from ..audit.containment import Containment
from ..protocol import Health, HealthReceived, LocalProtocolError, PongReceived
from ..transport.link import Link
from .traffic import DeviceTraffic

# Seconds between two reports.
REPORT_INTERVAL: Final = 60
# A start that moves by less is the same one: reports arrive more or less late.
_SAME_START: Final = timedelta(seconds=30)

type HealthWatcher = Callable[[], None]


class DeviceHealth:
    """What is known of one device's health; kept while it is away."""

    def __init__(
        self, containment: Containment, *, thrifty_interval: Callable[[], int | None]
    ) -> None:
        """Know nothing yet.

        `thrifty_interval` tells how often a device is pinged for which every byte
        costs, None for any other; it is not asked for its health.
        """
        self._containment = containment
        self.thrifty_interval = thrifty_interval
        self._watchers: list[HealthWatcher] = []
        self._asking = 0
        self._link: Link | None = None
        self._reports = False
        self._asked = 0
        self.traffic = DeviceTraffic()
        self.measured: Health | None = None
        self.started_at: datetime | None = None
        self.round_trip: float | None = None
        self.reconnects = 0
        self.last_end: str | None = None

    @callback
    def watch(self, watcher: HealthWatcher, *, asks: bool) -> CALLBACK_TYPE:
        """Call `watcher` when something was measured; return how to end that.

        Meanwhile the device is asked for its health, if it `asks` for that.
        """
        self._watchers.append(watcher)
        self._asking += asks
        self.ask()

        @callback
        def end() -> None:
            self._watchers.remove(watcher)
            self._asking -= asks
            self.ask()

        return end

    @callback
    def link_began(self, link: Link) -> None:
        """The device has a link, which may follow another."""
        self.traffic.begin(link)
        if self.last_end is not None:
            self.reconnects += 1

    @callback
    def link_ended(self, why: str) -> None:
        """The link is gone."""
        self.last_end = why
        self.traffic.end()
        self._link = None

    @callback
    def begin(self, link: Link, *, reports: bool) -> None:
        """A session under a trusted identity is up; `reports`: it can be asked."""
        if link is not self._link:
            self._link, self._asked = link, 0
        self._reports = reports
        self.ask()

    @callback
    def received(self, event: HealthReceived | PongReceived) -> None:
        """Take what the device measures, or how long its answer took."""
        match event:
            case HealthReceived():
                self.measured = event.health
                self._note_start(event.health.uptime)
            case PongReceived():
                self.round_trip = event.round_trip
        for watcher in tuple(self._watchers):
            self._containment.call("an entity of its health", watcher)

    def _note_start(self, uptime: int) -> None:
        start = dt_util.utcnow() - timedelta(seconds=uptime)
        known = self.started_at
        if known is None or abs(start - known) > _SAME_START:
            self.started_at = start

    @callback
    def ask(self) -> None:
        """Ask the device for what is wanted now, if that is not what it was asked."""
        wanted = self._asking > 0 and self.thrifty_interval() is None
        interval = REPORT_INTERVAL if wanted else 0
        if self._link is None or not self._reports or interval == self._asked:
            return
        self._asked = interval
        with suppress(LocalProtocolError):  # its session has just ended
            self._link.connection.report_health(interval, self._link.now())
            self._link.flush()
