"""A challenge device that is asked how it is, moves, takes its time, or repeats itself."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any

from homeassistant.const import ATTR_ASSUMED_STATE, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant, State
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.oceanremote.challenge import client, status
from custom_components.oceanremote.challenge.device import ChallengeDevice
from custom_components.oceanremote.challenge.settings import ChallengeSettings
from custom_components.oceanremote.common.const import DOMAIN
from custom_components.oceanremote.hub import Hub
from tests.challenge.device import Device, running_device

from .challenge_support import (
    BELL,
    BLOCKED,
    CLASSIC,
    DONE,
    DOOR,
    GATE,
    LIGHT,
    NOW_OFF,
    NOW_ON,
    RESPONSES,
    SECRET,
    STRICT,
    add_challenge_device,
    data_of,
    listening,
)

pytestmark = pytest.mark.usefixtures("socket_enabled")

ASK = 0x53
STATUS = {"status_byte": "0x53", "status_interval": 10}
OPENING = {"name": "Opening", "byte": "0x85", "meaning": "opening"}
CLOSING = {"name": "Closing", "byte": "0x86", "meaning": "closing"}
LOCKED, UNLOCKED = 0x83, 0x84
LOCK, UNLOCK = 4, 5
OPEN, CLOSE = 1, 2


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "RETRY_DELAY", 0.01)
    monkeypatch.setattr(client, "RESPONSE_TIMEOUT", 0.5)
    monkeypatch.setattr(status, "STATUS_TIMEOUT", 0.2)
    monkeypatch.setattr(
        "custom_components.oceanremote.challenge.device.STATUS_TIMEOUT", 0.2
    )


@pytest.fixture
async def board() -> AsyncGenerator[Device]:
    """Return a board that is unlocked, and says so."""
    responses: dict[int, int | None] = {LOCK: LOCKED, UNLOCK: UNLOCKED, ASK: UNLOCKED}
    async with running_device(STRICT, SECRET, responses) as device:
        yield device


async def added(
    hass: HomeAssistant, entry: MockConfigEntry, port: int, **more: Any
) -> ChallengeDevice:
    """Add a gate that is asked for its state."""
    table = {"commands": [GATE, BELL], "responses": RESPONSES}
    data = data_of(STRICT, port) | table | STATUS | more
    device = await add_challenge_device(hass, entry, data)
    await settle(hass)
    return device


async def settle(hass: HomeAssistant) -> None:
    """Let what was asked be answered."""
    await hass.async_block_till_done(wait_background_tasks=True)


async def pass_time(hass: HomeAssistant, seconds: float) -> None:
    """Let timers of the next seconds go off."""
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=seconds))
    await settle(hass)


def shown(hass: HomeAssistant, entity_id: str = "lock.garage_gate") -> State:
    """Return what Home Assistant shows."""
    state = hass.states.get(entity_id)
    assert state is not None
    return state


def is_proved(state: State) -> bool:
    """Return whether a state is more than assumed."""
    return not state.attributes.get(ATTR_ASSUMED_STATE)


async def test_the_state_is_known_from_the_start_and_follows_the_device(
    hass: HomeAssistant, hub_entry: MockConfigEntry, board: Device
) -> None:
    await added(hass, hub_entry, board.port)
    assert shown(hass).state == "unlocked"
    assert is_proved(shown(hass))
    assert board.executed == [ASK]
    board.responses = {**board.responses, ASK: LOCKED}  # somebody turned the key
    await pass_time(hass, 9 * 60)
    assert shown(hass).state == "unlocked"
    await pass_time(hass, 10 * 60 + 1)
    assert shown(hass).state == "locked"
    assert is_proved(shown(hass))


async def test_a_device_without_a_status_byte_is_never_asked(
    hass: HomeAssistant, hub_entry: MockConfigEntry, board: Device
) -> None:
    await added(hass, hub_entry, board.port, status_byte="")
    await pass_time(hass, 3600)
    assert board.executed == []
    assert shown(hass).state == STATE_UNKNOWN


async def test_three_missed_answers_age_the_state_and_one_heals_it(
    hass: HomeAssistant, hub_entry: MockConfigEntry, board: Device
) -> None:
    device = await added(hass, hub_entry, board.port)
    board.secret = b"another secret of bytes"  # it answers nobody any more
    for missed in (1, 2):
        await pass_time(hass, missed * 601)
        assert is_proved(shown(hass)), missed
        assert shown(hass).state == "unlocked"
    await pass_time(hass, 3 * 601)
    assert shown(hass).state == STATE_UNAVAILABLE
    assert shown(hass, "button.garage_bell").state == STATE_UNAVAILABLE
    row = device.settings.commands[0]
    known = device.state_of(row)
    assert known is not None
    assert not known.proved
    board.secret = SECRET
    await pass_time(hass, 4 * 601)
    assert shown(hass).state == "unlocked"
    assert is_proved(shown(hass))


async def test_a_response_to_another_command_refreshes_the_only_state_too(
    hass: HomeAssistant, hub_entry: MockConfigEntry, board: Device
) -> None:
    """A bell that answers how the gate is."""
    await added(hass, hub_entry, board.port, status_byte="")
    board.responses = {**board.responses, 0x42: LOCKED}
    await hass.services.async_call(
        "button", "press", {"entity_id": "button.garage_bell"}, blocking=True
    )
    assert shown(hass).state == "locked"
    assert is_proved(shown(hass))


async def test_a_refused_status_and_done_prove_nothing(
    hass: HomeAssistant, hub_entry: MockConfigEntry, board: Device
) -> None:
    for said in (0x81, 0x82):
        board.responses = {**board.responses, ASK: said}
        await added(hass, hub_entry, board.port)
        assert shown(hass).state == STATE_UNKNOWN
        assert not is_proved(shown(hass))
        for subentry_id in tuple(hub_entry.subentries):
            hass.config_entries.async_remove_subentry(hub_entry, subentry_id)
        await settle(hass)


async def test_after_a_change_of_the_settings_it_is_asked_again_at_once(
    hass: HomeAssistant, hub_entry: MockConfigEntry, board: Device
) -> None:
    device = await added(hass, hub_entry, board.port)
    subentry = hub_entry.subentries[device.subentry_id]
    hass.config_entries.async_update_subentry(
        hub_entry, subentry, data={**subentry.data, "status_interval": 5}
    )
    await settle(hass)
    assert board.executed == [ASK, ASK]
    assert is_proved(shown(hass))


async def test_nothing_is_asked_after_an_unload(
    hass: HomeAssistant, hub_entry: MockConfigEntry, board: Device
) -> None:
    await added(hass, hub_entry, board.port)
    assert await hass.config_entries.async_unload(hub_entry.entry_id)
    await pass_time(hass, 3600)
    assert board.executed == [ASK]


@pytest.mark.parametrize("asked", [True, False])
async def test_a_cover_moves_until_it_says_where_it_is_or_long_enough(
    hass: HomeAssistant, hub_entry: MockConfigEntry, asked: bool
) -> None:
    responses: dict[int, int | None] = {OPEN: 0x85, CLOSE: 0x86, 3: 0x81, ASK: 0x85}
    async with running_device(STRICT, SECRET, responses) as board:
        more = {"commands": [DOOR], "responses": [*RESPONSES, OPENING, CLOSING]}
        data = data_of(STRICT, board.port) | more | (STATUS if asked else {})
        await add_challenge_device(hass, hub_entry, data)
        await settle(hass)
        await hass.services.async_call(
            "cover", "open_cover", {"entity_id": "cover.garage_door"}, blocking=True
        )
        assert shown(hass, "cover.garage_door").state == "opening"
        await pass_time(hass, 6)
        assert shown(hass, "cover.garage_door").state == "opening"
        board.responses = {**board.responses, ASK: 0x83}
        await pass_time(hass, 12 if asked else status.MOVING_LIMIT + 1)
        door = shown(hass, "cover.garage_door")
        assert door.state == "open"
        assert is_proved(door) is asked
        await hass.services.async_call(
            "cover", "close_cover", {"entity_id": "cover.garage_door"}, blocking=True
        )
        assert shown(hass, "cover.garage_door").state == "closing"
        await hass.services.async_call(
            "cover", "stop_cover", {"entity_id": "cover.garage_door"}, blocking=True
        )
        assert shown(hass, "cover.garage_door").state == STATE_UNKNOWN


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({}, None),
        ({"status_byte": "4"}, "status_byte_twice"),
        ({"commands": [GATE, LIGHT]}, "status_rows"),
        ({"commands": [BELL]}, "status_rows"),
        ({"responses": [DONE, BLOCKED]}, "status_responses"),
        ({"responses": []}, "status_responses"),
        (
            {"commands": [GATE, *[{**BELL, "byte": str(b)} for b in range(100, 162)]]},
            "table_too_large",
        ),
    ],
)
def test_a_status_that_could_not_be_told_is_refused(
    change: dict[str, Any], problem: str | None
) -> None:
    table = {"commands": [GATE], "responses": [DONE, NOW_ON, NOW_OFF]}
    settings = ChallengeSettings.of(data_of(STRICT, 1) | table | STATUS | change)
    assert settings.status_problem == problem


async def test_a_slow_action_has_the_time_that_its_owner_gives_it(
    hass: HomeAssistant, hub_entry: MockConfigEntry, board: Device
) -> None:
    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        device_reader, device = await asyncio.open_connection("127.0.0.1", board.port)
        device.write(await reader.readexactly(16))
        writer.write(await device_reader.readexactly(16))
        device.write(await reader.readexactly(32))
        response = await device_reader.readexactly(32)
        await asyncio.sleep(0.8)
        writer.write(response)
        await writer.drain()
        device.close()

    async with listening(relay) as port:
        device = await added(hass, hub_entry, port, status_byte="")
        call = ("lock", "lock", {"entity_id": "lock.garage_gate"})
        with pytest.raises(HomeAssistantError):
            await hass.services.async_call(*call, blocking=True)
        subentry = hub_entry.subentries[device.subentry_id]
        hass.config_entries.async_update_subentry(
            hub_entry, subentry, data={**subentry.data, "response_time": 1}
        )
        await settle(hass)
        await hass.services.async_call(*call, blocking=True)
        assert shown(hass).state == "locked"


async def test_a_challenge_that_never_changes_raises_a_repair_until_it_does(
    hass: HomeAssistant, hub: Hub, hub_entry: MockConfigEntry
) -> None:
    challenge = bytes(8)

    async def answer(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await reader.readexactly(1)
        writer.write(challenge)
        await writer.drain()
        await reader.read()

    async with listening(answer) as port:
        data = data_of(CLASSIC, port) | {"commands": [BELL], "responses": []}
        device = await add_challenge_device(hass, hub_entry, data)
        issue_id = f"challenge_repeats_{device.subentry_id}"

        def issue() -> ir.IssueEntry | None:
            return ir.async_get(hass).async_get_issue(DOMAIN, issue_id)

        for _ in range(3):
            await device.async_command(0x42, None)
        assert issue() is None
        await device.async_command(0x42, None)
        found = issue()
        assert found is not None
        assert found.translation_key == "challenge_repeats"
        challenge = bytes(7) + b"x"
        await device.async_command(0x42, None)
        assert issue() is None
