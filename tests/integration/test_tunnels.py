"""Tunnels: opened by an administrator for a time, ended by everything that ends trust."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
import socket
import statistics
import time
from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, Unauthorized
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from custom_components.oceanremote.common.const import DOMAIN
from custom_components.oceanremote.device.coordinator import DeviceCoordinator
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.policy.tunnels import TunnelRule, parse_sources
from custom_components.oceanremote.protocol import TunnelEnd, TunnelService
from custom_components.oceanremote.protocol.tunnels import TunnelEndUp
from custom_components.oceanremote.tunnels import stream as tunnel_stream
from custom_components.oceanremote.tunnels.stream import WINDOW
from tests.support.commands import switch_command

from .runtime_support import (
    PUMP,
    Device,
    Records,
    come_online,
    eventually,
    only_coordinator,
)
from .tunnel_support import BOARD_WINDOW, Manner, TunnelBoard, allow

type Client = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@pytest.fixture
def coordinator(hub: Hub) -> DeviceCoordinator:
    """Return the one device."""
    return only_coordinator(hub)


@pytest.fixture
async def board(
    hass: HomeAssistant, hub_entry: MockConfigEntry, enrolled_device: Device
) -> AsyncGenerator[TunnelBoard]:
    """A board that lets its services be reached, as its subentry allows."""
    await allow(hass, hub_entry, api=TunnelRule(), web_server=TunnelRule())
    board = TunnelBoard(enrolled_device)
    await come_online(
        hass, enrolled_device, only_coordinator(hub_entry.runtime_data.hub)
    )
    async with board.serving():
        yield board


async def open_tunnel(
    hass: HomeAssistant, coordinator: DeviceCoordinator, **data: Any
) -> dict[str, Any]:
    """Call the action; return its response."""
    return await _call(hass, coordinator, "open_tunnel", returns=True, **data)


def _registry_id(hass: HomeAssistant, coordinator: DeviceCoordinator) -> str:
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, coordinator.subentry_id), coordinator.entry_id
    )
    assert device is not None
    return device.id


async def _call(
    hass: HomeAssistant,
    coordinator: DeviceCoordinator,
    action: str,
    *,
    returns: bool = False,
    **data: Any,
) -> Any:
    device_id = _registry_id(hass, coordinator)
    data = {"device_id": device_id, "service": "web_server", **data}
    return await hass.services.async_call(
        DOMAIN, action, data, blocking=True, return_response=returns
    )


@asynccontextmanager
async def connected(port: int) -> AsyncGenerator[Client]:
    """Connect to a port of the hub, with little that the kernel keeps on the way."""
    ours = socket.socket()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
    ours.setblocking(False)
    await asyncio.get_running_loop().sock_connect(ours, ("127.0.0.1", port))
    reader, writer = await asyncio.open_connection(sock=ours)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def is_over(reader: asyncio.StreamReader) -> bool:
    """Read to the end of a connection; return whether it came soon."""
    async with asyncio.timeout(5):
        try:
            while await reader.read(65536):
                pass
        except ConnectionError:
            pass
    return True


async def is_shut(port: int) -> bool:
    """Return whether nothing listens there."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionError:
        return True
    writer.transport.abort()
    return False


async def test_a_connection_is_carried_and_audited(
    hass: HomeAssistant,
    coordinator: DeviceCoordinator,
    board: TunnelBoard,
    records: Records,
) -> None:
    there = await open_tunnel(hass, coordinator)
    assert there == {"host": "127.0.0.1", "port": there["port"], "minutes": 15}
    sent = bytes(range(256)) * 400
    async with connected(there["port"]) as (reader, writer):
        writer.write(sent)
        assert await reader.readexactly(len(sent)) == sent
        writer.write_eof()
        assert await reader.read() == b""
    assert board.received == sent
    assert board.opened[0].service is TunnelService.WEB_SERVER
    await eventually(lambda: len(records.of(AuditKind.TUNNEL)) == 3)
    port, opened, closed = records.of(AuditKind.TUNNEL)
    assert port.outcome == "port open"
    assert (opened.outcome, opened.address) == ("opened", "127.0.0.1")
    assert (closed.outcome, closed.address) == ("closed", "127.0.0.1")
    assert f"{len(sent)} B there, {len(sent)} B back: finished" in closed.detail
    assert closed.enrolment_id == coordinator.enrolment_id


async def test_nothing_is_open_unless_it_is_allowed_offered_and_there(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    coordinator: DeviceCoordinator,
    connected_device: Device,
) -> None:
    with pytest.raises(HomeAssistantError, match="not allowed"):
        await open_tunnel(hass, coordinator)
    await allow(hass, hub_entry, web_server=TunnelRule())
    with pytest.raises(HomeAssistantError, match="does not let"):
        await open_tunnel(hass, coordinator)
    with pytest.raises(HomeAssistantError, match="not allowed"):
        await open_tunnel(hass, coordinator, service="api")
    await connected_device.hang_up()
    await eventually(lambda: not coordinator.connected)
    with pytest.raises(HomeAssistantError, match="offline"):
        await open_tunnel(hass, coordinator)
    for wrong in ({"minutes": 0}, {"minutes": 1441}, {"port": 80}, {"service": "ssh"}):
        with pytest.raises(vol.Invalid):
            await open_tunnel(hass, coordinator, **wrong)


async def test_a_port_is_the_one_that_is_wanted_if_it_is_free(
    hass: HomeAssistant, coordinator: DeviceCoordinator, board: TunnelBoard
) -> None:
    port = (await open_tunnel(hass, coordinator))["port"]
    with pytest.raises(HomeAssistantError, match=f"Port {port} cannot be opened"):
        await open_tunnel(hass, coordinator, service="api", port=port)
    await _call(hass, coordinator, "close_tunnel")
    assert await is_shut(port)
    there = await open_tunnel(hass, coordinator, service="api", port=port)
    assert there["port"] == port


async def test_a_port_is_closed_when_its_time_is_over(
    hass: HomeAssistant,
    coordinator: DeviceCoordinator,
    board: TunnelBoard,
    hub_entry: MockConfigEntry,
) -> None:
    tunnels = hub_entry.runtime_data.tunnels.of(coordinator.subentry_id)
    listener = await tunnels.async_open(TunnelService.API, 0.3, None)
    async with connected(listener.port) as (reader, writer):
        writer.write(b"hello")
        assert await reader.readexactly(5) == b"hello"
        assert await is_over(reader)
    assert await is_shut(listener.port)
    assert tunnels.listeners == ()


async def _quarantine(hub: Hub, coordinator: DeviceCoordinator) -> None:
    await hub.security.trust.async_quarantine(coordinator, None)


async def _suspect(hub: Hub, coordinator: DeviceCoordinator) -> None:
    hub.suspect(coordinator.enrolment_id, "two live links")


async def _revoke(hub: Hub, coordinator: DeviceCoordinator) -> None:
    await hub.async_revoke(coordinator.subentry_id)


async def _remove(hub: Hub, coordinator: DeviceCoordinator) -> None:
    hub.hass.config_entries.async_remove_subentry(hub.entry, coordinator.subentry_id)


async def _unload(hub: Hub, coordinator: DeviceCoordinator) -> None:
    await hub.hass.config_entries.async_unload(hub.entry.entry_id)


async def _forbid(hub: Hub, coordinator: DeviceCoordinator) -> None:
    await allow(hub.hass, hub.entry)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "end", [_quarantine, _suspect, _revoke, _remove, _unload, _forbid]
)
async def test_what_ends_trust_ends_ports_and_streams(
    hass: HomeAssistant,
    hub: Hub,
    coordinator: DeviceCoordinator,
    board: TunnelBoard,
    end: Any,
) -> None:
    port = (await open_tunnel(hass, coordinator))["port"]
    async with connected(port) as (reader, writer):
        writer.write(b"hello")
        assert await reader.readexactly(5) == b"hello"
        await end(hub, coordinator)
        assert await is_over(reader)
    assert await is_shut(port)


async def test_a_lost_link_ends_streams_and_leaves_the_port(
    hass: HomeAssistant, coordinator: DeviceCoordinator, board: TunnelBoard
) -> None:
    port = (await open_tunnel(hass, coordinator))["port"]
    async with connected(port) as (reader, writer):
        writer.write(b"hello")
        assert await reader.readexactly(5) == b"hello"
        await board.device.hang_up()
        assert await is_over(reader)
    async with connected(port) as (reader, writer):
        assert await is_over(reader)
    await board.device.connect()
    await eventually(lambda: coordinator.available)
    async with connected(port) as (reader, writer):
        writer.write(b"again")
        assert await reader.readexactly(5) == b"again"


async def test_a_third_connection_is_refused_and_fifty_do_no_harm(
    hass: HomeAssistant,
    hub: Hub,
    coordinator: DeviceCoordinator,
    board: TunnelBoard,
    records: Records,
) -> None:
    port = (await open_tunnel(hass, coordinator))["port"]
    async with connected(port) as (one, to_one), connected(port) as (two, to_two):
        for reader, writer in ((one, to_one), (two, to_two)):
            writer.write(b"x")
            assert await reader.readexactly(1) == b"x"

        async def refused() -> bool:
            async with connected(port) as (reader, _):
                return await is_over(reader)

        assert all(await asyncio.gather(*(refused() for _ in range(50))))
        to_one.write(b"still")
        assert await one.readexactly(5) == b"still"
    assert len(board.opened) == 2
    told = [one.detail for one in records.of(AuditKind.TUNNEL)]
    assert any("two are open" in detail for detail in told)
    assert coordinator.available


async def test_refusals_of_the_device_close_the_connection(
    hass: HomeAssistant,
    coordinator: DeviceCoordinator,
    board: TunnelBoard,
    records: Records,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tunnel_stream, "OPEN_TIMEOUT", 0.2)
    port = (await open_tunnel(hass, coordinator))["port"]
    for manner in (Manner.REFUSE, Manner.SILENT):
        board.manner = manner
        async with connected(port) as (reader, _):
            assert await is_over(reader)
    told = " ".join(one.detail for one in records.of(AuditKind.TUNNEL))
    assert "nothing listens" in told
    assert "no answer" in told
    # One that was not answered is over for both.
    await eventually(lambda: board.ended == [(2, TunnelEnd.RESET)])


async def test_a_client_that_never_reads_stops_the_service_at_its_window(
    hass: HomeAssistant, coordinator: DeviceCoordinator, board: TunnelBoard
) -> None:
    board.manner = Manner.FLOOD
    port = (await open_tunnel(hass, coordinator))["port"]
    async with connected(port) as (reader, writer):
        # What the kernel keeps and what the client's own reader takes comes on top.
        writer.transport.pause_reading()
        before = -1
        while before != board.flooded:
            before = board.flooded
            await asyncio.sleep(0.3)
        (tunnels,) = hass.config_entries.async_loaded_entries(DOMAIN)
        (stream,) = tunnels.runtime_data.tunnels.of(
            coordinator.subentry_id
        )._streams.values()
        kept = sum(map(len, stream._pending))
        kept += stream._writer.transport.get_write_buffer_size()
        assert kept <= WINDOW
        assert board.flooded == stream.received + kept
    assert coordinator.available


async def test_a_service_that_never_reads_stops_the_client(
    hass: HomeAssistant, coordinator: DeviceCoordinator, board: TunnelBoard
) -> None:
    board.manner = Manner.DEAF
    port = (await open_tunnel(hass, coordinator))["port"]
    async with connected(port) as (reader, writer):
        writer.write(bytes(1_000_000))
        await eventually(lambda: len(board.received) == BOARD_WINDOW)
        await asyncio.sleep(0.2)
        assert len(board.received) == BOARD_WINDOW
        await board.say(TunnelEndUp(1, TunnelEnd.RESET))
        assert await is_over(reader)


async def test_a_client_that_resets_ends_its_stream_on_the_device(
    hass: HomeAssistant, coordinator: DeviceCoordinator, board: TunnelBoard
) -> None:
    board.manner = Manner.DEAF
    port = (await open_tunnel(hass, coordinator))["port"]
    async with connected(port) as (reader, writer):
        writer.write(b"x")
        await eventually(lambda: board.received == b"x")
        await board.say()
        sock = writer.get_extra_info("socket")
        sock.setsockopt(1, 13, b"\x01\x00\x00\x00\x00\x00\x00\x00")  # SO_LINGER, 0 s
    await eventually(lambda: board.ended == [(1, TunnelEnd.RESET)])


async def test_a_service_that_does_not_finish_behind_its_client_is_given_up(
    hass: HomeAssistant,
    coordinator: DeviceCoordinator,
    board: TunnelBoard,
    records: Records,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tunnel_stream, "REST_TIMEOUT", 0.2)
    board.manner = Manner.DEAF
    port = (await open_tunnel(hass, coordinator))["port"]
    async with connected(port) as (reader, writer):
        writer.write(b"x")
        writer.write_eof()
        assert await is_over(reader)
    await eventually(lambda: (1, TunnelEnd.RESET) in board.ended)
    assert "did not finish" in records.of(AuditKind.TUNNEL)[-1].detail


async def test_commands_keep_their_latency_while_a_tunnel_floods(
    hass: HomeAssistant, coordinator: DeviceCoordinator, board: TunnelBoard
) -> None:
    port = (await open_tunnel(hass, coordinator))["port"]

    async def latency() -> float:
        began = time.perf_counter()
        await coordinator.async_command(PUMP.address, switch_command(on=True), None)
        return time.perf_counter() - began

    alone, beside = [], []
    async with connected(port) as (reader, writer):
        for _ in range(25):
            alone.append(await latency())
            writer.write(bytes(60_000))
            beside.append(await latency())
            await reader.readexactly(60_000)
    ratio = statistics.median(beside) / statistics.median(alone)
    assert ratio < 2, f"{ratio:.2f} times its latency alone"


async def test_a_kept_port_is_open_whenever_the_device_is_known(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    coordinator: DeviceCoordinator,
    board: TunnelBoard,
) -> None:
    port = (await open_tunnel(hass, coordinator))["port"]
    await _call(hass, coordinator, "close_tunnel")
    kept = TunnelRule(keep=True, port=port)
    await allow(hass, hub_entry, web_server=kept)
    tunnels = hub_entry.runtime_data.tunnels.of(coordinator.subentry_id)
    await eventually(lambda: tunnels.listeners)
    assert await open_tunnel(hass, coordinator) == {"host": "127.0.0.1", "port": port}
    async with connected(port) as (reader, writer):
        writer.write(b"hello")
        assert await reader.readexactly(5) == b"hello"
    await allow(hass, hub_entry, web_server=TunnelRule())
    assert await is_shut(port)


async def test_other_machines_come_in_only_from_the_list(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    coordinator: DeviceCoordinator,
    board: TunnelBoard,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sources = parse_sources(["192.0.2.0/24"])
    await allow(hass, hub_entry, web_server=TunnelRule(sources=sources))
    there = await open_tunnel(hass, coordinator)
    assert there["host"] == "0.0.0.0"
    async with connected(there["port"]) as (reader, writer):
        writer.write(b"hello")
        assert await reader.readexactly(5) == b"hello"
    monkeypatch.setattr(TunnelRule, "admits", lambda rule, peer: False)
    async with connected(there["port"]) as (reader, writer):
        assert await is_over(reader)
    assert len(board.opened) == 1


async def test_only_administrators_open_tunnels(
    hass: HomeAssistant,
    coordinator: DeviceCoordinator,
    board: TunnelBoard,
    hass_read_only_user: Any,
) -> None:
    device_id = _registry_id(hass, coordinator)
    for action in ("open_tunnel", "close_tunnel"):
        with pytest.raises(Unauthorized):
            await hass.services.async_call(
                DOMAIN,
                action,
                {"device_id": device_id, "service": "api"},
                blocking=True,
                context=Context(user_id=hass_read_only_user.id),
            )


async def test_one_stream_that_fails_harms_itself_only(
    hass: HomeAssistant,
    coordinator: DeviceCoordinator,
    board: TunnelBoard,
    records: Records,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    port = (await open_tunnel(hass, coordinator))["port"]
    async with connected(port) as (one, to_one):
        to_one.write(b"x")
        assert await one.readexactly(1) == b"x"

        async def fail(stream: object) -> str:
            raise RuntimeError("bug")

        monkeypatch.setattr(tunnel_stream.TunnelStream, "async_run", fail)
        async with connected(port) as (reader, _):
            assert await is_over(reader)
        to_one.write(b"still")
        assert await one.readexactly(5) == b"still"
    assert records.of(AuditKind.FAILURE)
