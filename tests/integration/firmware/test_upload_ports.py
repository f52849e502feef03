"""Each device has a port of its own, open while the device may be updated."""

import asyncio

import pytest

from custom_components.oceanremote.device.coordinator import DeviceCoordinator
from custom_components.oceanremote.firmware import ports
from custom_components.oceanremote.firmware.manager import FirmwareManager
from custom_components.oceanremote.firmware.ports import (
    FIRST_PORT,
    LAST_PORT,
    SECRET_PORT,
    async_reserve_port,
    upload_place,
)
from custom_components.oceanremote.flows.tokens import SECRET_HOST_MAC, async_passwords
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.protocol import RegistrationToken
from custom_components.oceanremote.vault import changes
from custom_components.oceanremote.vault.errors import VaultFull
from tests.support.update_board import UpdateBoard

from ..runtime_support import Device, eventually
from .conftest import Equip
from .support import start
from .upload_support import uploader


@pytest.fixture(autouse=True)
def _sockets(socket_enabled: None) -> None:
    """Let tests open connections to this machine."""


async def test_a_port_that_another_program_has_is_tried_again(
    connected_device: Device,
    equip: Equip,
    port: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The log says so, and the port opens when the device is back and it is free."""

    def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    said = f"no firmware can be uploaded at port {port}"
    async with await asyncio.start_server(refuse, "127.0.0.1", port):
        board: UpdateBoard = await equip()
        await eventually(lambda: said in caplog.text)
    await connected_device.hang_up()
    await start(connected_device, board)
    async with uploader(port) as client:
        assert await client.greet() == 0


async def test_a_port_that_is_closed_while_it_opens_stays_shut(
    coordinator: DeviceCoordinator,
    manager: FirmwareManager,
    equip: Equip,
    port: int,
) -> None:
    """A device that is not trusted any more has none."""
    await equip()
    async with uploader(port):
        pass
    opened = manager._ports.pop(coordinator)
    opened.close()
    await manager._async_open(coordinator, opened, port)
    with pytest.raises(OSError):
        await asyncio.open_connection("127.0.0.1", port)


async def test_nobody_listens_for_a_device_that_is_not_trusted(
    hub: Hub, coordinator: DeviceCoordinator, equip: Equip, port: int
) -> None:
    await equip()
    async with uploader(port):
        pass
    hub.suspect(coordinator.enrolment_id, "a test")
    await eventually(lambda: not hub.entry.runtime_data.firmware._ports)
    with pytest.raises(OSError):
        await asyncio.open_connection("127.0.0.1", port)


async def test_each_device_has_a_port_of_its_own(
    hub: Hub, coordinator: DeviceCoordinator
) -> None:
    vault, own = hub.vault, coordinator.enrolment_id
    await hub.async_issue_registration_token(coordinator.subentry_id)
    assert upload_place(vault, own) is None
    port = await async_reserve_port(vault, own)
    assert FIRST_PORT <= port <= LAST_PORT
    assert await async_reserve_port(vault, own) == port
    token = RegistrationToken(bytes(32))
    await vault.apply(changes.add_enrolment("another", token, 2e9))
    assert await async_reserve_port(vault, "another") != port


async def test_every_port_is_given_out_once_and_then_no_more(
    hub: Hub, coordinator: DeviceCoordinator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever the search for a free one begins."""
    monkeypatch.setattr(ports, "LAST_PORT", FIRST_PORT + 4)
    ids = [f"device{number}" for number in range(6)]
    found = [await async_reserve_port(hub.vault, one) for one in ids[:5]]
    assert sorted(found) == list(range(FIRST_PORT, FIRST_PORT + 5))
    with pytest.raises(VaultFull):
        await async_reserve_port(hub.vault, ids[5])


async def test_two_hubs_on_one_machine_rarely_meet(hub: Hub) -> None:
    """Their first devices have different ports."""
    found = {await async_reserve_port(hub.vault, "device")}
    for _ in range(4):
        await hub.vault.apply(changes.put_secret("device", SECRET_PORT, None))
        found.add(await async_reserve_port(hub.vault, "device"))
    assert len(found) > 1


async def test_devices_that_are_shown_at_once_have_ports_of_their_own(
    hub: Hub, coordinator: DeviceCoordinator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So have two pages of one device the same, with the same passwords."""
    vault, own = hub.vault, coordinator.enrolment_id
    await hub.async_issue_registration_token(coordinator.subentry_id)
    ids = [own, "another", "a third", own]
    for number, other in enumerate(ids[1:3], 1):
        token = RegistrationToken(bytes([number]) * 32)
        await vault.apply(changes.add_enrolment(other, token, 2e9))
    # Each begins at the same number, or nothing would be shown.
    monkeypatch.setattr(ports.secrets, "randbelow", lambda _: 0)
    found = await asyncio.gather(*(async_reserve_port(vault, one) for one in ids))
    assert len(set(found)) == 3
    assert found[0] == found[3]
    passwords = await asyncio.gather(*(async_passwords(vault, one) for one in ids))
    assert passwords[0] == passwords[3] == await async_passwords(vault, own)
    assert len({one.ota_key for one in passwords}) == 3


async def test_passwords_that_a_device_has_stay_when_one_is_missing(
    hub: Hub, coordinator: DeviceCoordinator
) -> None:
    """Its board was flashed with them."""
    own = coordinator.enrolment_id
    await hub.async_issue_registration_token(coordinator.subentry_id)
    was = await async_passwords(hub.vault, own)
    await hub.vault.apply(changes.put_secret(own, SECRET_HOST_MAC, None))
    now = await async_passwords(hub.vault, own)
    assert (now.ota_key, now.fallback) == (was.ota_key, was.fallback)
    assert now.host_mac
