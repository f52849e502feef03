"""One house for all end-to-end tests of a run; every test adds its own devices."""

from collections.abc import AsyncIterator
import os
from pathlib import Path

import pytest
import pytest_asyncio

from lab.house import House

BENCH = Path(__file__).parent / "firmware" / "bench.yaml"


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
def pictures(tmp_path: Path) -> Path:
    """Where pictures go."""
    return Path(os.environ.get("OCEANREMOTE_PICTURES", tmp_path / "pictures"))
