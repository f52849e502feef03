"""Cameras: a picture for each command, and nothing waits for a picture."""

import asyncio
from dataclasses import dataclass
import statistics
import time

import pytest

from custom_components.oceanremote.protocol import (
    CommandCompleted,
    CommandStatus,
    Domain,
    PictureReceived,
    StatesReceived,
)
from custom_components.oceanremote.protocol.limits import MAX_PICTURE
from tests.support.commands import number_command

from .bench_hub import BenchHub
from .conftest import Starter
from .shared_devices import STUBS
from .small_device import small_yaml_for
from .yard_camera import SIZE

# One program, compiled once.
pytestmark = pytest.mark.xdist_group("stubs")

STREAM = 1


@dataclass
class Looker:
    """Somebody at the hub who looks."""

    hub: BenchHub

    async def ask(self, *, stream: bool) -> CommandCompleted:
        """Ask for a picture; return what the camera answered."""
        yard = self.hub.address(Domain.CAMERA, "yard")
        result = await self.hub.command(yard, {STREAM: stream})
        assert isinstance(result, CommandCompleted)
        return result

    async def look(self, *, stream: bool = False) -> bytes:
        """Return a picture."""
        since = len(self.hub.events)
        assert (await self.ask(stream=stream)).status is CommandStatus.DONE
        return (await self.hub.wait_for(PictureReceived, since)).picture

    async def choose(self, size: int) -> None:
        """Let the next pictures have this size."""
        number = self.hub.address(Domain.NUMBER, "size")
        result = await self.hub.command(number, number_command(size))
        assert isinstance(result, CommandCompleted)

    async def switch(self, *, on: bool) -> float:
        """Turn the relay on or off; return the seconds until it was done."""
        started = time.monotonic()
        relay = self.hub.address(Domain.SWITCH, "relay")
        await self.hub.command(relay, {1: on})
        return time.monotonic() - started


async def test_a_camera_is_looked_at(new_hub: BenchHub, start_device: Starter) -> None:
    device = await start_device("stubs", small_yaml_for(new_hub, STUBS))
    looker = Looker(new_hub)
    assert not [e for e in new_hub.events if isinstance(e, PictureReceived)]
    one, two = await looker.look(), await looker.look()
    assert (len(one), len(two)) == (SIZE, SIZE)
    assert set(two) == {one[0] + 1}
    # As long as somebody looks it goes on taking pictures, and no longer.
    for _ in range(3):
        assert len(await looker.look(stream=True)) == SIZE
    await device.wait_for_log("Camera: streaming")
    received = len(new_hub.events)
    await device.wait_for_log("Camera: no longer streaming")
    assert not [e for e in new_hub.events[received:] if isinstance(e, PictureReceived)]

    # A link that is lost in the middle of a picture takes the picture with it.
    since = len(new_hub.events)
    asking = asyncio.create_task(looker.ask(stream=True))
    await asyncio.sleep(0.02)
    await new_hub.drop()
    asking.cancel()
    await new_hub.wait_until_ready(since)
    assert len(await looker.look()) == SIZE

    # Commands and states overtake: none waits for more than the part before it.
    quiet = [await looker.switch(on=bool(turn % 2)) for turn in range(20)]
    busy = []
    since = len(new_hub.events)
    for turn in range(20):
        asking = asyncio.create_task(looker.look(stream=True))
        await asyncio.sleep(0.005)
        busy.append(await looker.switch(on=bool(turn % 2)))
        await asking
    kinds = [type(e) for e in new_hub.events[since:]]
    overtaken = kinds.index(StatesReceived) < kinds.index(PictureReceived)
    assert overtaken
    # Not strictly: a busy machine has slow moments of its own.
    assert statistics.median(busy) < 2 * statistics.median(quiet) + 0.05


@pytest.mark.parametrize("size", [0, MAX_PICTURE + 1])
async def test_a_picture_that_no_hub_takes_is_none(
    new_hub: BenchHub, start_device: Starter, size: int
) -> None:
    device = await start_device("stubs", small_yaml_for(new_hub, STUBS))
    looker = Looker(new_hub)
    await looker.choose(size)
    assert await looker.look() == b""
    await device.wait_for_log(f"A picture of {size} bytes is not sent")
    await looker.switch(on=True)
    assert new_hub.links == 1 or new_hub.link is not None
