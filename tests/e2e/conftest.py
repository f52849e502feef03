"""One house for all end-to-end tests of a run; every test adds its own devices."""

from collections.abc import AsyncIterator
import itertools
from pathlib import Path

from lab.house import House
import pytest
import pytest_asyncio

BENCH = (Path(__file__).parent / "firmware" / "bench.yaml").read_text()
_numbers = itertools.count(1)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A running Home Assistant with the hub."""
    house = House(tmp_path_factory.mktemp("house"))
    try:
        await house.build()
        yield house
    finally:
        await house.tear_down()


@pytest.fixture
def number() -> int:
    """A number that no other test of this run has."""
    return next(_numbers)


@pytest.fixture
def mac(number: int) -> str:
    """A MAC address that no other test of this run has."""
    return f"02:00:00:0C:EA:{number:02X}"
