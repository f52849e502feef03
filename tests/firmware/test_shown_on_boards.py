"""The YAML that is shown, as each board's compiler would read it.

ESPHome generates what it would compile for the board; the compiler of this machine
reads it with the board's own defines and integer types and its SDK in small. The YAML
for a Linux program is compiled and run, in `test_small_devices.py`.
"""

from collections.abc import Iterator
from pathlib import Path
import re

import pytest

from custom_components.oceanremote.flows.device_yaml import Board

from .board_sdk import board_flags
from .component_sources import ask_compiler, complaints_of_all, sources_in
from .esphome_runner import CONFIGS, run_esphome
from .shown_yaml import SECRETS, shown_yaml

pytestmark = pytest.mark.sources

PLATFORMS = {
    Board.ESP32: "esp32",
    Board.ESP32_C3: "esp32",
    Board.ESP32_S3: "esp32",
    Board.ESP8266: "esp8266",
    Board.RP2: "rp2",
}
_MAIN = """
    #include <tuple>
    #include "esphome/core/application.h"
    #include "esphome/components/oceanremote/client.h"
    using namespace esphome;
"""
_SAFE_MODE = "safe_mode::SafeModeComponent"


def _generate(file: Path, folder: Path) -> Path:
    outcome = run_esphome("compile", "--only-generate", file=file, data=folder)
    assert outcome.accepted, outcome.text
    (tree,) = (folder / "build").glob("*/src")
    return tree


def _own_part(main: str) -> Iterator[str]:
    """Yield what the generated program has of this component, with what it calls."""
    # A line that goes on belongs to a sum over all components.
    lines = [line for line in main.splitlines() if not line.endswith("\\")]
    own = [
        line for line in lines if re.search(r"\boceanremote(_\w+)?(::|->|\[|\))", line)
    ]
    yield _MAIN
    # Where there is a second image, a new one is confirmed through safe mode.
    confirms = any("set_trial(" in line for line in own)
    yield from (
        line
        for line in lines
        if not line.startswith(" ")
        and (line in own or (confirms and _SAFE_MODE in line))
    )
    yield "void setup() {"
    yield from (line for line in own if re.match(r" +\w", line))
    yield "}"


def test_there_is_a_platform_for_every_board() -> None:
    assert PLATFORMS.keys() | {Board.HOST} == set(Board)


@pytest.mark.parametrize("board", PLATFORMS)
def test_the_yaml_that_is_shown_compiles_for_its_board(
    board: Board, tmp_path: Path
) -> None:
    (tmp_path / "secrets.yaml").write_text(SECRETS)
    file = tmp_path / "device.yaml"
    file.write_text(shown_yaml(board))
    generated = _generate(file, tmp_path)
    flags = board_flags(PLATFORMS[board], tmp_path / "sdk")
    assert complaints_of_all(sources_in(generated), generated, *flags) == ""
    main = "\n".join(_own_part((generated / "main.cpp").read_text()))
    for call in ("new(", "reserve_identity", "add_address", "set_hub_key"):
        assert call in main
    assert ask_compiler([*flags, "-isystem", str(generated), "-"], main) == ""


def test_every_option_compiles_for_the_board_that_has_no_compiler_here(
    tmp_path: Path,
) -> None:
    """The others' own compilers read theirs in tests/boards."""
    generated = _generate(CONFIGS / "esp32-idf.yaml", tmp_path)
    flags = board_flags("esp32", tmp_path / "sdk")
    assert complaints_of_all(sources_in(generated), generated, *flags) == ""


@pytest.mark.parametrize(
    ("platform", "word"),
    [("esp32", "long"), ("esp8266", "int"), ("rp2", "long")],
)
def test_the_types_are_those_of_the_board(
    platform: str, word: str, tmp_path: Path
) -> None:
    flags = board_flags(platform, tmp_path)
    text = f"""
        #include <cstdint>
        #include <type_traits>
        static_assert(std::is_same_v<uint32_t, unsigned {word}>);
        static_assert(sizeof(void *) == 4);
    """
    assert ask_compiler([*flags, "-"], text) == ""
    assert ask_compiler([*flags, "-"], text.replace("== 4", "== 8"))
