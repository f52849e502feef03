"""The sources as a board's compiler reads them.

On ARM, RISC-V and an ESP32 `uint32_t` is `unsigned long` (on an ESP8266 `unsigned
int`, as here) and a pointer has 32 bits, which no build for this machine shows: there
`std::max(uint32_t, 1U)` does not compile, nor does a format that prints one as the
other. So the compiler of this machine reads the sources as 32-bit code, with the
integer types of the boards' C library in place of its own (`newlib/`), and links
nothing; tests/boards asks the boards' own compilers.
"""

from pathlib import Path

import pytest

from lab.paths import ESPHOME_COMPONENTS

from .component_sources import NEWLIB, ask_compiler, machine_32_bit
from .conftest import BUILD, Bench

GENERATED = BUILD / "build" / "everything" / "src"
CHALLENGE_RECEIVER = ESPHOME_COMPONENTS.parent / "arduino" / "ChallengeReceiver" / "src"
SOURCES = sorted(
    [
        *ESPHOME_COMPONENTS.glob("oceanremote/*.cpp"),
        *ESPHOME_COMPONENTS.glob("oceanremote_core/*.cpp"),
        *ESPHOME_COMPONENTS.glob("oceanremote_challenge/*.cpp"),
        NEWLIB / "challenge_servers.cpp",
    ]
)
# What ESPHome has generated is not ours to judge.
FLAGS = ["-DUSE_HOST", "-isystem", str(NEWLIB), *machine_32_bit()]
FLAGS += [f"-I{CHALLENGE_RECEIVER}", "-isystem", str(GENERATED)]


def _complaints(text: str, name: str = "-") -> str:
    """Return what the compiler says of a file, or of a text given as `-`."""
    return ask_compiler([*FLAGS, name], text)


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
