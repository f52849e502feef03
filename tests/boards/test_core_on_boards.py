"""The core's own tests, compiled for each instruction set and run on its emulator."""

import re

import pytest

from tests.firmware.core_build import SOURCES

from .build import build, run
from .toolchains import TARGETS, Target

_TEST = re.compile(r"^TEST(?:_F)?\(", re.MULTILINE)


def _tests_written() -> int:
    return sum(
        len(_TEST.findall(source.read_text())) for source in SOURCES.glob("test_*.cpp")
    )


@pytest.mark.parametrize(
    "target",
    [
        pytest.param(target, id=target.name, marks=pytest.mark.xdist_group(target.name))
        for target in TARGETS
        if target.runs
    ],
)
def test_every_core_test_passes(target: Target) -> None:
    """None is left out: as many run as the sources have."""
    printed = run(target, build(target, "core_tests"))
    assert f"{_tests_written()} passed, 0 failed" in printed


@pytest.mark.xdist_group("armv8m")
def test_the_core_compiles_where_no_emulator_runs_it() -> None:
    """ARMv8-M has one, but Debian no C library that starts on its boards."""
    (target,) = [target for target in TARGETS if not target.runs]
    assert target.name == "armv8m"
    assert build(target, "libcore.a").exists()
