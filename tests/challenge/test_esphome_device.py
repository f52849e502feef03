"""Real ESPHome firmware on the host, commanded and attacked over TCP."""

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest

from custom_components.oceanremote.challenge.client import (
    CHALLENGE_TIMEOUT,
    ExchangeFailedError,
    Target,
    async_send_command,
)
from custom_components.oceanremote.challenge.protocol import (
    HASHES,
    ChallengeKey,
    ChallengeProfile,
    Mode,
)

from .esphome_host import (
    CLASSIC_SECRET,
    STRICT_SECRET,
    Program,
    compile_host,
    running_host,
)
from .node import CONFIRMED, UNKNOWN, profile_options, send_by_node

RESPONSES = ["--response", "1=opened", "--response", "2=closed"]
NONCE = bytes(range(16))


@pytest.fixture(scope="module", params=["sha256", "sha1", "sha512"])
def program(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Program:
    """Return both devices, compiled with each hash in turn."""
    target = tmp_path_factory.mktemp("challenge") / "program"
    return compile_host(request.param, target)


def profiles(program: Program) -> tuple[ChallengeProfile, ChallengeProfile]:
    """Return the profiles of the strict and of the classic device."""
    function = HASHES[program.algorithm]
    return (
        ChallengeProfile(Mode.STRICT, function, device_id=b"garage"),
        ChallengeProfile(Mode.CLASSIC, function, 1, 8),
    )


async def _open(
    port: int, source: str = "127.0.0.1"
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0))


async def _challenged(
    port: int, wake: bytes, length: int
) -> tuple[bytes, asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await _open(port)
    writer.write(wake)
    async with asyncio.timeout(5):
        return await reader.readexactly(length), reader, writer


async def _answer(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: bytes
) -> bytes:
    """Send `answer`; return all that the device says until it closes."""
    writer.write(answer)
    async with asyncio.timeout(5):
        said = await reader.read()
    writer.close()
    return said


async def test_node_commands_both_devices(program: Program, tmp_path: Path) -> None:
    strict, classic = profiles(program)
    async with running_host(program, tmp_path) as device:
        opened = await send_by_node(
            program.strict_port,
            STRICT_SECRET,
            ord("O"),
            [*profile_options(strict), *RESPONSES],
        )
        closed = await send_by_node(
            program.strict_port,
            STRICT_SECRET,
            ord("C"),
            [*profile_options(strict), *RESPONSES],
        )
        sent = await send_by_node(
            program.classic_port, CLASSIC_SECRET, ord("O"), profile_options(classic)
        )
        assert [opened.output, closed.output, sent.output] == [
            "confirmed: opened",
            "confirmed: closed",
            "sent",
        ]
        await device.logged("executed classic")
        assert device.executed("strict") == ["4f", "43"]
        assert device.executed("classic") == ["4f"]
        assert not device.matching(f"{STRICT_SECRET}|{CLASSIC_SECRET}")


async def test_what_a_stranger_sends_executes_nothing(
    program: Program, tmp_path: Path
) -> None:
    strict, _ = profiles(program)
    size = strict.hash.size
    key = ChallengeKey(strict, STRICT_SECRET.encode())
    other = ChallengeKey(
        ChallengeProfile(Mode.STRICT, strict.hash, device_id=b"cellar"),
        STRICT_SECRET.encode(),
    )
    async with running_host(program, tmp_path) as device:
        port = program.strict_port
        challenge, reader, writer = await _challenged(port, NONCE, 16)
        recorded = key.command_mac(NONCE, challenge, ord("O"))
        assert len(await _answer(reader, writer, recorded)) == size
        await device.logged("executed strict")

        for make in (
            lambda _: recorded,
            lambda _: bytes(size),
            lambda challenge: key.response_mac(NONCE, challenge, ord("O"), ord("O")),
            lambda challenge: other.command_mac(NONCE, challenge, ord("O")),
            lambda challenge: key.command_mac(NONCE, challenge, ord("X")),
            lambda challenge: key.command_mac(NONCE, challenge, ord("O")) + b"x",
            lambda challenge: key.command_mac(bytes(16), challenge, ord("O")),
        ):
            challenge, reader, writer = await _challenged(port, NONCE, 16)
            assert await _answer(reader, writer, make(challenge)) == b""

        _, reader, writer = await _challenged(port, NONCE + b"x", 0)
        assert await _answer(reader, writer, bytes(size)) == b""
        assert device.executed("strict") == ["4f"]
        assert device.matching("Refused: unknown answer")


async def test_challenges_do_not_repeat(program: Program, tmp_path: Path) -> None:
    seen = set()
    async with running_host(program, tmp_path):
        for _ in range(40):
            challenge, _, writer = await _challenged(program.strict_port, NONCE, 16)
            seen.add(challenge)
            writer.close()
            await writer.wait_closed()
    assert len(seen) == 40


async def test_a_connection_cut_at_each_byte_executes_nothing(
    program: Program, tmp_path: Path
) -> None:
    strict, _ = profiles(program)
    key = ChallengeKey(strict, STRICT_SECRET.encode())
    async with running_host(program, tmp_path) as device:
        for cut in range(strict.hash.size):
            challenge, _, writer = await _challenged(program.strict_port, NONCE, 16)
            writer.write(key.command_mac(NONCE, challenge, ord("O"))[:cut])
            await writer.drain()
            writer.close()
            await writer.wait_closed()
        run = await _hub_command(program)
        assert run == "confirmed: closed"
        assert device.executed("strict") == ["43"]


async def _hub_command(program: Program) -> str:
    strict, _ = profiles(program)
    options = [*profile_options(strict), *RESPONSES]
    run = await send_by_node(program.strict_port, STRICT_SECRET, ord("C"), options)
    return run.output


async def test_silent_strangers_leave_room_for_the_hub(
    program: Program, tmp_path: Path
) -> None:
    """One address holds two of four connections at most; more are closed at once."""
    async with running_host(program, tmp_path):
        held = [await _open(program.strict_port, "127.0.0.2") for _ in range(8)]
        assert await _hub_command(program) == "confirmed: closed"
        ended = [reader.at_eof() for reader, _ in held]
        assert ended.count(False) <= 2
        for _, writer in held:
            writer.close()


async def test_a_response_comes_when_the_actions_have_ended_and_says_how(
    program: Program, tmp_path: Path
) -> None:
    """The door says "closed" when it is, and "closing" at once where that is asked."""
    strict, _ = profiles(program)
    target = Target(
        "127.0.0.1",
        program.strict_port,
        ChallengeKey(strict, STRICT_SECRET.encode()),
        5,
        response_time=3.0,
    )

    async def command(byte: str) -> int | None:
        return await async_send_command(
            target, ord(byte), (1, 2, 3), on_answer=lambda _: None
        )

    async with running_host(program, tmp_path) as device:
        assert await command("M") == 3
        assert device.executed("strict") == []
        assert await command("D") == 2
        # The message was logged before the response was asked for.
        await device.logged("executed strict 44")
        with pytest.raises(ExchangeFailedError) as caught:
            await command("L")
        assert caught.value.maybe_executed
        await device.logged("Command 0x4C still runs: no response")


class _Silent:
    """Holds a connection that says nothing, and opens it again when it is closed."""

    def __init__(self, port: int, source: str) -> None:
        self._port, self._source = port, source

    async def run(self) -> None:
        while True:
            with suppress(OSError):
                reader, writer = await _open(self._port, self._source)
                try:
                    await reader.read()
                finally:
                    writer.close()
            # With four of them, at most one new connection a second in all.
            await asyncio.sleep(4)


@pytest.mark.parametrize(
    "sources",
    [
        ["127.0.0.2", "127.0.0.2", "127.0.0.3", "127.0.0.3"],
        ["127.0.0.1", "127.0.0.1"],
    ],
    ids=["two other addresses", "the hub's own address"],
)
async def test_silent_connections_that_come_again_do_not_keep_the_hub_out(
    sources: list[str], program: Program, tmp_path: Path
) -> None:
    """Three commands, each begun while every place is held, as a hub sends them."""
    strict, _ = profiles(program)
    target = Target(
        "127.0.0.1",
        program.strict_port,
        ChallengeKey(strict, STRICT_SECRET.encode()),
        2,
    )
    async with running_host(program, tmp_path) as device, asyncio.TaskGroup() as group:
        strangers = [
            group.create_task(_Silent(program.strict_port, source).run())
            for source in sources
        ]
        now = asyncio.get_running_loop().time
        for _ in range(3):
            await asyncio.sleep(1.2)
            began = now()
            said = await async_send_command(
                target, ord("C"), (1, 2), on_answer=lambda _: None
            )
            assert said == 2
            assert now() - began < CHALLENGE_TIMEOUT
        for stranger in strangers:
            stranger.cancel()
        await device.logged("executed strict 43", count=3)
        assert device.executed("strict") == ["43"] * 3


async def test_silent_strangers_are_let_go(program: Program, tmp_path: Path) -> None:
    async with running_host(program, tmp_path) as device:
        reader, writer = await _open(program.strict_port)
        async with asyncio.timeout(5):
            assert await reader.read() == b""
        writer.close()
        challenge, reader, writer = await _challenged(program.strict_port, NONCE, 16)
        async with asyncio.timeout(5):
            assert await reader.read() == b""
        writer.close()
        assert len(challenge) == 16
        await device.logged("Refused: too late")
        assert device.executed("strict") == []


async def test_guessing_locks_nobody_out(program: Program, tmp_path: Path) -> None:
    strict, _ = profiles(program)
    options = [*profile_options(strict), *RESPONSES]
    async with running_host(program, tmp_path) as device:
        for _ in range(60):
            _, reader, writer = await _challenged(program.strict_port, NONCE, 16)
            assert await _answer(reader, writer, bytes(strict.hash.size)) == b""
        wrong = await send_by_node(
            program.strict_port, "a stranger's secret", ord("O"), options
        )
        assert wrong.status == UNKNOWN
        right = await send_by_node(
            program.strict_port, STRICT_SECRET, ord("O"), options
        )
        assert right.status == CONFIRMED
        assert device.executed("strict") == ["4f"]
