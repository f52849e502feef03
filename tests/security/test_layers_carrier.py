"""The layer-failure matrix, continued: the hub's secrets, the network, the clock.

Docstrings are rows as in test_layers.py.
"""

import os
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.common.const import REGISTRATION_TOKEN_LIFETIME
from custom_components.oceanremote.device.status import DeviceStatus
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.protocol import KeyPair
from custom_components.oceanremote.protocol.frames import FrameType
from custom_components.oceanremote.vault import Vault, vault_path
from custom_components.oceanremote.vault.errors import VaultKeyMissing
from tests.integration.runtime_support import FLOW, Device, eventually

from .layer_notices import Person, said_by
from .layer_support import (
    GENERIC_REFUSAL,
    Audit,
    FalseHub,
    Middleman,
    close_code_of,
    command,
    dial_plainly,
    flip_last_bit,
    pump,
    reached_through,
    sealed_by_guess,
    still_works,
)


async def test_hub_database_without_the_key(
    hass: HomeAssistant,
    hub: Hub,
    device: Device,
    audit: Audit,
    person: Person,
    tmp_path: Path,
) -> None:
    """Hub database, without the hub's key.

    Tries: to open it, to read secrets or names out of the file, and to answer the
    device as its hub.
    Stopped by: the vault's seal: AES-256-GCM under a key in another file. The false
    hub has no hub key, so the device's first message does not open.
    Noticed: nothing at the hub, which was never asked. The device says in its log that
    it was rejected, and is shown as offline.
    """
    identity = device.driver.flash.identity
    await hub.vault.flush()
    stolen = tmp_path / "stolen"
    stolen.write_bytes(vault_path(hass).read_bytes())
    other_key = tmp_path / "other.key"
    with pytest.raises(VaultKeyMissing):
        await Vault.open(hass, stolen, other_key, create=False)
    assert identity.token is not None
    assert identity.registration is not None
    for secret in (
        identity.token,
        identity.registration.secret,
        identity.mac,
        hub.vault.hub_key.private,
    ):
        assert secret not in stolen.read_bytes()
        assert secret.hex().encode() not in stolen.read_bytes()
    impostor = FalseHub(KeyPair.generate(os.urandom), os.urandom(32))
    assert await assert_not_fooled(hub, device, impostor, person) == "rejected"
    assert not await audit.records("refused")


async def test_hub_key_without_the_database(
    hub: Hub, device: Device, audit: Audit, person: Person
) -> None:
    """Private key of the hub, without the database.

    Tries: to answer the device as its hub.
    Stopped by: token: the device does not open an answer that was made without it,
    and says nothing. (The thief does read the device's key, MAC and counter.)
    Noticed: nothing at the hub. The device says in its log that the hub's answer does
    not open, and is shown as offline.
    """
    impostor = FalseHub(hub.vault.hub_key, os.urandom(32))
    assert await assert_not_fooled(hub, device, impostor, person) == "bad_handshake"
    assert not await audit.records("refused")


async def assert_not_fooled(
    hub: Hub, device: Device, impostor: FalseHub, person: Person
) -> str:
    """Let the device dial a false hub, and then the true one again.

    Returns what the device says about the false one.
    """
    await device.hang_up()
    epochs = len(device.driver.epochs)
    async with reached_through(impostor.serve, device):
        await device.dial()
        await eventually(lambda: device.driver.closed)
        assert not pump(hub).connected
        assert pump(hub).status is DeviceStatus.OFFLINE
        await person.sees_status("offline")
        await person.sees_unavailable()
        said = said_by(device)
    assert impostor.visited
    assert not impostor.proved
    assert len(device.driver.epochs) == epochs
    await device.connect()
    await still_works(hub, device)
    return said


async def test_id_of_a_live_session(hub: Hub, device: Device, audit: Audit) -> None:
    """Id of a live session.

    Tries: to speak in that session from a connection of their own.
    Stopped by: session: keys belong to the connection they were made on, and the id is
    no key but data that a message is sealed with.
    Noticed: refused as "unexpected frame", in the audit log.
    """
    session_id = device.driver.connection.session_id
    assert session_id is not None
    forged = bytes((FrameType.DATA,)) + (1).to_bytes(4) + session_id + os.urandom(40)
    socket = await dial_plainly(device)
    await socket.receive_bytes()
    await socket.send_bytes(forged)
    assert await close_code_of(socket) == GENERIC_REFUSAL
    await audit.noticed("refused", what="unexpected_frame")
    await still_works(hub, device)


async def test_hostile_proxy(hub: Hub, enrolled_device: Device, audit: Audit) -> None:
    """TLS, ended by a hostile proxy that sees and may rewrite every frame.

    Tries: to read tokens, names, MAC address, states; to change handshake, states and
    commands on the way, one bit each.
    Stopped by: session: everything after the greeting is sealed end to end between
    device and hub; a changed handshake yields no keys, a changed message ends the link.
    Noticed: what was changed toward the hub, as refused: "bad mac1" and "not
    authentic", in the audit log. What was changed toward the device, in its log.
    """
    proxy = Middleman(enrolled_device)
    async with reached_through(proxy.serve, enrolled_device):
        await enrolled_device.connect()
        await eventually(lambda: pump(hub).available)
        await enrolled_device.report(FLOW, 12.5)
        await still_works(hub, enrolled_device)
        identity = enrolled_device.driver.flash.identity
        assert identity.token is not None
        seen = b"".join(proxy.from_device + proxy.from_hub)
        for secret in (identity.token, identity.mac, b"Pump", b"garden"):
            assert secret not in seen
        proxy.to_hub = lambda frame: [flip_last_bit(frame)]
        await enrolled_device.report(FLOW, 99.0)
        assert await enrolled_device.wait_closed() == GENERIC_REFUSAL
        await audit.noticed("refused", what="not_authentic")
        await enrolled_device.dial()
        await eventually(lambda: enrolled_device.driver.closed)
        await audit.noticed("refused", what="bad_mac1")
        await enrolled_device.hang_up()
        proxy.to_hub = lambda frame: [frame]
        obeyed = len(enrolled_device.driver.commands)
        await enrolled_device.connect()
        proxy.to_device = lambda frame: [flip_last_bit(frame)]
        with pytest.raises(HomeAssistantError):
            await command(hub)
        assert said_by(enrolled_device) == "not_authentic"
        assert len(enrolled_device.driver.commands) == obeyed


async def test_replay_reorder_and_injection(
    hub: Hub, device: Device, audit: Audit
) -> None:
    """The network: replay, reorder, injection.

    Tries: to deliver a message twice, two in the wrong order, one of their own; to
    replay a recorded greeting and a whole recorded session on a new connection.
    Stopped by: session: each message has its place in a counted sequence under keys
    of its own connection; the greeting answers a challenge that is used once.
    Noticed: refused as "not authentic" and "bad mac1", in the audit log.
    """
    await device.hang_up()
    proxy = Middleman(device)
    held: list[bytes] = []

    def swap(frame: bytes) -> list[bytes]:
        held.append(frame)
        return held[::-1] if len(held) == 2 else []

    async with reached_through(proxy.serve, device):
        for number, trick in enumerate(
            (
                lambda frame: [frame, frame],
                swap,
                lambda frame: [sealed_by_guess(epoch=1), frame],
            ),
            start=1,
        ):
            proxy.to_hub = lambda frame: [frame]
            await device.connect()
            proxy.to_hub = trick
            await device.report(FLOW, 1.0)
            await device.report(FLOW, 2.0)
            assert await device.wait_closed() == GENERIC_REFUSAL
            await eventually(lambda: not pump(hub).connected)
            found = await audit.records("refused", what="not_authentic")
            assert len(found) == number
    mark = hub.vault.high_water(pump(hub).enrolment_id)
    for recorded in (proxy.from_device[:1], proxy.from_device):
        socket = await dial_plainly(device)
        await socket.receive_bytes()
        for frame in recorded:
            if not socket.closed:
                await socket.send_bytes(frame)
        assert await close_code_of(socket) == GENERIC_REFUSAL
    assert len(await audit.records("refused", what="bad_mac1")) == 2
    assert hub.vault.high_water(pump(hub).enrolment_id) == mark
    await device.connect()
    await still_works(hub, device)


async def test_clock_set_back(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    enrolled_device: Device,
    audit: Audit,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The hub's clock, set back.

    Tries: to make a registration token that has expired valid again, across a restart
    too.
    Stopped by: token: one that was once seen as expired stays so, on disk. Sessions
    and deadlines do not look at the wall clock at all.
    Noticed: each attempt is refused as "token expired", in the audit log.
    """
    directory = hub.admission.known.vault
    now = directory._wall_clock()
    later = now + REGISTRATION_TOKEN_LIFETIME.total_seconds() + 1
    for shown in (later, now, now - 1_000_000):
        monkeypatch.setattr(directory, "_wall_clock", lambda shown=shown: shown)
        await enrolled_device.dial()
        assert await enrolled_device.wait_closed() == GENERIC_REFUSAL
    assert len(await audit.records("refused", what="token_expired")) == 3
    await hass.config_entries.async_reload(hub_entry.entry_id)
    restarted = Audit(hub_entry.runtime_data.hub)
    await enrolled_device.dial()
    assert await enrolled_device.wait_closed() == GENERIC_REFUSAL
    assert len(await restarted.records("refused", what="token_expired")) == 4
    assert not enrolled_device.driver.registered
