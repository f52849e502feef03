"""One command to a challenge device over TCP (docs/challenge-protocol.md, section 7).

Everything before the first byte of the answer may be tried again, and is until the
deadline: strangers may hold all of the device's connections for a while. Nothing after
it is.
"""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass
import random
import secrets
from typing import Final

from .protocol import (
    ANSWER_LIFETIME,
    SECONDS_PER_COMMAND,
    ChallengeKey,
    ChallengeSender,
    Failed,
    SenderEvent,
    SendFailure,
    Sent,
)

# The pause between two attempts doubles from the first to the longest; each is drawn
# between half of that and one and a half.
RETRY_DELAY: Final = 0.25
MAX_RETRY_DELAY: Final = 1.0
# For connecting, waking and the challenge, all attempts together. A device that serves
# one connection at a time needs a while to drop silent strangers.
CHALLENGE_TIMEOUT: Final = 12.0
# The same where a person waits for the connection test.
TEST_TIMEOUT: Final = 5.0
CONNECT_TIMEOUT: Final = 4.0
# For the challenge of one attempt: a device that has not sent it by then has forgotten
# the connection.
ATTEMPT_TIMEOUT: Final = ANSWER_LIFETIME + 1.0
# For the network on the way to the response.
RESPONSE_TIMEOUT: Final = 3.0
READ_SIZE: Final = 256

_TRIED_AGAIN: Final = frozenset(
    {SendFailure.CHALLENGE_INCOMPLETE, SendFailure.NO_CHALLENGE}
)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a device is, how to talk to it, and how many commands it knows."""

    host: str
    port: int
    key: ChallengeKey
    table_size: int
    response_time: float = 0.0
    """Seconds that its slowest action takes before it responds."""

    @property
    def response_timeout(self) -> float:
        """Return the seconds that its response may take."""
        each = SECONDS_PER_COMMAND[self.key.profile.hash.name]
        return RESPONSE_TIMEOUT + self.table_size * each + self.response_time


class NotConnectedError(Exception):
    """The device's port could not be reached; nothing was executed."""


class ExchangeFailedError(Exception):
    """The device was reached and the command not confirmed."""

    def __init__(self, failure: Failed) -> None:
        """Keep what the protocol says about it."""
        super().__init__(failure.reason)
        self.reason = failure.reason
        self.maybe_executed = failure.maybe_executed


async def async_send_command(
    target: Target,
    command: int,
    responses: Collection[int],
    *,
    on_answer: Callable[[bytes], None],
    since: float | None = None,
    within: float | None = None,
) -> int | None:
    """Send `command`; return the response byte, None if the device gives none.

    `on_answer` is called with the challenge just before the first byte of the answer is
    written: whatever happens from then on, even a cancellation, the command may have been executed. What
    it raises is passed on, and nothing is written. It is not called later than
    `within` seconds (CHALLENGE_TIMEOUT) after `since`, a time of the loop (now).

    Raises NotConnectedError and ExchangeFailedError.
    """
    now = asyncio.get_running_loop().time
    longest = CHALLENGE_TIMEOUT if within is None else within
    deadline = (now() if since is None else since) + longest
    failure: NotConnectedError | ExchangeFailedError | None = None
    attempt = 0
    while True:
        try:
            return await _exchange(target, command, responses, on_answer, deadline)
        except (NotConnectedError, ExchangeFailedError) as err:
            if isinstance(err, ExchangeFailedError) and err.reason not in _TRIED_AGAIN:
                raise
            # An attempt that the deadline cut short says less than the one before.
            if failure is None or now() < deadline:
                failure = err
        pause = _pause_after(attempt)
        attempt += 1
        if now() + pause >= deadline:
            raise failure
        await asyncio.sleep(pause)


async def async_test_connection(target: Target) -> None:
    """Ask for a challenge and hang up; executes nothing, proves no secret.

    Raises NotConnectedError and ExchangeFailedError.
    """

    class Stop(Exception):
        """The challenge has come."""

    def stop(_challenge: bytes) -> None:
        raise Stop

    try:
        await async_send_command(target, 0, (), on_answer=stop, within=TEST_TIMEOUT)
    except Stop:
        return


def _pause_after(attempt: int) -> float:
    """Return the seconds to wait after an attempt; the first is number 0.

    Drawn, so that a stranger cannot time their connections to ours.
    """
    longest = min(RETRY_DELAY * float(1 << min(attempt, 16)), MAX_RETRY_DELAY)
    return longest * random.uniform(0.5, 1.5)


async def _exchange(
    target: Target,
    command: int,
    responses: Collection[int],
    on_answer: Callable[[bytes], None],
    deadline: float,
) -> int | None:
    try:
        async with _until(deadline, CONNECT_TIMEOUT):
            reader, writer = await asyncio.open_connection(target.host, target.port)
    except (OSError, TimeoutError) as err:
        raise NotConnectedError(str(err) or "no answer in time") from err
    sender = ChallengeSender(target.key, command, responses, random=secrets.token_bytes)
    try:
        event = await _await_challenge(sender, reader, writer, deadline)
        if not isinstance(event, Failed):
            on_answer(sender.challenge)
            writer.write(sender.bytes_to_send())
            event = await _await_response(sender, reader, writer, target, event)
        return _result(event)
    finally:
        writer.close()


def _until(deadline: float, longest: float) -> asyncio.Timeout:
    """Bound a wait by the deadline of the command, and by `longest` seconds."""
    now = asyncio.get_running_loop().time()
    return asyncio.timeout_at(min(deadline, now + longest))


async def _await_challenge(
    sender: ChallengeSender,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    deadline: float,
) -> SenderEvent | None:
    """Wake the device; return when the answer is queued, or what ended it."""
    writer.write(sender.bytes_to_send())
    event = None
    try:
        async with _until(deadline, ATTEMPT_TIMEOUT):
            while event is None and not sender.answering:
                event = await _receive(sender, reader)
    except TimeoutError:
        return Failed(SendFailure.NO_CHALLENGE, maybe_executed=False)
    return event


async def _await_response(
    sender: ChallengeSender,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    target: Target,
    event: SenderEvent | None,
) -> SenderEvent:
    """Return what ended the connection; `event` where no response is awaited."""
    try:
        async with asyncio.timeout(target.response_timeout):
            await writer.drain()
            while event is None:
                event = await _receive(sender, reader)
    except TimeoutError:  # which is an OSError, too
        return Failed(SendFailure.NO_RESPONSE, maybe_executed=True)
    except OSError:
        return Failed(SendFailure.RESPONSE_INCOMPLETE, maybe_executed=True)
    return event


async def _receive(
    sender: ChallengeSender, reader: asyncio.StreamReader
) -> SenderEvent | None:
    try:
        data = await reader.read(READ_SIZE)
    except OSError:
        data = b""
    return sender.receive(data) if data else sender.receive_eof()


def _result(event: SenderEvent) -> int | None:
    if isinstance(event, Failed):
        raise ExchangeFailedError(event)
    return None if isinstance(event, Sent) else event.response
