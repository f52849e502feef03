"""The runner of the parts: it says at its end what failed, and where."""

import os
import sys

import pytest
import test_parts
from test_parts import PARTS, Part

POLICY = next(part for part in PARTS if part.name == "policy")

SUMMARY = """\
FAILED to start a thing, says a log line of a test
=========================== short test summary info ===========================
\x1b[31mFAILED\x1b[0m tests/a.py::\x1b[1mtest_one\x1b[0m - AssertionError: no
ERROR tests/b.py::test_two
==== 1 failed, 1 error in 0.1s ====
"""


def test_what_failed_is_found_in_the_summary() -> None:
    assert test_parts.failures_in(SUMMARY) == [
        "FAILED tests/a.py::test_one - AssertionError: no",
        "ERROR tests/b.py::test_two",
    ]


def test_what_a_part_prints_is_shown_and_its_status_kept(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    command = [sys.executable, "-c", "print('dots'); raise SystemExit(3)"]
    assert test_parts.run_and_show(command, dict(os.environ)) == (3, "dots\n")
    assert capfdbinary.readouterr().out == b"dots\n"


def test_a_part_that_runs_no_test_has_failed(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where pytest names none: a wrong argument, a crash of its own."""
    wrong = ["tests/policy/__init__.py", "--no-such-option"]
    assert test_parts.run_part(POLICY, wrong) == ["pytest ended with status 4"]
    capfd.readouterr()

    def fails(part: Part, extra: list[str]) -> list[str]:
        return [f"FAILED {part.folders[0]}"] if part is POLICY else []

    monkeypatch.setattr(test_parts, "run_part", fails)
    monkeypatch.setattr("sys.argv", ["test_parts.py", "policy", "security"])
    assert test_parts.main() == 1
    said = capfd.readouterr().out.splitlines()
    assert said[-2] == "policy: FAILED tests/policy"
    assert said[-1].endswith("failed: policy")
