"""One command over TCP: what may be tried again, what may not, and what is known then."""

import asyncio
from collections.abc import Iterator
import itertools

import pytest

from custom_components.oceanremote.challenge import client as challenge_client
from custom_components.oceanremote.challenge.client import (
    ExchangeFailedError,
    NotConnectedError,
    Target,
    async_send_command,
    async_test_connection,
)
from custom_components.oceanremote.challenge.protocol import (
    ChallengeKey,
    ChallengeProfile,
    SendFailure,
)
from tests.challenge.device import running_device

from .challenge_support import CLASSIC, SECRET, STRICT, Conversation, listening

BOTH = pytest.mark.parametrize("profile", [CLASSIC, STRICT], ids=lambda p: p.mode)
pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the waits: what is waited for never comes in these tests."""
    monkeypatch.setattr(challenge_client, "RETRY_DELAY", 0.01)
    monkeypatch.setattr(challenge_client, "MAX_RETRY_DELAY", 0.02)
    monkeypatch.setattr(challenge_client, "CHALLENGE_TIMEOUT", 1.0)
    monkeypatch.setattr(challenge_client, "RESPONSE_TIMEOUT", 0.3)


def target_of(profile: ChallengeProfile, port: int) -> Target:
    """Return a target with one command."""
    return Target("127.0.0.1", port, ChallengeKey(profile, SECRET), 1)


async def send(
    profile: ChallengeProfile, port: int, responses: tuple[int, ...] = (1, 2)
) -> tuple[int | None, bool]:
    """Send 0x4F; return the response and whether the answer was committed to."""
    committed: list[bool] = []
    response = await async_send_command(
        target_of(profile, port),
        0x4F,
        responses,
        on_answer=lambda _: committed.append(True),
    )
    assert committed == [True]
    return response, bool(committed)


@BOTH
async def test_a_confirmed_command(profile: ChallengeProfile) -> None:
    async with running_device(profile, SECRET, {0x4F: 2}) as device:
        assert await send(profile, device.port) == (2, True)
        assert device.executed == [0x4F]


@BOTH
async def test_a_device_without_responses(profile: ChallengeProfile) -> None:
    async with running_device(profile, SECRET, {0x4F: None}) as device:
        assert await send(profile, device.port, ()) == (None, True)
        async with asyncio.timeout(5):
            await device.served.wait()
        assert device.executed == [0x4F]


async def _failure(
    profile: ChallengeProfile, conversation: Conversation
) -> tuple[SendFailure, bool, int]:
    """Return how sending to `conversation` fails, and how often it was held."""
    held: Iterator[int] = itertools.count(1)
    count = 0

    async def counted(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        nonlocal count
        count = next(held)
        await conversation(reader, writer)

    async with listening(counted) as port:
        with pytest.raises(ExchangeFailedError) as caught:
            await send(profile, port)
    return caught.value.reason, caught.value.maybe_executed, count


async def _reset(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


@BOTH
async def test_a_challenge_cut_at_every_byte_is_tried_again(
    profile: ChallengeProfile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(challenge_client, "CHALLENGE_TIMEOUT", 0.2)
    for cut in range(profile.challenge_length):

        async def cut_off(
            reader: asyncio.StreamReader, writer: asyncio.StreamWriter, cut: int = cut
        ) -> None:
            await reader.readexactly(profile.wake_length)
            writer.write(bytes(cut))
            await writer.drain()
            if cut % 2:
                await _reset(writer)

        reason, maybe_executed, count = await _failure(profile, cut_off)
        assert reason is SendFailure.CHALLENGE_INCOMPLETE
        assert not maybe_executed
        assert count > 1


@BOTH
async def test_a_response_cut_at_every_byte_is_never_tried_again(
    profile: ChallengeProfile,
) -> None:
    for cut in range(profile.hash.size):

        async def cut_off(
            reader: asyncio.StreamReader, writer: asyncio.StreamWriter, cut: int = cut
        ) -> None:
            await reader.readexactly(profile.wake_length)
            writer.write(bytes(profile.challenge_length))
            await reader.readexactly(profile.hash.size)
            writer.write(bytes(cut))
            await writer.drain()
            if cut % 2:
                await _reset(writer)

        reason, maybe_executed, count = await _failure(profile, cut_off)
        assert reason is SendFailure.RESPONSE_INCOMPLETE
        assert (maybe_executed, count) == (True, 1)


@BOTH
async def test_a_reset_within_the_answer_is_never_tried_again(
    profile: ChallengeProfile,
) -> None:
    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(profile.wake_length)
        writer.write(bytes(profile.challenge_length))
        await reader.readexactly(1)
        await _reset(writer)

    reason, maybe_executed, count = await _failure(profile, reset)
    assert reason is SendFailure.RESPONSE_INCOMPLETE
    assert (maybe_executed, count) == (True, 1)


@BOTH
async def test_a_response_that_never_comes(profile: ChallengeProfile) -> None:
    async def silent(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await reader.readexactly(profile.wake_length)
        writer.write(bytes(profile.challenge_length))
        await reader.read(1000)
        await asyncio.sleep(5)

    assert await _failure(profile, silent) == (SendFailure.NO_RESPONSE, True, 1)


@BOTH
@pytest.mark.parametrize("extra", [0, 1])
async def test_a_response_that_is_none(profile: ChallengeProfile, extra: int) -> None:
    async def wrong(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(profile.wake_length)
        writer.write(bytes(profile.challenge_length))
        await reader.readexactly(profile.hash.size)
        writer.write(bytes(profile.hash.size + extra))

    reason, maybe_executed, count = await _failure(profile, wrong)
    assert reason is (
        SendFailure.RESPONSE_TOO_LONG if extra else SendFailure.RESPONSE_UNKNOWN
    )
    assert (maybe_executed, count) == (True, 1)


@BOTH
async def test_a_device_that_never_speaks(profile: ChallengeProfile) -> None:
    async def silent(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await asyncio.sleep(5)

    assert await _failure(profile, silent) == (SendFailure.NO_CHALLENGE, False, 1)


@BOTH
async def test_a_challenge_too_long_is_not_answered_and_not_tried_again(
    profile: ChallengeProfile,
) -> None:
    async def long(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(profile.wake_length)
        writer.write(bytes(profile.challenge_length + 1))
        assert await reader.read() == b""

    assert await _failure(profile, long) == (SendFailure.CHALLENGE_TOO_LONG, False, 1)


async def test_nobody_there() -> None:
    async with listening(lambda *_: asyncio.sleep(0)) as port:
        pass
    with pytest.raises(NotConnectedError):
        await send(STRICT, port)


async def test_a_device_that_comes_back_in_time_is_commanded_once() -> None:
    attempts = itertools.count()
    async with running_device(STRICT, SECRET, {0x4F: 1}) as device:

        async def flaky(
            reader: asyncio.StreamReader, writer: asyncio.StreamWriter
        ) -> None:
            if next(attempts) < 12:
                return
            await device.serve(reader, writer)

        async with listening(flaky) as port:
            assert await send(STRICT, port) == (1, True)
        assert device.executed == [0x4F]


async def test_a_connection_that_is_forgotten_gives_way_to_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(challenge_client, "ATTEMPT_TIMEOUT", 0.1)
    attempts = itertools.count()
    async with running_device(STRICT, SECRET, {0x4F: 1}) as device:

        async def forgetful(
            reader: asyncio.StreamReader, writer: asyncio.StreamWriter
        ) -> None:
            if next(attempts) < 2:
                await asyncio.sleep(60)
            await device.serve(reader, writer)

        async with listening(forgetful) as port:
            assert await send(STRICT, port) == (1, True)
        assert device.executed == [0x4F]


async def test_what_forbids_the_answer_at_the_last_moment_keeps_it_from_leaving() -> (
    None
):
    def forbid(_challenge: bytes) -> None:
        raise PermissionError

    async with running_device(STRICT, SECRET, {0x4F: 1}) as device:
        with pytest.raises(PermissionError):
            await async_send_command(
                target_of(STRICT, device.port), 0x4F, (1,), on_answer=forbid
            )
        async with asyncio.timeout(5):
            await device.served.wait()
        assert device.executed == []


@pytest.mark.parametrize("listens", [True, False])
async def test_the_hub_tries_until_its_deadline_and_no_longer(listens: bool) -> None:
    loop = asyncio.get_running_loop()
    target = None
    async with listening(lambda *_: asyncio.sleep(0)) as port:
        target = target_of(STRICT, port)
        begun = loop.time()
        if listens:
            with pytest.raises(ExchangeFailedError):
                await async_send_command(
                    target, 0x4F, (1,), on_answer=pytest.fail, within=0.4
                )
    if not listens:
        with pytest.raises(NotConnectedError):
            await async_send_command(
                target, 0x4F, (1,), on_answer=pytest.fail, within=0.4
            )
    # The last pause, half as long again as the longest, may not fit any more.
    assert 0.4 - 0.03 - 0.01 < loop.time() - begun < 0.4 + 0.3


def test_pauses_grow_to_their_bound_and_are_drawn() -> None:
    first = {challenge_client._pause_after(0) for _ in range(50)}
    late = {challenge_client._pause_after(10**6) for _ in range(50)}
    assert len(first) > 25
    assert max(first) <= 0.015
    assert min(late) >= 0.01
    assert max(late) <= 0.03


@BOTH
async def test_the_connection_test_executes_nothing(profile: ChallengeProfile) -> None:
    async with running_device(profile, SECRET, {0: 1, 0x4F: 1}) as device:
        await async_test_connection(target_of(profile, device.port))
        async with asyncio.timeout(5):
            await device.served.wait()
        assert device.executed == []


def test_the_wait_follows_from_the_table() -> None:
    few = Target("h", 1, ChallengeKey(STRICT, SECRET), 1)
    many = Target("h", 1, ChallengeKey(STRICT, SECRET), 64)
    # Measured on the chip: 8.9 ms per command with SHA-256.
    assert many.response_timeout - few.response_timeout > 63 * 0.0089
