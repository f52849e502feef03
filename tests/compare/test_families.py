"""The proof of every domain is core itself: what differs from it has a reason.

A board carries `api:` and `oceanremote:` at once. Core's integration and ours add it to
the same Home Assistant. All that the two show of every entity is compared: at rest,
after each action of either side, while the board is away and when it is back.
"""

from pathlib import Path

from homeassistant.core import HomeAssistant
import pytest

from . import family as families
from .board import Board, running_board
from .differences import Ledger
from .drive import Driver

CONNECT_SECONDS = 60.0
# A board is compiled first, on a machine that others may keep busy.
pytestmark = pytest.mark.timeout(2400)


def test_each_family_has_one_board() -> None:
    assert sorted(name for names in families.BOARDS for name in names) == (
        families.names()
    )


@pytest.mark.parametrize("names", families.BOARDS, ids="+".join)
async def test_families_are_as_in_core(
    hass: HomeAssistant, names: tuple[str, ...], tmp_path: Path
) -> None:
    family = families.joined(names)
    ledger = Ledger(family.differences)
    async with running_board(hass, names, tmp_path) as board:
        driver = Driver(hass, board, ledger.unlike)
        ledger.compare(
            "at rest",
            at_rest := await driver.settled(
                lambda both: both.available, CONNECT_SECONDS
            ),
        )
        assert at_rest.available, at_rest
        told = {
            identity.domain.name.lower()
            for coordinator in board.ours.runtime_data.hub.coordinators.values()
            for identity in coordinator.cache.descriptors
        }
        assert told == set(family.domains)

        for number, one in enumerate(map(families.load, names)):
            if number:  # Each finds the board as new.
                await _restart(board, driver, ledger)
            by_core = await driver.drive(one.steps, lambda both: both.core)
            await _restart(board, driver, ledger)
            by_us = await driver.drive(one.steps, lambda both: both.ours)
            ledger.compare_outcomes(by_core, by_us)
    ledger.close()


async def _restart(board: Board, driver: Driver, ledger: Ledger) -> None:
    await board.device.kill()
    away = await driver.settled(lambda both: both.gone)
    ledger.compare("while away", away)
    assert away.gone
    await board.device.start()
    back = await driver.settled(lambda both: both.available, CONNECT_SECONDS)
    ledger.compare("when back", back)
