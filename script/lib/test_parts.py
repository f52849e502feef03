"""Run the parts of the test suite, each with the environment and proofs it needs.

Usage: test_parts.py [PART ...] [-- PYTEST ARGUMENT ...]

Without a part, all run in order and the coverage of the integration is judged; all but
`bare`, which makes whole machines and wants to be named.
Arguments after `--` go to pytest; then coverage is not judged, because they
usually select a few tests. A file or folder among them stands for the part's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
import os
from pathlib import Path
import re
import subprocess
import sys
import time

import bare_machine

REPO = Path(__file__).resolve().parents[2]
CACHE = REPO / ".cache"
COVERAGE = CACHE / "coverage"
INTEGRATION = "custom_components/oceanremote"

# Thresholds in percent, branches counted.
PROTOCOL_COVERAGE = 100
INTEGRATION_COVERAGE = 95

VENV = REPO / ".venv/bin/python"
VENV_NEXT = CACHE / "venv-ha/bin/python"

# pytest finds plugins by itself, among them those that import Home Assistant or
# cut the network off; these parts name what they use instead.
NAMED_PLUGINS = (
    "--disable-plugin-autoload",
    "-p", "xdist", "-p", "pytest_cov", "-p", "hypothesispytest",
    "-p", "asyncio", "-p", "timeout",
)  # fmt: skip
BLOCKED = (*NAMED_PLUGINS, "-p", "tests.plugins.homeassistant_blocked")
TWO_WORKERS = ("-n", "2", "--dist", "worksteal")
# What is costly to make is made for its group of tests, on one worker.
TWO_WORKERS_BY_GROUP = ("-n", "2", "--dist", "loadgroup")
# These mostly wait.
THREE_WORKERS = ("-n", "3", "--dist", "worksteal")
# To one worker after the other, in the order in which they stand.
THREE_WORKERS_IN_TURN = ("-n", "3", "--dist", "loadgroup")
THREE_WORKERS_BY_MODULE = ("-n", "3", "--dist", "loadscope")
# With the next Home Assistant, whose plugin of pytest must come first.
NEXT_FIRST = ("-p", "tests.plugins.homeassistant_first")
# What runs aside gives way to what watches the clock.
GIVING_WAY = ("nice", "-n", "10")
# Slow tests report one by one, so that no minute is silent.
ONE_BY_ONE = ("-v", "--durations=10")


@dataclass(frozen=True)
class Part:
    """One part: what pytest runs, with which interpreter and which proofs."""

    name: str
    folders: tuple[str, ...]
    arguments: tuple[str, ...]
    python: Path = VENV
    measured: tuple[str, ...] = ()
    required: int = 0
    by_name_only: bool = False
    # It watches no clock: it runs aside, in the time that the others wait.
    aside: bool = False
    environment: tuple[tuple[str, str], ...] = ()
    # Why it cannot run here; nothing if it can.
    why_not: Callable[[], str] = str


PARTS = (
    Part(
        "architecture",
        ("tests/architecture", "tests/script"),
        (*NAMED_PLUGINS, *TWO_WORKERS),
    ),
    Part(
        "protocol",
        ("tests/protocol", "tests/challenge"),
        (*BLOCKED, *TWO_WORKERS),
        measured=(
            f"{INTEGRATION}/protocol",
            f"{INTEGRATION}/challenge/protocol",
            "tests/support/device",
        ),
        required=PROTOCOL_COVERAGE,
        aside=True,
    ),
    Part(
        "policy",
        ("tests/policy",),
        (*BLOCKED, *TWO_WORKERS),
        measured=(f"{INTEGRATION}/policy",),
        aside=True,
    ),
    Part(
        "security",
        ("tests/security",),
        (*NEXT_FIRST, *THREE_WORKERS),
        python=VENV_NEXT,
        # Calls from a wrong thread show; what has more tests is too slow with it.
        environment=(("PYTHONASYNCIODEBUG", "1"),),
    ),
    Part("integration", ("tests/integration",), THREE_WORKERS, measured=(INTEGRATION,)),
    Part(
        "integration-next",
        ("tests/integration",),
        (*NEXT_FIRST, *THREE_WORKERS),
        python=VENV_NEXT,
    ),
    Part(
        "firmware",
        ("tests/firmware",),
        (*NAMED_PLUGINS, *ONE_BY_ONE, *TWO_WORKERS_BY_GROUP, "-m", "not sources"),
    ),
    Part(
        "sources",
        ("tests/firmware",),
        (*NAMED_PLUGINS, *TWO_WORKERS_BY_GROUP, "-m", "sources", "--timeout=1800"),
        aside=True,
    ),
    Part(
        "boards",
        ("tests/boards",),
        (*NAMED_PLUGINS, *ONE_BY_ONE, *TWO_WORKERS_BY_GROUP, "--timeout=1800"),
        aside=True,
    ),
    Part(
        "compare",
        ("tests/compare",),
        (*NEXT_FIRST, *ONE_BY_ONE, *THREE_WORKERS_IN_TURN, "--show-capture=no"),
        python=VENV_NEXT,
    ),
    Part(
        "e2e", ("tests/e2e",), (*NAMED_PLUGINS, *ONE_BY_ONE, *THREE_WORKERS_BY_MODULE)
    ),
    Part(
        "bare",
        ("tests/bare",),
        (*NAMED_PLUGINS, *ONE_BY_ONE, "--capture=no", "--timeout=2400"),
        by_name_only=True,
        why_not=bare_machine.why_not,
    ),
)

# What runs when no part is named.
EVERY = tuple(part for part in PARTS if not part.by_name_only)


def say(started: float, text: str) -> None:
    """Print a step line with the seconds since `started`."""
    print(f"[{time.monotonic() - started:6.1f}s] {text}", flush=True)


@dataclass(frozen=True)
class Outcome:
    """How a part went: a line for each test that failed, and what it took."""

    failures: list[str]
    output: str = ""
    seconds: float = 0.0
    processor_seconds: float = 0.0


def command_for(part: Part, extra: list[str]) -> list[str]:
    """Return the pytest command of a part."""
    command = [str(part.python), "-m", "pytest", *part.arguments]
    if any((REPO / argument.partition("::")[0]).exists() for argument in extra):
        return [*command, *extra]
    command += part.folders
    if extra:
        return [*command, *extra]
    if part.measured:
        command += [f"--cov={folder}" for folder in part.measured]
        command += ["--cov-branch"]
        if part.required:
            command += [f"--cov-fail-under={part.required}"]
        else:
            command += ["--cov-report="]
    return command


def run_part(part: Part, extra: list[str], *, aside: bool = False) -> Outcome:
    """Run one part and show meanwhile what it prints, or run it aside and unseen."""
    missing = [folder for folder in part.folders if not (REPO / folder).is_dir()]
    if missing:
        return Outcome([f"missing: {', '.join(missing)}"])
    environment = {
        "CXX": str(REPO / "script/lib/host_cxx"),
        # ESPHome would ask it for every file, and no other is the same twice.
        "ESPHOME_CCACHE_ENABLE": "0",
        **os.environ,
        "COVERAGE_FILE": str(COVERAGE / f"data.{part.name}"),
        "HYPOTHESIS_STORAGE_DIRECTORY": str(CACHE / "hypothesis"),
        # Both workers must collect parametrized sets in the same order.
        "PYTHONHASHSEED": "0",
        "PYTHONUNBUFFERED": "1",
        **dict(part.environment),
    }
    command = command_for(part, extra)
    if aside:
        command = [*GIVING_WAY, *command]
    return run(command, environment, show=not aside)


def run(command: list[str], environment: dict[str, str], *, show: bool) -> Outcome:
    """Run a command of pytest's; return how it went."""
    begun = time.monotonic()
    if show and sys.stdout.isatty():
        environment = {"PY_COLORS": "1"} | environment
    output = bytearray()
    with subprocess.Popen(
        command, cwd=REPO, env=environment, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        while chunk := os.read(process.stdout.fileno(), 65536):
            output += chunk
            if show:
                sys.stdout.buffer.write(chunk)
                sys.stdout.buffer.flush()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    text = output.decode(errors="replace")
    failures = []
    if process.returncode:
        failures = failures_in(text) or [f"pytest ended: {process.returncode}"]
    worked = usage.ru_utime + usage.ru_stime
    return Outcome(failures, text, time.monotonic() - begun, worked)


def failures_in(output: str) -> list[str]:
    """Return the lines of pytest's short summary that name what failed."""
    _, _, summary = output.rpartition("short test summary info")
    plain = re.sub(r"\x1b\[[0-9;]*m", "", summary)
    return re.findall(r"^(?:FAILED|ERROR) \S.*", plain, re.MULTILINE)


def coverage_suffices() -> bool:
    """Combine what the parts measured and hold the integration's threshold."""
    measured = [part for part in PARTS if part.measured]
    files = [str(COVERAGE / f"data.{part.name}") for part in measured]
    coverage = [str(VENV), "-m", "coverage"]
    environment = os.environ | {"COVERAGE_FILE": str(COVERAGE / "combined")}
    steps = (
        [*coverage, "combine", "--keep", "--quiet", *files],
        [*coverage, "report", f"--fail-under={INTEGRATION_COVERAGE}"],
    )
    return all(
        subprocess.run(step, cwd=REPO, env=environment, check=False).returncode == 0
        for step in steps
    )


def parse_arguments(arguments: list[str]) -> tuple[list[Part], list[str]]:
    """Return the wanted parts and pytest's arguments; exit on an unknown part."""
    extra: list[str] = []
    if "--" in arguments:
        cut = arguments.index("--")
        arguments, extra = arguments[:cut], arguments[cut + 1 :]
    by_name = {part.name: part for part in PARTS}
    unknown = [name for name in arguments if name not in by_name]
    if unknown:
        sys.exit(f"unknown part {unknown[0]!r}; the parts are: {', '.join(by_name)}")
    return [by_name[name] for name in arguments] or list(EVERY), extra


def run_parts(
    parts: list[Part], extra: list[str], started: float
) -> Iterator[tuple[Part, Outcome]]:
    """Run the parts in order; beside those that watch the clock, unseen, the others."""
    possible = []
    for part in parts:
        if reason := part.why_not():
            say(started, f"skipped: {part.name}: {reason}")
        else:
            possible.append(part)
    seen = [part for part in possible if not part.aside] or possible
    with ThreadPoolExecutor(max_workers=1) as lane:
        unseen = {
            part: lane.submit(run_part, part, extra, aside=True)
            for part in possible
            if part not in seen
        }
        if unseen:
            names = ", ".join(part.name for part in unseen)
            say(started, f"tests aside: {names}")
        for part in seen:
            say(started, f"tests: {part.name}")
            yield part, run_part(part, extra)
        for part, running in unseen.items():
            outcome = running.result()
            say(started, f"tests: {part.name}")
            print(outcome.output, flush=True)
            yield part, outcome


def main() -> int:
    """Run the wanted parts, all of them even if one fails; print what failed."""
    parts, extra = parse_arguments(sys.argv[1:])
    started = time.monotonic()
    COVERAGE.mkdir(parents=True, exist_ok=True)
    passed: list[str] = []
    failed: dict[str, list[str]] = {}
    for part, outcome in run_parts(parts, extra, started):
        if outcome.failures:
            failed[part.name] = outcome.failures
        else:
            passed.append(part.name)
        say(
            started,
            f"{part.name}: {outcome.seconds:.0f} s, "
            f"{outcome.processor_seconds:.0f} s of processors' time",
        )
    if parts == list(EVERY) and not extra:
        say(started, f"coverage of {INTEGRATION}")
        if not coverage_suffices():
            failed["coverage"] = [f"less than {INTEGRATION_COVERAGE} %"]
    # Once more at the end: the parts in between print thousands of lines.
    for name, failures in failed.items():
        for line in failures:
            print(f"{name}: {line}", flush=True)
    if failed:
        say(started, f"failed: {', '.join(failed)}")
        return 1
    say(started, f"passed: {', '.join(passed) or 'nothing'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
