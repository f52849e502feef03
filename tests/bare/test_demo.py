"""The README's two commands on bare machines of every release that it names."""

import json
from pathlib import Path
import subprocess
import sys

import pytest

REPO = Path(__file__).parents[2]
RELEASES = ("bookworm", "trixie")
# The check first; then what the tests would install, all of which must be there.
COMMANDS = """
set -e
script/demo --check
source script/lib/system_packages.sh
REPO=$PWD
apt-get -qq install --simulate --no-install-recommends $(listed_packages) >/dev/null
"""


@pytest.mark.parametrize("release", RELEASES)
def test_the_demo_runs_on_a_bare_machine(release: str) -> None:
    program = REPO / "script" / "lib" / "bare_machine.py"
    result = subprocess.run(
        [sys.executable, program, release, "bash", "-c", COMMANDS],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert result.returncode == 0
    report = json.loads(result.stdout)
    assert report["registered"] == report["devices"] == 2
    assert report["session_ids_distinct"]
