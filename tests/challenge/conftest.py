"""What the challenge tests build once."""

from pathlib import Path

import pytest

from .avr_chip import build_harness


@pytest.fixture(scope="session")
def harness() -> Path:
    """Return the program that runs an ATmega328P."""
    return build_harness()
