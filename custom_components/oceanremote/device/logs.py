"""The log of a device, sent only while somebody follows it.

    follow ──▶ the most detailed level that any follower wants ──▶ `subscribe logs`
    line ──▶ every follower whose level it has            last one gone ──▶ level 0

A device's text is a stranger's: it is cleaned, and never a line of Home Assistant's own
log but by `LogForwarder`, which bounds it.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
import logging
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util import dt as dt_util, slugify

from ..audit.containment import Containment
from ..common.const import DOMAIN
from ..common.texts import clean_line
from ..policy.ratelimit import Bucket, RateLimitedError
from ..policy.settings import Rate
from ..protocol import LocalProtocolError, LogReceived
from ..transport.link import Link

# Lines of one device in Home Assistant's log; others are counted.
FORWARDED: Final = Rate(per_second=5.0, burst=50)
LOGGER_PREFIX: Final = f"custom_components.{DOMAIN}.device"


class LogLevel(IntEnum):
    """ESPHome's levels, as on the wire."""

    NONE = 0
    ERROR = 1
    WARNING = 2
    INFO = 3
    CONFIG = 4
    DEBUG = 5
    VERBOSE = 6
    VERY_VERBOSE = 7


_WRITTEN_AS: Final = {
    LogLevel.ERROR: logging.WARNING,
    LogLevel.WARNING: logging.WARNING,
    LogLevel.INFO: logging.INFO,
    LogLevel.CONFIG: logging.INFO,
}


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line, cleaned, with the time at which it arrived."""

    time: datetime
    level: LogLevel
    tag: str
    text: str


type LogFollower = Callable[[LogLine], None]


class DeviceLogs:
    """Who follows the log of one device."""

    def __init__(self, containment: Containment) -> None:
        """Have no follower and no link."""
        self._containment = containment
        self._followers: dict[LogFollower, LogLevel] = {}
        self._link: Link | None = None
        self._asked = LogLevel.NONE

    @callback
    def follow(self, level: LogLevel, follower: LogFollower) -> CALLBACK_TYPE:
        """Call `follower` with every line up to `level`; return how to end that."""
        self._followers[follower] = level
        self._ask()

        @callback
        def end() -> None:
            if self._followers.pop(follower, None) is not None:
                self._ask()

        return end

    @callback
    def begin(self, link: Link) -> None:
        """A session under a trusted identity is up: ask it again."""
        if link is not self._link:
            self._link, self._asked = link, LogLevel.NONE
        self._ask()

    @callback
    def end(self) -> None:
        """The link is gone, or no longer believed."""
        self._link = None

    @callback
    def received(self, event: LogReceived) -> None:
        """Hand a line to whoever wants it."""
        line = LogLine(
            dt_util.utcnow(),
            LogLevel(event.level),
            clean_line(event.tag),
            clean_line(event.text),
        )
        for follower, level in tuple(self._followers.items()):
            if line.level <= level:
                self._containment.call("a follower of its log", follower, line)

    @callback
    def _ask(self) -> None:
        wanted = max(self._followers.values(), default=LogLevel.NONE)
        if self._link is None or wanted is self._asked:
            return
        self._asked = wanted
        with suppress(LocalProtocolError):  # its session has just ended
            self._link.connection.subscribe_logs(wanted, self._link.now())
            self._link.flush()


class LogForwarder:
    """Writes a device's lines into Home Assistant's log, bounded and never as errors."""

    def __init__(self, hass: HomeAssistant, logs: DeviceLogs, name: str) -> None:
        """Forward nothing yet; `name` becomes the last part of the logger's name."""
        self._now = hass.loop.time
        self._logs = logs
        self._logger = logging.getLogger(f"{LOGGER_PREFIX}.{slugify(name)}")
        self._bucket = Bucket(FORWARDED)
        self._left_out = 0
        self._end: CALLBACK_TYPE | None = None

    @callback
    def set_level(self, level: LogLevel) -> None:
        """Forward lines up to `level` from now on, none at NONE."""
        if self._end is not None:
            self._end()
            self._end = None
        if level is not LogLevel.NONE:
            self._end = self._logs.follow(level, self._forward)

    @callback
    def crashed(self, reset_reason: str, lines: Iterable[LogLine]) -> None:
        """Write a crash and its last lines, where anything is forwarded."""
        if self._end is not None:
            self._logger.warning("It has crashed (%s), after:", reset_reason)
            for line in lines:
                self._forward(line)

    @callback
    def _forward(self, line: LogLine) -> None:
        try:
            self._bucket.take(self._now())
        except RateLimitedError:
            self._left_out += 1
            return
        if self._left_out:
            self._logger.warning("%d lines left out", self._left_out)
            self._left_out = 0
        level = _WRITTEN_AS.get(line.level, logging.DEBUG)
        self._logger.log(level, "[%s] %s", line.tag, line.text)
