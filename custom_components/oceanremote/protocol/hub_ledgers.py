"""What the hub keeps about messages that it awaits answers to: commands and pings."""

import math

from .errors import CloseReason, LocalProtocolError, RemoteProtocolError
from .keys import RandomSource
from .limits import MAX_OUTSTANDING_COMMANDS, MAX_OUTSTANDING_PINGS, NONCE_SIZE


class CommandLedger:
    """The commands of a link, numbered from 1 across all its epochs.

    A command is outstanding until its result comes or its deadline passes, and then
    overdue until the result comes after all. Both kinds together are bounded.
    """

    def __init__(self) -> None:
        """Start with no command."""
        self._last_id = 0
        self._deadlines: dict[int, float] = {}
        self._overdue: set[int] = set()

    @property
    def next_id(self) -> int:
        """The id of the next command; raises `LocalProtocolError` if it has no room."""
        if len(self._deadlines) + len(self._overdue) >= MAX_OUTSTANDING_COMMANDS:
            raise LocalProtocolError("too many commands without an answer")
        return self._last_id + 1

    def add(self, command_id: int, deadline: float) -> None:
        """Note that the command was written."""
        self._last_id = command_id
        self._deadlines[command_id] = deadline

    def complete(self, command_id: int) -> bool:
        """Take a result and return whether it came in time.

        Raises `RemoteProtocolError` for a command that was never sent or that has been
        answered before.
        """
        if command_id in self._overdue:
            self._overdue.remove(command_id)
            return False
        if self._deadlines.pop(command_id, None) is None:
            raise RemoteProtocolError(
                CloseReason.UNEXPECTED_MESSAGE, f"result of command {command_id}"
            )
        return True

    def expire(self, now: float) -> list[int]:
        """Return the commands whose deadline has passed since the last call."""
        passed = [key for key, when in self._deadlines.items() if when <= now]
        for command_id in passed:
            del self._deadlines[command_id]
            self._overdue.add(command_id)
        return passed

    def next_deadline(self) -> float | None:
        """Return when `expire` has something to do next."""
        return min(self._deadlines.values(), default=None)


class PingLedger:
    """The pings of a link; one is due every interval, each must be answered in time."""

    def __init__(self, interval: float, timeout: float, random: RandomSource) -> None:
        """Start idle; `begin` starts the clock."""
        self._interval = interval
        self._timeout = timeout
        self._random = random
        self._due = math.inf
        self._sent_at: dict[bytes, float] = {}

    def pace(self, interval: float) -> None:
        """Let pings be due so often from the next one on."""
        self._interval = interval

    def begin(self, now: float) -> None:
        """Let the first ping be due one interval from now; later calls do nothing."""
        self._due = min(self._due, now + self._interval)

    def new_nonce(self) -> bytes:
        """Return a fresh nonce; raises `LocalProtocolError` if too many are out."""
        if len(self._sent_at) >= MAX_OUTSTANDING_PINGS:
            raise LocalProtocolError("too many pings without an answer")
        return self._random(NONCE_SIZE)

    def add(self, nonce: bytes, now: float) -> None:
        """Note that a ping was written."""
        self._sent_at[nonce] = now
        self._due = now + self._interval

    def answer(self, nonce: bytes, now: float) -> float:
        """Take a pong and return the seconds it took; raises `RemoteProtocolError`."""
        sent_at = self._sent_at.pop(nonce, None)
        if sent_at is None:
            raise RemoteProtocolError(CloseReason.UNEXPECTED_MESSAGE, "pong")
        return now - sent_at

    def is_due(self, now: float) -> bool:
        """Return whether a ping is due."""
        return self._due <= now

    def is_overdue(self, now: float) -> bool:
        """Return whether a ping has gone unanswered for too long."""
        return any(sent_at + self._timeout <= now for sent_at in self._sent_at.values())

    def next_deadline(self) -> float:
        """Return when a ping is due or overdue next.

        The timeout is shorter than the interval (see `HubSettings`), so a ping that is
        due never finds another one out.
        """
        waits = [sent_at + self._timeout for sent_at in self._sent_at.values()]
        return min([self._due, *waits])
