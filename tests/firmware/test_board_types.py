"""The sources as a board's compiler reads them.

On boards `uint32_t` is `unsigned long` and a pointer has 32 bits, which no build for
this machine shows: there `std::max(uint32_t, 1U)` does not compile, nor does a format
that prints one as the other. The boards' own compilers fill 2.4 GB. So the compiler of
this machine reads the sources as 32-bit code, with the integer types of the boards' C
library in place of its own (`newlib/`), and links nothing.
"""

from pathlib import Path
import platform
import subprocess

import pytest

from lab.paths import REPO

from .conftest import BUILD, Bench

# What makes the compiler of this machine write 32-bit code.
NARROW = {"x86_64": "-m32", "aarch64": "-mabi=ilp32"}[platform.machine()]
COMPONENTS = REPO / "esphome" / "components"
NEWLIB = Path(__file__).parent / "newlib"
GENERATED = BUILD / "build" / "everything" / "src"
SOURCES = sorted(
    [
        *COMPONENTS.glob("oceanremote/*.cpp"),
        *COMPONENTS.glob("oceanremote_core/*.cpp"),
        *COMPONENTS.glob("oceanremote_challenge/*.cpp"),
        NEWLIB / "challenge_servers.cpp",
    ]
)


def _ask_compiler(question: str) -> str:
    result = subprocess.run(
        ["g++", question], capture_output=True, text=True, check=True
    )
    return result.stdout.strip()


def _complaints(source: str, name: str = "-") -> str:
    """Return what the compiler says of a file, or of a text given as `-`."""
    machine = Path("/usr/include") / _ask_compiler("-print-multiarch")
    library = machine / "c++" / _ask_compiler("-dumpversion")
    command = ["g++", NARROW, "-std=gnu++20", "-fsyntax-only", "-Wall", "-Wextra"]
    command += ["-DUSE_HOST", "-DESPHOME_LOG_LEVEL=ESPHOME_LOG_LEVEL_VERY_VERBOSE"]
    command += ["-isystem", str(NEWLIB), "-isystem", str(library)]
    command += ["-idirafter", str(machine)]
    # What ESPHome has generated is not ours to judge.
    command += [f"-I{COMPONENTS.parent / 'arduino' / 'ChallengeReceiver' / 'src'}"]
    command += ["-isystem", str(GENERATED), "-x", "c++", name]
    result = subprocess.run(
        command, input=source, capture_output=True, text=True, timeout=60, check=False
    )
    return result.stderr


def test_the_types_are_those_of_a_board() -> None:
    text = """
        #include <cstdint>
        #include <type_traits>
        static_assert(std::is_same_v<uint32_t, unsigned long>);
        static_assert(std::is_same_v<int32_t, long>);
        static_assert(sizeof(uint32_t) == 4 && sizeof(std::size_t) == 4);
    """
    assert _complaints(text) == ""


@pytest.mark.parametrize(
    "statement",
    ["x = std::max(x, 1U)", 'std::printf("%u", x)', "unsigned *p = &x"],
)
def test_what_a_board_refuses_is_refused(statement: str) -> None:
    text = f"""
        #include <algorithm>
        #include <cstdint>
        #include <cstdio>
        void f(uint32_t x) {{ {statement}; }}
    """
    assert _complaints(text)


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_a_source_compiles_with_the_types_of_a_board(
    source: Path, bench: Bench
) -> None:
    assert _complaints("", str(source)) == ""
