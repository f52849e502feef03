"""The commands of one device take turns; who waits too long does not get one.

A person who pressed "unlock" and saw nothing happen has walked away after ten seconds:
a door that opens then opens for somebody else.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

from homeassistant.core import callback

# Commands that wait, the one whose turn it is included; more are refused at once.
MAX_WAITING: Final = 8
# Seconds from the press until its turn; a command that waits longer is dropped.
COMMAND_EXPIRY: Final = 10.0


class QueueFullError(Exception):
    """MAX_WAITING commands wait already."""


class ExpiredError(Exception):
    """The turn did not come within COMMAND_EXPIRY."""


class WithdrawnError(Exception):
    """The command was withdrawn before anything of it was sent."""


class Turn:
    """One command, from the press to its end; made in the event loop."""

    def __init__(self) -> None:
        """Begin to wait. `since` is when, by the loop's clock."""
        self.since = asyncio.get_running_loop().time()
        self.limit = asyncio.timeout(COMMAND_EXPIRY)
        # Whether the device was told to be another one since the press.
        self.withdrawn = False
        self._committed = False

    def commit(self) -> None:
        """Note that something of it is about to be sent; raises WithdrawnError."""
        if self.withdrawn:
            raise WithdrawnError
        self._committed = True

    @callback
    def withdraw(self) -> None:
        """End it, unless it was committed to."""
        self.withdrawn = True
        if not self._committed and not self.limit.expired():
            self.limit.reschedule(self.since)


class CommandQueue:
    """First come, first served, one at a time."""

    def __init__(self) -> None:
        """Begin with nobody waiting."""
        self._turns: set[Turn] = set()
        self._one_at_a_time = asyncio.Lock()

    @property
    def occupied(self) -> bool:
        """Whether a command waits or is being sent."""
        return bool(self._turns)

    @asynccontextmanager
    async def turn(self) -> AsyncGenerator[Turn]:
        """Wait for a turn and hold it; within it, a withdrawal cancels what waits.

        Raises QueueFullError, ExpiredError and WithdrawnError.
        """
        if len(self._turns) >= MAX_WAITING:
            raise QueueFullError
        turn = Turn()
        self._turns.add(turn)
        try:
            async with turn.limit, self._one_at_a_time:
                if turn.withdrawn:
                    raise WithdrawnError
                turn.limit.reschedule(None)
                yield turn
        except TimeoutError:
            if turn.withdrawn:
                raise WithdrawnError from None
            if turn.limit.expired():
                raise ExpiredError from None
            raise
        finally:
            self._turns.discard(turn)

    @callback
    def withdraw(self) -> None:
        """End every command of which nothing was sent."""
        for turn in tuple(self._turns):
            turn.withdraw()
