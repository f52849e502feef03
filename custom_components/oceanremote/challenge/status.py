"""When a challenge device is asked for its state, if it is.

every interval ──▶ ask ──▶ answered: 0 missed
                          not: 1, 2, 3 missed ──▶ assumed, and unavailable
a cover moves ──▶ ask every few seconds, until it stands or its time is over
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

# After so many requests without an answer the last state is assumed.
MISSED_LIMIT: Final = 3
# Seconds between two requests while a cover moves, and for how long one may move.
MOVING_INTERVAL: Final = 5.0
MOVING_LIMIT: Final = 120.0
# Seconds for the whole of one request, so that a command behind it is in time.
STATUS_TIMEOUT: Final = 4.0


class StatusTimer:
    """Calls `ask` again and again; one at a time, and never after `end`."""

    def __init__(
        self, hass: HomeAssistant, name: str, ask: Callable[[], Awaitable[None]]
    ) -> None:
        """Wait for an interval."""
        self._hass = hass
        self._name = name
        self._ask = ask
        self._interval: float | None = None
        self._cancel: CALLBACK_TYPE | None = None
        self._asking: asyncio.Task[None] | None = None
        self._again = False  # it became due while it was asking

    @callback
    def follow(self, interval: float | None) -> None:
        """Ask now, and every `interval` seconds; None: no more."""
        self._interval = interval
        self._plan(None if interval is None else 0.0)

    @callback
    def hurry(self, delay: float) -> None:
        """Ask after `delay` seconds, then in the interval again."""
        if self._interval is not None:
            self._plan(min(delay, self._interval))

    @callback
    def end(self) -> None:
        """Ask no more, and give up what is being asked."""
        self.follow(None)
        if self._asking is not None:
            self._asking.cancel()

    @callback
    def _plan(self, delay: float | None) -> None:
        if self._cancel is not None:
            self._cancel()
            self._cancel = None
        if delay == 0:
            self._due()
        elif delay is not None:
            self._cancel = async_call_later(self._hass, delay, self._due)

    @callback
    def _due(self, _now: datetime | None = None) -> None:
        self._cancel = None
        self._plan(self._interval)
        self._again = self._asking is not None
        if not self._again:
            self._asking = self._hass.async_create_background_task(
                self._async_ask(), self._name
            )

    async def _async_ask(self) -> None:
        try:
            await self._ask()
        finally:
            self._asking = None
        if self._again:
            self._due()


class MovingCovers:
    """Calls `stand` with the key of a cover that has moved for MOVING_LIMIT."""

    def __init__(self, hass: HomeAssistant, stand: Callable[[str], None]) -> None:
        """Know of none."""
        self._hass = hass
        self._stand = stand
        self._cancels: dict[str, CALLBACK_TYPE] = {}

    @callback
    def follow(self, key: str, *, moving: bool) -> None:
        """Begin to count for a cover that moves, and end it for one that stands."""
        if cancel := self._cancels.pop(key, None):
            cancel()
        if moving:
            self._cancels[key] = async_call_later(
                self._hass, MOVING_LIMIT, partial(self._over, key)
            )

    @callback
    def end(self) -> None:
        """Count for none any more."""
        for key in tuple(self._cancels):
            self.follow(key, moving=False)

    @callback
    def _over(self, key: str, _now: datetime) -> None:
        del self._cancels[key]
        self._stand(key)
