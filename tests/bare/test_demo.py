"""The README's two commands on bare machines of every release that it names."""

import json
import subprocess
import sys

import bare_machine
import pytest

# The check first; then what the tests would install, all of which must be there.
COMMANDS = """
set -e
script/demo --check
source script/lib/system_packages.sh
REPO=$PWD
apt-get -qq install --simulate --no-install-recommends $(listed_packages) >/dev/null
"""


@pytest.mark.parametrize("release", bare_machine.RELEASES)
def test_the_demo_runs_on_a_bare_machine(release: str) -> None:
    result = subprocess.run(
        [sys.executable, bare_machine.__file__, release, "bash", "-c", COMMANDS],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert result.returncode == 0
    report = json.loads(result.stdout)
    assert report["registered"] == report["devices"] == 2
    assert report["session_ids_distinct"]
    assert report["through_tls"] == 1
    assert report["commands_of_esphome"] == 2
