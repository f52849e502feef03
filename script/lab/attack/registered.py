"""One registered device does its worst; its neighbour and the event loop must not notice.

Each attack is one that a hub has fallen to. The hub is watched from inside: a block is
time by which a timer came late and that the loop's thread has worked. Python's garbage
collection goes through all that Home Assistant has; it is told beside.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
import sys
import tempfile
import time
from typing import Final

from custom_components.oceanremote.device.identities import MAX_IDENTITIES
from custom_components.oceanremote.protocol import (
    Domain,
    EntityAddress,
    EntityDescriptor,
    EntityState,
)
from tests.support import descriptors

from ..house import House
from . import loop_watch
from .fleet import Fleet, FleetDevice
from .wire import Wire

LONGEST_MS: Final = 50.0
SECONDS: Final = 12.0
PROGRAMS: Final = 73
ENTITIES: Final = 250
_began = time.monotonic()


def say(text: str) -> None:
    """Print one step with the time since the start."""
    print(f"[{time.monotonic() - _began:6.1f} s] {text}", file=sys.stderr, flush=True)


def program(letter: str, count: int = ENTITIES) -> list[EntityDescriptor]:
    """Return entities that no other program has."""
    return [
        descriptors.describe(
            address=EntityAddress(Domain.SENSOR, 0, 1000 + number),
            object_id=f"{letter}{number}",
            name=f"{letter}{number}",
        )
        for number in range(count)
    ]


async def _reboot(bad: FleetDevice, entities: list[EntityDescriptor]) -> None:
    """Come back with another program."""
    bad.driver.entities = tuple(entities)
    old = bad.driver.connection
    await bad.hang_up()
    async with asyncio.timeout(30):
        while bad.driver.connection is old or not bad.driver.connection.welcomed:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def states(bad: FleetDevice) -> None:
    """A thousand messages with 250 states each, at once."""
    entities = program("s")
    await _reboot(bad, entities)
    await asyncio.sleep(3)
    for number in range(1000):
        told = [EntityState(entity.address, float(number)) for entity in entities]
        await bad.send(bad.driver.report_all(told))


async def descriptions(bad: FleetDevice) -> None:
    """Seventy-three programs, one after the other."""
    for number in range(PROGRAMS):
        await _reboot(bad, program(f"p{number}x"))


async def extremes(bad: FleetDevice) -> None:
    """Lights, numbers and units that Home Assistant cannot hold."""
    mireds = (5e-324, 1e-300, -1.0, 1e300)
    lights = [
        descriptors.describe(
            address=EntityAddress(Domain.LIGHT, 0, number + 1),
            object_id=f"l{number}",
            name=f"L{number}\n2026 ERROR forged",
            color_modes=(11,),
            min_mireds=value,
        )
        for number, value in enumerate(mireds)
    ]
    await _reboot(bad, lights)


ATTACKS: Final[dict[str, Callable[[FleetDevice], Awaitable[None]]]] = {
    "states": states,
    "extremes": extremes,
    "descriptions": descriptions,
}


@dataclass
class Verdict:
    """What one device could do."""

    calm: float = 0.0
    collection: float = 0.0
    blocks: dict[str, float] = field(default_factory=dict)
    sent: int = 0
    lost: int = 0
    drops: int = 0
    entities: int = 0

    @property
    def good(self) -> bool:
        """Whether nobody was blocked for longer than the goal, and nothing was lost."""
        return (
            self.blocks.keys() == ATTACKS.keys()
            and max(self.blocks.values()) <= LONGEST_MS
            and self.sent > 0
            and not self.lost
            and not self.drops
            and self.entities <= MAX_IDENTITIES
        )

    def summary(self) -> str:
        """Return everything in one line."""
        blocks = ", ".join(f"{name} {ms:.1f} ms" for name, ms in self.blocks.items())
        return (
            f"{'passed' if self.good else 'FAILED'}: longest block of the event loop: "
            f"calm {self.calm:.1f} ms, {blocks} (beside Python's garbage collection, "
            f"{self.collection:.0f} ms); neighbour: {self.lost} of {self.sent} "
            f"states lost, {self.drops} links lost; {self.entities} entities in the "
            "registry"
        )


async def _attack(house: House) -> Verdict:
    verdict = Verdict()
    say("starting Home Assistant, adding a user and the hub")
    loop_watch.install(house.home_assistant)
    house.home_assistant.trust_this_machine()
    await house.build()
    fleet = Fleet(house)
    await fleet.enrol(2, say)
    good, bad = fleet.devices
    try:
        await fleet.find_entities()
        fleet.devices = [good]
        async with Wire(house.client) as wire:
            await asyncio.sleep(2)
            await loop_watch.take(house.client)
            await fleet.work(5)
            verdict.calm, _ = await loop_watch.take(house.client)
            for name, attack in ATTACKS.items():
                say(f"attack: {name}")
                raging = asyncio.create_task(attack(bad))
                await fleet.work(SECONDS)
                if name == "descriptions":
                    while not raging.done():
                        await fleet.work(SECONDS)
                raging.cancel()
                await asyncio.gather(raging, return_exceptions=True)
                block, verdict.collection = await loop_watch.take(house.client)
                verdict.blocks[name] = block
            await asyncio.sleep(2)
            verdict.sent = len(good.sent)
            verdict.lost = len(good.sent - wire.states)
            verdict.drops = good.drops
        entries = await house.client.command("config/entity_registry/list")
        verdict.entities = len(entries)
    finally:
        fleet.devices = [good, bad]
        await fleet.close()
    return verdict


async def run() -> int:
    """Run and print; return the exit code."""
    with tempfile.TemporaryDirectory(prefix="oceanremote-attack-") as directory:
        house = House(Path(directory))
        try:
            verdict = await _attack(house)
        finally:
            await house.tear_down()
    print(verdict.summary(), flush=True)
    return 0 if verdict.good else 1
