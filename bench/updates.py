"""What new firmware costs on a slow line, and what it does to commands meanwhile.

Real Home Assistant and a real program on a line of 32 kbit/s each way, 200 ms away, of
whose segments 2 % are lost (`lab.slow_line`). Bytes are those of TCP's payload.
"""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
import random
import shutil
import statistics
import tempfile
import time

from lab.firmware import Device, compile_firmware
from lab.flows import Enrolment
from lab.house import House
from lab.proxy import Proxy
from lab.slow_line import Direction, SlowLine

from .measure import Row

FIRMWARE = Path(__file__).parents[1] / "tests/e2e/firmware/updating.yaml"
MAC = "02:00:00:0C:EF:F0"
SESSION = "updating: session"
ROUNDS = 10


@dataclass(frozen=True)
class CountedLine(SlowLine):
    """A slow line that counts what it carries, by direction."""

    carried: dict[str, int] = field(default_factory=dict)

    def direction(self, name: str) -> Direction:
        """Return one direction of a new connection."""
        line = self

        class Counted(Direction):
            def arrival(self, size: int, now: float) -> float:
                line.carried[name] = line.carried.get(name, 0) + size
                return super().arrival(size, now)

        return Counted(self, random.Random(f"{self.seed} {name}"))


async def run() -> list[Row]:
    """Update one device and return what it took."""
    with tempfile.TemporaryDirectory() as folder:
        house = House(Path(folder))
        proxy: Proxy | None = None
        try:
            await house.build()
            proxy = Proxy(house.home_assistant.port)
            await proxy.start()
            return await _measure(house, proxy)
        finally:
            await house.tear_down()
            if proxy is not None:
                await proxy.stop()


async def _compile(
    house: House, proxy: Proxy, enrolment: Enrolment, edition: str
) -> Path:
    return await compile_firmware(
        FIRMWARE,
        {
            "hub_url": f"ws://127.0.0.1:{proxy.port}",
            "hub_key": enrolment.hub_key,
            "registration_token": enrolment.registration_token,
            "edition": edition,
        },
    )


async def _measure(house: House, proxy: Proxy) -> list[Row]:
    enrolment = await house.add_device("far away")
    program = house.directory / "program"
    shutil.copy2(await _compile(house, proxy, enrolment, "first"), program)
    # In a folder that Home Assistant may read without being told.
    image = house.directory / "config" / "www" / "image"
    image.parent.mkdir(exist_ok=True)
    shutil.copy2(await _compile(house, proxy, enrolment, "second"), image)
    device = Device("far away", program, house.directory)
    device.wear(MAC)
    house.devices.append(device)
    # From the first link on: the hub tells it an address that is no slow line.
    proxy.line = line = CountedLine()
    await device.start()
    await device.wait_for_log(SESSION, timeout=120)
    entities: dict[str, str] = {}
    while not {"switch-0-relay", "own-firmware"} <= entities.keys():
        await asyncio.sleep(0.5)
        entities = await house.entity_ids(enrolment.subentry_id)
    relay = entities["switch-0-relay"]
    await asyncio.sleep(5)
    quiet = await _latencies(house, relay)
    registry_id = await house.registry_id(enrolment.subentry_id)
    before = sum(line.carried.values())
    began = time.monotonic()
    update = asyncio.create_task(
        house.client.call(
            "oceanremote.update_firmware",
            {"device_id": registry_id, "path": str(image)},
        )
    )
    await asyncio.sleep(20)
    busy = await _latencies(house, relay)
    await update
    took = time.monotonic() - began
    carried = sum(line.carried.values()) - before
    size = image.stat().st_size
    name = f"update of {size:,} bytes, 32 kbit/s, 2 % lost: "
    return [
        Row(name + "time", "s", took),
        Row(name + "carried, both ways", "bytes", carried),
        Row(name + "a command before", "s", statistics.median(quiet)),
        Row(name + "a command meanwhile", "s", statistics.median(busy)),
        Row(name + "the slowest meanwhile", "s", max(busy)),
    ]


async def _latencies(house: House, relay: str) -> list[float]:
    took = []
    for number in range(ROUNDS):
        began = time.monotonic()
        action = "switch.turn_on" if number % 2 else "switch.turn_off"
        await house.client.call(action, entity_id=relay)
        took.append(time.monotonic() - began)
        await asyncio.sleep(1)
    return took
