"""What the challenge tests build once."""

from pathlib import Path

import pytest

from .avr_chip import build_harness

COST = "cost on an ATmega328P"


@pytest.fixture(scope="session")
def harness() -> Path:
    """Return the program that runs an ATmega328P."""
    return build_harness()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the library costs, also when the tests ran in other processes."""
    costs = sorted(
        str(value)
        for report in terminalreporter.getreports("passed")
        for name, value in report.user_properties
        if name == COST
    )
    if costs:
        terminalreporter.section(COST)
        for line in costs:
            terminalreporter.write_line(line)
