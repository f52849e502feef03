"""How long an event loop is kept from everybody else."""

import asyncio
from time import perf_counter, thread_time
from typing import Self

TICK = 0.002


class LoopWatch:
    """Notes the longest block of the running loop, as long as it is entered.

    A block is time by which a timer comes late *and* that the loop's thread has worked:
    where the machine has given the processor to somebody else, nobody has blocked.
    """

    def __init__(self) -> None:
        """Nothing noted yet."""
        self.longest = 0.0
        self._handle: asyncio.TimerHandle | None = None
        self._due = 0.0
        self._worked = 0.0

    def __enter__(self) -> Self:
        """Watch from now on."""
        self._arm()
        return self

    def __exit__(self, *_: object) -> None:
        """Watch no more."""
        self._look()
        if self._handle is not None:
            self._handle.cancel()

    def _arm(self) -> None:
        self._due = perf_counter() + TICK
        self._worked = thread_time()
        self._handle = asyncio.get_running_loop().call_later(TICK, self._on_tick)

    def _on_tick(self) -> None:
        self._look()
        self._arm()

    def _look(self) -> None:
        late = perf_counter() - self._due
        worked = thread_time() - self._worked
        self.longest = max(self.longest, min(late, worked))
