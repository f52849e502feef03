"""How long a board that sleeps is awake: cold start, three sensors told, asleep again.

Real firmware with ESPHome's own deep sleep, whose sleep is the end of the process. The
hub is the protocol core behind a WebSocket, which lets the board go at once.
"""

import asyncio
import hashlib
from pathlib import Path
import shutil
import statistics
import tempfile
import time

from custom_components.oceanremote.protocol import (
    Domain,
    GoodbyeReceived,
    SessionProved,
    StatesCompleted,
)
from custom_components.oceanremote.protocol.keys import KeyPair, RegistrationToken
from lab.firmware import Device, compile_firmware
from tests.firmware.bench_hub import BenchHub
from tests.firmware.sleeping_device import STAND_INS
from tests.firmware.small_device import small_yaml_for

from .measure import Row

WAKE_UPS = 50
SENSORS = ("water", "air", "battery")
NODE = """\
  on_boot:
    - component.update: water
    - component.update: air
    - component.update: battery
    - oceanremote.sleep
"""
YAML = f"""
packages:
  stand_ins:
    external_components:
      - source: {STAND_INS}
deep_sleep:
  sleep_duration: 5min
sensor:
  - {{platform: template, id: water, name: Water, lambda: return 12;}}
  - {{platform: template, id: air, name: Air, lambda: return 21.5f;}}
  - {{platform: template, id: battery, name: Battery, lambda: return 3.9f;}}
"""


async def _wake_up(hub: BenchHub, device: Device) -> tuple[float, float, int]:
    """Return the ms until all is told, those until sleep, and the handshakes."""
    mark = len(hub.events)
    hub.states.clear()
    start = time.monotonic()
    await device.start()
    await hub.wait_for(StatesCompleted, mark)
    told = (time.monotonic() - start) * 1000
    assert all(hub.address(Domain.SENSOR, name) in hub.states for name in SENSORS)
    await hub.wait_for(GoodbyeReceived, mark)
    await device.wait()
    asleep = (time.monotonic() - start) * 1000
    proved = [e for e in hub.events[mark:] if isinstance(e, SessionProved)]
    return told, asleep, len(proved)


async def _measure(hub: BenchHub, folder: Path) -> list[tuple[float, float, int]]:
    configuration = folder / "wakeup.yaml"
    configuration.write_text(small_yaml_for(hub, YAML, node=NODE))
    program = await compile_firmware(configuration)
    device = Device("wakeup", program, folder)
    await _wake_up(hub, device)  # registers
    return [await _wake_up(hub, device) for _ in range(WAKE_UPS)]


async def run() -> list[Row]:
    """Let a board wake up again and again."""
    secrets = (hashlib.sha256(name).digest() for name in (b"hub", b"token"))
    hub = BenchHub(
        KeyPair.from_private(next(secrets)), RegistrationToken(next(secrets))
    )
    hub.stay_awake = False
    await hub.start()
    folder = Path(tempfile.mkdtemp())
    try:
        times = await _measure(hub, folder)
    finally:
        await hub.stop()
        await asyncio.to_thread(shutil.rmtree, folder)
    told, asleep, handshakes = zip(*times, strict=True)
    return [
        Row(
            "start until three sensors are told, median", "ms", statistics.median(told)
        ),
        Row("start until asleep again, median", "ms", statistics.median(asleep)),
        Row("start until asleep again, worst", "ms", max(asleep)),
        Row("Noise handshakes per wake-up", "", statistics.mean(handshakes)),
    ]
