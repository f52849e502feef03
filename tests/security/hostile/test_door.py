"""Who comes too often is told when to come again, and does as he is told."""

from collections.abc import Iterator
from unittest.mock import patch

from aiohttp import ClientWebSocketResponse, WSMsgType, web
from aiohttp.test_utils import TestClient, TestServer
import pytest

from custom_components.oceanremote.admission.answers import retry_after_seconds
from custom_components.oceanremote.common.const import CONNECT_PATH
from custom_components.oceanremote.device.coordinator import DeviceCoordinator
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.policy.limits import Denial, DeniedError
from custom_components.oceanremote.policy.settings import PolicySettings
from custom_components.oceanremote.protocol.frames import (
    FrameType,
    Hello,
    Reject,
    parse_frame,
)
from custom_components.oceanremote.protocol.limits import MAX_RETRY_AFTER
from tests.integration.runtime_support import OTHER_MAC, PUMP, Device, eventually
from tests.support.device_driver import DeviceDriver

from .attacker import HOME, STRANGER, Client, copy_of, thief
from .support import audited

REFUSED_WITH = 1008


class Clock:
    """The clock of a board."""

    def __init__(self) -> None:
        """Begin somewhere."""
        self.now = 1000.0

    def __call__(self) -> float:
        """Return its seconds."""
        return self.now


@pytest.fixture
def still(hub: Hub) -> Iterator[None]:
    """Let no time pass at the door, so that no budget fills up again."""
    with patch.object(hub.admission, "_now", return_value=hub.now()):
        yield


def limit(hub: Hub, **settings: int) -> None:
    """Put other limits in force; a budget allows two seconds' worth at once."""
    hub.security.admission.policy.reconfigure(PolicySettings(**settings))


async def begin(device: Device) -> tuple[ClientWebSocketResponse, bytes]:
    """Dial, send INIT, and return the hub's answer to it."""
    device.driver.connect()
    socket = await device._client.ws_connect(CONNECT_PATH)
    (init,) = device.driver.receive(await socket.receive_bytes())
    await socket.send_bytes(init)
    return socket, await socket.receive_bytes()


async def refused(device: Device) -> int:
    """Dial, expect REJECT and the end of the link; return the seconds it named."""
    socket, answer = await begin(device)
    frame = parse_frame(answer, 1024)
    assert isinstance(frame, Reject)
    assert not device.driver.receive(answer)
    closed = device.driver.closed
    assert closed is not None
    assert closed.retry_after == min(frame.retry_after, MAX_RETRY_AFTER)
    assert (await socket.receive()).type is WSMsgType.CLOSE
    assert socket.close_code == REFUSED_WITH
    await socket.close()
    return frame.retry_after


def newcomers(hub: Hub, server: TestClient, count: int) -> list[Device]:
    """Return boards of strangers, each from an address of its own."""
    return [
        thief(
            server,
            hub.vault.hub_key.public,
            OTHER_MAC,
            address=f"203.0.113.{number + 1}",
        )
        for number in range(count)
    ]


async def reasons(hub: Hub) -> list[str]:
    """Return what the audit log says about refusals for load."""
    events = await audited(hub, AuditKind.REFUSED)
    return [str(event.detail) for event in events if "rate_limited" in str(event)]


# -- budgets ------------------------------------------------------------------------


async def test_handshakes_over_the_budget_are_told_when_to_come_again(
    hub: Hub,
    server: TestClient,
    device: Device,
    pump: DeviceCoordinator,
    still: None,
) -> None:
    """Of strangers; who has proved himself from home has a budget of his own."""
    limit(hub, stranger_handshakes_per_second=1, registrations_per_second=100)
    first, second, third = newcomers(hub, server, 3)
    usual = [await refused(board) for board in (first, second)]
    assert usual == [0, 0]
    assert await refused(third) == 1
    (reason,) = await reasons(hub)
    assert Denial.HANDSHAKE_BUDGET in reason
    await device.hang_up()
    await device.connect()
    await eventually(lambda: pump.available)


async def test_registrations_over_the_budget_are_told_when_to_come_again(
    hub: Hub, server: TestClient, device: Device, still: None
) -> None:
    limit(hub, registrations_per_second=1)
    waits = [await refused(board) for board in newcomers(hub, server, 3)]
    assert waits == [0, 0, 1]
    (reason,) = await reasons(hub)
    assert Denial.REGISTRATION_BUDGET in reason


async def test_known_keys_over_the_budget_wait_as_told_and_get_in(
    hub: Hub, device: Device, pump: DeviceCoordinator
) -> None:
    """The device is not blamed for it: nothing counts toward a ban or its key."""
    limit(hub, known_key_handshakes_per_second=1)
    start = hub.now()
    with patch.object(hub.admission, "_now", return_value=start):
        for _ in range(2):
            await device.hang_up()
            await device.connect()
        await device.hang_up()
        wait = await refused(device)
        assert wait == 1
    (reason,) = await reasons(hub)
    assert Denial.KNOWN_KEY_BUDGET in reason
    with patch.object(hub.admission, "_now", return_value=start + wait):
        await device.connect()
        await eventually(lambda: pump.available)
    assert hub.security.admission.policy.table_sizes()["key_failures"] == 0
    assert hub.security.admission.policy.table_sizes()["failures"] == 0


async def test_storm_ends_no_session_that_is_up(
    hub: Hub, server: TestClient, device: Device, pump: DeviceCoordinator, still: None
) -> None:
    """A rotation is no knock at the door."""
    limit(hub, stranger_handshakes_per_second=1, known_key_handshakes_per_second=1)
    for board in newcomers(hub, server, 4):
        await refused(board)
    for _ in range(4):
        await pump.async_renew()
    assert pump.available


# -- a key under suspicion ------------------------------------------------------------


async def abuse_key(device: Device, server: TestClient, times: int) -> None:
    """Name a device's key under a guessed token, from many addresses."""
    for number in range(times):
        copy = copy_of(device, server, address=f"203.0.113.{number + 1}")
        copy.driver.flash.counter = 0
        socket, answer = await begin(copy)
        assert answer[0] == FrameType.ACCEPT
        await socket.send_bytes(bytes((FrameType.DATA, 0, 0, 0, 1)) + bytes(60))
        while not socket.closed:
            await socket.receive()


async def test_known_key_under_penalty_is_told_when_to_come_again(
    hub: Hub, server: TestClient, device: Device, pump: DeviceCoordinator, still: None
) -> None:
    """Whoever names it; but the device at home, whose key it is, comes in."""
    await abuse_key(device, server, 20)
    key_failures = hub.security.admission.policy.table_sizes()["key_failures"]
    assert key_failures == 1
    stranger = copy_of(device, server, address=STRANGER)
    socket, answer = await begin(stranger)
    assert answer[0] == FrameType.ACCEPT
    await socket.close()
    assert await refused(stranger) == PolicySettings().slow_lane_interval
    assert any(Denial.KEY_THROTTLED in reason for reason in await reasons(hub))
    await device.hang_up()
    await device.connect()
    await eventually(lambda: pump.available)


async def test_device_that_has_moved_waits_as_told_and_gets_in(
    hub: Hub, server: TestClient, device: Device, pump: DeviceCoordinator
) -> None:
    """From an address that vouches for nothing, while its key is under penalty."""
    start = hub.now()
    with patch.object(hub.admission, "_now", return_value=start):
        await abuse_key(device, server, 20)
        stranger = copy_of(device, server, address=STRANGER)
        socket, _ = await begin(stranger)
        await socket.close()
        await device.hang_up()
        device._client = Client(server, "198.51.100.77")  # type: ignore[assignment]
        wait = await refused(device)
    assert 0 < wait <= MAX_RETRY_AFTER
    with patch.object(hub.admission, "_now", return_value=start + wait):
        await device.connect()
        await eventually(lambda: pump.available)


# -- how long -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "told"), [(0.0, 1), (0.2, 1), (1.2, 2), (300.0, 300), (86_400.0, 300)]
)
def test_wait_is_a_whole_second_at_least_and_five_minutes_at_most(
    asked: float, told: int
) -> None:
    assert retry_after_seconds(DeniedError(Denial.BANNED, asked)) == told


@pytest.mark.parametrize("where", ["on_init", "on_known_key"])
async def test_nobody_is_sent_away_for_longer_than_five_minutes(
    hub: Hub, device: Device, pump: DeviceCoordinator, where: str
) -> None:
    """Whatever the policy says: REJECT is not authenticated, so it may not say more."""
    await device.hang_up()
    denied = DeniedError(Denial.THROTTLED, 86_400.0)
    with patch.object(hub.security.admission.policy, where, side_effect=denied):
        assert await refused(device) == MAX_RETRY_AFTER
    await device.connect()
    await eventually(lambda: pump.available)


@pytest.mark.parametrize(
    ("asked", "waits"), [(0, 0), (7, 7), (300, 300), (301, 300), (65_535, 300)]
)
async def test_device_waits_as_told_but_no_stranger_puts_it_to_sleep(
    device: Device, asked: int, waits: int
) -> None:
    """Anybody on its way can forge a REJECT."""

    async def says_no(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        await socket.send_bytes(hello)
        await socket.receive()
        await socket.send_bytes(Reject(asked).encode())
        await socket.close()
        return socket

    known = device.driver.flash
    clock = Clock()
    driver = DeviceDriver(
        known.identity.hub_public,
        known.identity.registration,
        known.identity.mac,
        [PUMP],
        clock=clock,
    )
    driver.flash = known
    driver.connect()
    socket = await Client(device._client._server, HOME).ws_connect(CONNECT_PATH)
    hello = await socket.receive_bytes()
    assert isinstance(parse_frame(hello, 1024), Hello)
    await socket.close()
    app = web.Application()
    app.router.add_get(CONNECT_PATH, says_no)
    async with TestClient(TestServer(app)) as client:
        board = Device(client, driver)
        await board.dial()
        await eventually(lambda: driver.closed)
        await board.hang_up()
    closed = driver.closed
    assert closed is not None
    assert closed.retry_after == waits
    assert driver.not_before == clock.now + waits
