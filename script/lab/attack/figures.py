"""What is measured: latency of commands, CPU and memory of the hub."""

import asyncio
from dataclasses import dataclass, field
import os
from pathlib import Path
import random
import time

from ..client import ApiError
from .fleet import Fleet
from .wire import Wire

TICKS = os.sysconf("SC_CLK_TCK")
COMMAND_PAUSE = 0.1


@dataclass
class Phase:
    """One stretch of time, calm or not."""

    name: str
    latencies: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    cpu: float = 0.0

    def percentile(self, share: float) -> float:
        """Return a percentile of the latency in milliseconds."""
        ordered = sorted(self.latencies) or [float("nan")]
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    def line(self) -> str:
        """Return the figures for a person."""
        return (
            f"{self.name:>6}: {len(self.latencies)} commands, "
            f"p50 {self.percentile(0.5):.1f} ms, p99 {self.percentile(0.99):.1f} ms, "
            f"{len(self.failed)} failed; hub {self.cpu:.0f} % CPU, "
            f"at most {max(self.memory):.0f} MB"
        )


def memory_mb(pid: int) -> float:
    """Return the resident memory of a process."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise ProcessLookupError(pid)


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


async def measure(
    name: str, seconds: float, fleet: Fleet, wire: Wire, hub_pid: int
) -> Phase:
    """Let the fleet work and be commanded for so long."""
    phase = Phase(name)
    began, cpu = time.monotonic(), _cpu_seconds(hub_pid)
    tasks = [
        asyncio.create_task(_command(phase, fleet, wire)),
        asyncio.create_task(_watch_memory(phase, hub_pid)),
    ]
    try:
        await fleet.work(seconds)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    spent = _cpu_seconds(hub_pid) - cpu
    phase.cpu = 100 * spent / (time.monotonic() - began)
    return phase


async def _command(phase: Phase, fleet: Fleet, wire: Wire) -> None:
    """Command one device after the other; an answer means that it has obeyed."""
    while True:
        device = random.choice(fleet.devices)
        began = time.perf_counter()
        try:
            await wire.command(
                "call_service",
                domain="switch",
                service=random.choice(("turn_on", "turn_off")),
                target={"entity_id": device.switch},
            )
        except (ApiError, TimeoutError) as err:
            phase.failed.append(str(err))
        else:
            phase.latencies.append(time.perf_counter() - began)
        await asyncio.sleep(COMMAND_PAUSE)


async def _watch_memory(phase: Phase, pid: int) -> None:
    while True:
        phase.memory.append(memory_mb(pid))
        await asyncio.sleep(0.5)
