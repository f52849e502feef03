"""How a device last crashed: what reset it, and the last lines of its log before."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.util import dt as dt_util

from ..audit.containment import Containment
from ..common.texts import clean_line
from ..protocol import LastLinesReceived
from .logs import LogLevel, LogLine


@dataclass(frozen=True, slots=True)
class Crash:
    """A crash, cleaned; `time` is when the device told it, its lines have no other."""

    time: datetime
    reset_reason: str
    lines: tuple[LogLine, ...]

    def newest(self, size: int) -> list[str]:
        """Return the newest lines of that many characters, each with level and tag."""
        newest: list[str] = []
        for line in reversed(self.lines):
            text = f"[{line.level.name[0]}][{line.tag}] {line.text}"
            if (size := size - len(text)) < 0:
                break
            newest.insert(0, text)
        return newest


type CrashListener = Callable[[Crash], None]


class DeviceCrashes:
    """The last crash of one device since Home Assistant started."""

    def __init__(self, containment: Containment) -> None:
        """Know of none."""
        self._containment = containment
        self._listeners: list[CrashListener] = []
        self.last: Crash | None = None

    @callback
    def listen(self, listener: CrashListener) -> CALLBACK_TYPE:
        """Hand every later crash to `listener`; return how to end that."""
        self._listeners.append(listener)

        @callback
        def end() -> None:
            self._listeners.remove(listener)

        return end

    @callback
    def received(self, event: LastLinesReceived) -> None:
        """Keep a crash and hand it on."""
        now = dt_util.utcnow()
        self.last = crash = Crash(
            now,
            clean_line(event.crash.reset_reason),
            tuple(
                LogLine(
                    now,
                    LogLevel(line.level),
                    clean_line(line.tag),
                    clean_line(line.text),
                )
                for line in event.crash.lines
            ),
        )
        for listener in tuple(self._listeners):
            self._containment.call("a listener of its crashes", listener, crash)
