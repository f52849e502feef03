"""The Node.js sender against our Python receiver."""

import asyncio

import pytest

from custom_components.oceanremote.challenge.protocol import (
    HASHES,
    ChallengeProfile,
    Mode,
)
from tests.challenge.receiver import RefusalCause, Refused

from .device import running_device
from .node import CONFIRMED, NOT_EXECUTED, UNKNOWN, USAGE, profile_options, send_by_node

SECRET = "a secret of many bytes"
TABLE: dict[int, int | None] = {0x4F: 0x01, 0x43: 0x02}
RESPONSES = ["--response", "0x01=opened", "--response", "2=closed"]
CLASSIC = ChallengeProfile(Mode.CLASSIC, wake_length=1, challenge_length=8)
STRICT = ChallengeProfile(Mode.STRICT, device_id=b"garage")
BOTH = pytest.mark.parametrize("profile", [CLASSIC, STRICT], ids=lambda p: p.mode)


@BOTH
@pytest.mark.parametrize("algorithm", list(HASHES))
async def test_a_command_is_confirmed_with_every_hash(
    profile: ChallengeProfile, algorithm: str
) -> None:
    profile = ChallengeProfile(
        profile.mode,
        HASHES[algorithm],
        profile.wake_length,
        profile.challenge_length,
        profile.device_id,
    )
    options = [*profile_options(profile), *RESPONSES]
    async with running_device(profile, SECRET.encode(), TABLE) as device:
        run = await send_by_node(device.port, SECRET, 0x43, options)
        assert run.output == "confirmed: closed"
        assert run.status == CONFIRMED
    assert device.executed == [0x43]


@BOTH
async def test_a_device_without_responses_is_sent_to(profile: ChallengeProfile) -> None:
    async with running_device(profile, SECRET.encode(), {0x4F: None}) as device:
        run = await send_by_node(device.port, SECRET, 0x4F, profile_options(profile))
        assert (run.status, run.output) == (CONFIRMED, "sent")
        async with asyncio.timeout(5):
            await device.served.wait()
    assert device.executed == [0x4F]


@BOTH
async def test_a_wrong_secret_executes_nothing(profile: ChallengeProfile) -> None:
    options = [*profile_options(profile), *RESPONSES]
    async with running_device(profile, SECRET.encode(), TABLE) as device:
        run = await send_by_node(device.port, "another secret of bytes", 0x4F, options)
        assert run.status == UNKNOWN
    assert device.events == [Refused(RefusalCause.ANSWER_UNKNOWN)]


async def test_a_mode_of_the_other_kind_executes_nothing() -> None:
    classic = ChallengeProfile(Mode.CLASSIC)
    options = [*profile_options(STRICT), *RESPONSES]
    async with running_device(classic, SECRET.encode(), TABLE) as device:
        run = await send_by_node(device.port, SECRET, 0x4F, options)
        assert run.status == UNKNOWN
    assert device.events == [Refused(RefusalCause.ANSWER_UNKNOWN)]


@BOTH
async def test_a_device_that_never_speaks_executes_nothing(
    profile: ChallengeProfile,
) -> None:
    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(2)
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    run = await send_by_node(
        port, SECRET, 0x4F, profile_options(profile), timeout_ms=300
    )
    server.close()
    assert (run.status, run.output) == (NOT_EXECUTED, "not executed: no answer in time")


async def test_a_response_sent_back_is_unknown_in_strict_mode() -> None:
    async def mirror(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await reader.readexactly(16)
        writer.write(bytes(16))
        writer.write(await reader.readexactly(32))
        writer.close()

    server = await asyncio.start_server(mirror, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    options = [*profile_options(STRICT), "--response", "0x4f=opened"]
    run = await send_by_node(port, SECRET, 0x4F, options)
    server.close()
    assert (run.status, run.output) == (UNKNOWN, "unknown: response not in the table")


@pytest.mark.parametrize(
    ("secret", "options"),
    [
        ("too short", ["--id", "garage"]),
        (SECRET, []),
        (SECRET, ["--id", "garage", "--challenge", "15"]),
        (SECRET, ["--id", "garage", "--hash", "md5"]),
        (SECRET, ["--mode", "other"]),
        (SECRET, ["--id", "garage", "--command", "256"]),
        (SECRET, ["--id", "garage", "--command", ""]),
        (SECRET, ["--id", "garage", "--command", " "]),
        (SECRET, ["--id", "garage", "--response", "=opened"]),
    ],
)
async def test_parameters_outside_of_the_protocol_are_bad_usage(
    secret: str, options: list[str]
) -> None:
    run = await send_by_node(1, secret, 0x4F, options)
    assert run.status == USAGE


async def test_a_port_that_nobody_listens_on_executes_nothing() -> None:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    run = await send_by_node(port, SECRET, 0x4F, profile_options(STRICT))
    assert (run.status, run.output) == (NOT_EXECUTED, "not executed: ECONNREFUSED")
