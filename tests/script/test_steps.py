"""A step of the set-up: what it says, where its log lies, how it fails."""

import os
from pathlib import Path
import signal
import subprocess
import time

import pytest

from .shell import LIBRARIES, run_shell

LONGEST_FILE_NAME = 255


def run_steps(text: str, cache: Path) -> subprocess.CompletedProcess[str]:
    """Run a text of steps whose logs lie below `cache`."""
    return run_shell(text, "steps", environment={"CACHE": str(cache)})


def logs(cache: Path) -> dict[str, str]:
    """Return the logs of the steps that ran."""
    return {path.name: path.read_text() for path in (cache / "log").iterdir()}


def test_a_step_keeps_its_output_in_a_log(tmp_path: Path) -> None:
    result = run_steps('run_step "Greet the world" echo hello', tmp_path)
    assert result.returncode == 0, result.stderr
    assert result.stdout.endswith("] Greet the world\n")
    assert logs(tmp_path) == {"greet-the-world.log": "hello\n"}


def test_a_title_may_be_longer_than_a_file_name(tmp_path: Path) -> None:
    title = "Debian packages: " + LONGEST_FILE_NAME * "libsomething-dev "
    result = run_steps(f'run_step "{title}" true', tmp_path)
    assert result.returncode == 0, result.stderr
    (name,) = logs(tmp_path)
    assert name.startswith("debian-packages-libsomething-dev-")


def test_a_failing_step_shows_the_end_of_its_log_and_where_it_lies(
    tmp_path: Path,
) -> None:
    command = "bash -c 'seq 100; exit 7'"
    result = run_steps(f'run_step "Count" {command}; echo on', tmp_path)
    assert result.returncode == 1
    assert "on" not in result.stdout
    assert result.stderr.startswith("61\n")
    assert "error: Count (exit code 7; whole log: " in result.stderr
    assert "count.log" in result.stderr


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_step_leaves_no_process_behind(
    tmp_path: Path, how: signal.Signals
) -> None:
    command = "bash -c 'echo $$; exec sleep 60'"
    text = f'source {LIBRARIES}/steps.sh; run_step "Sleep" {command}'
    log = tmp_path / "log" / "sleep.log"
    # What runs in the background of a script ignores SIGINT, and so would its shells.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    shell = subprocess.Popen(
        ["bash", "-c", text], env={**os.environ, "CACHE": str(tmp_path)}
    )
    signal.signal(signal.SIGINT, before)
    deadline = time.monotonic() + 20
    while not log.exists() or not log.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    shell.send_signal(how)
    assert shell.wait(20) == 130
    with pytest.raises(ProcessLookupError):
        os.kill(int(log.read_text()), 0)
