"""The shell, as each board's own compiler reads it.

ESPHome generates what it would compile for the board. Of the board's SDK there are
stand-ins (`tests/firmware/board_sdk.py`), of lwIP the true headers. Every log call is
compiled in. `uint32_t` is `unsigned int` on an ESP8266 and `unsigned long` elsewhere:
a format that takes one for the other is refused on one of them.
"""

from dataclasses import dataclass
from pathlib import Path
import subprocess

import pytest

from lab.paths import ESPHOME_COMPONENTS
from tests.firmware.board_sdk import own_compiler_flags
from tests.firmware.component_sources import COMPONENT, NEWLIB
from tests.firmware.esphome_runner import CONFIGS, run_esphome

from .build import library_flags
from .toolchains import BY_NAME, Target

CHALLENGE = ESPHOME_COMPONENTS / "oceanremote_challenge"
RECEIVER = ESPHOME_COMPONENTS.parent / "arduino" / "ChallengeReceiver" / "src"
# The last has every function of the component, which is a template.
CHALLENGE_SOURCES = [*sorted(CHALLENGE.glob("*.cpp")), NEWLIB / "challenge_servers.cpp"]
SOURCES = [*sorted(COMPONENT.glob("*.cpp")), *CHALLENGE_SOURCES]


@dataclass(frozen=True)
class Board:
    """A platform of ESPHome on one of its instruction sets."""

    platform: str
    target: Target
    config: str
    word: str


BOARDS = (
    Board("esp8266", BY_NAME["lx106"], "esp8266", "unsigned int"),
    Board("esp32", BY_NAME["rv32imc"], "esp32-c3", "unsigned long"),
    Board("rp2", BY_NAME["armv6m"], "rp2", "unsigned long"),
)


@dataclass(frozen=True)
class Compiler:
    """A board's compiler with everything that a source of the component includes."""

    board: Board
    command: tuple[str, ...]

    def complaints(self, source: Path | str) -> str:
        """Return what it says of a file, or of a text."""
        text = None if isinstance(source, Path) else source
        result = subprocess.run(
            [*self.command, "-x", "c++", "-" if text else str(source)],
            input=text,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        return result.stderr


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(
            board, id=board.platform, marks=pytest.mark.xdist_group(board.target.name)
        )
        for board in BOARDS
    ],
)
def compiler(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Compiler:
    """One board's compiler, with the tree that ESPHome generates for it."""
    board: Board = request.param
    folder = tmp_path_factory.mktemp(board.platform)
    outcome = run_esphome(
        "compile", "--only-generate", file=CONFIGS / f"{board.config}.yaml", data=folder
    )
    assert outcome.accepted, outcome.text
    (generated,) = (folder / "build").glob("*/src")
    flags = " ".join(board.target.compile_flags("CXX")).split()
    return Compiler(
        board,
        (
            *(board.target.tool("g++"), "-std=gnu++20", "-fsyntax-only"),
            *("-Wall", "-Wextra"),
            "-DESPHOME_LOG_LEVEL=ESPHOME_LOG_LEVEL_VERY_VERBOSE",
            *own_compiler_flags(board.platform, folder / "sdk"),
            *flags,
            *library_flags(board.target),
            *(f"-I{RECEIVER}", "-isystem", str(generated)),
        ),
    )


def test_the_types_are_those_of_the_board(compiler: Compiler) -> None:
    text = f"""
        #include <cstdint>
        #include <type_traits>
        static_assert(std::is_same_v<uint32_t, {compiler.board.word}>);
        static_assert(sizeof(void *) == 4);
    """
    assert compiler.complaints(text) == ""
    assert compiler.complaints(text.replace("== 4", "== 8"))


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_a_source_compiles_for_the_board(compiler: Compiler, source: Path) -> None:
    assert compiler.complaints(source) == ""
