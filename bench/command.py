"""Real firmware beside ESPHome's native API: a command's way, memory and size.

Both programs carry the same switch and run at the same time on this machine. The native
API is measured without encryption, so it does less: the ratio is the price of ours.
"""

import asyncio
import json
import os
from pathlib import Path
import statistics
import subprocess
import tempfile
import time

from custom_components.oceanremote.protocol import Domain, KeyPair, RegistrationToken
from lab.firmware import Device, compile_firmware
from lab.network import free_port
from lab.paths import CACHE
from tests.firmware.bench_hub import BenchHub
from tests.support.commands import switch_command

from .measure import Row

ROUNDS = 400
FIRMWARE = Path(__file__).parent / "firmware"
READER = Path(__file__).parent / "native_api.py"
ESPHOME_PYTHON = CACHE / "venv-esphome" / "bin" / "python"
PEER = "ESPHome native API, unencrypted"


async def _round_trips(hub: BenchHub) -> list[float]:
    address = hub.address(Domain.SWITCH, "relay")
    times = []
    for number in range(ROUNDS):
        wanted = number % 2 == 0
        began = time.perf_counter()
        await hub.command(address, switch_command(wanted))
        await hub.wait_for_state(Domain.SWITCH, "relay", lambda on, w=wanted: on is w)
        times.append((time.perf_counter() - began) * 1e6)
    return times


async def _native_round_trips(port: int) -> list[float]:
    reader = await asyncio.create_subprocess_exec(
        str(ESPHOME_PYTHON),
        str(READER),
        str(port),
        str(ROUNDS),
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await reader.communicate()
    if reader.returncode:
        raise RuntimeError(f"the native API's reader failed: {output.decode()}")
    return list(json.loads(output.splitlines()[-1]))


def _resident_kb(device: Device) -> float:
    status = Path(f"/proc/{device.pid}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return float(line.split()[1])


def code_kb(program: Path) -> float:
    """Return code and data of a program without symbols, in kB."""
    result = subprocess.run(
        ["size", str(program)], check=True, capture_output=True, text=True
    )
    text, data, _bss = result.stdout.splitlines()[1].split()[:3]
    return (int(text) + int(data)) / 1000


async def run() -> list[Row]:
    """Compile, run and measure both."""
    hub = BenchHub(KeyPair.generate(os.urandom), RegistrationToken.generate(os.urandom))
    await hub.start()
    port = free_port()
    with tempfile.TemporaryDirectory() as directory:
        values = {
            "hub_url": f"ws://127.0.0.1:{hub.port}",
            "hub_key": hub.key_text,
            "registration_token": hub.registry.token.text,
        }
        programs = [
            await compile_firmware(FIRMWARE / "ours.yaml", values),
            await compile_firmware(FIRMWARE / "native.yaml", {"api_port": str(port)}),
        ]
        ours, native = (
            Device(name, program, Path(directory))
            for name, program in zip(("ours", "native"), programs, strict=True)
        )
        try:
            began = time.perf_counter()
            await ours.start()
            await hub.wait_until_ready()
            enrolment = (time.perf_counter() - began) * 1000
            began = time.perf_counter()
            await native.start()
            await native.wait_for_log("setup\\(\\) finished")
            start = (time.perf_counter() - began) * 1000
            trip = statistics.median(await _round_trips(hub))
            native_trip = statistics.median(await _native_round_trips(port))
            memory = [_resident_kb(device) for device in (ours, native)]
        finally:
            await ours.stop()
            await native.stop()
            await hub.stop()
    return [
        Row("command until its state is back", "µs", trip, native_trip, PEER),
        Row("peak resident memory, host", "kB", memory[0], memory[1], PEER),
        Row(
            "code and data, host",
            "kB",
            code_kb(programs[0]),
            code_kb(programs[1]),
            PEER,
        ),
        Row(
            "start until enrolled with first state",
            "ms",
            enrolment,
            start,
            "the same program's mere start with the native API",
        ),
    ]
