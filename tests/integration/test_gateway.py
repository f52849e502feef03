"""The endpoint and the link: who is let in, what ends a link, and that it ends."""

import asyncio
from contextlib import suppress
from http import HTTPStatus
import logging

from aiohttp import ClientWebSocketResponse, WSMsgType, WSServerHandshakeError
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.oceanremote.common.const import CONNECT_PATH
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.protocol import RegistrationToken
from custom_components.oceanremote.protocol.limits import HUB_RX_LIMIT
from custom_components.oceanremote.transport import link as link_module
from tests.support.device_driver import DeviceDriver

from .runtime_support import (
    OTHER_MAC,
    PUMP,
    Device,
    Records,
    Skew,
    eventually,
    only_coordinator,
    state_of,
)

GENERIC_REFUSAL = 1008
GOING_AWAY = 1001
HELLO_SIZE = 34


@pytest.fixture
async def stranger(
    hub: Hub, hass_client_no_auth: ClientSessionGenerator
) -> ClientWebSocketResponse:
    """Return a WebSocket on which the hub has said HELLO, and nobody anything else."""
    client = await hass_client_no_auth()
    socket = await client.ws_connect(CONNECT_PATH)
    hello = await socket.receive_bytes()
    assert len(hello) == HELLO_SIZE
    return socket


async def close_code_of(socket: ClientWebSocketResponse) -> int | None:
    """Read to the end of a link and return how it ended."""
    async with asyncio.timeout(5):
        while (await socket.receive()).type is WSMsgType.BINARY:
            pass
    return socket.close_code


async def test_a_plain_request_is_told_to_upgrade(
    hub: Hub, hass_client_no_auth: ClientSessionGenerator
) -> None:
    """The path speaks WebSocket only and asks nobody for a Home Assistant login."""
    client = await hass_client_no_auth()
    answer = await client.get(CONNECT_PATH)
    assert answer.status == HTTPStatus.UPGRADE_REQUIRED


async def test_nobody_is_let_in_while_no_hub_is_loaded(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """The view outlives the hub; then it answers 503 and when to come back."""
    client = await hass_client_no_auth()
    await hass.config_entries.async_unload(hub_entry.entry_id)
    answer = await client.get(CONNECT_PATH)
    assert answer.status == HTTPStatus.SERVICE_UNAVAILABLE
    assert answer.headers["Retry-After"] == "3"
    await hass.config_entries.async_setup(hub_entry.entry_id)
    assert (await client.get(CONNECT_PATH)).status == HTTPStatus.UPGRADE_REQUIRED


async def test_links_are_bounded(
    hub: Hub,
    hass_client_no_auth: ClientSessionGenerator,
    monkeypatch: pytest.MonkeyPatch,
    records: Records,
) -> None:
    """One link more than there may be is answered 503."""
    monkeypatch.setattr("custom_components.oceanremote.hub.live_links.MAX_LINKS", 1)
    client = await hass_client_no_auth()
    first = await client.ws_connect(CONNECT_PATH)
    with pytest.raises(WSServerHandshakeError) as refused:
        await client.ws_connect(CONNECT_PATH)
    assert refused.value.status == HTTPStatus.SERVICE_UNAVAILABLE
    assert refused.value.headers is not None
    assert refused.value.headers["Retry-After"] == "30"
    (record,) = records.of(AuditKind.REFUSED)
    assert record.outcome == "too many links"
    await first.close()


@pytest.mark.parametrize("broken", ["open_connection", "link_opened", "link_ended"])
async def test_a_link_that_fails_on_our_side_keeps_no_place(
    hub: Hub,
    hass_client_no_auth: ClientSessionGenerator,
    monkeypatch: pytest.MonkeyPatch,
    broken: str,
) -> None:
    """An address has few places for who has proved nothing yet."""
    client = await hass_client_no_auth()
    places = hub.security.options.limits.unproved_per_address

    def fail(*_: object) -> None:
        raise RuntimeError("broken on purpose")

    with monkeypatch.context() as patched:
        patched.setattr(hub, broken, fail)
        for _ in range(places + 1):
            with suppress(WSServerHandshakeError):
                await (await client.ws_connect(CONNECT_PATH)).close()
    await eventually(lambda: not hub.security.admission.policy.unproved_connections)
    await (await client.ws_connect(CONNECT_PATH)).close()


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (b"", "malformed_frame"),
        (b"\x00", "malformed_frame"),
        (b"\x02\x02\x00", "malformed_frame"),
        (b"\x05" + bytes(40), "unexpected_frame"),
        (bytes(600), "oversize"),
    ],
)
async def test_a_bad_frame_ends_the_link_without_a_hint(
    stranger: ClientWebSocketResponse, records: Records, frame: bytes, reason: str
) -> None:
    """One generic code on the wire; the exact reason in the hub's record."""
    await stranger.send_bytes(frame)
    assert await close_code_of(stranger) == GENERIC_REFUSAL
    await eventually(lambda: records.of(AuditKind.REFUSED))
    (record,) = records.of(AuditKind.REFUSED)
    assert reason in record.outcome
    assert record.enrolment_id is None


async def test_a_text_message_ends_the_link(
    stranger: ClientWebSocketResponse, records: Records
) -> None:
    """Everything that we speak is binary."""
    await stranger.send_str("hello")
    assert await close_code_of(stranger) == GENERIC_REFUSAL
    await eventually(lambda: records.of(AuditKind.REFUSED))
    assert records.of(AuditKind.REFUSED)[0].outcome == "a text message"


async def test_a_huge_message_is_not_even_assembled(
    stranger: ClientWebSocketResponse, records: Records
) -> None:
    """Aiohttp stops reading above the receive limit."""
    await stranger.send_bytes(bytes(HUB_RX_LIMIT + 1))
    assert await close_code_of(stranger) is not None
    await eventually(lambda: records.of(AuditKind.REFUSED))
    assert records.of(AuditKind.REFUSED)[0].outcome.startswith("not a WebSocket")


async def test_a_silent_stranger_is_shown_out_after_ten_seconds(
    stranger: ClientWebSocketResponse, skew: Skew, records: Records
) -> None:
    """Half-open sockets do not pile up."""
    await skew.forward(9)
    assert not records.of(AuditKind.REFUSED)
    await skew.forward(2)
    assert await close_code_of(stranger) == GENERIC_REFUSAL
    assert "handshake_timeout" in records.of(AuditKind.REFUSED)[0].outcome


async def test_a_stranger_who_leaves_is_forgotten(
    hub: Hub, stranger: ClientWebSocketResponse, records: Records
) -> None:
    """A link that closes by itself is no offence."""
    await stranger.close()
    await eventually(lambda: records.of(AuditKind.CLOSED))
    assert records.of(AuditKind.CLOSED)[0].outcome == "by the peer"
    assert not records.of(AuditKind.REFUSED)
    await eventually(lambda: not hub._links)


async def test_a_refusal_is_told_once_per_line(
    hub: Hub,
    hass_client_no_auth: ClientSessionGenerator,
    records: Records,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Twice the same word makes nobody wiser."""
    guessed = RegistrationToken.generate(lambda size: b"\x5a" * size).text
    board = Device(
        await hass_client_no_auth(),
        DeviceDriver(hub.vault.hub_key.public, guessed, OTHER_MAC, [PUMP]),
    )
    await board.dial()
    assert await board.wait_closed() == GENERIC_REFUSAL
    (record,) = records.of(AuditKind.REFUSED)
    assert record.outcome == "unknown_handle"
    assert any(
        line.startswith("refused: unknown_handle (device unknown")
        for line in caplog.messages
    )


async def test_links_close_when_home_assistant_stops(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    """Going away, said within a second, and the vault is at rest afterwards."""
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    assert await connected_device.wait_closed() == GOING_AWAY
    await hass.async_block_till_done()
    assert hub.vault.stopping
    assert not only_coordinator(hub).connected


async def test_links_close_when_the_entry_unloads(
    hass: HomeAssistant, hub_entry: MockConfigEntry, connected_device: Device
) -> None:
    """Unloading waits until nothing of any link runs."""
    assert await hass.config_entries.async_unload(hub_entry.entry_id)
    assert await connected_device.wait_closed() == GOING_AWAY


async def test_a_peer_that_does_not_read_is_cut_off(
    hub: Hub,
    connected_device: Device,
    monkeypatch: pytest.MonkeyPatch,
    records: Records,
) -> None:
    """The outgoing queue is bounded: commands that wait longer would be dead anyway."""
    monkeypatch.setattr(link_module, "MAX_QUEUED_FRAMES", 2)
    link = only_coordinator(hub).link
    assert link is not None
    for _ in range(3):
        link.connection.send_ping(link.now())
    link.flush()
    assert link.closing
    await connected_device.wait_closed()
    assert records.of(AuditKind.REFUSED)[0].outcome == "the peer reads too slowly"


async def test_a_dead_line_is_noticed_by_ping(
    hass: HomeAssistant, hub: Hub, connected_device: Device, skew: Skew
) -> None:
    """Liveness is an authenticated answer; without one the link ends."""
    coordinator = only_coordinator(hub)
    await connected_device.fall_silent()
    await skew.forward(26)
    assert coordinator.connected
    await skew.forward(21)
    assert not coordinator.connected
    assert state_of(hass, "sensor", coordinator, "own-status") == "offline"


async def test_a_session_ends_hard(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    skew: Skew,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A device that does not prove itself again is out when its hour is over."""
    coordinator = only_coordinator(hub)
    link = coordinator.link
    assert link is not None
    monkeypatch.setattr(link.connection, "rotate", lambda now: None)
    await skew.forward(3601)
    assert link.closed_event is not None
    assert link.closed_event.expired
    assert not coordinator.connected


async def test_what_a_dead_link_sends_is_not_heard(
    hub: Hub, connected_device: Device
) -> None:
    """Between the decision to close and the close, nothing counts any more."""
    coordinator = only_coordinator(hub)
    link = coordinator.link
    assert link is not None
    frames = connected_device.driver.report(PUMP.address, value=True)
    link.close()
    await link._async_receive(frames[0])
    assert coordinator.cache.states[PUMP.address] is None


async def test_a_broken_line_while_writing_is_only_a_closed_link(
    hub: Hub,
    connected_device: Device,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The writer meets the reset before the reader does."""
    link = only_coordinator(hub).link
    assert link is not None

    async def reset(data: bytes) -> None:
        raise ConnectionResetError("gone")

    monkeypatch.setattr(link._carrier, "send", reset)
    with caplog.at_level(logging.DEBUG):
        link.connection.send_ping(link.now())
        link.flush()
        await connected_device.wait_closed()
    assert "Link from 127.0.0.1: gone" in caplog.text
    await eventually(lambda: not hub._links)
