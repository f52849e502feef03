"""The Arduino library on its real chip, an ATmega328P, in simavr.

Its UART stands in for the Ethernet chip and is joined to a TCP port, so that whatever
commands the device over the network commands this one.
"""

import asyncio
from collections.abc import Callable
import json
from pathlib import Path
from typing import Any

import pytest

from custom_components.oceanremote.challenge.protocol import (
    HASHES,
    SECONDS_PER_COMMAND,
    ChallengeProfile,
    Mode,
)

from .avr_chip import FREQUENCY, benchmark, build_program, program_sizes, running_chip
from .builds import REPOSITORY
from .conftest import COST
from .node import CONFIRMED, UNKNOWN, profile_options, send_by_node

SECRET = "a secret of many bytes"
RESPONSES = ["--response", "1=opened", "--response", "2=closed"]
CHIP_HASHES = {"sha256": "Sha256", "sha1": "Sha1"}
RAM_LIMIT = 400
VECTORS = json.loads((REPOSITORY / "tests" / "vectors" / "challenge.json").read_text())


def profile_of(mode: Mode, algorithm: str) -> ChallengeProfile:
    """Return the profile that the chip is built for."""
    if mode is Mode.STRICT:
        return ChallengeProfile(mode, HASHES[algorithm], device_id=b"garage")
    return ChallengeProfile(mode, HASHES[algorithm], 1, 8)


def chip_settings(profile: ChallengeProfile, **more: str) -> dict[str, str]:
    """Return the settings of a program for `profile`."""
    return {
        "HASH": CHIP_HASHES[profile.hash.name],
        "MODE": profile.mode.name,
        "DEVICE_ID": f'"{profile.device_id.decode()}"',
        "WAKE": str(profile.wake_length),
        "CHALLENGE": str(profile.challenge_length),
        **more,
    }


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("algorithm", list(CHIP_HASHES))
async def test_node_commands_the_chip(
    mode: Mode, algorithm: str, harness: Path, tmp_path: Path
) -> None:
    profile = profile_of(mode, algorithm)
    program = build_program("receiver_main", chip_settings(profile))
    options = [*profile_options(profile), *RESPONSES]
    async with running_chip(harness, program, tmp_path / "eeprom") as chip:
        opened = await send_by_node(chip.port, SECRET, ord("O"), options)
        closed = await send_by_node(chip.port, SECRET, ord("C"), options)
        unknown = await send_by_node(chip.port, SECRET, ord("X"), options)
        stranger = await send_by_node(chip.port, "a stranger's secret", 0x4F, options)
        again = await send_by_node(chip.port, SECRET, ord("O"), options)
    assert [opened.output, closed.output] == ["confirmed: opened", "confirmed: closed"]
    assert [unknown.status, stranger.status] == [UNKNOWN, UNKNOWN]
    assert again.status == CONFIRMED
    assert bytes(chip.executed) == b"OCO"


async def challenge_of(port: int, wake: bytes, length: int) -> bytes:
    """Ask the chip for a challenge and hang up."""
    async with asyncio.timeout(10):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(wake)
        challenge = await reader.readexactly(length)
        writer.close()
        await writer.wait_closed()
    return challenge


async def test_challenges_are_the_kept_ones_and_never_repeat_across_resets(
    harness: Path, tmp_path: Path
) -> None:
    """Vector derived-sha256 is boot 1, connection 0."""
    vector: dict[str, Any] = VECTORS["derived_challenges"][0]
    secret = "".join(f"\\{byte:03o}" for byte in bytes.fromhex(vector["secret"]))
    profile = profile_of(Mode.STRICT, "sha256")
    program = build_program(
        "receiver_main", chip_settings(profile, SECRET=f'"{secret}"')
    )
    seen: list[bytes] = []
    for _ in range(4):
        async with running_chip(harness, program, tmp_path / "eeprom") as chip:
            seen += [await challenge_of(chip.port, bytes(16), 16) for _ in range(3)]
    assert seen[0].hex() == vector["challenge"]
    assert len(set(seen)) == 12


async def test_a_peer_that_keeps_silent_does_not_keep_the_hub_out(
    harness: Path, tmp_path: Path
) -> None:
    profile = profile_of(Mode.STRICT, "sha256")
    program = build_program("receiver_main", chip_settings(profile, LIFETIME="300"))
    options = [*profile_options(profile), *RESPONSES]
    async with running_chip(harness, program, tmp_path / "eeprom") as chip:
        held = [await asyncio.open_connection("127.0.0.1", chip.port) for _ in range(3)]
        run = await send_by_node(chip.port, SECRET, ord("O"), options)
        for _, writer in held:
            writer.close()
    assert run.output == "confirmed: opened"


async def test_six_silent_peers_give_way_to_the_hub_one_by_one(
    harness: Path, tmp_path: Path
) -> None:
    """Each of them could hold the chip for five seconds, and is not left to."""
    profile = profile_of(Mode.STRICT, "sha256")
    program = build_program("receiver_main", chip_settings(profile, LIFETIME="5000"))
    options = [*profile_options(profile), *RESPONSES]
    async with running_chip(harness, program, tmp_path / "eeprom") as chip:
        held = [await asyncio.open_connection("127.0.0.1", chip.port) for _ in range(6)]
        run = await send_by_node(
            chip.port, SECRET, ord("O"), options, timeout_ms=12_000
        )
        for _, writer in held:
            writer.close()
    assert run.output == "confirmed: opened"


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("algorithm", list(CHIP_HASHES))
async def test_what_the_library_costs(
    mode: Mode,
    algorithm: str,
    harness: Path,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    """RAM is everything: variables and the deepest stack, less the bare board's."""
    profile = profile_of(mode, algorithm)
    bare = build_program("baseline_main", {})
    program = build_program("receiver_main", chip_settings(profile))
    deepest = []
    for built in (bare, program):
        async with running_chip(harness, built, tmp_path / built.name) as chip:
            options = [*profile_options(profile), *RESPONSES]
            await send_by_node(chip.port, SECRET, ord("O"), options, timeout_ms=400)
        deepest.append(chip.stack)
    own, board = program_sizes(program), program_sizes(bare)
    ram = own.ram + deepest[1] - board.ram - deepest[0]

    marks, _ = benchmark(harness, build_program("bench_main", chip_settings(profile)))
    one, nine = marks[0x31] - marks[0x30], marks[0x41] - marks[0x40]
    each = (nine - one) // 8
    challenge = marks[0x11] - marks[0x10]
    record_property(
        COST,
        f"{mode} {algorithm}: flash {own.flash - board.flash} B, "
        f"RAM {ram} B ({own.ram - board.ram} static, rest stack), "
        f"{each} cycles ({each / FREQUENCY * 1000:.1f} ms) per command tried, "
        f"{challenge} cycles ({challenge / FREQUENCY * 1000:.1f} ms) per challenge",
    )
    assert ram <= RAM_LIMIT
    # What the hub waits for a response follows from this figure.
    assert each / FREQUENCY <= SECONDS_PER_COMMAND[algorithm]
