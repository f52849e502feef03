"""How long an event loop is kept from everybody else."""

import asyncio
import gc
import threading
from time import perf_counter, thread_time
from typing import Self

TICK = 0.002


class LoopWatch:
    """Notes the longest block of the running loop, as long as it is entered.

    A block is time by which a timer comes late *and* that the loop's thread has worked:
    where the machine has given the processor to somebody else, nobody has blocked.
    Python's garbage collection, which goes through all that a process has, is told apart
    in `longest_collection`.
    """

    def __init__(self) -> None:
        """Nothing noted yet."""
        self.longest = 0.0
        self.longest_collection = 0.0
        self._thread = 0
        self._collecting = 0.0
        self._collected = 0.0
        self._handle: asyncio.TimerHandle | None = None
        self._due = 0.0
        self._worked = 0.0

    def __enter__(self) -> Self:
        """Watch from now on."""
        self._thread = threading.get_ident()
        gc.callbacks.append(self._on_collection)
        self._arm()
        return self

    def __exit__(self, *_: object) -> None:
        """Watch no more."""
        self._look()
        gc.callbacks.remove(self._on_collection)
        if self._handle is not None:
            self._handle.cancel()

    def _arm(self) -> None:
        self._due = perf_counter() + TICK
        self._worked = thread_time()
        self._collected = 0.0
        self._handle = asyncio.get_running_loop().call_later(TICK, self._on_tick)

    def _on_tick(self) -> None:
        self._look()
        self._arm()

    def _look(self) -> None:
        late = perf_counter() - self._due
        worked = thread_time() - self._worked
        self.longest = max(self.longest, min(late, worked) - self._collected)

    def _on_collection(self, phase: str, _: dict[str, int]) -> None:
        if threading.get_ident() != self._thread:
            return
        if phase == "start":
            self._collecting = thread_time()
            return
        took = thread_time() - self._collecting
        self._collected += took
        self.longest_collection = max(self.longest_collection, took)
