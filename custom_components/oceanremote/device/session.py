"""The session of one device: renewed in time, or now when a person asks for it."""

import asyncio
from collections.abc import Callable

from homeassistant.core import HomeAssistant, callback

from ..common.const import RENEW_TIMEOUT
from ..common.errors import DeviceOfflineError, RenewalFailedError
from ..transport.link import Link


def rotation_delay(remaining: float, margin: float) -> float:
    """Return the seconds from now until a session of `remaining` seconds rotates.

    The margin never exceeds a quarter of what remains, so that a short session is
    not renewed without end.
    """
    return max(0.0, remaining - min(margin, remaining / 4))


class SessionSupervisor:
    """Asks once per session for its renewal; idle without one."""

    def __init__(self, hass: HomeAssistant, margin: Callable[[], float]) -> None:
        """Renew `margin()` seconds before the end; nothing runs before `begin`."""
        self._hass = hass
        self._margin = margin
        self._link: Link | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._renewal: asyncio.Future[bool] | None = None

    @callback
    def begin(self, link: Link, remaining: float) -> None:
        """Watch a session, or the next epoch of one, that ends in `remaining` s."""
        self._cancel()
        self._link = link
        self._timer = self._hass.loop.call_later(
            rotation_delay(remaining, self._margin()), self.rotate
        )
        self._settle(renewed=True)

    @callback
    def end(self) -> None:
        """Forget the session."""
        self._cancel()
        self._link = None
        self._settle(renewed=False)

    @callback
    def rotate(self) -> None:
        """Ask the device to prove itself again; ignored while it does so."""
        if (link := self._link) is not None:
            link.connection.rotate(link.now())
            link.flush()

    async def async_renew(self, name: str) -> None:
        """Rotate now and return when the next epoch is proved.

        Raises DeviceOfflineError, or RenewalFailedError when the device did not prove
        itself again in time.
        """
        if self._link is None:
            raise DeviceOfflineError(name=name)
        if self._renewal is None:
            self._renewal = self._hass.loop.create_future()
        renewal = self._renewal
        self.rotate()
        try:
            async with asyncio.timeout(RENEW_TIMEOUT):
                # Several callers may wait for one rotation: none cancels it.
                renewed = await asyncio.shield(renewal)
        except TimeoutError:
            renewed = False
        if not renewed:
            raise RenewalFailedError(name=name)

    def _settle(self, *, renewed: bool) -> None:
        renewal, self._renewal = self._renewal, None
        if renewal is not None:
            renewal.set_result(renewed)

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
