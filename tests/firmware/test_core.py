"""The C++ core's own tests: built with sanitizers, run against published vectors.

GoogleTest does the testing; here it is built, fed and reported, one Python test for
each suite.
"""

import os
from pathlib import Path
import subprocess

import pytest

from .core_build import VECTORS, build, list_suites, write_tables

pytestmark = [pytest.mark.sources, pytest.mark.xdist_group("core")]


@pytest.fixture(scope="session")
def core_tests(core_environment: dict[str, str]) -> tuple[Path, dict[str, str]]:
    """The test program and what it needs around it."""
    return build("core_tests"), core_environment


@pytest.fixture(scope="session")
def core_environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Where the test program finds its vectors."""
    tables = tmp_path_factory.mktemp("tables")
    write_tables(tables)
    return {
        **os.environ,
        "OCEANREMOTE_VECTORS": str(VECTORS),
        "OCEANREMOTE_TABLES": str(tables),
        "UBSAN_OPTIONS": "print_stacktrace=1",
    }


@pytest.mark.parametrize("suite", list_suites())
def test_suite(suite: str, core_tests: tuple[Path, dict[str, str]]) -> None:
    """Every test of the suite passes, and there is at least one."""
    program, environment = core_tests
    result = subprocess.run(
        [program, f"--gtest_filter={suite}.*", "--gtest_brief=1"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "] 0 tests from" not in result.stdout
