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
from tests.firmware.board_sdk import TLS_HEADERS, own_compiler_flags
from tests.firmware.component_sources import COMPONENT, NEWLIB, sources_that_include
from tests.firmware.esphome_runner import CONFIGS, run_esphome

from .build import library_flags
from .toolchains import BY_NAME, Target

CHALLENGE = ESPHOME_COMPONENTS / "oceanremote_challenge"
RECEIVER = ESPHOME_COMPONENTS.parent / "arduino" / "ChallengeReceiver" / "src"
# The last has every function of the component, which is a template.
CHALLENGE_SOURCES = [*sorted(CHALLENGE.glob("*.cpp")), NEWLIB / "challenge_servers.cpp"]
SOURCES = [*sorted(COMPONENT.glob("*.cpp")), *CHALLENGE_SOURCES]
# What nearly every source of the shell includes, to be compiled once.
SHARED_TEXT = "".join(
    f'#include "{COMPONENT / name}"\n' for name in ("client.h", "domain_traits.h")
)
# What is compiled differently where an address begins with `wss://`, or has IPv6.
DIALING_SOURCES = sorted(
    {
        source
        for header in (
            *("resolver.h", "stream_tls.h", "tls.h", "bearssl_chain.h"),
            "kept_tls_session.h",
        )
        for source in sources_that_include(header)
    }
)
SECURE_IPV6 = """\
packages:
  all: !include {config}
network:
  enable_ipv6: true
oceanremote:
  urls: ["wss://[fd00::10]:8123", "wss://hub.example.com"]
"""


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
    # What nearly every source of the component includes, compiled.
    shared: Path

    def complaints(self, source: Path | str) -> str:
        """Return what it says of a file, or of a text."""
        text = None if isinstance(source, Path) else source
        header: tuple[str, ...] = ()
        if isinstance(source, Path) and source.parent == COMPONENT:
            header = ("-Winvalid-pch", "-include", str(self.shared))
        return self._run(
            *("-fsyntax-only", *header, "-x", "c++", "-" if text else str(source)),
            text=text,
        )

    def share(self) -> None:
        """Compile what is shared, once."""
        self.shared.write_text(SHARED_TEXT)
        compiled = ("-o", f"{self.shared}.gch")
        said = self._run("-x", "c++-header", str(self.shared), *compiled)
        assert said == ""

    def _run(self, *arguments: str, text: str | None = None) -> str:
        return subprocess.run(
            [*self.command, *arguments],
            input=text,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        ).stderr


EACH_BOARD = [
    pytest.param(
        board, id=board.platform, marks=pytest.mark.xdist_group(board.target.name)
    )
    for board in BOARDS
]


def _compiler(
    board: Board, configuration: Path, folder: Path, *, ipv6: bool = False
) -> Compiler:
    """Return a board's compiler, with the tree that ESPHome generates for it."""
    outcome = run_esphome("compile", "--only-generate", file=configuration, data=folder)
    assert outcome.accepted, outcome.text
    (generated,) = (folder / "build").glob("*/src")
    flags = " ".join(board.target.compile_flags("CXX")).split()
    compiler = Compiler(
        board,
        (
            *(board.target.tool("g++"), "-std=gnu++20"),
            *("-Wall", "-Wextra"),
            "-DESPHOME_LOG_LEVEL=ESPHOME_LOG_LEVEL_VERY_VERBOSE",
            *own_compiler_flags(board.platform, folder / "sdk", ipv6=ipv6),
            *flags,
            *library_flags(board.target),
            *(f"-I{RECEIVER}", "-isystem", str(generated)),
            *("-isystem", str(TLS_HEADERS)),
        ),
        folder / "shared.h",
    )
    compiler.share()
    return compiler


@pytest.fixture(scope="module", params=EACH_BOARD)
def compiler(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Compiler:
    """One board's compiler, for a device with every option."""
    board: Board = request.param
    folder = tmp_path_factory.mktemp(board.platform)
    return _compiler(board, CONFIGS / f"{board.config}.yaml", folder)


@pytest.fixture(scope="module", params=EACH_BOARD)
def dialing_compiler(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Compiler:
    """One board's compiler, for a device that dials `wss://` over IPv6 as well."""
    board: Board = request.param
    folder = tmp_path_factory.mktemp(f"{board.platform}-wss")
    configuration = folder / "device.yaml"
    configuration.write_text(
        SECURE_IPV6.format(config=CONFIGS / f"{board.config}.yaml")
    )
    return _compiler(board, configuration, folder, ipv6=True)


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


@pytest.mark.parametrize("source", DIALING_SOURCES, ids=lambda path: path.name)
def test_what_dials_compiles_with_tls_and_ipv6(
    dialing_compiler: Compiler, source: Path
) -> None:
    assert dialing_compiler.complaints(source) == ""


def test_the_board_has_its_own_tls_and_ipv6(dialing_compiler: Compiler) -> None:
    """Or nothing of either would have been read."""
    library = "MBEDTLS" if dialing_compiler.board.platform == "esp32" else "BEARSSL"
    text = f"""
        #include "esphome/core/defines.h"
        #if !defined(OCEANREMOTE_TLS_{library}) || !USE_NETWORK_IPV6 || !LWIP_IPV6
        #error "not this device"
        #endif
    """
    assert dialing_compiler.complaints(text) == ""


def test_a_board_that_sleeps_keeps_its_tls_session(dialing_compiler: Compiler) -> None:
    """In the memory that it has for it; an RP2 has no deep sleep."""
    keeps = "ifndef" if dialing_compiler.board.platform != "rp2" else "ifdef"
    text = f"""
        #include "esphome/components/oceanremote/kept_tls_session.h"
        #{keeps} OCEANREMOTE_KEEPS_TLS_SESSION
        #error "not this device"
        #endif
    """
    assert dialing_compiler.complaints(text) == ""
