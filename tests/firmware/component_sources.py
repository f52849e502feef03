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
# What nearly every source of the shell includes, to be compiled once.
SHARED_TEXT = "".join(
    f'#include "{COMPONENT / name}"\n' for name in ("client.h", "domain_traits.h")
)
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

    What ESPHome has generated is not ours to judge. What nearly all of them include
    is read once, which is most of the work.
    """
    around = [*flags, "-isystem", str(generated)]
    header = generated.parent / "shared.h"
    header.write_text(SHARED_TEXT)
    written = _compile(
        [*around, "-x", "c++-header", str(header), "-o", f"{header}.gch"]
    )
    with_header = [*around, "-Winvalid-pch", "-include", str(header)]
    return written + "".join(
        ask_compiler([*with_header, str(source)]) for source in sources
    )


def ask_compiler(arguments: Sequence[str], text: str = "") -> str:
    """Return what the compiler says, with all that warns and every log call read.

    It only reads: nothing is written. A file named `-` is the text.
    """
    return _compile(["-fsyntax-only", "-x", "c++", *arguments], text)


def _compile(arguments: Sequence[str], text: str = "") -> str:
    command = ["g++", "-std=gnu++20", "-Wall", "-Wextra"]
    command += ["-DESPHOME_LOG_LEVEL=ESPHOME_LOG_LEVEL_VERY_VERBOSE", *arguments]
    return subprocess.run(
        command, input=text, capture_output=True, text=True, timeout=120, check=False
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
