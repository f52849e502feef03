"""One command to a challenge device over TCP (docs/challenge-protocol.md, section 7).

Everything before the first byte of the answer may be tried again; nothing after it.
"""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass
import secrets
from typing import Final

from .protocol import (
    SECONDS_PER_COMMAND,
    ChallengeKey,
    ChallengeSender,
    Failed,
    SenderEvent,
    SendFailure,
    Sent,
)

ATTEMPTS: Final = 4
RETRY_DELAY: Final = 0.4
# For connecting, waking and the challenge, all attempts together. A device that serves
# one connection at a time needs a while to drop silent strangers.
CHALLENGE_TIMEOUT: Final = 12.0
CONNECT_TIMEOUT: Final = 4.0
# For the network on the way to the response.
RESPONSE_TIMEOUT: Final = 3.0
READ_SIZE: Final = 256


@dataclass(frozen=True, slots=True)
class Target:
    """Where a device is, how to talk to it, and how many commands it knows."""

    host: str
    port: int
    key: ChallengeKey
    table_size: int

    @property
    def response_timeout(self) -> float:
        """Return the seconds that its response may take."""
        each = SECONDS_PER_COMMAND[self.key.profile.hash.name]
        return RESPONSE_TIMEOUT + self.table_size * each


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
    on_answer: Callable[[], None],
) -> int | None:
    """Send `command`; return the response byte, None if the device gives none.

    `on_answer` is called just before the first byte of the answer is written: whatever
    happens from then on, even a cancellation, the command may have been executed.

    Raises NotConnectedError and ExchangeFailedError.
    """
    try:
        async with asyncio.timeout(CHALLENGE_TIMEOUT) as challenge_timeout:

            def committed() -> None:
                challenge_timeout.reschedule(None)
                on_answer()

            return await _try_repeatedly(target, command, responses, committed)
    except TimeoutError:
        failure = Failed(SendFailure.NO_CHALLENGE, maybe_executed=False)
        raise ExchangeFailedError(failure) from None


async def async_test_connection(target: Target) -> None:
    """Ask for a challenge and hang up; executes nothing, proves no secret.

    Raises NotConnectedError and ExchangeFailedError.
    """

    class Stop(Exception):
        """The challenge has come."""

    def stop() -> None:
        raise Stop

    try:
        await async_send_command(target, 0, (), on_answer=stop)
    except Stop:
        return


async def _try_repeatedly(
    target: Target,
    command: int,
    responses: Collection[int],
    committed: Callable[[], None],
) -> int | None:
    for attempt in range(1, ATTEMPTS):
        try:
            return await _exchange(target, command, responses, committed)
        except NotConnectedError:
            pass
        except ExchangeFailedError as err:
            if err.reason is not SendFailure.CHALLENGE_INCOMPLETE:
                raise
        await asyncio.sleep(RETRY_DELAY * attempt)
    return await _exchange(target, command, responses, committed)


async def _exchange(
    target: Target,
    command: int,
    responses: Collection[int],
    committed: Callable[[], None],
) -> int | None:
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT):
            reader, writer = await asyncio.open_connection(target.host, target.port)
    except (OSError, TimeoutError) as err:
        raise NotConnectedError(str(err) or "no answer in time") from err
    sender = ChallengeSender(target.key, command, responses, random=secrets.token_bytes)
    try:
        return _result(await _converse(sender, reader, writer, target, committed))
    finally:
        writer.close()


async def _converse(
    sender: ChallengeSender,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    target: Target,
    committed: Callable[[], None],
) -> SenderEvent:
    writer.write(sender.bytes_to_send())
    event = None
    while event is None and not (answer := sender.bytes_to_send()):
        event = await _receive(sender, reader)
    if isinstance(event, Failed):
        return event
    committed()
    writer.write(answer or sender.bytes_to_send())
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
