"""Tunnels of real firmware: to services that read, do not, flood, finish and reset."""

import asyncio
from collections.abc import AsyncIterator
import functools
import logging
from pathlib import Path
import statistics
import time

import pytest
import pytest_asyncio

from custom_components.oceanremote.protocol import (
    CommandCompleted,
    DescriptionReceived,
    Domain,
    HubConnection,
    SessionProved,
    StatesCompleted,
    TunnelEnd,
    TunnelReceived,
    TunnelService,
    TunnelStatus,
)
from custom_components.oceanremote.protocol.tunnels import (
    TunnelDataUp,
    TunnelEndUp,
    TunnelNews,
    TunnelOpened,
)
from lab.firmware import BUILDS, Device, compile_firmware
from lab.network import free_ports
from lab.proxy import Proxy
from lab.slow_line import SlowLine
from tests.support.commands import switch_command
from tests.support.exclusive import exclusive

from .bench_hub import BenchHub
from .conftest import Starter
from .small_device import small_yaml, small_yaml_for
from .tunnelled_device import tunnelled

pytestmark = pytest.mark.xdist_group("tunnels")

BUILD = "tunnels"
WINDOW = 16384
# What a turn of the firmware's loop and this busy machine add to either; seconds.
FLOOR = 0.02
_LOGGER = logging.getLogger(__name__)


@functools.cache
def _ports() -> tuple[int, int, int]:
    """Return ports for all, so that the program is compiled once."""
    hub, api, web = free_ports(3)
    return hub, api, web


@pytest_asyncio.fixture
async def board(idle_hub: BenchHub, tmp_path: Path) -> AsyncIterator[Device]:
    """A device in its session that lets two services be reached."""
    idle_hub.port, api, web = _ports()
    configuration = BUILDS / f"{BUILD}.yaml"
    with exclusive(BUILDS / f"{BUILD}.text"):
        configuration.write_text(small_yaml_for(idle_hub, tunnelled(api, web)))
        program = await compile_firmware(configuration)
    device = Device(BUILD, program, tmp_path)
    await idle_hub.start(idle_hub.port)
    await device.start()
    await idle_hub.wait_for(DescriptionReceived)
    await idle_hub.wait_for(StatesCompleted)
    yield device
    await device.stop()


class Tunnel:
    """One stream, as the hub's side of the protocol has it."""

    def __init__(self, hub: BenchHub, stream: int, since: int) -> None:
        """Look at what is said of a stream from an event on."""
        self.hub = hub
        self.stream = stream
        self.since = since
        self.taken = 0  # bytes for which credit was given back

    @property
    def news(self) -> list[TunnelNews]:
        """Everything that was said of it."""
        return [
            event.news
            for event in self.hub.events[self.since :]
            if isinstance(event, TunnelReceived) and event.news.stream == self.stream
        ]

    @property
    def received(self) -> bytes:
        """All of its bytes."""
        return b"".join(one.data for one in self.news if isinstance(one, TunnelDataUp))

    async def answered(self) -> TunnelStatus:
        """Wait for the answer."""
        await self.hub.wait(lambda: bool(self.news))
        assert isinstance(self.news[0], TunnelOpened)
        return self.news[0].status

    async def ended(self) -> TunnelEnd:
        """Wait until the device ends it."""
        await self.hub.wait(lambda: isinstance(self.news[-1], TunnelEndUp))
        assert isinstance(self.news[-1], TunnelEndUp)
        return self.news[-1].how

    async def send(self, data: bytes) -> None:
        """Send as much as there is room for at a time."""
        while data:
            sent = 0

            def part(connection: HubConnection, now: float, data: bytes = data) -> None:
                nonlocal sent
                sent = min(len(data), connection.tunnels.room(self.stream, now))
                if sent:
                    connection.tunnels.send(self.stream, data[:sent], now)

            await self.hub.act(part)
            data = data[sent:]
            if data and not sent:
                before = len(self.hub.events)
                await self.hub.wait_for(TunnelReceived, before)

    async def grant(self, size: int) -> None:
        """Let it send so much more."""
        await self.hub.act(lambda c, now: c.tunnels.grant(self.stream, size, now))

    async def finish(self) -> None:
        """Send no more."""
        await self.hub.act(lambda c, now: c.tunnels.finish(self.stream, now))

    async def reset(self) -> None:
        """End it."""
        await self.hub.act(lambda c, now: c.tunnels.reset(self.stream, now))


async def _open(
    hub: BenchHub, path: str, *, service: TunnelService = TunnelService.WEB_SERVER
) -> Tunnel:
    since, streams = len(hub.events), []
    await hub.act(lambda c, now: streams.append(c.tunnels.open(service, WINDOW, now)))
    tunnel = Tunnel(hub, streams[0], since)
    if path and await tunnel.answered() is TunnelStatus.OPENED:
        await tunnel.send(f"GET {path} HTTP/1.1\r\n\r\n".encode())
    return tunnel


async def test_services_are_reached_and_a_third_stream_is_refused(
    board: Device, idle_hub: BenchHub
) -> None:
    hub = idle_hub
    facts = (await hub.wait_for(SessionProved)).ready.facts
    assert facts.tunnels == frozenset(TunnelService)
    page = await _open(hub, "/")
    assert await page.ended() is TunnelEnd.FINISHED
    assert b"The board's own web server" in page.received
    await page.finish()

    # What is sent comes back whole, though it is more than any window.
    echo = await _open(hub, "/echo")
    sent = bytes(range(256)) * 20
    await echo.send(sent)
    await hub.wait(lambda: echo.received.endswith(sent))

    api = await _open(hub, "", service=TunnelService.API)
    assert await api.answered() is TunnelStatus.OPENED
    third = await _open(hub, "")
    assert await third.answered() is TunnelStatus.TOO_MANY
    for tunnel in (echo, api):
        await tunnel.reset()
    assert await (await _open(hub, "/page")).ended() is TunnelEnd.FINISHED

    # A rotation cuts nothing.
    echo = await _open(hub, "/echo")
    before = len(hub.events)
    await hub.act(lambda connection, now: connection.rotate(now))
    await hub.wait_for(SessionProved, before)
    await echo.send(b"still there")
    await hub.wait(lambda: echo.received.endswith(b"still there"))
    # The end of the link is the end of the stream, and numbers begin anew.
    before = len(hub.events)
    await hub.drop()
    await hub.wait_for(StatesCompleted, before)
    again = await _open(hub, "/half")
    assert again.stream == 1
    await again.finish()
    assert await again.ended() is TunnelEnd.FINISHED
    assert again.received.endswith(b"finished\n")


async def test_bad_services_harm_their_own_stream_only(
    board: Device, idle_hub: BenchHub
) -> None:
    hub = idle_hub
    reset = await _open(hub, "/reset")
    assert await reset.ended() is TunnelEnd.RESET

    # One that floods stops at its window, one that reads nothing at ours.
    flood, deaf = await _open(hub, "/flood"), await _open(hub, "/deaf")
    await hub.wait(lambda: len(flood.received) == WINDOW)
    room = 1
    while room:

        def fill(connection: HubConnection, now: float) -> None:
            nonlocal room
            room = connection.tunnels.room(deaf.stream, now)
            if room:
                connection.tunnels.send(deaf.stream, bytes(room), now)

        await hub.act(fill)
    assert len(flood.received) == WINDOW
    await flood.grant(5000)
    await hub.wait(lambda: len(flood.received) == WINDOW + 5000)

    await flood.reset()
    await deaf.reset()
    assert board.running


async def test_what_breaks_the_rules_ends_the_link_and_the_device_comes_back(
    board: Device, idle_hub: BenchHub
) -> None:
    hub = idle_hub
    deaf = await _open(hub, "/deaf")
    before = len(hub.events)

    def overrun(connection: HubConnection, now: float) -> None:
        connection.tunnels._streams[deaf.stream].room = 60_000
        connection.tunnels.send(deaf.stream, bytes(3000), now)

    await hub.act(overrun)
    await hub.wait_for(SessionProved, before)
    await hub.wait_for(StatesCompleted, before)
    assert await (await _open(hub, "/")).ended() is TunnelEnd.FINISHED


async def _latency(hub: BenchHub) -> float:
    """Switch the pump; return how long it took."""
    pump = hub.address(Domain.SWITCH, "pump")
    began = time.perf_counter()
    result = await hub.command(pump, switch_command(on=True), timeout=15.0)
    assert isinstance(result, CommandCompleted)
    return time.perf_counter() - began


@pytest.mark.timeout(900)
@pytest.mark.parametrize("line", [None, SlowLine()], ids=["fast", "slow"])
async def test_commands_keep_their_latency_while_a_tunnel_floods(
    new_hub: BenchHub, start_device: Starter, line: SlowLine | None
) -> None:
    """Quiet and flooded commands take turns, so that this machine delays both."""
    hub, proxy = new_hub, Proxy(new_hub.port)
    await proxy.start()
    _, api, web = _ports()
    text = small_yaml(
        tunnelled(api, web),
        url=f"ws://127.0.0.1:{proxy.port}",
        hub_key=hub.key_text,
        token=hub.registry.token.text,
    )
    await start_device(BUILD, text)
    mark = len(hub.events)
    proxy.line = line
    proxy.cut()
    await hub.wait_for(StatesCompleted, mark)
    quiet, flooded = [], []
    for _ in range(6):
        quiet += [await _latency(hub) for _ in range(6)]
        flood = await _open(hub, "/flood")
        await hub.wait(lambda flood=flood: len(flood.received) > 0)
        for _ in range(6):
            flooded.append(await _latency(hub))
            if (taken := len(flood.received)) > flood.taken:
                await flood.grant(taken - flood.taken)
                flood.taken = taken
        await flood.reset()
        await asyncio.sleep(1)
    await proxy.stop()
    medians = [statistics.median(each) for each in (quiet, flooded)]
    _LOGGER.info("quiet %.1f ms, flooded %.1f ms", *(1000 * each for each in medians))
    assert medians[1] <= 2 * medians[0] + FLOOR
