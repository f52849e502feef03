"""`script/demo`: a garden pump and a weather station, for real."""

import argparse
import asyncio
import contextlib
import json
from pathlib import Path
import signal
import sys
import tempfile
import time

from .client import PASSWORD, USER
from .cycle import Pair, enrol_pair, run_cycle
from .exhibit import exhibit
from .house import House

DEMO_PORT = 8123
TRY = """
  Home Assistant    {url}
  login             {user} / {password}

  What to try
    · switch "Pump" on: the device's log below says so, and "Flow" begins to rise
    · choose another "Mode": the flow follows
    · give the weather station's "Beacon" a colour or the effect "Storm warning"
    · press "Renew session" on a device's page: new keys, and nothing is interrupted
    · Settings → Devices & services → OceanRemote → Add device: enrol one more

  What to look at
    · Settings → System → Repairs: "Old lamp is quarantined", for its flash was copied
    · Developer tools → Actions: "OceanRemote: List bans", "Verify audit log",
      "Security report"; http://…/self-unban/ is the way out for who was banned
    · the audit log about both:
{audit}

  Ctrl-C ends everything.
"""
_began = time.monotonic()


def say(text: str) -> None:
    """Print one step with the time since the start."""
    print(f"[{time.monotonic() - _began:6.1f} s] {text}", file=sys.stderr, flush=True)


async def _stream(pair: Pair, stopped: asyncio.Event) -> None:
    """Print what both devices log until the demo is stopped."""
    devices = [pair.pump.device, pair.station.device]
    offsets = [0 for _ in devices]
    while not stopped.is_set():
        for index, device in enumerate(devices):
            text = device.log(offsets[index])
            lines = text.rpartition("\n")[0]
            if lines:
                offsets[index] = device.complete_lines_end(offsets[index])
                for line in lines.splitlines():
                    print(f"{device.name:>16} | {line}", flush=True)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopped.wait(), 0.3)


async def demo(port: int | None) -> None:
    """Run the two devices until Ctrl-C."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    with tempfile.TemporaryDirectory(prefix="oceanremote-demo-") as directory:
        house = House(Path(directory), port)
        try:
            pair = await _build(house)
            records = await exhibit(house, say)
            print(
                TRY.format(
                    url=house.home_assistant.url,
                    user=USER,
                    password=PASSWORD,
                    audit="\n".join(f"      {record}" for record in records),
                ),
                flush=True,
            )
            await _stream(pair, stopped)
        finally:
            say("stopping")
            await house.tear_down()


async def _build(house: House) -> Pair:
    say("starting Home Assistant, adding a user and the hub")
    await house.build()
    say("adding two devices, compiling and starting their firmware")
    pair = await enrol_pair(house)
    say("both devices are registered and online")
    return pair


async def check() -> int:
    """Run one full cycle; return the exit code."""
    with tempfile.TemporaryDirectory(prefix="oceanremote-check-") as directory:
        house = House(Path(directory))
        try:
            pair = await _build(house)
            report = await run_cycle(house, pair)
        finally:
            await house.tear_down()
    report["elapsed_s"] = round(time.monotonic() - _began, 1)
    print(json.dumps(report), flush=True)
    return 0


def main() -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(prog="script/demo", description=__doc__)
    parser.add_argument("--check", action="store_true", help="one cycle, one JSON line")
    parser.add_argument("--port", type=int, default=DEMO_PORT)
    arguments = parser.parse_args()
    if arguments.check:
        return asyncio.run(check())
    asyncio.run(demo(arguments.port))
    return 0


if __name__ == "__main__":
    sys.exit(main())
