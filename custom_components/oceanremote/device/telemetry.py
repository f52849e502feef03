"""What a device tells about itself, rather than about its entities."""

from typing import NamedTuple

from homeassistant.core import HomeAssistant, callback

from ..audit.containment import Containment
from ..protocol import (
    DeviceFacts,
    HealthReceived,
    HubEvent,
    LastLinesReceived,
    LogReceived,
    PongReceived,
    UpdateReported,
)
from ..transport.link import Link
from .crashes import DeviceCrashes
from .health import DeviceHealth
from .logs import DeviceLogs
from .thrift import async_thrifty_interval
from .updates import DeviceUpdates


class DeviceTelemetry(NamedTuple):
    """The log of one device, its crashes, its health and its updates."""

    logs: DeviceLogs
    crashes: DeviceCrashes
    health: DeviceHealth
    updates: DeviceUpdates

    @callback
    def begin(self, link: Link, facts: DeviceFacts) -> None:
        """A session under a trusted identity is up."""
        self.logs.begin(link)
        self.health.begin(link, reports=facts.reports_health)
        self.updates.begin(link, facts)

    @callback
    def end(self, why: str) -> None:
        """The link is gone."""
        self.logs.end()
        self.health.link_ended(why)
        self.updates.end()

    @callback
    def takes(self, event: HubEvent) -> bool:
        """Take an event, if it is about this; return whether it was."""
        match event:
            case LogReceived():
                self.logs.received(event)
            case LastLinesReceived():
                self.crashes.received(event)
            case HealthReceived() | PongReceived():
                self.health.received(event)
            case UpdateReported():
                self.updates.received(event)
            case _:
                return False
        return True


def telemetry_of(
    hass: HomeAssistant, entry_id: str, subentry_id: str, containment: Containment
) -> DeviceTelemetry:
    """Return a device's telemetry, of which nothing is known yet."""

    def thrifty_interval() -> int | None:
        return async_thrifty_interval(hass, entry_id, subentry_id)

    health = DeviceHealth(containment, thrifty_interval=thrifty_interval)
    return DeviceTelemetry(
        DeviceLogs(containment),
        DeviceCrashes(containment),
        health,
        DeviceUpdates(hass.loop),
    )
