"""The page with a device's log: what it logs from now on, read again at each "Refresh".

It is followed while the page is open, and no longer than FOLLOWED after the last look: a
browser that was closed says nothing.
"""

import asyncio
from collections import deque
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, override

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.selector import (
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..device.coordinator import DeviceCoordinator
from ..device.logs import LogLevel, LogLine
from .token_pages import TokenPages
from .yaml_page import YamlSelector

STEP_LOG: Final = "log"
FIELD_LEVEL: Final = "level"
FIELD_LINES: Final = "lines"
MAX_LINES: Final = 200
FOLLOWED: Final = timedelta(minutes=10)
# What the first look waits for, so that it shows something.
_FIRST_LOOK: Final = 2.0

_LEVELS: Final = [
    level.name.lower() for level in LogLevel if level is not LogLevel.NONE
]
_LEVEL_SELECTOR: Final = SelectSelector(
    SelectSelectorConfig(
        options=_LEVELS,
        mode=SelectSelectorMode.DROPDOWN,
        translation_key="log_level",
    )
)


class LogPage(TokenPages):
    """Shows the lines of a device since the page was opened."""

    _level = LogLevel.DEBUG
    _lines: deque[LogLine] | None = None
    _end_following: CALLBACK_TYPE | None = None
    _end_timer: CALLBACK_TYPE | None = None

    async def async_step_log(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Follow the log, and show what has come."""
        hub, _ = await self._async_enter()
        subentry = self._subentry()
        coordinator = hub.coordinator_for(subentry.subentry_id)
        level = self._level
        if user_input is not None:
            level = LogLevel[user_input.get(FIELD_LEVEL, level.name).upper()]
        if self._end_following is None or level is not self._level:
            self._follow(coordinator, level)
            await asyncio.sleep(_FIRST_LOOK)
        self._look_again_in_time()
        return self.async_show_form(
            step_id=STEP_LOG,
            data_schema=vol.Schema(
                {
                    vol.Required(
                        FIELD_LEVEL, default=self._level.name.lower()
                    ): _LEVEL_SELECTOR,
                    vol.Optional(
                        FIELD_LINES,
                        description={"suggested_value": self._text(coordinator)},
                    ): YamlSelector(),
                }
            ),
            description_placeholders={"name": subentry.title},
            last_step=False,
        )

    @callback
    def _follow(self, coordinator: DeviceCoordinator, level: LogLevel) -> None:
        """Follow from now on; what has come before stays, whatever its level."""
        self._level = level
        if self._lines is None:
            self._lines = deque(maxlen=MAX_LINES)
        before = self._end_following
        # A follower of its own, beside which the former one can end.
        follower = partial(self._lines.append)
        self._end_following = coordinator.logs.follow(level, follower)
        if before is not None:
            before()

    @callback
    def _look_again_in_time(self) -> None:
        if self._end_timer is not None:
            self._end_timer()
        self._end_timer = async_call_later(self.hass, FOLLOWED, self._forgotten)

    @callback
    def _forgotten(self, now: datetime) -> None:
        self._end_timer = None
        self._stop_following()

    @callback
    def _stop_following(self) -> None:
        for end in (self._end_following, self._end_timer):
            if end is not None:
                end()
        self._end_following = self._end_timer = None

    def _text(self, coordinator: DeviceCoordinator) -> str:
        """Return a crash and the lines, newest last, as text that nothing renders."""
        crash = coordinator.crashes.last
        texts: list[str] = []
        if crash is not None:
            texts = [f"# Crash: {crash.reset_reason}", *map(_line, crash.lines), "#"]
        return "\n".join([*texts, *map(_line, self._lines or ())])

    @callback
    @override
    def async_remove(self) -> None:
        """Follow no longer than the dialog is open."""
        super().async_remove()
        self._stop_following()


def _line(line: LogLine) -> str:
    time = dt_util.as_local(line.time).strftime("%H:%M:%S")
    return f"{time} {line.level.name[0]} [{line.tag}] {line.text}"
