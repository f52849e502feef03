"""Both machines against ends that somebody else might have written."""

import hashlib
from typing import Any

from custom_components.oceanremote.protocol import (
    CommandCompleted,
    CommandStatus,
    RegistrationProved,
    SessionProved,
    TokenStored,
    description_hash,
)
from tests.support import independent
from tests.support.commands import switch_command
from tests.support.device import DeviceConnection, TokenIssued
from tests.support.independent import REGISTRATION, SESSION
from tests.support.message_samples import FACTS, PUMP
from tests.support.world import MAC, World

FACTS_ON_THE_WIRE = {
    1: "pump",
    2: "Pump",
    3: "2026.10.0",
    4: "",
    5: "host",
    6: "host",
    7: False,
}
EMPTY = hashlib.sha256(b"").digest()
TOKEN = bytes(range(32))


def test_an_independent_device_at_our_hub() -> None:
    world = World()
    (registration,) = world.disk.unused.values()
    device = independent.Device(
        world.flash.identity.key.private, MAC, hub_public=world.hub_key.public
    )

    def say(frame: bytes) -> list[bytes]:
        world.give_hub(frame)
        frames = list(world.to_device)
        world.to_device.clear()
        return frames

    world.connect()
    extra = registration.handle + b"\x04host" + b"\x092026.10.0"
    hello = world.to_device.popleft()
    (accept,) = say(device.init(hello, REGISTRATION, registration.secret, extra))
    _, lifetime, hub_time, rx_limit, interval = device.accept(accept)
    assert (lifetime, rx_limit, interval) == (3600, 8192, 25)
    assert hub_time == 1_795_000_000_000
    (issue,) = say(device.seal([1, bytes(32), FACTS_ON_THE_WIRE]))
    code, generation, token = device.open(issue)
    assert (code, generation) == (67, 1)
    stored = hashlib.sha256(b"oceanremote/1 stored" + token).digest()
    (hello,) = say(device.seal([6, stored]))

    for number in (2, 3):
        (accept,) = say(device.init(hello, SESSION, token, b""))
        device.accept(accept)
        (welcome,) = say(device.seal([1, EMPTY, FACTS_ON_THE_WIRE]))
        assert device.open(welcome) == [65, number == 2, 1_795_000_000_000, b""]
        if number == 2:
            assert say(device.seal([2, 0, 0, b""])) == []
            command = world.hub.send_command(PUMP, switch_command(True), 5, world.now)
            world.hub.rotate(world.now)
            sealed, hello = world.hub.frames_to_send()
            assert device.open(sealed) == [66, command, 5000, 4, 0, PUMP.key, {1: True}]
            assert say(device.seal([5, command, 0, ""])) == []

    assert len(world.hub_said(RegistrationProved)) == 1
    assert len(world.hub_said(TokenStored)) == 1
    assert [event.epoch for event in world.hub_said(SessionProved)] == [2, 3]
    assert world.hub_said(CommandCompleted)[0].status is CommandStatus.DONE


def test_an_independent_hub_for_our_device() -> None:
    world = World()
    identity = world.flash.identity
    assert identity.registration is not None
    hub = independent.Hub(world.hub_key.private, MAC, public=world.hub_key.public)
    device = DeviceConnection(
        identity,
        FACTS,
        b"",
        random=world.random,
        next_counter=world.flash.next_counter,
        rx_limit=1024,
    )
    device.start(world.now)

    def say(frame: bytes) -> list[bytes]:
        for event in device.receive(frame, world.now):
            if isinstance(event, TokenIssued):
                device.confirm_stored(world.now)
        return device.frames_to_send()

    def terms(number: int) -> tuple[Any, ...]:
        return (bytes([number] * 16), 3600, 0, 8192, 25)

    (init,) = say(hub.hello(bytes(range(32))))
    (ready,) = say(hub.accept(init, identity.registration.secret, terms(1)))
    assert (hub.purpose, hub.rx_limit) == (REGISTRATION, 1024)
    assert hub.payload[:18] == MAC + bytes(4) + (1).to_bytes(8)
    assert hub.payload[18:26] == identity.registration.handle
    assert hub.payload[26:] == b"\x0bnodemcu-32s" + b"\x092026.10.0"
    assert hub.open(ready)[:2] == [1, bytes(32)]
    (stored,) = say(hub.seal([67, 1, TOKEN]))
    expected = hashlib.sha256(b"oceanremote/1 stored" + TOKEN).digest()
    assert hub.open(stored) == [6, expected]

    for number in (2, 3):
        (init,) = say(hub.hello(bytes([number] * 32)))
        (ready,) = say(hub.accept(init, TOKEN, terms(number)))
        assert hub.payload == MAC + (1).to_bytes(4) + number.to_bytes(8)
        assert hub.open(ready)[:2] == [1, description_hash(b"")]
        (describe,) = say(hub.seal([65, True, 0, b""]))
        assert hub.open(describe) == [2, 0, 0, b""]
        (pong,) = say(hub.seal([72, b"12345678"]))
        assert hub.open(pong) == [9, b"12345678"]
    assert not device.closed
    assert device.epoch == 3
