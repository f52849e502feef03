"""The runner of the parts: it says at its end what failed, and where."""

import os
import sys

import pytest
import test_parts
from test_parts import PARTS, Outcome, Part

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


@pytest.mark.parametrize("show", [True, False])
def test_what_a_part_prints_is_kept_and_shown_if_wanted(
    capfdbinary: pytest.CaptureFixture[bytes], show: bool
) -> None:
    command = [sys.executable, "-c", "print('dots'); raise SystemExit(3)"]
    outcome = test_parts.run(command, dict(os.environ), show=show)
    assert (outcome.output, outcome.failures) == ("dots\n", ["pytest ended: 3"])
    assert outcome.seconds > 0
    assert outcome.processor_seconds > 0
    assert capfdbinary.readouterr().out == (b"dots\n" if show else b"")


def test_a_part_that_runs_no_test_has_failed(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Also where pytest names none: a wrong argument, a crash of its own."""
    wrong = ["tests/policy/__init__.py", "--no-such-option"]
    assert test_parts.run_part(POLICY, wrong).failures == ["pytest ended: 4"]
    capfd.readouterr()


def run_main(
    monkeypatch: pytest.MonkeyPatch, failing: str, *names: str
) -> tuple[int, list[str]]:
    """Run `main` over parts of which one fails; return its status and what was run."""
    ran: list[str] = []

    def run_part(part: Part, _: list[str], *, aside: bool = False) -> Outcome:
        ran.append(f"{part.name} aside" if aside else part.name)
        failed = [f"FAILED {part.folders[0]}"] if part.name == failing else []
        return Outcome(failed, f"what {part.name} printed")

    monkeypatch.setattr(test_parts, "run_part", run_part)
    monkeypatch.setattr("sys.argv", ["test_parts.py", *names])
    return test_parts.main(), ran


def test_what_failed_is_said_once_more_at_the_end(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("security", "integration")
    assert run_main(monkeypatch, "security", *names) == (1, ["security", "integration"])
    said = capfd.readouterr().out.splitlines()
    assert said[-2] == "security: FAILED tests/security"
    assert said[-1].endswith("failed: security")


def test_what_watches_no_clock_runs_aside(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In view where nothing else is wanted; its failure is a failure."""
    status, ran = run_main(monkeypatch, "policy", "policy", "security", "boards")
    assert status == 1
    assert sorted(ran) == ["boards aside", "policy aside", "security"]
    assert "what policy printed" in capfd.readouterr().out
    assert run_main(monkeypatch, "", "policy") == (0, ["policy"])


def test_what_runs_aside_gives_way(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = [sys.executable, "-c", "import os; print('nice', os.nice(0))"]
    monkeypatch.setattr(test_parts, "command_for", lambda *_: asked)
    aside = test_parts.run_part(POLICY, [], aside=True)
    assert aside.output == f"nice {os.nice(0) + 10}\n"
    assert capfd.readouterr().out == ""
    assert test_parts.run_part(POLICY, []).output == f"nice {os.nice(0)}\n"
