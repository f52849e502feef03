"""Real firmware that has lost its hub: how soon it dials again, and where."""

from asyncio import StreamReader, StreamWriter, start_server
import re
import time

from lab.firmware import Device

from .bench_hub import BenchHub
from .conftest import HUB_KEY, TOKEN, Bench

# esphome/components/oceanremote/backoff.h
BACKOFF_MIN_MS = 1000
BACKOFF_HURRY_MAX_MS = 5000
# What a loaded machine may take.
PATIENCE = 5.0


def pauses(device: Device, port: int, since: int = 0) -> list[int]:
    """Return the milliseconds that the device was going to wait before a port."""
    text = device.log()[since:]
    return [
        int(found) for found in re.findall(rf"Dialing \S+:{port} in (\d+) ms", text)
    ]


async def test_every_session_resets_the_backoff_however_short(
    bench: Bench, hub: BenchHub, device: Device
) -> None:
    await device.start()
    await hub.wait_until_ready()
    for _ in range(5):
        mark = len(hub.events)
        await hub.drop()
        await hub.wait_until_ready(mark)
    waited = pauses(device, bench.port)
    assert len(waited) == 5
    assert max(waited) <= BACKOFF_MIN_MS


async def test_a_hub_that_was_gone_is_back_within_seconds(
    bench: Bench, hub: BenchHub, device: Device
) -> None:
    """However long it takes to start: the board asks every five seconds at the least."""
    await device.start()
    await hub.wait_until_ready()
    mark = device.mark()
    await hub.stop()
    await device.wait_for_log(
        rf"(?s)(Dialing 127\.0\.0\.1:{bench.port} in .*){{6}}", since=mark
    )
    began, events = time.monotonic(), len(hub.events)
    await hub.start(bench.port)
    await hub.wait_until_ready(events)
    assert time.monotonic() - began < BACKOFF_HURRY_MAX_MS / 1000 + PATIENCE
    assert max(pauses(device, bench.port, mark)) <= BACKOFF_HURRY_MAX_MS


async def test_the_address_that_worked_last_is_dialed_first(
    bench: Bench, hub: BenchHub, device: Device
) -> None:
    """Though the one before it in the YAML answers again meanwhile."""
    away = BenchHub(HUB_KEY, TOKEN)
    await hub.stop()
    await away.start(bench.second_port)
    try:
        await device.start()
        await away.wait_until_ready()
        await hub.start(bench.port)
        mark = len(away.events)
        await away.drop()
        await away.wait_until_ready(mark)
    finally:
        await away.stop()
    assert hub.links == 0
    hub.registry = away.registry
    await hub.wait_until_ready()


async def test_a_hub_that_asks_for_seconds_gets_just_them(
    bench: Bench, device: Device
) -> None:
    """Case 18: neither sooner nor, whatever has failed before, much later."""
    dialed: list[float] = []

    async def refuse(reader: StreamReader, writer: StreamWriter) -> None:
        dialed.append(time.monotonic())
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.0 503 Service Unavailable\nRetry-After: 7\n\n")
        writer.close()

    async with await start_server(refuse, "127.0.0.1", bench.port):
        await device.start()
        await device.wait_for_log(r"(?s)(: HTTP status 503.*){2}")
    assert 7.0 <= dialed[1] - dialed[0] < 7.0 * 1.25 + PATIENCE


async def test_a_refused_board_waits_a_minute_and_then_longer(
    bench: Bench, hub: BenchHub, device: Device
) -> None:
    """Its clock runs sixty times as fast here, so that its minutes pass."""
    hub.registry.used = True
    device.hasten(60)
    await device.start()
    await device.wait_for_log(r"(?s)(No session with 127\.0\.0\.1:\d+: rejected.*){3}")
    # Three quarters of a minute and of five, at the least.
    first, second, third = hub.dialed
    assert second - first >= 45 / 60
    assert third - second >= 225 / 60
