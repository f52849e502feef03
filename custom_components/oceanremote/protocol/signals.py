"""Signals that the receivers of a device hear."""

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from .domains.fields import Reading, Signal
from .entities import EntityAddress
from .limits import MAX_SIGNAL
from .values import read_address

_TIMINGS: Final = Signal(MAX_SIGNAL)


@dataclass(frozen=True, slots=True)
class HeardSignal:
    """A receiver heard marks and, below 0, spaces, in microseconds."""

    CODE: ClassVar = 30
    address: EntityAddress
    timings: tuple[int, ...]

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        return [self.CODE, *map(int, self.address), _TIMINGS.write(self.timings)]


def read_heard_signal(items: list[Any]) -> HeardSignal | None:
    """Return what was heard, None by a receiver of an unknown domain."""
    address = read_address(items[:3])
    timings = _TIMINGS.read(items[3], Reading(strict=True))
    return None if address is None else HeardSignal(address, timings)
