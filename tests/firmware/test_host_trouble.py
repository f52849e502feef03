"""Real firmware in trouble: power cuts, bad hubs, revocation, damaged flash."""

from asyncio import StreamReader, StreamWriter, start_server
from collections.abc import Awaitable, Callable
import re

from aiohttp import web
import pytest

from custom_components.oceanremote.protocol import (
    DescriptionReceived,
    HubSettings,
    LinkClosed,
    RegistrationProved,
    SessionProved,
)
from lab.firmware import Device

from .bench_hub import BenchHub
from .conftest import HUB_KEY, TOKEN, Bench

type Impostor = Callable[[web.Request], Awaitable[web.StreamResponse]]

CRASH_STEPS = (
    "key_saved",
    "init_sent",
    "ready_sent",
    "token_received",
    "token_saved",
    "stored_sent",
)


@pytest.mark.parametrize("step", CRASH_STEPS)
async def test_a_power_cut_at_any_step_of_a_registration_heals(
    hub: BenchHub, device: Device, step: str
) -> None:
    """The device key is made once; what the hub has issued before, it issues again."""
    device.environment["OCEANREMOTE_CRASH_AT"] = step
    await device.start()
    assert await device.wait() == 137
    known = {hub.registry.pending, hub.registry.active} - {None}
    del device.environment["OCEANREMOTE_CRASH_AT"]
    await device.start()
    session = await hub.wait_until_ready()
    assert hub.registry.active is not None
    assert hub.registry.active[1] == session.device_key
    assert known <= {hub.registry.active}
    keys = {e.device_key for e in hub.events if isinstance(e, RegistrationProved)}
    assert len(keys) == 1


async def test_the_second_address_is_tried_when_the_first_is_dead(
    bench: Bench, device: Device
) -> None:
    hub = BenchHub(HUB_KEY, TOKEN)
    await hub.start(bench.second_port)
    try:
        await device.start()
        await hub.wait_until_ready()
    finally:
        await hub.stop()
    log = device.log()
    assert f"No session with 127.0.0.1:{bench.port}: connection refused" in log
    assert f"Dialing localhost:{bench.second_port}" in log


async def test_an_address_that_asks_for_time_delays_no_other(
    bench: Bench, hub: BenchHub, device: Device
) -> None:
    """Nor does what it asked for stick to an address that did not answer at all."""

    async def ask_for_time(request: web.Request) -> web.StreamResponse:
        return web.Response(status=503, headers={"Retry-After": "300"})

    hub.impostor = ask_for_time
    await device.start()
    await device.wait_for_log(r"No session with localhost:\d+: connection refused")
    other = BenchHub(HUB_KEY, TOKEN)
    await other.start(bench.second_port)
    try:
        await other.wait_until_ready()
    finally:
        await other.stop()
    assert hub.links == 1


async def test_a_device_that_is_revoked_forgets_everything_and_stays_away(
    hub: BenchHub, device: Device
) -> None:
    await device.start()
    await hub.wait_until_ready()
    record = device.flash / "everything.oceanremote"
    assert hub.registry.active is not None
    permanent_token = hub.registry.active[2]
    assert permanent_token in record.read_bytes()
    await hub.act(lambda connection, now: connection.send_revoked(now))
    await device.wait_for_log("Not dialing: the hub has revoked this device")
    await device.wait_for_log(r"main:\d+\]: revoked")
    log = device.log()
    assert log.index("]: disconnected") < log.index("]: revoked")
    assert re.search("oceanremote.* set Error flag: the hub has revoked", log)
    assert permanent_token not in record.read_bytes()
    links = hub.links
    await device.stop()
    mark = device.mark()
    await device.start()
    await device.wait_for_log("Not dialing: nothing to dial for", since=mark)
    assert hub.links == links


async def test_an_absent_device_hears_of_its_revocation_when_it_comes_back(
    hub: BenchHub, device: Device
) -> None:
    await device.start()
    await hub.wait_until_ready()
    await device.kill()
    mark = len(hub.events)
    hub.registry.revoked = True
    await device.start()
    assert (await hub.wait_for(SessionProved, mark)).tombstone
    await device.wait_for_log("Not dialing: the hub has revoked this device")


async def test_a_refused_device_waits_and_changes_nothing(
    hub: BenchHub, device: Device
) -> None:
    hub.settings = HubSettings(retry_after=1)
    hub.registry.used = True
    await device.start()
    await hub.wait_for(LinkClosed)
    await device.wait_for_log(r"No session with 127\.0\.0\.1:\d+: rejected")
    hub.registry.used = False
    session = await hub.wait_until_ready()
    assert session.device_key == (await hub.wait_for(RegistrationProved)).device_key


def _answers(status: int) -> Impostor:
    """Return what is no hub and answers with this status."""

    async def handle(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers={"Retry-After": "1"})

    return handle


def _says(*messages: bytes | str) -> Impostor:
    """Return a hub that says the first at once, each other after a message."""

    async def handle(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        for number, message in enumerate(messages):
            if number:
                await socket.receive()
            if isinstance(message, str):
                await socket.send_str(message)
            else:
                await socket.send_bytes(message)
        async for _ in socket:
            pass
        return socket

    return handle


HELLO = b"\x01\x01" + bytes(32)


@pytest.mark.parametrize(
    ("impostor", "words"),
    [
        (_answers(200), "HTTP status 200 .*web page"),
        (_answers(301), "HTTP status 301 .*https"),
        (_answers(302), "HTTP status 302 .*login page"),
        (_answers(400), "HTTP status 400 .*trusted_proxies"),
        (_answers(401), "HTTP status 401 .*login"),
        (_answers(403), "HTTP status 403 .*banned"),
        (_answers(404), "HTTP status 404 .*is starting, or wrong address"),
        (_answers(418), "HTTP status 418"),
        (_answers(426), "HTTP status 426 .*Upgrade"),
        (_answers(429), "HTTP status 429 .*too many"),
        (_answers(502), "HTTP status 502 .*proxy"),
        (_answers(503), "HTTP status 503 .*starting"),
        (_says("hello"), "text message"),
        (_says(b"\x01\x02" + bytes(32)), "version"),
        (_says(b"\x01\x01" + bytes(31)), "malformed"),
        (_says(b"\x09"), "malformed"),
        (_says(b"\x05\x00\x00\x00\x01" + bytes(17)), "unexpected"),
        (_says(b"\x01\x01" + bytes(600)), "malformed"),
        (_says(bytes(5000)), "large"),
        (_says(HELLO, HELLO), "unexpected"),
        (_says(HELLO, b"\x03" + bytes(80)), "authenti|weak"),
        # With a wish for time; without one it is about credentials, and waits longer.
        (_says(HELLO, b"\x04\x01\x00\x01"), "rejected"),
    ],
)
async def test_a_bad_hub_changes_nothing(
    hub: BenchHub,
    device: Device,
    impostor: Impostor,
    words: str,
) -> None:
    """Whatever answers first, the device says what was wrong and finds the real hub."""
    hub.impostor = impostor
    await device.start()
    await device.wait_for_log(rf"No session with 127\.0\.0\.1:\d+: .*({words})")
    hub.impostor = None
    await hub.wait_until_ready()


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.0 503 Service Unavailable\nRetry-After: 7\n\n",
        b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n",
    ],
    ids=["older", "cut"],
)
async def test_a_terse_refusal_is_read_too(
    bench: Bench, device: Device, answer: bytes
) -> None:
    """As small servers give it: in HTTP/1.0, or without the end of its headers."""

    async def refuse(reader: StreamReader, writer: StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    async with await start_server(refuse, "127.0.0.1", bench.port):
        await device.start()
        await device.wait_for_log(r"No session with 127\.0\.0\.1:\d+: HTTP status 503")


@pytest.mark.parametrize(
    "frame", [b"", b"\x05", b"\x05\x00\x00\x00\x02" + bytes(40), b"\x02" + bytes(50)]
)
async def test_a_forged_frame_costs_the_link_and_nothing_else(
    hub: BenchHub, device: Device, frame: bytes
) -> None:
    await device.start()
    await hub.wait_until_ready()
    mark = len(hub.events)
    await hub.send_raw(frame)
    await device.wait_for_log("Disconnected: ")
    session = await hub.wait_until_ready(mark)
    assert not session.rotated
    assert hub.registry.active is not None
    assert session.device_key == hub.registry.active[1]


async def test_a_damaged_record_leads_to_a_new_registration(
    hub: BenchHub, device: Device
) -> None:
    await device.start()
    first = await hub.wait_until_ready()
    await device.kill()
    record = device.flash / "everything.oceanremote"
    data = bytearray(record.read_bytes())
    data[40] ^= 1
    record.write_bytes(data)
    hub.registry.active, hub.registry.used = None, False
    mark = len(hub.events)
    await device.start()
    await device.wait_for_log("Identity record: .*damaged")
    again = await hub.wait_until_ready(mark)
    assert again.device_key != first.device_key


async def test_a_record_that_cannot_be_read_is_not_replaced(
    hub: BenchHub, device: Device
) -> None:
    """Reading fails, as on worn flash; what is there may be read another time."""
    record = device.flash / "everything.oceanremote"
    record.mkdir()
    await device.start()
    await device.wait_for_log("Identity record: .*cannot be read")
    await device.wait_for_log("Not dialing: ")
    assert hub.links == 0


async def test_without_a_place_for_its_identity_a_device_does_not_dial(
    hub: BenchHub, device: Device
) -> None:
    obstacle = device.flash / "file"
    obstacle.write_text("not a folder")
    device.environment["ESPHOME_PREFDIR"] = str(obstacle)
    await device.start()
    await device.wait_for_log("Not dialing: ")
    assert hub.links == 0


async def test_in_safe_mode_a_device_dials_with_nothing_to_show(
    hub: BenchHub, device: Device
) -> None:
    """ESPHome ends its set-up early then; the identity must still be found."""
    mark = 0
    for _ in range(3):
        mark = len(hub.events)
        await device.start()
        normal = await hub.wait_until_ready(mark)
        assert normal.ready.facts.safe_mode is False
        await device.kill()
    mark = len(hub.events)
    await device.start()
    session = await hub.wait_for(SessionProved, mark)
    assert session.ready.facts.safe_mode is True
    assert session.device_key == normal.device_key
    assert (await hub.wait_for(DescriptionReceived, mark)).data == b""
    await device.wait_for_log("SAFE MODE IS ACTIVE")
