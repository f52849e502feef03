"""The run: build, calm, storm, judge."""

import argparse
import asyncio
from dataclasses import dataclass
import json
from pathlib import Path
import sys
import tempfile
import time
from typing import Any

from ..client import Client
from ..house import House
from . import registered
from .figures import Phase, measure
from .fleet import Fleet
from .storm import ATTACKS
from .wire import Wire

DEVICES = 100
# The hub may grow by so much while it is stormed: tables of strangers are bounded.
MEMORY_GROWTH_MB = 96.0
SETTLE_SECONDS = 4.0
STORM_GRACE_SECONDS = 30.0
_began = time.monotonic()


@dataclass
class Verdict:
    """What the storm did."""

    calm: Phase
    storm: Phase
    attacks: dict[str, int]
    sent: int
    lost: int
    drops: int
    bans: int

    @property
    def growth(self) -> float:
        """Return by how many MB the hub was larger than in the calm before."""
        return max(self.storm.memory) - max(self.calm.memory)

    @property
    def good(self) -> bool:
        """Whether nothing was lost and memory stayed bounded, in a real storm.

        A run without one of the attacks, without states, commands or bans proves
        nothing.
        """
        nothing_lost = not (
            self.lost or self.drops or self.calm.failed or self.storm.failed
        )
        eventful = (
            all(self.attacks.get(name) for name in ATTACKS)
            and self.sent > 0
            and bool(self.calm.latencies and self.storm.latencies)
            and self.bans > 0
        )
        return nothing_lost and eventful and self.growth <= MEMORY_GROWTH_MB

    def summary(self) -> str:
        """Return everything in one line."""
        return (
            f"{'passed' if self.good else 'FAILED'}: {sum(self.attacks.values())} "
            f"attacks, {DEVICES} devices, {self.lost} of {self.sent} states lost, "
            f"{self.drops} links lost, {len(self.storm.failed)} of "
            f"{len(self.storm.latencies) + len(self.storm.failed)} commands failed, "
            f"p50 {self.storm.percentile(0.5):.1f} ms (calm "
            f"{self.calm.percentile(0.5):.1f}), p99 {self.storm.percentile(0.99):.1f} "
            f"ms (calm {self.calm.percentile(0.99):.1f}), hub {self.storm.cpu:.0f} % "
            f"CPU (calm {self.calm.cpu:.0f}), memory {self.growth:+.0f} MB, "
            f"{self.bans} bans"
        )


def say(text: str) -> None:
    """Print one step with the time since the start."""
    print(f"[{time.monotonic() - _began:6.1f} s] {text}", file=sys.stderr, flush=True)


async def _bans(client: Client) -> int:
    answer = await client.call("oceanremote.list_bans", response=True)
    return len(answer["bans"])


async def _storm(house: House, hub_key: str, seconds: float) -> Any:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "lab.attack.storm",
        house.home_assistant.url,
        hub_key,
        str(seconds),
        stdout=asyncio.subprocess.PIPE,
    )


async def attack(house: House, seconds: float) -> Verdict:
    """Build the house, measure it in calm and in the storm."""
    house.home_assistant.trust_this_machine()
    say("starting Home Assistant, adding a user and the hub")
    await house.build()
    fleet = Fleet(house)
    try:
        await fleet.enrol(DEVICES, say)
        await fleet.find_entities()
        async with Wire(house.client) as wire:
            return await _measure(house, fleet, wire, seconds)
    finally:
        await fleet.close()


async def _measure(house: House, fleet: Fleet, wire: Wire, seconds: float) -> Verdict:
    pid = house.home_assistant.pid
    drops = sum(device.drops for device in fleet.devices)
    hub_key = (await house.add_device("Key")).hub_key
    say(f"calm for {seconds:.0f} s")
    calm = await measure("calm", seconds, fleet, wire, pid)
    say(f"storm for {seconds:.0f} s")
    strangers = await _storm(house, hub_key, seconds)
    storm = await measure("storm", seconds, fleet, wire, pid)
    output, _ = await asyncio.wait_for(strangers.communicate(), STORM_GRACE_SECONDS)
    if strangers.returncode:
        raise RuntimeError(f"the strangers failed: {strangers.returncode}")
    await asyncio.sleep(SETTLE_SECONDS)
    sent = set().union(*(device.sent for device in fleet.devices))
    return Verdict(
        calm,
        storm,
        json.loads(output),
        sent=len(sent),
        lost=len(sent - wire.states),
        drops=sum(device.drops for device in fleet.devices) - drops,
        bans=await _bans(house.client),
    )


async def run(seconds: float) -> int:
    """Run and print; return the exit code."""
    with tempfile.TemporaryDirectory(prefix="oceanremote-attack-") as directory:
        house = House(Path(directory))
        try:
            verdict = await attack(house, seconds)
        finally:
            await house.tear_down()
    for name, count in verdict.attacks.items():
        print(f"{count:>7} × {name}")
    for phase in (verdict.calm, verdict.storm):
        print(phase.line())
        for reason in sorted(set(phase.failed))[:5]:
            print(f"        {reason}")
    print(verdict.summary(), flush=True)
    return 0 if verdict.good else 1


def main() -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(prog="script/attack", description=__doc__)
    parser.add_argument("--short", action="store_true", help="within three minutes")
    parser.add_argument(
        "--device", action="store_true", help="one registered device does its worst"
    )
    chosen = parser.parse_args()
    if chosen.device:
        return asyncio.run(registered.run())
    return asyncio.run(run(25.0 if chosen.short else 120.0))


if __name__ == "__main__":
    sys.exit(main())
