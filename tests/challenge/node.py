"""Runs the Node.js sender, the implementation that shares no code with ours."""

import asyncio
from dataclasses import dataclass
import os
from pathlib import Path

from custom_components.oceanremote.challenge.protocol import ChallengeProfile, Mode

SENDER = Path(__file__).parents[2] / "examples" / "challenge-sender.mjs"
CONFIRMED, NOT_EXECUTED, UNKNOWN, USAGE = 0, 1, 2, 64


@dataclass(frozen=True)
class NodeRun:
    """How a run ended."""

    status: int
    output: str


def profile_options(profile: ChallengeProfile) -> list[str]:
    """Return the command line options that stand for `profile`."""
    options = ["--mode", profile.mode, "--hash", profile.hash.name]
    options += ["--challenge", str(profile.challenge_length)]
    if profile.mode is Mode.STRICT:
        return [*options, "--id", profile.device_id.decode()]
    return [*options, "--wake", str(profile.wake_length)]


async def send_by_node(
    port: int, secret: str, command: int, options: list[str], *, timeout_ms: int = 5000
) -> NodeRun:
    """Send `command` with the Node.js sender; return its status and its one line."""
    process = await asyncio.create_subprocess_exec(
        "node",
        str(SENDER),
        *("--port", str(port)),
        *("--command", str(command)),
        *("--timeout", str(timeout_ms)),
        *options,
        env={"PATH": os.environ["PATH"], "CHALLENGE_SECRET": secret},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode is not None
    return NodeRun(process.returncode, output.decode().strip())
