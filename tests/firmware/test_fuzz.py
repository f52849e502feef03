"""The C++ core's readers under libFuzzer, each for a bounded number of inputs.

A finding is kept beside the program, in `.cache/firmware-tests/fuzz/`.
"""

from collections.abc import Iterator
import subprocess

import pytest

from .argument_rows import argument_rows
from .certificate_rows import certificate_rows
from .core_build import build

pytestmark = pytest.mark.sources

# The cheaper an input, the more of them.
RUNS = {
    "cbor": 1_000_000,
    "certificate": 300_000,
    "frames": 300_000,
    "handshake": 60_000,
    "ip_address": 1_000_000,
    "posix_zone": 1_000_000,
    "record": 60_000,
    "websocket": 150_000,
}
LONGEST_INPUT = 1200


def _seeds(target: str) -> Iterator[str]:
    """Yield what nobody comes up with by chance: certificates, and commands."""
    if target == "certificate":
        yield from (row[0] for row in certificate_rows())
    if target == "cbor":
        yield from (row[2] for row in argument_rows() if row[1] == "yes")


@pytest.mark.parametrize("target", RUNS)
def test_no_input_does_harm(target: str) -> None:
    program = build(f"fuzz_{target}", fuzz=True)
    seeds = program.parent / f"{target}-seeds"
    seeds.mkdir(exist_ok=True)
    for number, text in enumerate(_seeds(target)):
        (seeds / str(number)).write_bytes(bytes.fromhex(text))
    result = subprocess.run(
        [
            program,
            seeds,
            f"-runs={RUNS[target]}",
            "-seed=1",
            f"-max_len={LONGEST_INPUT}",
            f"-artifact_prefix={program.parent}/{target}-",
        ],
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert result.returncode == 0, result.stderr[-4000:]
    assert "DONE   cov" in result.stderr
