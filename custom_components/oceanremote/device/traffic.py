"""What a device has sent and received today, over all its links."""

from collections.abc import Callable
from datetime import date

from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from ..transport.link import Link
from ..transport.traffic import Traffic


class DeviceTraffic:
    """Counts from local midnight on; a link counts from its first byte.

    Links that were never proved to be the device's are not its own.
    """

    def __init__(
        self, today: Callable[[], date] = lambda: dt_util.now().date()
    ) -> None:
        """Start with nothing."""
        self._today = today
        self._day = today()
        self._done = Traffic()
        self._link: Link | None = None
        # What the link had carried when the day began.
        self._before = Traffic()

    @callback
    def begin(self, link: Link) -> None:
        """Count what a link carries, all of it."""
        self.end()
        self._link, self._before = link, Traffic()

    @callback
    def end(self) -> None:
        """The link is gone; what it has carried stays."""
        self._done = self.total()
        self._link, self._before = None, Traffic()

    @callback
    def restore(self, day: date, *, sent: int = 0, received: int = 0) -> None:
        """Add what was counted before Home Assistant restarted, if it was today."""
        if day == self._today():
            self.total()
            self._done += Traffic(sent, received)

    def total(self) -> Traffic:
        """Return what has been carried today."""
        carried = Traffic() if self._link is None else self._link.traffic + Traffic()
        if (today := self._today()) != self._day:
            self._day, self._done, self._before = today, Traffic(), carried
        return self._done + (carried - self._before)
