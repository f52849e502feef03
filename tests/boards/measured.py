"""What the firmware core costs on an instruction set: sizes, instructions, stack."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
import re
import subprocess

from .build import build, run
from .static_stack import deepest_call
from .toolchains import Target

# One instruction is one nanosecond of the emulated clock.
_COUNTING = ("-icount", "shift=0")
# An ESP8266 has its constants in RAM unless they are marked for flash.
_CONSTANTS = (".rodata",)
_VARIABLES = (".data", ".bss")
_CODE = (".text", ".literal", ".flash", ".irom")


@dataclass(frozen=True)
class Work:
    """What a piece of work takes, in one or more passes of the loop."""

    instructions: int
    stack: int
    passes: int
    curve_passes: int
    worst_pass: int
    worst_other_pass: int


@dataclass(frozen=True)
class Size:
    """Bytes of a library's code, constants and variables."""

    code: int
    constants: int
    variables: int

    @property
    def flash(self) -> int:
        """What of the flash it takes, where constants may lie."""
        return self.code + self.constants


@dataclass(frozen=True)
class Measured:
    """Everything that is measured of one target."""

    target: Target
    compiler: str
    core: Size
    library: Size
    static_stack: int
    static_path: tuple[str, ...]
    works: dict[str, Work]
    # Of what a handshake of TLS cannot divide; empty where that is not BearSSL's.
    tls_works: dict[str, Work]

    @property
    def stack(self) -> int:
        """The deepest stack that was seen."""
        return max((work.stack for work in self.works.values()), default=0)

    @property
    def tls_stack(self) -> int:
        """The deepest stack that was seen in an operation of TLS."""
        return max((work.stack for work in self.tls_works.values()), default=0)


@cache
def measure(target: Target) -> Measured:
    """Build and run what measures a target."""
    core = build(target, "libcore.a")
    library = build(target, f"lib{target.library}.a")
    # Builds the program that the library's size is read of.
    works = _works(target, "measure") if target.runs else {}
    stack, path = deepest_call(core.parent, target)
    version = _output(target.tool("gcc"), "-dumpfullversion").strip()
    return Measured(
        target,
        f"GCC {version}",
        _size(_sections(target, core, without=_kept_off(target))),
        _size(
            _linked(core.with_name("measure.map"), library.name)
            if target.runs
            else _sections(target, library)
        ),
        stack,
        path,
        works,
        _works(target, "measure_tls") if target.measures_tls else {},
    )


def _works(target: Target, program: str) -> dict[str, Work]:
    """Run a program that measures; return what it has printed."""
    works: dict[str, Work] = {}
    for line in run(target, build(target, program), *_COUNTING).splitlines():
        name, _, numbers = line.partition(" = ")
        works[name] = Work(*map(int, numbers.split(", ")))
    return works


type Sections = list[tuple[str, int]]


def _kept_off(target: Target) -> tuple[str, ...]:
    """Return the core's sources that no image for these boards can have.

    Validation refuses tunnels there, and neither has memory that outlives deep sleep, or
    a second image.
    """
    arduino = target.library == "bearssl"
    return ("tunnel_mux", "kept_readings", "image_trial") if arduino else ()


def _sections(
    target: Target, archive: Path, *, without: tuple[str, ...] = ()
) -> Sections:
    """Return every section of an archive with its size, but of some of its sources."""
    text = _output(target.tool("size"), "-A", str(archive))
    members = re.split(r"^(\w+)\.\S+ +\(ex ", text, flags=re.MULTILINE)[1:]
    named = dict(zip(members[::2], members[1::2], strict=True))
    assert named.keys() >= set(without)
    return [
        (name, int(size))
        for member, part in named.items()
        if member not in without
        for name, size in re.findall(r"^(\.[\w.$]+)\s+(\d+)\s", part, re.MULTILINE)
    ]


def _linked(linker_map: Path, archive: str) -> Sections:
    """Return what the linker has kept of an archive: it has an address."""
    pattern = rf"^ (\.[\w.$]+)\s+0x(\w+)\s+0x(\w+)\s+\S*\b{archive}\("
    found = re.findall(pattern, linker_map.read_text(), re.MULTILINE)
    return [(name, int(size, 16)) for name, at, size in found if int(at, 16)]


def _size(sections: Sections) -> Size:
    def total(prefixes: tuple[str, ...]) -> int:
        return sum(size for name, size in sections if name.startswith(prefixes))

    return Size(total(_CODE), total(_CONSTANTS), total(_VARIABLES))


def _output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
