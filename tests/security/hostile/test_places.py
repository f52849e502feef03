"""A device gets in, however many silent sockets its neighbours keep open."""

import base64
from unittest.mock import patch

from aiohttp.test_utils import TestClient
import pytest

from custom_components.oceanremote.admission.return_tickets import (
    HEADER,
    LIFETIME,
    ReturnTicketInvalidError,
    ReturnTickets,
)
from custom_components.oceanremote.common.const import CONNECT_PATH
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.settings import PolicySettings
from custom_components.oceanremote.protocol.limits import MAX_TICKET
from tests.integration.runtime_support import Device

from .attacker import HOME, Client

DEVICE = "0123456789abcdef0123456789abcdef"


async def test_twelve_silent_sockets_keep_no_device_out(
    hub: Hub, server: TestClient, device: Device
) -> None:
    """One of them has to go, and is not held to have failed."""
    await device.hang_up()
    device.driver.ticket = b""
    neighbour = Client(server, HOME)
    silent = [await neighbour.ws_connect(CONNECT_PATH) for _ in range(11)]
    assert await neighbour.status_of_dialling() == 429
    later = hub.now() + 3
    with patch.object(hub.admission, "_now", lambda: later):
        await device.connect()
    assert device.welcomed
    assert hub.security.admission.policy.unproved_connections == 10
    assert hub.security.admission.policy.table_sizes()["failures"] == 0
    for socket in silent:
        await socket.close()


async def test_a_ticket_buys_a_place_behind_an_address_that_many_share(
    hub: Hub, server: TestClient, device: Device
) -> None:
    """Of 12 places all are taken from there, and nobody has been silent for long."""
    limits = PolicySettings(unproved_total=12, unproved_reserved=2)
    hub.security.admission.policy.reconfigure(limits)
    await device.hang_up()
    assert device.driver.ticket
    device._client = shared = Client(server, "127.0.0.1")  # type: ignore[assignment]
    silent = [await shared.ws_connect(CONNECT_PATH) for _ in range(12)]
    assert await shared.status_of_dialling() == 429
    await device.connect()
    assert device.welcomed
    for socket in silent:
        await socket.close()


async def test_every_session_brings_another_ticket_that_shows_nothing(
    hub: Hub, device: Device
) -> None:
    first = device.driver.ticket
    await device.hang_up()
    await device.connect()
    second = device.driver.ticket
    assert 0 < len(first) == len(second) <= MAX_TICKET
    assert not set(zip(first, second, strict=True)) >= set(
        zip(first, first, strict=True)
    )
    enrolment_id = next(iter(hub.coordinators.values())).enrolment_id
    for ticket in (first, second):
        assert enrolment_id.encode() not in ticket
        assert (
            hub.security.admission.tickets.holder(text_of(ticket), 0.0) == enrolment_id
        )


def text_of(ticket: bytes) -> str:
    return base64.urlsafe_b64encode(ticket).rstrip(b"=").decode()


def test_only_this_hubs_tickets_of_the_last_week_count() -> None:
    trusted = {DEVICE}
    hub = ReturnTickets(b"h" * 32, trusted.__contains__)
    ticket = hub.issue(DEVICE, 1000.0)
    text = text_of(ticket)
    again = ReturnTickets(b"h" * 32, trusted.__contains__)
    assert again.read(text, 1000.0 + LIFETIME - 1) == DEVICE
    with pytest.raises(ReturnTicketInvalidError):
        again.read(text, 1000.0 + LIFETIME)
    with pytest.raises(ReturnTicketInvalidError):
        ReturnTickets(b"i" * 32, trusted.__contains__).read(text, 1000.0)
    trusted.clear()
    with pytest.raises(ReturnTicketInvalidError):
        hub.read(text, 1000.0)
    assert hub.holder(text, 1000.0) is None
    assert hub.holder(None, 1000.0) is None


@pytest.mark.parametrize(
    "text", ["", "A", "AAAA", "A" * 86, "A" * 87, "A" * 5000, "\x00", "ü", "a b", "="]
)
def test_what_is_no_ticket_is_none(text: str) -> None:
    assert ReturnTickets(b"h" * 32, lambda _: True).holder(text, 0.0) is None


def test_each_changed_byte_spoils_it() -> None:
    hub = ReturnTickets(b"h" * 32, lambda _: True)
    ticket = hub.issue(DEVICE, 0.0)
    for at in range(len(ticket)):
        changed = bytearray(ticket)
        changed[at] ^= 1
        assert hub.holder(text_of(bytes(changed)), 0.0) is None


def test_a_name_that_does_not_fit_gets_none() -> None:
    assert ReturnTickets(b"h" * 32, lambda _: True).issue("x" * 33, 0.0) == b""


def test_the_header_is_the_one_that_boards_send() -> None:
    assert HEADER == "OceanRemote-Ticket"
