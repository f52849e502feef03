"""Work on one device's behalf in turns, so that others need not wait until it ends."""

import asyncio
from time import perf_counter
from typing import Final

# How long one device may keep the event loop for itself, in seconds.
TURN: Final = 0.004


class Turn:
    """One worker's place at the event loop."""

    def __init__(self, *, rest: bool = False) -> None:
        """Begin a turn; with `rest`, pause after each for as long as it took."""
        self._rest = rest
        self._since = perf_counter()

    def begin(self) -> None:
        """Begin another turn: the loop has had its time in between."""
        self._since = perf_counter()

    async def async_yield(self) -> None:
        """Let others have the loop if this turn has used up its time."""
        worked = perf_counter() - self._since
        if worked >= TURN:
            await asyncio.sleep(worked if self._rest else 0)
            self.begin()
