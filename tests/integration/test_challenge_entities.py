"""Entities of a challenge device: from its table, commanded over real TCP."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from homeassistant.auth.models import User
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import (
    ATTR_ASSUMED_STATE,
    ATTR_SUPPORTED_FEATURES,
    STATE_CLOSED,
    STATE_OFF,
    STATE_ON,
    STATE_OPEN,
    STATE_UNKNOWN,
)
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.challenge import (
    client as challenge_client,
    command_queue,
)
from custom_components.oceanremote.challenge.device import ChallengeDevice
from custom_components.oceanremote.challenge.settings import SECRET_NAME
from custom_components.oceanremote.common.const import DOMAIN
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.vault import changes
from custom_components.oceanremote.vault.errors import VaultWriteError
from tests.challenge.device import Device, running_device

from .challenge_support import (
    BELL,
    BLOCKED,
    CLASSIC,
    COMMANDS,
    DOOR,
    LIGHT,
    NOW_OFF,
    NOW_ON,
    OFF,
    ON,
    OWNER,
    SECRET,
    STRICT,
    add_challenge_device,
    data_of,
    find_registered,
    listening,
)
from .runtime_support import Records

pytestmark = pytest.mark.usefixtures("socket_enabled")

ALL_DONE: dict[int, int | None] = dict.fromkeys([ON, OFF, 0x42, 1, 2, 3, 4, 5], 0x81)


@pytest.fixture
async def board() -> AsyncGenerator[Device]:
    """Return the device's own end, which answers "done" to everything."""
    async with running_device(STRICT, SECRET, dict(ALL_DONE)) as device:
        yield device


@pytest.fixture
async def garage(
    hass: HomeAssistant, hub_entry: MockConfigEntry, board: Device
) -> ChallengeDevice:
    """Return the hub's end of it."""
    data = data_of(STRICT, board.port)
    return await add_challenge_device(hass, hub_entry, data)


async def call(
    hass: HomeAssistant, domain: str, service: str, entity: str, **options: Any
) -> None:
    """Call a service of an entity and wait for its end."""
    await hass.services.async_call(
        domain, service, {"entity_id": entity}, blocking=True, **options
    )


def state(hass: HomeAssistant, entity: str) -> str:
    """Return the state of an entity that must be there."""
    found = hass.states.get(entity)
    assert found is not None
    return found.state


def assumed(hass: HomeAssistant, entity: str) -> bool:
    """Return whether the state of an entity is an assumption."""
    found = hass.states.get(entity)
    assert found is not None
    return bool(found.attributes.get(ATTR_ASSUMED_STATE))


@pytest.mark.parametrize(
    ("domain", "service", "entity", "byte", "after"),
    [
        ("switch", "turn_on", "switch.garage_light", ON, STATE_ON),
        ("switch", "turn_off", "switch.garage_light", OFF, STATE_OFF),
        ("cover", "open_cover", "cover.garage_door", 1, STATE_OPEN),
        ("cover", "close_cover", "cover.garage_door", 2, STATE_CLOSED),
        ("cover", "stop_cover", "cover.garage_door", 3, STATE_UNKNOWN),
        ("lock", "lock", "lock.garage_gate", 4, "locked"),
        ("lock", "unlock", "lock.garage_gate", 5, "unlocked"),
    ],
)
async def test_every_row_commands_the_device(
    hass: HomeAssistant,
    garage: ChallengeDevice,
    board: Device,
    domain: str,
    service: str,
    entity: str,
    byte: int,
    after: str,
) -> None:
    assert state(hass, entity) == STATE_UNKNOWN
    assert assumed(hass, entity)
    await call(hass, domain, service, entity)
    assert board.executed == [byte]
    assert state(hass, entity) == after
    # A door still moves when "done" arrives.
    assert assumed(hass, entity) == (domain == "cover")


async def test_a_cover_that_says_where_it_is_has_proved_it(
    hass: HomeAssistant, garage: ChallengeDevice, board: Device
) -> None:
    board.responses = {2: 0x84}
    await call(hass, "cover", "close_cover", "cover.garage_door")
    assert state(hass, "cover.garage_door") == STATE_CLOSED
    assert not assumed(hass, "cover.garage_door")


async def test_a_button_commands_the_device(
    hass: HomeAssistant, garage: ChallengeDevice, board: Device
) -> None:
    await call(hass, "button", "press", "button.garage_bell")
    assert board.executed == [0x42]


async def test_without_responses_states_are_assumed(
    hass: HomeAssistant, hub_entry: MockConfigEntry
) -> None:
    async with running_device(CLASSIC, SECRET, {ON: None}) as board:
        data = data_of(CLASSIC, board.port, responses=[])
        await add_challenge_device(hass, hub_entry, data)
        await call(hass, "switch", "turn_on", "switch.garage_light")
        async with asyncio.timeout(5):
            await board.served.wait()
        assert board.executed == [ON]
    assert state(hass, "switch.garage_light") == STATE_ON
    assert assumed(hass, "switch.garage_light")


@pytest.mark.parametrize(("response", "after"), [(0x83, STATE_ON), (0x84, STATE_OFF)])
async def test_a_response_that_tells_the_state_is_believed(
    hass: HomeAssistant,
    garage: ChallengeDevice,
    board: Device,
    response: int,
    after: str,
) -> None:
    board.responses = {OFF: response}
    await call(hass, "switch", "turn_off", "switch.garage_light")
    assert state(hass, "switch.garage_light") == after
    assert not assumed(hass, "switch.garage_light")


@pytest.mark.parametrize(
    ("stored", "command", "byte", "after"),
    [
        (NOW_ON, ("switch", "turn_off", "switch.garage_light"), OFF, STATE_OFF),
        (NOW_ON, ("cover", "stop_cover", "cover.garage_door"), 3, STATE_UNKNOWN),
        (NOW_OFF, ("lock", "lock", "lock.garage_gate"), 4, "locked"),
    ],
)
async def test_a_borrowed_response_of_a_stored_table_proves_nothing(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    board: Device,
    stored: dict[str, str],
    command: tuple[str, str, str],
    byte: int,
    after: str,
) -> None:
    board.responses = {byte: int(stored["byte"], 16)}
    data = data_of(STRICT, board.port, responses=[stored])
    await add_challenge_device(hass, hub_entry, data)
    await call(hass, *command)
    assert board.executed == [byte]
    assert state(hass, command[2]) == after
    assert assumed(hass, command[2])


async def test_a_refusal_that_is_the_only_response_leaves_the_outcome_unknown(
    hass: HomeAssistant, hub_entry: MockConfigEntry, board: Device
) -> None:
    board.responses = {ON: 0x82}
    data = data_of(STRICT, board.port, responses=[BLOCKED])
    await add_challenge_device(hass, hub_entry, data)
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, "switch", "turn_on", "switch.garage_light")
    assert caught.value.translation_key == "command_outcome_unknown"
    assert state(hass, "switch.garage_light") == STATE_UNKNOWN
    assert board.executed == [ON]


async def test_a_refusal_reaches_the_caller_and_changes_nothing(
    hass: HomeAssistant, garage: ChallengeDevice, board: Device, records: Records
) -> None:
    await call(hass, "switch", "turn_on", "switch.garage_light")
    board.responses = {OFF: 0x82}
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, "switch", "turn_off", "switch.garage_light")
    assert caught.value.translation_key == "command_refused"
    assert caught.value.translation_placeholders == {
        "name": "Garage",
        "reason": "Blocked",
    }
    assert state(hass, "switch.garage_light") == STATE_ON
    assert [record.outcome for record in records.of(AuditKind.COMMAND)] == [
        "done",
        "command_refused",
    ]


async def test_a_lost_response_is_unknown_and_never_sent_again(
    hass: HomeAssistant, garage: ChallengeDevice, board: Device, records: Records
) -> None:
    await call(hass, "switch", "turn_on", "switch.garage_light")
    board.responses = {OFF: None}
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, "switch", "turn_off", "switch.garage_light")
    assert caught.value.translation_key == "command_outcome_unknown"
    assert board.executed == [ON, OFF]
    assert state(hass, "switch.garage_light") == STATE_UNKNOWN
    assert records.of(AuditKind.COMMAND)[-1].outcome == "command_outcome_unknown"


async def test_a_first_command_without_a_valid_answer_names_the_likely_cause(
    hass: HomeAssistant, hub_entry: MockConfigEntry, records: Records
) -> None:
    async with running_device(STRICT, b"not" + SECRET, dict(ALL_DONE)) as board:
        await add_challenge_device(hass, hub_entry, data_of(STRICT, board.port))
        with pytest.raises(HomeAssistantError) as caught:
            await call(hass, "switch", "turn_on", "switch.garage_light")
        assert caught.value.translation_key == "challenge_unconfirmed"
        assert "secret, the device ID, the hash" in str(caught.value)
        assert state(hass, "switch.garage_light") == STATE_UNKNOWN
        assert records.of(AuditKind.COMMAND)[-1].outcome == "challenge_unconfirmed"
        assert board.executed == []
        board.secret = SECRET
        await call(hass, "switch", "turn_on", "switch.garage_light")
        board.secret = b"not" + SECRET
        with pytest.raises(HomeAssistantError) as caught:
            await call(hass, "switch", "turn_on", "switch.garage_light")
        assert caught.value.translation_key == "command_outcome_unknown"


async def test_a_caller_who_gives_up_leaves_an_unknown_outcome(
    hass: HomeAssistant, hub_entry: MockConfigEntry, records: Records
) -> None:
    answered = asyncio.Event()

    async def swallow(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await reader.readexactly(16)
        writer.write(bytes(16))
        await reader.readexactly(32)
        answered.set()
        await asyncio.sleep(60)

    async with listening(swallow) as port:
        garage = await add_challenge_device(hass, hub_entry, data_of(STRICT, port))
        waiting = asyncio.create_task(garage.async_command(ON, None))
        async with asyncio.timeout(5):
            await answered.wait()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    row = garage.settings.commands[0]
    known = garage.state_of(row)
    assert known is not None
    assert known.on is None
    assert records.of(AuditKind.COMMAND)[-1].outcome == "command_outcome_unknown"


async def test_a_caller_who_gives_up_before_the_answer_changes_nothing(
    hass: HomeAssistant, hub_entry: MockConfigEntry, records: Records
) -> None:
    connected = asyncio.Event()

    async def silent(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        connected.set()
        await asyncio.sleep(60)

    async with listening(silent) as port:
        garage = await add_challenge_device(hass, hub_entry, data_of(STRICT, port))
        waiting = asyncio.create_task(garage.async_command(ON, None))
        async with asyncio.timeout(5):
            await connected.wait()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    assert garage.state_of(garage.settings.commands[0]) is None
    assert records.of(AuditKind.COMMAND)[-1].outcome == "cancelled"


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(challenge_client, "RETRY_DELAY", 0.01)
    monkeypatch.setattr(challenge_client, "CHALLENGE_TIMEOUT", 0.5)


@pytest.mark.usefixtures("_impatient")
@pytest.mark.parametrize(
    ("sent", "key"),
    [(None, "challenge_silent"), (bytes(17), "challenge_mismatch")],
)
async def test_a_device_that_does_not_speak_the_protocol(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    records: Records,
    sent: bytes | None,
    key: str,
) -> None:
    async def strange(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await reader.readexactly(16)
        if sent is not None:
            writer.write(sent)
        await asyncio.sleep(60)

    async with listening(strange) as port:
        await add_challenge_device(hass, hub_entry, data_of(STRICT, port))
        with pytest.raises(HomeAssistantError) as caught:
            await call(hass, "switch", "turn_on", "switch.garage_light")
    assert caught.value.translation_key == key
    assert state(hass, "switch.garage_light") == STATE_UNKNOWN
    assert records.of(AuditKind.COMMAND)[-1].outcome == key


@pytest.mark.usefixtures("_impatient")
async def test_a_device_that_is_away(
    hass: HomeAssistant, garage: ChallengeDevice, board: Device
) -> None:
    async with listening(lambda *_: asyncio.sleep(0)) as port:
        pass
    entry = hass.config_entries.async_entries(DOMAIN)[0]
    subentry = entry.subentries[garage.subentry_id]
    hass.config_entries.async_update_subentry(
        entry, subentry, data={**subentry.data, "port": port}
    )
    await hass.async_block_till_done()
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, "switch", "turn_on", "switch.garage_light")
    assert caught.value.translation_key == "challenge_unreachable"


async def test_a_secret_that_the_vault_has_lost(
    hass: HomeAssistant, hub: Hub, garage: ChallengeDevice, board: Device
) -> None:
    await hub.vault.apply(changes.put_secret(OWNER, SECRET_NAME, None))
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, "switch", "turn_on", "switch.garage_light")
    assert caught.value.translation_key == "challenge_secret_missing"
    assert board.executed == []


async def test_commands_go_one_after_the_other_and_not_too_many_wait(
    hass: HomeAssistant, garage: ChallengeDevice, board: Device
) -> None:
    limit = command_queue.MAX_WAITING
    results = await asyncio.gather(
        *(garage.async_command(ON, None) for _ in range(limit + 2)),
        return_exceptions=True,
    )
    refused = [result for result in results if isinstance(result, HomeAssistantError)]
    assert [error.translation_key for error in refused] == ["challenge_busy"] * 2
    assert board.executed == [ON] * limit


async def test_the_acting_user_is_recorded(
    hass: HomeAssistant,
    garage: ChallengeDevice,
    records: Records,
    hass_admin_user: User,
) -> None:
    context = Context(user_id=hass_admin_user.id)
    await call(hass, "switch", "turn_on", "switch.garage_light", context=context)
    record = records.of(AuditKind.COMMAND)[-1]
    assert (record.user_id, record.enrolment_id) == (hass_admin_user.id, OWNER)
    assert (record.outcome, record.detail) == ("done", "0x4F")


async def test_entities_follow_the_table(
    hass: HomeAssistant, garage: ChallengeDevice, board: Device
) -> None:
    entities = er.async_get(hass)
    entry = hass.config_entries.async_entries(DOMAIN)[0]
    subentry = entry.subentries[garage.subentry_id]
    bell = {**BELL, "byte": "0x07", "name": "Chime"}
    commands = [{**LIGHT, "name": "Lamp", "second_byte": "9"}, bell, DOOR]
    commands[2] = {**DOOR, "third_byte": ""}
    hass.config_entries.async_update_subentry(
        entry, subentry, data={**subentry.data, "commands": commands}
    )
    await hass.async_block_till_done()

    kept = entities.async_get("switch.garage_light")
    assert kept is not None
    assert kept.original_name == "Lamp"
    assert entities.async_get("lock.garage_gate") is None
    assert entities.async_get("button.garage_bell") is None
    assert hass.states.get("button.garage_chime") is not None
    cover = hass.states.get("cover.garage_door")
    assert cover is not None
    assert cover.attributes[ATTR_SUPPORTED_FEATURES] == 3
    board.responses = {9: 0x81}
    await call(hass, "switch", "turn_off", "switch.garage_light")
    assert board.executed == [9]


async def test_a_removed_device_leaves_nothing(
    hass: HomeAssistant, hub: Hub, garage: ChallengeDevice
) -> None:
    hass.config_entries.async_remove_subentry(hub.entry, garage.subentry_id)
    await hass.async_block_till_done()
    assert hub.vault.secret(OWNER, SECRET_NAME) is None
    assert not hub.entry.runtime_data.challenges.devices
    assert hass.states.get("switch.garage_light") is None
    assert find_registered(hass, garage.subentry_id) is None


async def test_a_removal_that_cannot_be_stored_is_recorded_and_made_up_for(
    hass: HomeAssistant,
    hub: Hub,
    garage: ChallengeDevice,
    records: Records,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def fail(*_: object) -> None:
        raise VaultWriteError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(hub.vault, "apply", fail)
        hass.config_entries.async_remove_subentry(hub.entry, garage.subentry_id)
        await hass.async_block_till_done()
    assert records.of(AuditKind.REVOKED)[-1].outcome == "removal not stored"
    assert hub.vault.secret(OWNER, SECRET_NAME) == SECRET

    assert await hass.config_entries.async_reload(hub.entry.entry_id)
    reloaded: Hub = hub.entry.runtime_data.hub
    assert reloaded.vault.secret(OWNER, SECRET_NAME) is None


async def test_log_lines_call_a_device_by_its_name(
    hub: Hub, garage: ChallengeDevice, caplog: pytest.LogCaptureFixture
) -> None:
    hub.log.note(AuditKind.COMMAND, "tried", enrolment_id=garage.device_id)
    hub.log.note(AuditKind.STORAGE, "tried", enrolment_id=garage.device_id)
    (line,) = [text for text in caplog.messages if text.startswith("storage: tried")]
    assert "(device Garage" in line
    assert garage.device_id not in line


async def test_a_device_survives_a_reload(
    hass: HomeAssistant, hub: Hub, garage: ChallengeDevice, board: Device
) -> None:
    assert await hass.config_entries.async_reload(hub.entry.entry_id)
    await call(hass, "switch", "turn_on", "switch.garage_light")
    assert board.executed == [ON]


async def test_a_renamed_device_keeps_its_entities(
    hass: HomeAssistant, hub: Hub, garage: ChallengeDevice
) -> None:
    subentry: ConfigSubentry = hub.entry.subentries[garage.subentry_id]
    hass.config_entries.async_update_subentry(hub.entry, subentry, title="Carport")
    await hass.async_block_till_done()
    assert garage.name == "Carport"
    registered = find_registered(hass, garage.subentry_id)
    assert registered is not None
    assert registered.name == "Carport"
    assert len(er.async_entries_for_device(er.async_get(hass), registered.id)) == len(
        COMMANDS
    )
