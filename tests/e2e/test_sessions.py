"""Sessions rotate without losing a message, and what is late is dead."""

import asyncio
import re

import pytest

from lab.client import ApiError
from lab.house import House
from lab.proxy import Proxy

from .support import enrol

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_sessions_rotate_while_commands_flow(house: House) -> None:
    """Of 60 commands during at least five rotations, each is executed once."""
    enrolled = await enrol(house, "rotating", "02:00:00:0C:EF:01")
    client = house.client
    device_id = await house.registry_id(enrolled.enrolment.subentry_id)
    log = enrolled.device.mark()

    async def rotate() -> None:
        for _ in range(5):
            await client.call("oceanremote.renew_session", {"device_id": device_id})
            await asyncio.sleep(0.2)

    rotations = asyncio.create_task(rotate())
    commands = 0
    while not rotations.done() or commands < 60:
        await enrolled.set_relay(commands % 2 == 0)
        commands += 1
    await rotations
    text = enrolled.device.log(log)
    assert len(re.findall("bench: relay (?:on|off)", text)) == commands
    assert len(re.findall(r"Session rotated", text)) >= 5
    assert "bench: disconnected" not in text
    assert await client.state(enrolled.entity("switch-0-relay")) == (
        "on" if commands % 2 else "off"
    )


async def test_a_command_held_back_arrives_too_late_and_is_dead(house: House) -> None:
    """A proxy that delivers a command after its deadline delivers nothing."""
    proxy = Proxy(house.home_assistant.port)
    await proxy.start()
    try:
        enrolled = await enrol(
            house, "held-back", "02:00:00:0C:EF:02", f"ws://127.0.0.1:{proxy.port}"
        )
        log = enrolled.device.mark()
        proxy.hold()
        with pytest.raises(ApiError):
            await enrolled.set_relay(True)
        proxy.release()
        await asyncio.sleep(2)
        assert "bench: relay on" not in enrolled.device.log(log)
        await house.client.wait_for_state(enrolled.entity("switch-0-relay"), "off")
        await enrolled.set_relay(True)
        await enrolled.device.wait_for_log("bench: relay on", since=log)
    finally:
        await enrolled.device.stop()
        await proxy.stop()


async def test_a_cut_link_comes_back(house: House) -> None:
    """A broken connection is dialled again and states are told anew."""
    proxy = Proxy(house.home_assistant.port)
    await proxy.start()
    try:
        enrolled = await enrol(
            house, "cut", "02:00:00:0C:EF:03", f"ws://127.0.0.1:{proxy.port}"
        )
        log = enrolled.device.mark()
        proxy.cut()
        await enrolled.device.wait_for_log("bench: session", since=log)
        await enrolled.set_relay(True)
        await house.client.wait_for_state(enrolled.entity("switch-0-relay"), "on")
    finally:
        await enrolled.device.stop()
        await proxy.stop()


async def test_recorded_bytes_open_nothing(house: House) -> None:
    """Everything that a device ever sent, sent again, is refused."""
    proxy = Proxy(house.home_assistant.port)
    await proxy.start()
    enrolled = await enrol(
        house, "replayed", "02:00:00:0C:EF:04", f"ws://127.0.0.1:{proxy.port}"
    )
    await enrolled.device.stop()
    mark = house.home_assistant.mark()
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", house.home_assistant.port
    )
    try:
        for data in proxy.recorded:
            writer.write(data)
        answer = await asyncio.wait_for(reader.read(), 15)
    finally:
        writer.close()
        await proxy.stop()
    # 101, HELLO, REJECT and a close; never an ACCEPT (type 3, 81 bytes).
    assert bytes([0x82, 81, 0x03]) not in answer
    log = house.home_assistant.log(mark)
    assert "Traceback" not in log
    assert await house.client.state(enrolled.entity("switch-0-relay")) == "unavailable"
