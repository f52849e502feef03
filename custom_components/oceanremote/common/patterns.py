"""Which regular expressions of a device Home Assistant may match by itself.

Python's `re` tries one way after another to make a text fit, and nothing interrupts it:
a short pattern can keep the event loop for years. Counting the ways beforehand keeps
that to milliseconds, and so does counting what makes compiling slow.
"""

import re
from re import _constants as ops, _parser  # type: ignore[attr-defined]
from typing import Any, Final

from homeassistant.const import MAX_LENGTH_STATE_STATE

# Measured: 255 characters are held against as many in 10 ms at worst.
MAX_WAYS: Final = 200_000
# A set of characters from all over Unicode takes 5 ms to compile.
MAX_WIDE_RANGES: Final = 2
WIDE_RANGE: Final = 0x100

_ONE_WAY: Final = frozenset({ops.LITERAL, ops.NOT_LITERAL, ops.ANY, ops.AT})
_ASSERTIONS: Final = frozenset({ops.ASSERT, ops.ASSERT_NOT})
_REPEATS: Final = frozenset({ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT})


def is_quick(pattern: str) -> bool:
    """Whether any text of a state is matched or refused at once."""
    try:
        parsed = _parser.parse(pattern)
        if parsed.state.flags & re.IGNORECASE:
            return False
        _Counter().ways(parsed)
        re.compile(pattern)
    except re.PatternError, OverflowError, RecursionError, _NotCounted:
        return False
    return True


class _NotCounted(Exception):
    """More than there may be, or something of which nobody counts the ways."""


class _Counter:
    """Walks over one parsed pattern."""

    def __init__(self) -> None:
        self._wide_ranges = 0

    def ways(self, parsed: Any) -> int:
        """Return an upper bound of the ways to make a text fit."""
        total = 1
        for op, argument in parsed:
            total *= self._ways_of(op, argument)
            if total > MAX_WAYS:
                raise _NotCounted
        return total

    def _ways_of(self, op: Any, argument: Any) -> int:
        if op in _ONE_WAY:
            return 1
        if op is ops.IN:
            return self._set_of_characters(argument)
        if op is ops.BRANCH:
            return sum(map(self.ways, argument[1]))
        if op is ops.SUBPATTERN:
            _, added_flags, _, body = argument
            if added_flags:
                raise _NotCounted
            return self.ways(body)
        if op in _ASSERTIONS:
            return self.ways(argument[1])
        if op in _REPEATS:
            return self._repeat(*argument)
        raise _NotCounted

    def _set_of_characters(self, members: Any) -> int:
        for op, argument in members:
            if op is ops.RANGE and argument[1] - argument[0] >= WIDE_RANGE:
                self._wide_ranges += 1
        if self._wide_ranges > MAX_WIDE_RANGES:
            raise _NotCounted
        return 1

    def _repeat(self, least: int, most: int, body: Any) -> int:
        shortest: int = body.getwidth()[0]
        if shortest == 0:
            # What takes no room can be repeated for ever.
            raise _NotCounted
        each = self.ways(body)
        longest = min(most, MAX_LENGTH_STATE_STATE // shortest)
        if each == 1:
            return max(longest - least + 1, 1)
        # Two ways each, 64 times, are more than anybody counts.
        times = range(least, min(longest, least + 64) + 1)
        several: int = sum(each**number for number in times)
        return max(several, 1)
