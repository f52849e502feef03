"""Runs ESPHome on the fixtures in tests/challenge/firmware/, and the host program."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
import os
from pathlib import Path
import re
import shutil
import subprocess

from lab.network import free_ports
from tests.support.exclusive import exclusive

from .builds import BUILD, ESPHOME, run

CONFIGS = Path(__file__).parent / "firmware"
STRICT_SECRET = "a secret of many bytes"
CLASSIC_SECRET = "another secret of bytes"


@dataclass(frozen=True)
class Outcome:
    """Whether ESPHome was content, and what it said."""

    accepted: bool
    text: str


def esphome(*arguments: str, file: Path, data: Path) -> Outcome:
    """Run `esphome ARGUMENTS file` with its files under `data`."""
    done = subprocess.run(
        [str(ESPHOME), *arguments, str(file)],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "ESPHOME_DATA_DIR": str(data), "NO_COLOR": "1"},
    )
    return Outcome(done.returncode == 0, done.stdout + done.stderr)


@dataclass(frozen=True)
class Program:
    """A compiled host program and the ports of its two devices."""

    path: Path
    strict_port: int
    classic_port: int
    algorithm: str


def compile_host(algorithm: str, target: Path, timeout: str = "2s") -> Program:
    """Compile both devices with `algorithm`; leave the program at `target`."""
    strict_port, classic_port = free_ports(2)
    settings = {
        "strict_port": str(strict_port),
        "classic_port": str(classic_port),
        "hash": algorithm,
        "timeout": timeout,
    }
    options = [word for pair in settings.items() for word in ("-s", *pair)]
    with exclusive(BUILD / "esphome") as data:
        run(
            ESPHOME,
            *options,
            "compile",
            CONFIGS / "host.yaml",
            environment={"ESPHOME_DATA_DIR": str(data)},
        )
        program = data / "build/challenge-bench/.pioenvs/challenge-bench/program"
        shutil.copy2(program, target)
    return Program(target, strict_port, classic_port, algorithm)


@dataclass
class HostDevice:
    """A running host program and its log."""

    lines: list[str] = field(default_factory=list)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self, line: str) -> None:
        """Take a line of the log."""
        self.lines.append(line)
        self._changed.set()

    async def logged(self, pattern: str, count: int = 1) -> list[str]:
        """Wait until `count` lines match; return all that do."""
        async with asyncio.timeout(10):
            while len(found := self.matching(pattern)) < count:
                self._changed.clear()
                await self._changed.wait()
        return found

    def matching(self, pattern: str) -> list[str]:
        """Return the lines that match."""
        return [line for line in self.lines if re.search(pattern, line)]

    def executed(self, device: str) -> list[str]:
        """Return the commands that the log shows as executed, in hex."""
        found = self.matching(rf"executed {device}")
        return [re.sub(r"\x1b\[[0-9;]*m", "", line).split()[-1] for line in found]


@asynccontextmanager
async def running_host(program: Program, flash: Path) -> AsyncIterator[HostDevice]:
    """Run the program until the end of the block."""
    process = await asyncio.create_subprocess_exec(
        program.path,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, "ESPHOME_PREFDIR": str(flash)},
    )
    assert process.stdout is not None
    output = process.stdout
    device = HostDevice()

    async def follow() -> None:
        while line := await output.readline():
            device.note(line.decode(errors="replace").rstrip())

    follower = asyncio.create_task(follow())
    try:
        for port in (program.strict_port, program.classic_port):
            await _wait_for_port(port)
        yield device
    finally:
        process.terminate()
        await process.wait()
        await follower


async def _wait_for_port(port: int) -> None:
    async with asyncio.timeout(10):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                await asyncio.sleep(0.05)
                continue
            writer.close()
            await writer.wait_closed()
            return
