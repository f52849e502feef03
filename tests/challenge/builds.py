"""Where the challenge tests build, and how: several test processes may do so at once."""

import os
from pathlib import Path
import subprocess

REPOSITORY = Path(__file__).parents[2]
LIBRARY = REPOSITORY / "esphome" / "arduino" / "ChallengeReceiver" / "src"
ESPHOME = REPOSITORY / ".cache" / "venv-esphome" / "bin" / "esphome"
BUILD = REPOSITORY / ".cache" / "challenge-tests"


def run(*command: str | Path, environment: dict[str, str] | None = None) -> str:
    """Run a tool that must succeed; return what it printed."""
    done = subprocess.run(
        [str(word) for word in command],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, **(environment or {})},
    )
    assert done.returncode == 0, f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout


def build(target: str, *command: str | Path, libraries: tuple[str, ...] = ()) -> Path:
    """Run a compiler that takes `-o`; return the finished file.

    It takes its name only once it is complete, so that another process that runs the
    last one is not disturbed.
    """
    BUILD.mkdir(parents=True, exist_ok=True)
    unfinished = BUILD / f"{target}.{os.getpid()}"
    run(*command, "-o", unfinished, *libraries)
    return unfinished.replace(BUILD / target)
