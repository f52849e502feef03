"""Guessing registrations, with and without the name of a device that is known."""

from dataclasses import replace
import os

from aiohttp.test_utils import TestClient

from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.budgets import Denial
from custom_components.oceanremote.protocol import RegistrationToken
from tests.integration.runtime_support import Device

from .attacker import STRANGER, Client, copy_of


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
    admission = hub.security.admission
    for failures in (1, 2, 2, 2):
        board = guess(device, server)
        await board.dial()
        await board.wait_closed()
        assert admission._failures.count(STRANGER, hub.now()) == failures
    assert admission.table_sizes()["key_failures"] == 0
    assert not board.driver.registered
    denied = [line for line in await hub.security.audit.read(1000) if STRANGER in line]
    assert Denial.REGISTRATION_RATE in denied[-1]
    # What is refused for load is no failure, and the device goes on.
    assert (await Client(server, STRANGER).status_of_dialling()) == 101
    assert device.welcomed
