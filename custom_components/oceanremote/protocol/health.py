"""How a device fares: what it measures while it is asked to, and how it last crashed."""

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from . import fields
from .limits import (
    MAX_FACT_TEXT,
    MAX_LAST_LINE_TEXT,
    MAX_LAST_LINES,
    MAX_LOG_LEVEL,
    MAX_LOG_TAG_TEXT,
)

# What a signed byte holds; Wi-Fi is heard at some -90 to -30.
_WIFI_SIGNAL: Final = (-128, 127)


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What a device measures of itself; None for what its board does not have.

    `uptime` in seconds, `wifi_signal` in dBm, `free_heap` in bytes, `longest_loop` in
    milliseconds since the last report.
    """

    CODE: ClassVar = 18
    uptime: int
    wifi_signal: int | None = None
    free_heap: int | None = None
    longest_loop: int | None = None

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        values = (self.uptime, self.wifi_signal, self.free_heap, self.longest_loop)
        measured = {
            key: value for key, value in enumerate(values, 1) if value is not None
        }
        return [self.CODE, measured]


@dataclass(frozen=True, slots=True)
class LastLine:
    """One line of the log before a crash."""

    level: int
    tag: str
    text: str


@dataclass(frozen=True, slots=True)
class LastLines:
    """The last lines before a crash, oldest first, and what reset the board then."""

    CODE: ClassVar = 17
    reset_reason: str
    lines: tuple[LastLine, ...] = ()

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        lines = [[line.level, line.tag, line.text] for line in self.lines]
        return [self.CODE, self.reset_reason, lines]


@dataclass(frozen=True, slots=True)
class ReportHealth:
    """Report health every so many seconds; never at 0."""

    CODE: ClassVar = 78
    seconds: int

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        return [self.CODE, self.seconds]


def read_health(items: list[Any]) -> Health:
    """Return what a device measures; keys of newer devices are skipped."""
    table = fields.table(items[0])
    if 1 not in table:
        raise fields.malformed("no uptime")
    lowest, highest = _WIFI_SIGNAL
    signal = fields.uint(table[2], highest, lowest) if 2 in table else None
    return Health(
        uptime=fields.uint(table[1]),
        wifi_signal=signal,
        free_heap=fields.uint(table[3]) if 3 in table else None,
        longest_loop=fields.uint(table[4]) if 4 in table else None,
    )


def read_last_lines(items: list[Any]) -> LastLines:
    """Return how a device last crashed."""
    lines = map(_read_line, fields.array(items[1], MAX_LAST_LINES))
    return LastLines(fields.text(items[0], MAX_FACT_TEXT), tuple(lines))


def _read_line(value: Any) -> LastLine:
    level, tag, text = fields.array(value, 3, 3)
    return LastLine(
        fields.uint(level, MAX_LOG_LEVEL),
        fields.text(tag, MAX_LOG_TAG_TEXT),
        fields.text(text, MAX_LAST_LINE_TEXT),
    )


def read_report_health(items: list[Any]) -> ReportHealth:
    """Return how often the hub wants to know."""
    return ReportHealth(fields.uint(items[0]))
