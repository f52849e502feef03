"""The include rule of the firmware: its core knows neither ESPHome nor an OS socket.

The core is the component `oceanremote_core`: what takes bytes and time and returns bytes.
"""

from collections.abc import Mapping
import re

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^">]+)[">]', re.MULTILINE)

# What is forbidden to them, own shells and foreign headers.
FOREIGN = re.compile(
    r"esphome/|sys/socket\.h|netdb\.h|unistd\.h|fcntl\.h|thread|chrono|Arduino\.h"
)


def includes_of(text: str) -> list[str]:
    """Return what a source includes, in order."""
    return INCLUDE.findall(text)


def reached(start: str, sources: Mapping[str, str]) -> set[str]:
    """Return every header that a file includes, also through our own headers."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for header in includes_of(sources.get(waiting.pop(), "")):
            if header not in found:
                found.add(header)
                waiting.append(header)
    return found


def violations(sources: Mapping[str, str]) -> list[str]:
    """Return `file: header` for what the core must not reach."""
    return [
        f"{name}: {header}"
        for name in sorted(sources)
        for header in sorted(reached(name, sources))
        if FOREIGN.match(header)
    ]
