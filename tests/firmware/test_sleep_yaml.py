"""What a YAML with `deep_sleep:` becomes on boards that have it, and one without."""

from pathlib import Path
import re

import pytest

from .esphome_runner import CONFIGS, run_esphome

pytestmark = pytest.mark.sources

SLEEPERS = ("esp32-idf", "esp32-c3", "esp8266")


def _generated(board: str, data: Path) -> tuple[str, str]:
    """Return the generated program and its defines."""
    file = CONFIGS / f"{board}.yaml"
    outcome = run_esphome("compile", "--only-generate", file=file, data=data)
    assert outcome.accepted, outcome.text
    source = data / "build" / "everything" / "src"
    defines = source / "esphome/core/defines.h"
    return (source / "main.cpp").read_text(), defines.read_text()


@pytest.mark.parametrize("board", SLEEPERS)
def test_a_board_with_deep_sleep_is_guarded(board: str, tmp_path: Path) -> None:
    main, defines = _generated(board, tmp_path)
    assert "#define USE_OCEANREMOTE_SLEEP\n" in defines
    assert re.search(r"new\(\w+\) oceanremote::SleepGuard\(rest\);", main)
    assert "->set_sleep_guard(" in main
    # Behind safe mode's early return, where nothing sleeps.
    assert main.index("->set_sleep_guard(") > main.index("should_enter_safe_mode")


@pytest.mark.parametrize("board", SLEEPERS)
def test_what_enters_deep_sleep_is_announced(board: str, tmp_path: Path) -> None:
    """The action that is played is ours, and holds ESPHome's own."""
    main, _ = _generated(board, tmp_path)
    (entered,) = re.findall(r"new\((\w+)\) deep_sleep::EnterDeepSleepAction<", main)
    (announced,) = re.findall(
        rf"new\((\w+)\) oceanremote::AnnouncedEnterAction<\w+>\(\w+, {entered}\)", main
    )
    actions = "".join(re.findall(r"add_actions\((.*)\);", main))
    assert announced in actions
    assert not re.search(rf"\b{entered}\b", actions)


def test_a_board_without_deep_sleep_pays_nothing(tmp_path: Path) -> None:
    main, defines = _generated("rp2", tmp_path)
    assert "USE_OCEANREMOTE_SLEEP" not in defines
    assert "SleepGuard" not in re.sub(r"//.*", "", main)
