"""The C++ core's readers under libFuzzer, each for a bounded number of inputs.

A finding is kept beside the program, in `.cache/firmware-tests/fuzz/`.
"""

import subprocess

import pytest

from .certificate_rows import certificate_rows
from .core_build import build

# The cheaper an input, the more of them.
RUNS = {
    "cbor": 1_000_000,
    "certificate": 300_000,
    "frames": 300_000,
    "handshake": 60_000,
    "ip_address": 1_000_000,
    "record": 60_000,
    "websocket": 150_000,
}
LONGEST_INPUT = 1200


@pytest.mark.parametrize("target", RUNS)
def test_no_input_does_harm(target: str) -> None:
    program = build(f"fuzz_{target}", fuzz=True)
    # What no stranger to DER comes up with.
    seeds = program.parent / f"{target}-seeds"
    seeds.mkdir(exist_ok=True)
    if target == "certificate":
        for number, row in enumerate(certificate_rows()):
            (seeds / str(number)).write_bytes(bytes.fromhex(row[0]))
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
