"""`script/demo`: a garden pump, a weather station and a rain gauge, for real."""

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
from .commands import try_commands
from .cycle import PERMITTED, PROVED, Pair, commands_for, enrol_pair, run_cycle
from .exhibit import exhibit
from .house import House
from .sleeper import Sleeper, command_while_asleep, enrol_sleeper, keep_waking

DEMO_PORT = 8123
TRY = """
  Home Assistant    {url}
  login             {user} / {password}

  What to try
    · switch "Pump" on: the device's log below says so, and "Flow" begins to rise
    · choose another "Mode": the flow follows
    · give the weather station's "Beacon" a colour or the effect "Storm warning",
      and let its "Awning" out half way
    · turn "Cabin heating" up: its heater runs, or choose the preset "away"
    · press the pump's "Ask for advice": it calls a script of Home Assistant's and takes
      the answer as its watering time; what it may ask stands under "Reconfigure"
    · the "Rain gauge" sleeps: its "Status" is "Asleep", and "Rain" keeps its value. Switch
      its "Heater" on: the command waits, and is carried out within half a minute. "Stay
      awake" holds it
    · press "Renew session" on a device's page: new keys, and nothing is interrupted
    · Settings → Devices & services → OceanRemote → Add device: enrol one more

  ESPHome's own commands, in another terminal; the pump dials out and is not reached
    · its log, as you switch it:
      {logs}
    · its firmware, once more: it is back in a few seconds:
      {upload}

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


async def _stream(pair: Pair, sleeper: Sleeper, stopped: asyncio.Event) -> None:
    """Print what the devices log until the demo is stopped."""
    devices = [pair.pump.device, pair.station.device, sleeper.device]
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
    """Run the devices until Ctrl-C."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    with tempfile.TemporaryDirectory(prefix="oceanremote-demo-") as directory:
        house = House(Path(directory), port)
        try:
            pair = await _build(house)
            sleeper = await _sleep(house)
            await _permit(house, pair)
            commands = await commands_for(house, pair.pump)
            records = await exhibit(house, say)
            print(
                TRY.format(
                    url=house.home_assistant.url,
                    user=USER,
                    password=PASSWORD,
                    logs=commands.logs,
                    upload=commands.upload,
                    audit="\n".join(f"      {record}" for record in records),
                ),
                flush=True,
            )
            waking = asyncio.create_task(keep_waking(sleeper, stopped))
            await _stream(pair, sleeper, stopped)
            await waking
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


async def _sleep(house: House) -> Sleeper:
    say("adding a rain gauge that sleeps; its deep sleep is a stand-in's")
    return await enrol_sleeper(house)


async def _permit(house: House, pair: Pair) -> None:
    say("allowing the pump what its YAML asks of Home Assistant")
    await house.permit(pair.pump.enrolment, PERMITTED)


async def check() -> int:
    """Run one full cycle; return the exit code."""
    with tempfile.TemporaryDirectory(prefix="oceanremote-check-") as directory:
        house = House(Path(directory))
        try:
            pair = await _build(house)
            report = await run_cycle(house, pair)
            commands = await commands_for(house, pair.pump)
            report["commands_of_esphome"] = await try_commands(
                commands, pair.pump.device, PROVED
            )
            sleeper = await _sleep(house)
            report["waited_for_a_sleeper"] = await command_while_asleep(sleeper)
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
