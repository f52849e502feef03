"""Tells devices that keep time what time it is, and in which zone.

After the first welcome of a link, every few hours, and when the zone changes.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from homeassistant.const import EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval

from ..device.coordinator import DeviceCoordinator
from ..protocol import LocalProtocolError
from ..transport.link import Link
from .zone import posix_zone

EVERY: Final = timedelta(hours=4)


class Clock:
    """The hub's clock as devices see it."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Know no zone before `async_start`."""
        self._hass = hass
        self._zone = ""
        self._followed: list[_Followed] = []

    async def async_start(self) -> CALLBACK_TYPE:
        """Learn the zone, and follow it; return how to stop."""
        await self._async_learn()
        ends = (
            self._hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, self._on_config),
            async_track_time_interval(
                self._hass, self._on_interval, EVERY, cancel_on_shutdown=True
            ),
        )

        @callback
        def stop() -> None:
            for end in ends:
                end()

        return stop

    @callback
    def follow(self, coordinator: DeviceCoordinator) -> CALLBACK_TYPE:
        """Tell a device from now on; return how to stop."""
        followed = _Followed(coordinator, self)
        self._followed.append(followed)
        followed.look()

        @callback
        def end() -> None:
            followed.end()
            self._followed.remove(followed)

        return end

    @property
    def zone(self) -> str:
        """Home Assistant's time zone in the form of POSIX, empty if it has none."""
        return self._zone

    async def _async_learn(self) -> None:
        self._zone = await self._hass.async_add_executor_job(
            posix_zone, self._hass.config.time_zone
        )

    async def _on_config(self, event: Event) -> None:
        before = self._zone
        await self._async_learn()
        if self._zone != before:
            self._tell_all()

    @callback
    def _on_interval(self, now: datetime) -> None:
        self._tell_all()

    def _tell_all(self) -> None:
        for followed in self._followed:
            followed.told = None
            followed.coordinator.containment.call("telling the time", followed.look)


class _Followed:
    """One device, and over which link it has been told."""

    def __init__(self, coordinator: DeviceCoordinator, clock: Clock) -> None:
        self.coordinator = coordinator
        self.told: Link | None = None
        self._clock = clock
        self.end = coordinator.subscribe_availability(self.look)

    @callback
    def look(self) -> None:
        """Tell the time where it is due."""
        link, facts = self.coordinator.link, self.coordinator.facts
        if link is None or link is self.told or facts is None or not facts.keeps_time:
            return
        # Between two epochs nothing passes: its welcome calls here again.
        with suppress(LocalProtocolError):
            link.connection.send_time(link.now(), self._clock.zone)
            link.flush()
            self.told = link
