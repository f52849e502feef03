"""A device's log in a terminal, through a real Home Assistant."""

import argparse
import asyncio

import pytest

from lab.house import House
from lab.logs import TOKEN, LogsError, run

from .support import enrol

pytestmark = pytest.mark.asyncio(loop_scope="session")


def arguments(house: House, name: str) -> argparse.Namespace:
    """Return what a person types."""
    return argparse.Namespace(url=house.client.url, name=name, level="debug")


async def test_a_log_is_followed_by_the_devices_name(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(TOKEN, house.client.token)
    enrolled = await enrol(house, "talker", "02:00:00:0C:5F:11")
    lines: list[str] = []
    following = asyncio.create_task(run(arguments(house, "talker"), lines.append))
    try:
        async with asyncio.timeout(30):
            on = False
            while not any("Command switch" in line for line in lines):
                on = not on
                await enrolled.set_relay(on)
        assert any("][oceanremote] Command switch" in line for line in lines)
    finally:
        following.cancel()


async def test_what_is_wrong_is_said(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(TOKEN, raising=False)
    with pytest.raises(LogsError, match=TOKEN):
        await run(arguments(house, "nobody"), print)
    monkeypatch.setenv(TOKEN, "no token")
    with pytest.raises(LogsError, match="refuses"):
        await run(arguments(house, "nobody"), print)
    monkeypatch.setenv(TOKEN, house.client.token)
    with pytest.raises(LogsError, match="no device called 'nobody'"):
        await run(arguments(house, "nobody"), print)
