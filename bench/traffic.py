"""What a device's connection costs in an hour, as it is and where its owner saves data.

Real firmware on three hubs at once: five sensors with another value every ten seconds.
Counted as the integration counts: frames with their WebSocket headers.
"""

import asyncio
from dataclasses import dataclass, field
import os
from pathlib import Path
import tempfile
from typing import Any

from custom_components.oceanremote.common.const import DEFAULT_THRIFTY_PING_INTERVAL
from custom_components.oceanremote.device.health import REPORT_INTERVAL
from custom_components.oceanremote.protocol import (
    HubSettings,
    KeyPair,
    RegistrationToken,
)
from custom_components.oceanremote.transport.traffic import Traffic
from lab.firmware import Device, compile_firmware
from tests.firmware.bench_hub import BenchHub

from .measure import Row

FIRMWARE = Path(__file__).parent / "firmware" / "metered.yaml"
# Several of the longest interval.
SECONDS = 240
HOUR = 3600


@dataclass
class Way:
    """One way of running a device, and what it has cost."""

    name: str
    ping_interval: int
    asks_health: bool
    batch_window: str
    traffic: Traffic = field(default_factory=Traffic)
    messages: int = 0

    def count(self, connection: Any) -> None:
        """Count what a connection carries from now on."""
        receive, frames_to_send = connection.receive, connection.frames_to_send

        def counted_receive(data: bytes, now: float) -> Any:
            self.traffic.count_sent(len(data))
            self.messages += 1
            return receive(data, now)

        def counted_frames() -> list[bytes]:
            frames: list[bytes] = frames_to_send()
            for frame in frames:
                self.traffic.count_received(len(frame))
                self.messages += 1
            return frames

        connection.receive, connection.frames_to_send = counted_receive, counted_frames

    def rows(self) -> list[Row]:
        """Return what an hour costs."""
        both = self.traffic.sent + self.traffic.received
        return [
            Row(f"{self.name}: bytes in an hour", "B", both * HOUR / SECONDS),
            Row(
                f"{self.name}: messages in an hour", "", self.messages * HOUR / SECONDS
            ),
        ]


async def _measure(way: Way, directory: Path) -> None:
    hub = BenchHub(KeyPair.generate(os.urandom), RegistrationToken.generate(os.urandom))
    hub.settings = HubSettings(ping_interval=way.ping_interval)
    await hub.start()
    values = {
        "hub_url": f"ws://127.0.0.1:{hub.port}",
        "hub_key": hub.key_text,
        "registration_token": hub.registry.token.text,
        "batch_window": way.batch_window,
    }
    device = Device(way.name, await compile_firmware(FIRMWARE, values), directory)
    try:
        await device.start()
        await hub.wait_until_ready()
        assert hub.link is not None
        way.count(hub.link.connection)
        if way.asks_health:
            await hub.act(lambda hub, now: hub.report_health(REPORT_INTERVAL, now))
        await asyncio.sleep(SECONDS)
    finally:
        await device.stop()
        await hub.stop()


async def run() -> list[Row]:
    """Run a device in each way, at the same time."""
    thrifty = DEFAULT_THRIFTY_PING_INTERVAL
    ways = [
        Way("as it is, health asked for", 25, asks_health=True, batch_window="100ms"),
        Way("saving data", thrifty, asks_health=False, batch_window="100ms"),
        Way("and batch_window 60s", thrifty, asks_health=False, batch_window="60s"),
    ]
    with tempfile.TemporaryDirectory() as directory:
        await asyncio.gather(*(_measure(way, Path(directory)) for way in ways))
    return [row for way in ways for row in way.rows()]
