"""Guessing registrations, with and without the name of a device that is known."""

from dataclasses import replace
import os

from aiohttp.test_utils import TestClient
import pytest

from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.limits import Denial
from custom_components.oceanremote.protocol import RegistrationToken
from tests.integration.runtime_support import Device

from .attacker import HOME, STRANGER, Client, copy_of, thief


def guess(device: Device, server: TestClient) -> Device:
    """Return a board that has the key of a known device, and guesses a token."""
    board = copy_of(device, server)
    flash = board.driver.flash
    flash.identity = replace(
        flash.identity,
        token=None,
        previous_token=None,
        registration=RegistrationToken.generate(os.urandom),
    )
    board.driver.connect()
    return board


async def test_who_names_a_known_key_fails_to_register_twice_a_minute(
    hub: Hub, server: TestClient, device: Device
) -> None:
    admission = hub.security.admission.policy
    for failures in (1, 2, 2, 2):
        board = guess(device, server)
        await board.dial()
        await board.wait_closed()
        assert admission._failures.count(STRANGER, hub.now()) == failures
    assert admission.table_sizes()["key_failures"] == 0
    assert not board.driver.registered
    denied = [
        line for line in await hub.security.trail.log.read(1000) if STRANGER in line
    ]
    assert Denial.REGISTRATION_RATE in denied[-1]
    # What is refused for load is no failure, and the device goes on.
    assert (await Client(server, STRANGER).status_of_dialling()) == 101
    assert device.welcomed


async def test_five_boards_with_void_tokens_never_get_their_home_banned(
    hub: Hub, server: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They go on until somebody flashes them: ten times each within ten minutes here."""
    start = hub.now()
    boards = [
        thief(
            server, hub.vault.hub_key.public, bytes((2, 0, 0, 0, 0, last)), address=HOME
        )
        for last in range(5)
    ]
    for attempt in range(50):
        moment = start + 12.0 * attempt
        monkeypatch.setattr(hub.admission, "_now", lambda moment=moment: moment)
        board = boards[attempt % 5]
        await board.dial()
        assert await board.wait_closed() == 1008
    admission = hub.security.admission.policy
    assert not admission.bans.active(hub.security.admission.moment().wall)
    assert admission._failures.count(HOME, start + 600.0) <= 5
