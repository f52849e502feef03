"""What a challenge device's rows are after a restart, a kill or a full disk."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
import json
import logging
from pathlib import Path
import threading
import time
from typing import Any

from homeassistant.const import ATTR_ASSUMED_STATE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant, State
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.storage import STORAGE_DIR
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    mock_restore_cache,
)

from custom_components.oceanremote.challenge import known_states
from custom_components.oceanremote.challenge.device import ChallengeDevice
from custom_components.oceanremote.challenge.known_states import FILE_NAME
from custom_components.oceanremote.hub import Hub
from tests.challenge.device import Device, running_device

from .challenge_support import (
    COMMANDS,
    SECRET,
    STRICT,
    add_challenge_device,
    data_of,
    listening,
)
from .runtime_support import Records

pytestmark = pytest.mark.usefixtures("socket_enabled")

GATE = "lock.garage_gate"
LOCK, UNLOCK = 4, 5


@pytest.fixture
async def board() -> AsyncGenerator[Device]:
    """Return the device's own end."""
    responses: dict[int, int | None] = {LOCK: 0x81, UNLOCK: 0x81, 0x42: 0x81}
    async with running_device(STRICT, SECRET, responses) as device:
        yield device


@pytest.fixture
async def garage(
    hass: HomeAssistant, hub_entry: MockConfigEntry, board: Device
) -> ChallengeDevice:
    """Return the hub's end of it, whose gate is locked and has proved it."""
    device = await add_challenge_device(hass, hub_entry, data_of(STRICT, board.port))
    await call(hass, "lock")
    await hass.async_block_till_done()
    return device


def file_of(hass: HomeAssistant) -> Path:
    """Return the file of states."""
    return Path(hass.config.path(STORAGE_DIR, FILE_NAME))


async def call(hass: HomeAssistant, service: str) -> None:
    """Lock or unlock the gate."""
    await hass.services.async_call("lock", service, {"entity_id": GATE}, blocking=True)


async def restart(hass: HomeAssistant, hub: Hub, found: bytes | None) -> State:
    """Start again with a file as a kill left it; return the gate's state."""
    assert await hass.config_entries.async_unload(hub.entry.entry_id)
    await hass.async_block_till_done()
    hass.data.pop(known_states._KNOWN_STATES)
    if found is None:
        file_of(hass).unlink(missing_ok=True)
    else:
        file_of(hass).write_bytes(found)
    assert await hass.config_entries.async_setup(hub.entry.entry_id)
    await hass.async_block_till_done()
    state = hass.states.get(GATE)
    assert state is not None
    return state


@dataclass
class Kills:
    """Plays the device, and keeps what a kill at each step leaves on disk."""

    file: Path
    relay: Callable[[], int]
    images: dict[str, bytes | None] = field(default_factory=dict)
    response: bool = True

    def now(self, step: str) -> None:
        """Keep the file as it is."""
        self.images[step] = self.file.read_bytes() if self.file.exists() else None

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Hand everything to the real device, byte by byte."""
        self.now("connected")
        inner_reader, inner = await asyncio.open_connection("127.0.0.1", self.relay())
        inner.write(await reader.readexactly(16))
        self.now("woken")
        writer.write(await inner_reader.readexactly(16))
        first = await reader.readexactly(1)
        self.now("first byte of the answer")
        inner.write(first + await reader.readexactly(31))
        response = await inner_reader.readexactly(32)
        self.now("executed")
        if self.response:
            writer.write(response)
            await writer.drain()
            self.now("response sent")
        inner.close()


@pytest.mark.parametrize("response", [True, False])
async def test_killed_at_any_step_a_lock_is_never_what_it_was_before(
    hass: HomeAssistant,
    hub: Hub,
    hub_entry: MockConfigEntry,
    garage: ChallengeDevice,
    board: Device,
    response: bool,
) -> None:
    kills = Kills(file_of(hass), lambda: board.port, response=response)
    kills.now("before")
    async with listening(kills.serve) as port:
        hass.config_entries.async_update_subentry(
            hub_entry,
            hub_entry.subentries[garage.subentry_id],
            data=data_of(STRICT, port),
        )
        await hass.async_block_till_done()
        if response:
            await call(hass, "unlock")
        else:
            with pytest.raises(HomeAssistantError):
                await call(hass, "unlock")
        kills.now("told")
        await hass.async_block_till_done()
        kills.now("settled")
    assert board.executed == [LOCK, UNLOCK]
    assert list(kills.images) == [
        "before",
        "connected",
        "woken",
        "first byte of the answer",
        "executed",
        *(["response sent"] if response else []),
        "told",
        "settled",
    ]
    after: dict[str, str] = {}
    for step, image in kills.images.items():
        state = await restart(hass, hub, image)
        after[step] = state.state
        assert state.attributes[ATTR_ASSUMED_STATE]
    assert after.pop("before") == "locked"
    assert after.pop("settled") == ("unlocked" if response else STATE_UNKNOWN)
    assert set(after.values()) <= {STATE_UNKNOWN, "unlocked"}
    assert after["first byte of the answer"] == STATE_UNKNOWN


async def test_home_assistants_older_state_is_not_believed(
    hass: HomeAssistant, hub: Hub, garage: ChallengeDevice
) -> None:
    mock_restore_cache(hass, [State(GATE, "locked")])
    assert (await restart(hass, hub, None)).state == STATE_UNKNOWN


@pytest.mark.parametrize(
    "found", [b"", b"[]", b'{"x": 1}', b'{"x": {"lock-04": "locked"}}', b"\xff"]
)
async def test_a_damaged_file_makes_states_unknown_and_heals(
    hass: HomeAssistant,
    hub: Hub,
    garage: ChallengeDevice,
    board: Device,
    found: bytes,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert (await restart(hass, hub, found)).state == STATE_UNKNOWN
    assert "states of challenge devices could not be read" in caplog.text
    await call(hass, "lock")
    await hass.async_block_till_done()
    stored = file_of(hass).read_bytes()
    assert json.loads(stored) == {garage.subentry_id: {"lock-04": True}}
    assert (await restart(hass, hub, stored)).state == "locked"


async def test_on_a_full_disk_nothing_is_executed_that_would_make_a_state_untrue(
    hass: HomeAssistant,
    garage: ChallengeDevice,
    board: Device,
    records: Records,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(known_states, "write_durably", full)
        with pytest.raises(HomeAssistantError) as caught:
            await call(hass, "unlock")
        await hass.async_block_till_done()
    assert caught.value.translation_key == "challenge_state_not_stored"
    placeholders = caught.value.translation_placeholders
    assert placeholders is not None
    assert placeholders["reason"] == "No space left on device"
    assert board.executed == [LOCK]
    state = hass.states.get(GATE)
    assert state is not None
    assert state.state == "locked"
    await call(hass, "unlock")
    assert board.executed == [LOCK, UNLOCK]


async def test_a_command_waits_only_so_long_for_the_disk(
    hass: HomeAssistant,
    garage: ChallengeDevice,
    board: Device,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    release = threading.Event()
    monkeypatch.setattr(known_states, "WRITE_TIMEOUT", 0.1)
    with monkeypatch.context() as patch:
        patch.setattr(known_states, "write_durably", lambda *_: release.wait(10))
        begun = time.monotonic()
        with pytest.raises(HomeAssistantError) as caught:
            await call(hass, "unlock")
        waited = time.monotonic() - begun
        release.set()
        await hass.async_block_till_done()
    assert caught.value.translation_key == "challenge_state_not_stored"
    assert waited < 5
    assert board.executed == [LOCK]


async def test_an_outcome_that_cannot_be_stored_is_unknown_after_a_restart(
    hass: HomeAssistant,
    hub: Hub,
    garage: ChallengeDevice,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    write, written = known_states.write_durably, []

    def once(path: Path, data: bytes) -> None:
        written.append(data)
        if len(written) > 1:
            raise OSError(5, "Input/output error")
        write(path, data)

    with monkeypatch.context() as patch:
        patch.setattr(known_states, "write_durably", once)
        await call(hass, "unlock")
        await hass.async_block_till_done()
        found = file_of(hass).read_bytes()
    assert len(written) == 2
    assert [r.levelno for r in caplog.records if "was not stored" in r.message] == [
        logging.WARNING
    ]
    assert (await restart(hass, hub, found)).state == STATE_UNKNOWN


async def test_a_row_that_is_gone_leaves_no_state_behind(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    garage: ChallengeDevice,
    board: Device,
) -> None:
    subentry = hub_entry.subentries[garage.subentry_id]
    for commands in (COMMANDS[:3], COMMANDS):
        hass.config_entries.async_update_subentry(
            hub_entry, subentry, data=data_of(STRICT, board.port, commands=commands)
        )
        await hass.async_block_till_done()
    state = hass.states.get(GATE)
    assert state is not None
    assert state.state == STATE_UNKNOWN
    assert json.loads(file_of(hass).read_bytes()) == {}


async def test_a_reconfigured_device_has_to_prove_its_states_again(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    garage: ChallengeDevice,
    board: Device,
) -> None:
    assert not _gate(hass).attributes.get(ATTR_ASSUMED_STATE)
    subentry = hub_entry.subentries[garage.subentry_id]
    hass.config_entries.async_update_subentry(
        hub_entry, subentry, data={**subentry.data, "host": "localhost"}
    )
    await hass.async_block_till_done()
    assert _gate(hass).state == "locked"
    assert _gate(hass).attributes[ATTR_ASSUMED_STATE]


def _gate(hass: HomeAssistant) -> State:
    state = hass.states.get(GATE)
    assert state is not None
    return state


async def test_removed_devices_and_hubs_leave_nothing(
    hass: HomeAssistant, hub_entry: MockConfigEntry, garage: ChallengeDevice
) -> None:
    hass.config_entries.async_remove_subentry(hub_entry, garage.subentry_id)
    await hass.async_block_till_done()
    assert json.loads(file_of(hass).read_bytes()) == {}
    await hass.config_entries.async_remove(hub_entry.entry_id)
    await hass.async_block_till_done()
    assert not file_of(hass).exists()
