"""Builds programs for the ATmega328P and runs them in simavr (tests/challenge/avr/)."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from .builds import LIBRARY, build, run

SOURCES = Path(__file__).parent / "avr"
FREQUENCY = 16_000_000

# The options of the Arduino core, warnings as errors, and the C++ of its oldest release.
COMPILER = (
    "avr-g++",
    "-mmcu=atmega328p",
    f"-DF_CPU={FREQUENCY}UL",
    "-Os",
    "-std=gnu++11",
    "-fno-exceptions",
    "-fno-threadsafe-statics",
    "-ffunction-sections",
    "-fdata-sections",
    "-Wl,--gc-sections",
    "-Wall",
    "-Wextra",
    "-Werror",
    f"-I{LIBRARY}",
)


def build_program(source: str, settings: Mapping[str, str]) -> Path:
    """Compile one of our programs for the chip; return the ELF file."""
    defines = [f"-DTEST_{name}={value}" for name, value in sorted(settings.items())]
    tag = sha256("".join(defines).encode()).hexdigest()[:8]
    command = (*COMPILER, *defines, SOURCES / f"{source}.cpp")
    return build(f"{source}-{tag}.elf", *command)


def build_harness() -> Path:
    """Compile the program that runs the chip."""
    options = ("-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror")
    command = ("gcc", *options, SOURCES / "harness.c")
    return build("harness", *command, libraries=("-lsimavr", "-lelf"))


@dataclass(frozen=True)
class Sizes:
    """Bytes of flash and of statically allocated RAM."""

    flash: int
    ram: int


def program_sizes(program: Path) -> Sizes:
    """Return what the linker put where."""
    text, data, bss = map(
        int, run("avr-size", program).splitlines()[1].split("\t", 3)[:3]
    )
    return Sizes(text + data, data + bss)


@dataclass
class Chip:
    """A running chip, its port on the loopback interface, and what it did."""

    port: int
    executed: list[int] = field(default_factory=list)
    stack: int = 0
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self, word: str, value: str) -> None:
        """Take a line of the harness."""
        if word == "execute":
            self.executed.append(int(value, 16))
        elif word == "stack":
            self.stack = int(value)
        self._changed.set()

    async def executes(self, count: int) -> list[int]:
        """Wait until `count` commands were executed; return all of them."""
        async with asyncio.timeout(10):
            while len(self.executed) < count:
                self._changed.clear()
                await self._changed.wait()
        return self.executed


@asynccontextmanager
async def running_chip(
    harness: Path, program: Path, eeprom: Path
) -> AsyncIterator[Chip]:
    """Run `program` with its EEPROM in a file; cut the power at the end."""
    process = await asyncio.create_subprocess_exec(
        harness, "serve", program, eeprom, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    output = process.stdout
    lines: list[tuple[str, str]] = []

    async def next_line() -> tuple[str, str] | None:
        line = (await output.readline()).decode()
        return tuple(f"{line.strip()} ".split(" ", 1)) if line else None

    try:
        async with asyncio.timeout(10):
            while "ready" not in {word for word, _ in lines}:
                line = await next_line()
                assert line is not None, "the chip did not start"
                assert line[0] != "refused", "the receiver refused its parameters"
                lines.append(line)
        chip = Chip(next(int(value) for word, value in lines if word == "port"))

        async def follow() -> None:
            while (line := await next_line()) is not None:
                chip.note(*line)

        follower = asyncio.create_task(follow())
        yield chip
        process.terminate()
        await follower
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def benchmark(harness: Path, program: Path) -> tuple[dict[int, int], int]:
    """Run a benchmark; return the cycle of each mark's last write, and the stack."""
    marks: dict[int, int] = {}
    stack = 0
    for line in run(harness, "bench", program).splitlines():
        words = line.split()
        assert words[0] != "refused", "the benchmark failed on the chip"
        if words[0] == "mark":
            marks[int(words[1], 16)] = int(words[2])
        elif words[0] == "stack":
            stack = int(words[1])
    return marks, stack
