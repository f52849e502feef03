"""Bans, slow lane, honeypot and limits, met by a stranger and by a home."""

import asyncio

from aiohttp.test_utils import TestClient
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.policy.limits import Denial
from tests.integration.runtime_support import Device, Records, eventually

from .attacker import HOME, STRANGER, Client
from .support import audited

BAD_FRAME = b"\x02" + bytes(200)


async def test_twenty_bad_frames_ban_the_address_and_nobody_else(
    hub: Hub, server: TestClient, device: Device
) -> None:
    stranger = Client(server, STRANGER)
    for _ in range(20):
        answers, code = await stranger.send_once(BAD_FRAME)
        assert code == 1008
    assert [
        ban.key for ban in hub.security.admission.policy.bans.active(hub_wall(hub))
    ] == [STRANGER]
    # The hub closes its side a moment after ours, and an address has twenty requests
    # in a second.
    await eventually(lambda: not hub.security.admission.policy.unproved_connections)
    await asyncio.sleep(0.25)
    # The slow lane: a HELLO, but one INIT in ten seconds, and two connections at most.
    first = await stranger.ws_connect("/api/oceanremote/connect")
    second = await stranger.ws_connect("/api/oceanremote/connect")
    assert await stranger.status_of_dialling() == 429
    await first.close()
    await second.close()
    assert (await Client(server, "203.0.113.10").send_once(b"\x02"))[1] == 1008
    assert device.welcomed
    (event,) = await audited(hub, AuditKind.BANNED)
    assert event.actor.address == STRANGER


async def test_a_ban_survives_a_restart(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub, server: TestClient
) -> None:
    response = await Client(server, STRANGER).get("/wp-admin/")
    assert response.status == 404
    await hass.config_entries.async_reload(hub_entry.entry_id)
    assert hub_entry.state is ConfigEntryState.LOADED
    restarted: Hub = hub_entry.runtime_data.hub
    assert restarted is not hub
    assert (
        restarted.security.admission.policy.bans.find(STRANGER, hub_wall(hub))
        is not None
    )


async def test_one_bad_neighbour_does_not_cut_a_home_off(
    hub: Hub, server: TestClient, device: Device
) -> None:
    neighbour = Client(server, HOME)
    for _ in range(15):
        await neighbour.send_once(BAD_FRAME)
    await neighbour.get("/.env")
    assert not hub.security.admission.policy.bans.active(hub_wall(hub))
    await device.hang_up()
    await device.connect()
    assert device.welcomed


@pytest.mark.parametrize(
    "path",
    ["/.env", "/wp-login.php", "/phpmyadmin/index.php", "/Admin/", "/.git/config"],
)
async def test_the_honeypot_answers_like_any_missing_page(
    hub: Hub, server: TestClient, path: str
) -> None:
    missing = await Client(server, HOME).get("/no-such-page")
    trapped = await Client(server, STRANGER).get(path)
    assert trapped.status == missing.status == 404
    assert await trapped.text() == await missing.text()
    assert hub.security.admission.policy.bans.find(STRANGER, hub_wall(hub)) is not None


async def test_a_foreign_page_cannot_ban_its_visitor(
    hub: Hub, server: TestClient
) -> None:
    await Client(server, HOME).get("/wp-admin/", Sec_Fetch_Site="cross-site")
    assert not hub.security.admission.policy.bans.active(hub_wall(hub))
    (event,) = await audited(hub, AuditKind.HONEYPOT)
    assert event.detail["cross_site"] is True


@pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
async def test_a_foreign_page_cannot_ban_its_visitor_by_websocket(
    hub: Hub, server: TestClient, device: Device, origin: str
) -> None:
    """`new WebSocket(...)` gets no link; the visitor's home is as welcome as before."""
    await device.hang_up()
    visitor = Client(server, HOME)
    statuses = [await visitor.status_of_dialling(Origin=origin) for _ in range(25)]
    # Requests of a web page share the limit of all requests without a login.
    assert statuses == [403] * 20 + [429] * 5
    admission = hub.security.admission.policy
    assert admission.unproved_connections == 0
    assert not admission.bans.active(hub_wall(hub))
    sizes = admission.table_sizes()
    assert sizes["failures"] == sizes["foreign_hits"] == sizes["api"] - 1 == 0
    assert {event.detail["what"] for event in await audited(hub, AuditKind.DENIED)} == {
        Denial.WEB_PAGE,
        Denial.ANONYMOUS_RATE,
    }
    await device.connect()
    assert device.welcomed


async def test_switched_off_the_honeypot_is_not_there(
    hass: HomeAssistant, hub_entry: MockConfigEntry, hub: Hub, server: TestClient
) -> None:
    options = {**hub_entry.options, "security": {"honeypot": False}}
    hass.config_entries.async_update_entry(hub_entry, options=options)
    await hass.async_block_till_done()
    assert (await Client(server, STRANGER).get("/wp-admin/")).status == 404
    assert not await audited(hub, AuditKind.HONEYPOT)
    (event,) = await audited(hub, AuditKind.POLICY)
    assert event.detail == {"honeypot": "False"}


async def test_loopback_and_proxies_are_never_banned(
    hub: Hub, server: TestClient
) -> None:
    for _ in range(3):
        await server.get("/wp-admin/")
        await Client(server, "127.0.0.1").get("/.env")
    assert not hub.security.admission.policy.bans.active(hub_wall(hub))


async def test_ten_unproved_connections_per_address(
    hub: Hub, server: TestClient
) -> None:
    stranger = Client(server, STRANGER)
    sockets = [await stranger.ws_connect("/api/oceanremote/connect") for _ in range(10)]
    assert await stranger.status_of_dialling() == 429
    other = await Client(server, HOME).ws_connect("/api/oceanremote/connect")
    await other.close()
    await sockets.pop().close()
    await eventually(lambda: hub.security.admission.policy.unproved_connections == 9)
    sockets.append(await stranger.ws_connect("/api/oceanremote/connect"))
    for socket in sockets:
        await socket.close()


async def test_what_strangers_do_is_refused_before_any_curve(
    hub: Hub, server: TestClient, records: Records
) -> None:
    answers, _ = await Client(server, STRANGER).send_once(BAD_FRAME)
    assert [answer[:2] for answer in answers] in ([], [b"\x04\x01"])
    (record,) = records.of(AuditKind.REFUSED)
    assert record.address == STRANGER


def hub_wall(hub: Hub) -> float:
    """Return the hub's wall clock."""
    return hub.security.admission.moment().wall
