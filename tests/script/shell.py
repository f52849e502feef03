"""Runs the shell libraries of `script/lib/` as the scripts do."""

import os
from pathlib import Path
import subprocess

REPO = Path(__file__).parents[2]
STRICT = "set -euo pipefail"


def run_shell(
    text: str, cache: Path, *libraries: str, path: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a bash text after sourcing `libraries`; programs in `path` come first."""
    sourced = [f"source {REPO}/script/lib/{name}.sh" for name in libraries]
    environment = {**os.environ, "REPO": str(REPO), "CACHE": str(cache)}
    if path is not None:
        environment["PATH"] = f"{path}:{environment['PATH']}"
    return subprocess.run(
        ["bash", "-c", "\n".join([STRICT, *sourced, text])],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
