"""The check of loads from flash fails where it must: one is planted, and ends the program.

Every core test runs under it (`test_core_on_boards.py`).
"""

import pytest

from .build import build, run
from .toolchains import BY_NAME

LX106 = BY_NAME["lx106"]


@pytest.mark.xdist_group(LX106.name)
@pytest.mark.parametrize("bits", [8, 16])
def test_a_planted_load_that_an_esp8266_cannot_do_ends_the_program(bits: int) -> None:
    program = build(LX106, f"planted_load_{bits}")
    with pytest.raises(AssertionError) as told:
        run(LX106, program)
    printed = str(told.value)
    # By its accessor the same was read.
    assert "read 5678" in printed
    assert "loaded" not in printed
    assert "address 40300" in printed
