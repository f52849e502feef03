"""The firmware's sources, and what the compiler of this machine says of them."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
import platform
import re
import subprocess

from lab.paths import ESPHOME_COMPONENTS

COMPONENT = ESPHOME_COMPONENTS / "oceanremote"
CORE = ESPHOME_COMPONENTS / "oceanremote_core"
# The integer types of the boards' C library, `unsigned long` for `uint32_t`.
NEWLIB = Path(__file__).parent / "newlib"
# What makes the compiler of this machine write 32-bit code.
_NARROW = {"x86_64": "-m32", "aarch64": "-mabi=ilp32"}
_INCLUDE = re.compile(r'^\s*#\s*include\s*"([\w/]+\.h)"', re.MULTILINE)


def sources_that_include(header: str) -> list[Path]:
    """Return the component's sources that include one of its headers, however."""
    return [
        source
        for source in sorted(COMPONENT.glob("*.cpp"))
        if COMPONENT / header in _own_headers(source)
    ]


def sources_in(generated: Path) -> list[Path]:
    """Return those of the component's sources that ESPHome took into a build."""
    build = generated / "esphome/components" / COMPONENT.name
    return [
        source
        for source in sorted(COMPONENT.glob("*.cpp"))
        if (build / source.name).exists()
    ]


def complaints_of_all(sources: Sequence[Path], generated: Path, *flags: str) -> str:
    """Return what the compiler says of sources, with the tree that ESPHome generated.

    What ESPHome has generated is not ours to judge. They are read as one: what nearly
    all of them include is most of the work.
    """
    text = "".join(
        f'#define TAG TAG_{number}\n#include "{source}"\n#undef TAG\n'
        for number, source in enumerate(sources)
    )
    return ask_compiler([*flags, "-isystem", str(generated), "-"], text)


def ask_compiler(arguments: Sequence[str], text: str = "") -> str:
    """Return what the compiler says, with all that warns and every log call read.

    It only reads: nothing is written. A file named `-` is the text.
    """
    command = ["g++", "-std=gnu++20", "-Wall", "-Wextra", "-fsyntax-only", "-x", "c++"]
    command += ["-DESPHOME_LOG_LEVEL=ESPHOME_LOG_LEVEL_VERY_VERBOSE"]
    return subprocess.run(
        [*command, *arguments],
        input=text,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    ).stderr


@cache
def machine_32_bit() -> list[str]:
    """Return the flags for 32-bit code, of which this machine has no library."""
    machine = Path("/usr/include") / _answer("-print-multiarch")
    library = machine / "c++" / _answer("-dumpversion")
    narrow = _NARROW[platform.machine()]
    return [narrow, "-isystem", str(library), "-idirafter", str(machine)]


def found_header(folder: Path, name: str) -> Path | None:
    """Return the header of ours that a source in `folder` includes by `name`."""
    beside, from_root = folder / name, ESPHOME_COMPONENTS.parents[1] / name
    return next((path for path in (beside, from_root) if path.exists()), None)


def _answer(question: str) -> str:
    result = subprocess.run(
        ["g++", question], capture_output=True, text=True, check=True
    )
    return result.stdout.strip()


def _own_headers(source: Path) -> set[Path]:
    found: set[Path] = set()
    waiting = [source]
    while waiting:
        source = waiting.pop()
        for name in _INCLUDE.findall(source.read_text()):
            header = found_header(source.parent, name)
            if header is not None and header not in found:
                found.add(header)
                waiting.append(header)
    return found
