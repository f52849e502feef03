"""A slow line is as slow as it says, keeps the order, and fares equally in every run."""

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest
import pytest_asyncio

from lab.network import HOST
from lab.proxy import Proxy
from lab.slow_line import HEADER_BYTES, SlowLine

CLEAN = SlowLine(loss=0.0)


def test_a_segment_takes_its_time_on_the_line_and_the_delay() -> None:
    direction = CLEAN.direction("to hub")
    busy = (360 + HEADER_BYTES) * 8 / 32_000
    assert direction.arrival(360, 10.0) == pytest.approx(10.0 + busy + 0.2)
    assert direction.arrival(360, 10.0) == pytest.approx(10.0 + 2 * busy + 0.2)
    assert direction.arrival(360, 20.0) == pytest.approx(20.0 + busy + 0.2)


def test_a_lost_segment_holds_up_what_is_behind_it() -> None:
    direction = SlowLine(loss=0.02).direction("to hub")
    arrivals = [direction.arrival(100, 0.0) for _ in range(2000)]
    assert arrivals == sorted(arrivals)
    assert 20 <= direction.stalls <= 60
    gaps = [after - before for before, after in pairwise(arrivals)]
    assert any(gap == 0 for gap in gaps)
    assert max(gaps) > 0.9


def test_the_same_line_fares_equally_in_every_run() -> None:
    def fate(line: SlowLine, name: str) -> list[float]:
        direction = line.direction(name)
        return [direction.arrival(100, number) for number in range(500)]

    assert fate(SlowLine(), "to hub 1") == fate(SlowLine(), "to hub 1")
    assert fate(SlowLine(), "to hub 1") != fate(SlowLine(), "to device 1")
    assert fate(SlowLine(), "to hub 1") != fate(SlowLine(seed=1), "to hub 1")


def test_who_sends_more_than_the_line_takes_has_to_wait() -> None:
    direction = SlowLine(loss=0.0, buffer=4_000).direction("to hub")
    assert direction.room_at(0.0) == 0.0
    for _ in range(10):
        direction.arrival(1_000 - HEADER_BYTES, 0.0)
    assert direction.room_at(0.0) == pytest.approx(1.5)


@pytest_asyncio.fixture
async def echo() -> AsyncIterator[int]:
    """A port that says everything again."""

    async def answer(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        while data := await reader.read(4096):
            writer.write(data)
        writer.close()

    server = await asyncio.start_server(answer, HOST, 0)
    yield int(server.sockets[0].getsockname()[1])
    server.close()


@pytest_asyncio.fixture
async def proxy(echo: int) -> AsyncIterator[Proxy]:
    """A slow line to it."""
    proxy = Proxy(echo, line=SlowLine(delay=0.1, loss=0.0))
    await proxy.start()
    yield proxy
    await proxy.stop()


async def _say(proxy: Proxy, data: bytes) -> tuple[bytes, float]:
    loop = asyncio.get_running_loop()
    reader, writer = await asyncio.open_connection(HOST, proxy.port)
    start = loop.time()
    try:
        writer.write(data)
        answer = await asyncio.wait_for(reader.readexactly(len(data)), 10)
    finally:
        writer.close()
    return answer, loop.time() - start


async def _ended(reader: asyncio.StreamReader) -> bool:
    try:
        return await asyncio.wait_for(reader.read(), 1) == b""
    except ConnectionError:
        return True


async def test_everything_arrives_and_late(proxy: Proxy) -> None:
    data = bytes(range(256)) * 12
    answer, seconds = await _say(proxy, data)
    assert answer == data
    assert b"".join(proxy.recorded) == data
    # The handshake, both ways, and 3 kB at 4 kB/s.
    assert 0.2 + 0.2 + 0.75 < seconds < 5


async def test_nobody_answers_while_the_network_is_gone(proxy: Proxy) -> None:
    reader, writer = await asyncio.open_connection(HOST, proxy.port)
    proxy.vanish()
    writer.write(b"lost")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(reader.read(), 1)
    gone_reader, gone_writer = await asyncio.open_connection(HOST, proxy.port)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(gone_reader.read(), 1)
    proxy.come_back()
    for dead in (reader, gone_reader):
        assert await _ended(dead)
    writer.close()
    gone_writer.close()
    assert (await _say(proxy, b"back"))[0] == b"back"
