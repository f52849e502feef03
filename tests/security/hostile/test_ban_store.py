"""Bans on disk: written soon, however many events follow each other."""

import asyncio
from typing import Any

import pytest

from custom_components.oceanremote.admission import store as ban_store
from custom_components.oceanremote.hub import Hub
from tests.integration.runtime_support import eventually

from .attacker import STRANGER

DELAY = 0.2
DAY = 86_400.0


def on_disk(storage: dict[str, Any]) -> set[str]:
    """Return the addresses that a hub would know as banned after a crash."""
    if ban_store.KEY not in storage:
        return set()
    return {key for key, *_ in storage[ban_store.KEY]["data"]["bans"]["bans"]}


@pytest.fixture(autouse=True)
def _short_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ban_store, "SAVE_DELAY", DELAY)


async def test_a_storm_does_not_put_the_write_off(
    hub: Hub, hass_storage: dict[str, Any]
) -> None:
    """Each event asks to be saved; the first ones are on disk while more come."""
    hub.security.admission.ban(STRANGER, None, DAY)
    number = 0
    async with asyncio.timeout(20 * DELAY):
        while STRANGER not in on_disk(hass_storage):
            hub.security.admission.ban(f"198.18.0.{number % 250}", None, DAY)
            number += 1
            await asyncio.sleep(DELAY / 20)


async def test_what_comes_after_a_write_is_written_too(
    hub: Hub, hass_storage: dict[str, Any]
) -> None:
    for number in range(3):
        address = f"198.18.0.{number}"
        hub.security.admission.ban(address, None, DAY)
        await eventually(lambda: address in on_disk(hass_storage))  # noqa: B023
