"""Commands that wait for a challenge device: how long, and what ends the wait."""

import asyncio
from collections.abc import AsyncGenerator

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.challenge import (
    client as challenge_client,
    command_queue,
)
from custom_components.oceanremote.challenge.device import ChallengeDevice, Outcome
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from tests.challenge.device import Device, running_device

from .challenge_support import (
    OFF,
    ON,
    SECRET,
    STRICT,
    add_challenge_device,
    data_of,
    listening,
)
from .runtime_support import Records

pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture
async def board() -> AsyncGenerator[Device]:
    """Return a device that answers."""
    async with running_device(STRICT, SECRET, {ON: 0x83, OFF: 0x84}) as device:
        yield device


class Gatekeeper:
    """Stands before a device and holds the first connections back."""

    def __init__(self, board: Device, held: int = 1) -> None:
        """Hold the first `held` connections for good, before the challenge."""
        self.connected = asyncio.Event()
        self._board = board
        self._held = held

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Serve one connection, or never."""
        self.connected.set()
        if self._held:
            self._held -= 1
            await asyncio.sleep(60)
        await self._board.serve(reader, writer)


def begin(garage: ChallengeDevice, *commands: int) -> list[asyncio.Task[Outcome]]:
    """Press several buttons at once."""
    return [asyncio.create_task(garage.async_command(each, None)) for each in commands]


async def keys_of(tasks: list[asyncio.Task[Outcome]]) -> list[str | None]:
    """Return what every caller was told; None is success."""
    async with asyncio.timeout(5):
        results = await asyncio.gather(*tasks, return_exceptions=True)
    keys = []
    for result in results:
        if isinstance(result, BaseException):
            assert isinstance(result, HomeAssistantError)
            keys.append(result.translation_key)
        else:
            keys.append(None)
    return keys


def reconfigure(
    hass: HomeAssistant, entry: MockConfigEntry, garage: ChallengeDevice, port: int
) -> None:
    """Have the device at another port."""
    subentry = entry.subentries[garage.subentry_id]
    hass.config_entries.async_update_subentry(
        entry, subentry, data=data_of(STRICT, port)
    )


async def test_a_command_that_waited_too_long_is_dropped_and_said_so(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    board: Device,
    records: Records,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(command_queue, "COMMAND_EXPIRY", 0.2)
    monkeypatch.setattr(challenge_client, "CHALLENGE_TIMEOUT", 1.0)
    async with listening(Gatekeeper(board).serve) as port:
        garage = await add_challenge_device(hass, hub_entry, data_of(STRICT, port))
        first, second = begin(garage, ON, OFF)
        assert await keys_of([second]) == ["challenge_expired"]
        assert not first.done()
        assert await keys_of([first]) == ["challenge_silent"]
        assert board.executed == []
        assert [(r.outcome, r.detail) for r in records.of(AuditKind.COMMAND)] == [
            ("challenge_expired", "0x43"),
            ("challenge_silent", "0x4F"),
        ]
        assert await keys_of(begin(garage, OFF)) == [None]
    assert board.executed == [OFF]


async def test_waiting_uses_up_the_time_to_try(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    board: Device,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(challenge_client, "CHALLENGE_TIMEOUT", 0.6)
    loop = asyncio.get_running_loop()
    async with listening(Gatekeeper(board, held=9).serve) as port:
        garage = await add_challenge_device(hass, hub_entry, data_of(STRICT, port))
        begun = loop.time()
        told = await keys_of(begin(garage, ON, OFF))
        assert told[0] == "challenge_silent"
        assert told[1] in ("challenge_silent", "challenge_unreachable")
        assert loop.time() - begun < 1.1
    assert board.executed == []


async def test_a_reconfiguration_cancels_what_waits(
    hass: HomeAssistant, hub_entry: MockConfigEntry, board: Device, records: Records
) -> None:
    keeper = Gatekeeper(board)
    async with listening(keeper.serve) as port:
        garage = await add_challenge_device(hass, hub_entry, data_of(STRICT, port))
        waiting = begin(garage, ON, OFF, ON)
        async with asyncio.timeout(5):
            await keeper.connected.wait()
        reconfigure(hass, hub_entry, garage, board.port)
        assert await keys_of(waiting) == ["challenge_reconfigured"] * 3
        assert [r.outcome for r in records.of(AuditKind.COMMAND)] == [
            "challenge_reconfigured"
        ] * 3
    assert board.executed == []
    assert await keys_of(begin(garage, ON)) == [None]
    assert board.executed == [ON]


async def test_a_new_name_cancels_nothing(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    board: Device,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(challenge_client, "ATTEMPT_TIMEOUT", 0.2)
    keeper = Gatekeeper(board)
    async with listening(keeper.serve) as port:
        garage = await add_challenge_device(hass, hub_entry, data_of(STRICT, port))
        waiting = begin(garage, ON, OFF)
        async with asyncio.timeout(5):
            await keeper.connected.wait()
        subentry = hub_entry.subentries[garage.subentry_id]
        hass.config_entries.async_update_subentry(hub_entry, subentry, title="Carport")
        assert await keys_of(waiting) == [None, None]
    assert board.executed == [ON, OFF]


@pytest.mark.parametrize("unload", [False, True])
async def test_what_a_former_device_answers_proves_nothing_of_the_new_one(
    hass: HomeAssistant, hub_entry: MockConfigEntry, board: Device, unload: bool
) -> None:
    answered, release = asyncio.Event(), asyncio.Event()

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner = await asyncio.open_connection("127.0.0.1", board.port)
        inner.write(await reader.readexactly(16))
        writer.write(await inner_reader.readexactly(16))
        inner.write(await reader.readexactly(32))
        response = await inner_reader.readexactly(32)
        answered.set()
        await release.wait()
        writer.write(response)
        inner.close()

    async with listening(slow) as port:
        garage = await add_challenge_device(hass, hub_entry, data_of(STRICT, port))
        (sent,) = begin(garage, ON)
        async with asyncio.timeout(5):
            await answered.wait()
        if unload:
            assert await hass.config_entries.async_reload(hub_entry.entry_id)
        else:
            reconfigure(hass, hub_entry, garage, board.port)
        release.set()
        assert await keys_of([sent]) == [None]
        await hass.async_block_till_done()
    light = hass.states.get("switch.garage_light")
    assert light is not None
    assert light.state == "unknown"
    assert await hass.config_entries.async_reload(hub_entry.entry_id)
    light = hass.states.get("switch.garage_light")
    assert light is not None
    assert light.state == "unknown"


async def test_a_device_that_is_removed_executes_nothing_more(
    hass: HomeAssistant, hub_entry: MockConfigEntry, board: Device
) -> None:
    keeper = Gatekeeper(board)
    async with listening(keeper.serve) as port:
        garage = await add_challenge_device(hass, hub_entry, data_of(STRICT, port))
        waiting = begin(garage, ON, OFF)
        async with asyncio.timeout(5):
            await keeper.connected.wait()
        hass.config_entries.async_remove_subentry(hub_entry, garage.subentry_id)
        assert await keys_of(waiting) == ["challenge_reconfigured"] * 2
    assert board.executed == []
