"""Runs the shell libraries of `script/lib/` as the scripts do."""

from collections.abc import Mapping
import os
from pathlib import Path
import subprocess

REPO = Path(__file__).parents[2]
LIBRARIES = REPO / "script" / "lib"
STRICT = "set -euo pipefail"


def run_shell(
    text: str, *libraries: str, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run a bash text after sourcing `libraries`; `environment` adds to this one."""
    sourced = [f"source {LIBRARIES}/{name}.sh" for name in libraries]
    return subprocess.run(
        ["bash", "-c", "\n".join([STRICT, *sourced, text])],
        env={**os.environ, "REPO": str(REPO), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
