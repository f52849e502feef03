"""Adding and changing a challenge device, as a person does."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.challenge import client as challenge_client
from custom_components.oceanremote.challenge.device import ChallengeDevice
from custom_components.oceanremote.challenge.settings import SECRET_NAME
from custom_components.oceanremote.common.const import (
    CONF_ENROLMENT_ID,
    SUBENTRY_CHALLENGE_DEVICE,
)
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.vault import changes
from custom_components.oceanremote.vault.errors import VaultWriteError
from tests.challenge.device import Device, running_device

from .challenge_support import (
    BELL,
    DONE,
    DOOR,
    LIGHT,
    NOW_OFF,
    NOW_ON,
    OWNER,
    SECRET,
    STRICT,
    add_challenge_device,
    data_of,
    listening,
)
from .flow_support import answer, shown_yaml, text_at

pytestmark = pytest.mark.usefixtures("socket_enabled")

PROTOCOL = {"hash": "sha256", "challenge_length": 16, "wake_length": 16}
OLD_PROTOCOL = {"hash": "sha1", "challenge_length": 8, "wake_length": 1}
TABLES = {"commands": [LIGHT], "responses": [DONE]}


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(challenge_client, "RETRY_DELAY", 0.01)
    monkeypatch.setattr(challenge_client, "CHALLENGE_TIMEOUT", 0.5)
    monkeypatch.setattr(challenge_client, "TEST_TIMEOUT", 0.5)


@pytest.fixture
async def board() -> AsyncGenerator[Device]:
    """Return a device that is there."""
    async with running_device(STRICT, SECRET, {0x4F: 0x81}) as device:
        yield device


async def begin(
    hass: HomeAssistant, entry: MockConfigEntry, subentry_id: str | None = None
) -> dict[str, Any]:
    """Open the dialog."""
    context: dict[str, Any] = {"source": SOURCE_USER}
    if subentry_id is not None:
        context = {"source": SOURCE_RECONFIGURE, "subentry_id": subentry_id}
    return await hass.config_entries.subentries.async_init(
        (entry.entry_id, SUBENTRY_CHALLENGE_DEVICE), context=context
    )


def device_form(port: int = 6064, **changes: Any) -> dict[str, Any]:
    """Return the first page, filled in."""
    return {
        "name": "Garage",
        "host": "127.0.0.1",
        "port": port,
        "mode": "strict",
        "protocol_id": "garage",
        "protocol": PROTOCOL,
        **changes,
    }


def subentry_of(entry: MockConfigEntry) -> Any:
    """Return the one challenge device's subentry."""
    (found,) = (
        subentry
        for subentry in entry.subentries.values()
        if subentry.subentry_type == SUBENTRY_CHALLENGE_DEVICE
    )
    return found


def error_text(key: str) -> str:
    """Return the text of an error; fails where nobody wrote one."""
    return text_at("config_subentries", "challenge_device", "error", key)


async def test_a_new_device_gets_a_secret_and_firmware(
    hass: HomeAssistant, hub: Hub, hub_entry: MockConfigEntry
) -> None:
    flow = await begin(hass, hub_entry)
    assert flow["step_id"] == "user"
    flow = await answer(hass, flow, **device_form(protocol_id=""))
    assert flow["step_id"] == "tables"
    flow = await answer(hass, flow, **TABLES)
    assert flow["step_id"] == "connect"
    yaml = shown_yaml(flow)
    *_, test_field = flow["data_schema"].schema
    assert test_field.default() is False

    flow = await answer(hass, flow, test_connection=False)
    assert flow["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    subentry = subentry_of(hub_entry)
    assert subentry.title == "Garage"
    assert subentry.data["protocol_id"] == "garage"
    secret = hub.vault.secret(subentry.data[CONF_ENROLMENT_ID], SECRET_NAME)
    assert secret is not None
    assert len(secret) == 43
    assert secret.decode() in yaml
    assert secret.decode() not in str(subentry.data)
    assert hass.states.get("switch.garage_light") is not None


async def test_an_existing_device_is_tested_before_it_is_added(
    hass: HomeAssistant, hub: Hub, hub_entry: MockConfigEntry, board: Device
) -> None:
    flow = await begin(hass, hub_entry)
    form = device_form(board.port, secret=SECRET.decode())
    flow = await answer(hass, flow, **form)
    flow = await answer(hass, flow, **TABLES)
    *_, test_field = flow["data_schema"].schema
    assert test_field.default() is True
    flow = await answer(hass, flow, test_connection=True)
    assert flow["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert board.executed == []
    await hass.services.async_call(
        "switch", "turn_on", {"entity_id": "switch.garage_light"}, blocking=True
    )
    assert board.executed == [0x4F]


async def _silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def _talkative(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    writer.write(bytes(200))
    await asyncio.sleep(60)


@pytest.mark.parametrize(
    ("conversation", "problem"),
    [
        (_silent, "no_challenge"),
        (_talkative, "challenge_longer"),
        (None, "cannot_connect"),
    ],
)
async def test_a_failed_test_says_why_and_may_be_left_out(
    hass: HomeAssistant, hub_entry: MockConfigEntry, conversation: Any, problem: str
) -> None:
    async with listening(conversation or _silent) as port:
        target = port
        if conversation is not None:
            flow = await _tested(hass, hub_entry, target)
    if conversation is None:
        flow = await _tested(hass, hub_entry, target)
    assert flow["errors"] == {"base": problem}
    assert error_text(problem)
    flow = await answer(hass, flow, test_connection=False)
    assert flow["type"] is FlowResultType.CREATE_ENTRY


async def _tested(
    hass: HomeAssistant, entry: MockConfigEntry, port: int
) -> dict[str, Any]:
    flow = await begin(hass, entry)
    flow = await answer(hass, flow, **device_form(port))
    flow = await answer(hass, flow, **TABLES)
    return await answer(hass, flow, test_connection=True)


@pytest.mark.parametrize(
    ("changes", "field", "problem"),
    [
        ({"name": " "}, "name", "name_length"),
        ({"name": "x" * 65}, "name", "name_length"),
        ({"name": "Garden pump"}, "name", "name_exists"),
        ({"host": " "}, "host", "host_invalid"),
        ({"host": "http://device"}, "host", "host_invalid"),
        ({"host": "127.0.0.1:80"}, "host", "host_with_port"),
        ({"host": "[fe80::1]:80"}, "host", "host_with_port"),
        ({"host": "garage.local:6064"}, "host", "host_with_port"),
        ({"secret": " a secret of many bytes"}, "secret", "secret_blanks"),
        ({"secret": "a secret of many bytes\t"}, "secret", "secret_blanks"),
        ({"secret": " " * 20}, "secret", "secret_blanks"),
        ({"protocol_id": "x" * 33}, "protocol_id", "protocol_id_length"),
        ({"protocol_id": "pay$day"}, "protocol_id", "protocol_id_characters"),
        ({"protocol_id": "two\x07bells"}, "protocol_id", "protocol_id_characters"),
        (
            {"protocol": {**PROTOCOL, "challenge_length": 15}},
            "base",
            "challenge_too_short",
        ),
        ({"secret": "fifteen bytes.."}, "secret", "secret_strict"),
        ({"secret": "x" * 65}, "secret", "secret_strict"),
        ({"secret": "hex:123"}, "secret", "secret_strict"),
        ({"mode": "classic", "secret": "x" * 65}, "secret", "secret_invalid"),
        ({"mode": "classic", "secret": "short"}, "secret", "secret_weak"),
    ],
)
async def test_what_cannot_be_is_refused_with_its_reason(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    changes: dict[str, Any],
    field: str,
    problem: str,
) -> None:
    flow = await begin(hass, hub_entry)
    flow = await answer(hass, flow, **device_form(**changes))
    assert flow["step_id"] == "user"
    assert flow["errors"] == {field: problem}
    assert error_text(problem)


@pytest.mark.parametrize("host", ["::1", "fe80::1%eth0", "garage.local", "10.0.0.7"])
async def test_addresses_and_names_are_hosts(
    hass: HomeAssistant, hub_entry: MockConfigEntry, host: str
) -> None:
    flow = await begin(hass, hub_entry)
    flow = await answer(hass, flow, **device_form(host=host))
    assert flow["step_id"] == "tables"


async def test_a_weak_secret_of_a_classic_device_may_be_accepted(
    hass: HomeAssistant, hub: Hub, hub_entry: MockConfigEntry
) -> None:
    form = device_form(mode="classic", secret="old", protocol=OLD_PROTOCOL)
    flow = await begin(hass, hub_entry)
    flow = await answer(hass, flow, **form)
    assert "accept_warnings" in flow["data_schema"].schema
    flow = await answer(hass, flow, **form, accept_warnings=True)
    assert flow["step_id"] == "tables"
    flow = await answer(hass, flow, commands=[BELL])
    flow = await answer(hass, flow, test_connection=False)
    assert flow["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    (device,) = hub.entry.runtime_data.challenges.devices.values()
    profile = device.settings.profile
    assert (profile.hash.name, profile.wake_length) == ("sha1", 1)
    assert profile.device_id == b""


@pytest.mark.parametrize(
    ("tables", "field", "problem"),
    [
        ({"commands": []}, "commands", "commands_empty"),
        ({"commands": [{**LIGHT, "byte": "?"}]}, "commands", "byte_invalid"),
        ({"commands": [{**LIGHT, "second_byte": ""}]}, "commands", "byte_missing"),
        ({"commands": [{**BELL, "third_byte": "1"}]}, "commands", "byte_too_many"),
        ({"commands": [BELL, BELL]}, "commands", "command_twice"),
        ({"commands": [{**BELL, "name": " "}]}, "commands", "row_name_length"),
        (
            {"commands": [{**BELL, "byte": str(byte)} for byte in range(65)]},
            "commands",
            "table_too_large",
        ),
        (
            {"commands": [BELL], "responses": [DONE, DONE]},
            "responses",
            "response_twice",
        ),
        ({"commands": [BELL, {**LIGHT, "name": "bell"}]}, "commands", "row_name_twice"),
        (
            {"commands": [BELL], "responses": [DONE, {**DONE, "byte": "1"}]},
            "responses",
            "row_name_twice",
        ),
    ],
)
async def test_tables_that_cannot_be_are_refused(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    tables: dict[str, Any],
    field: str,
    problem: str,
) -> None:
    flow = await begin(hass, hub_entry)
    flow = await answer(hass, flow, **device_form())
    flow = await answer(hass, flow, **tables)
    assert flow["step_id"] == "tables"
    assert flow["errors"] == {field: problem}
    assert error_text(problem)


async def test_a_command_that_would_borrow_a_response_is_named(
    hass: HomeAssistant, hub_entry: MockConfigEntry
) -> None:
    flow = await begin(hass, hub_entry)
    flow = await answer(hass, flow, **device_form())
    tables = {"commands": [LIGHT, DOOR], "responses": [NOW_ON, NOW_OFF]}
    flow = await answer(hass, flow, **tables)
    assert flow["step_id"] == "tables"
    assert flow["errors"] == {"responses": "response_missing"}
    assert flow["description_placeholders"] == {"commands": "Door (0x03)"}
    assert "{commands}" in error_text("response_missing")
    tables["responses"] = [NOW_ON, NOW_OFF, DONE]
    flow = await answer(hass, flow, **tables)
    assert flow["step_id"] == "connect"


async def test_forgeable_responses_are_warned_about_in_classic_mode(
    hass: HomeAssistant, hub_entry: MockConfigEntry
) -> None:
    form = device_form(mode="classic", protocol=OLD_PROTOCOL)
    tables = {"commands": [LIGHT], "responses": [{**DONE, "byte": "0x4F"}]}
    flow = await begin(hass, hub_entry)
    flow = await answer(hass, flow, **form)
    flow = await answer(hass, flow, **tables)
    assert flow["errors"] == {"responses": "responses_forgeable"}
    assert error_text("responses_forgeable")
    flow = await answer(hass, flow, **tables, accept_warnings=True)
    assert flow["step_id"] == "connect"


@pytest.fixture
async def garage(
    hass: HomeAssistant, hub_entry: MockConfigEntry, board: Device
) -> ChallengeDevice:
    """Return a device that was added before."""
    return await add_challenge_device(hass, hub_entry, data_of(STRICT, board.port))


async def test_one_secret_is_for_one_device(
    hass: HomeAssistant, hub_entry: MockConfigEntry, garage: ChallengeDevice
) -> None:
    flow = await begin(hass, hub_entry)
    form = device_form(name="Cellar", secret=SECRET.decode())
    flow = await answer(hass, flow, **form)
    assert flow["errors"] == {"secret": "secret_in_use"}
    assert error_text("secret_in_use")


async def test_reconfigure_keeps_what_is_not_changed(
    hass: HomeAssistant,
    hub: Hub,
    hub_entry: MockConfigEntry,
    garage: ChallengeDevice,
    board: Device,
) -> None:
    flow = await begin(hass, hub_entry, garage.subentry_id)
    assert flow["step_id"] == "reconfigure"
    form = device_form(board.port, name="Carport", generate_secret=False)
    flow = await answer(hass, flow, **form)
    flow = await answer(hass, flow, **TABLES)
    assert SECRET.decode() not in shown_yaml(flow)
    flow = await answer(hass, flow, test_connection=True)
    assert (flow["type"], flow["reason"]) == (
        FlowResultType.ABORT,
        "reconfigure_successful",
    )
    await hass.async_block_till_done()
    assert hub.vault.secret(OWNER, SECRET_NAME) == SECRET
    assert subentry_of(hub_entry).title == garage.name == "Carport"
    assert hass.states.get("lock.garage_gate") is None


async def test_a_row_keeps_its_entity_when_its_first_byte_changes(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    garage: ChallengeDevice,
    board: Device,
) -> None:
    entities = er.async_get(hass)
    light = entities.async_get("switch.garage_light")
    assert light is not None
    moved = {**LIGHT, "byte": "0x50"}
    # What takes the byte of before is another row.
    other = {**LIGHT, "name": "Heater", "second_byte": "0x51"}
    renamed = {**moved, "name": "Lamp"}
    for commands in ([moved, BELL], [moved, BELL, other], [renamed, BELL, other]):
        flow = await begin(hass, hub_entry, garage.subentry_id)
        form = device_form(board.port, generate_secret=False)
        flow = await answer(hass, flow, **form)
        field, *_ = flow["data_schema"].schema
        shown = field.description["suggested_value"]
        assert not any("key" in row for row in shown)
        flow = await answer(hass, flow, commands=commands, responses=[DONE])
        flow = await answer(hass, flow, test_connection=False)
        await hass.async_block_till_done()
        kept = entities.async_get("switch.garage_light")
        assert kept is not None
        assert kept.unique_id == light.unique_id
    assert kept.original_name == "Lamp"
    heater = entities.async_get("switch.garage_heater")
    assert heater is not None
    assert heater.unique_id != light.unique_id
    board.responses = {0x50: 0x81}
    await hass.services.async_call(
        "switch", "turn_on", {"entity_id": "switch.garage_light"}, blocking=True
    )
    assert board.executed == [0x50]
    assert await hass.config_entries.async_reload(hub_entry.entry_id)
    assert {
        row.key
        for row in next(
            iter(hub_entry.runtime_data.challenges.devices.values())
        ).settings.commands
    } == {"switch-4f", "button-42", "switch-4f-2"}


async def test_reconfigure_can_make_a_new_secret(
    hass: HomeAssistant, hub: Hub, hub_entry: MockConfigEntry, garage: ChallengeDevice
) -> None:
    flow = await begin(hass, hub_entry, garage.subentry_id)
    flow = await answer(hass, flow, **device_form(generate_secret=True))
    flow = await answer(hass, flow, **TABLES)
    yaml = shown_yaml(flow)
    await answer(hass, flow, test_connection=False)
    secret = hub.vault.secret(OWNER, SECRET_NAME)
    assert secret is not None
    assert secret != SECRET
    assert secret.decode() in yaml


@pytest.mark.parametrize("secret", ["", SECRET.decode()])
async def test_one_secret_has_one_mode(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    garage: ChallengeDevice,
    secret: str,
) -> None:
    flow = await begin(hass, hub_entry, garage.subentry_id)
    form = device_form(mode="classic", generate_secret=False, secret=secret)
    flow = await answer(hass, flow, **form)
    assert flow["errors"] == {"secret": "secret_of_other_mode"}
    assert error_text("secret_of_other_mode")


async def test_a_test_without_a_secret_says_so(
    hass: HomeAssistant, hub: Hub, hub_entry: MockConfigEntry, garage: ChallengeDevice
) -> None:
    await hub.vault.apply(changes.put_secret(OWNER, SECRET_NAME, None))
    flow = await begin(hass, hub_entry, garage.subentry_id)
    flow = await answer(hass, flow, **device_form(generate_secret=False))
    flow = await answer(hass, flow, **TABLES)
    flow = await answer(hass, flow, test_connection=True)
    assert flow["errors"] == {"base": "secret_missing"}
    assert error_text("secret_missing")


async def test_a_vault_that_cannot_be_written_changes_nothing(
    hass: HomeAssistant,
    hub: Hub,
    hub_entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def fail(*_: object) -> None:
        raise VaultWriteError("the disk is full")

    flow = await begin(hass, hub_entry)
    flow = await answer(hass, flow, **device_form())
    flow = await answer(hass, flow, **TABLES)
    with monkeypatch.context() as patch:
        patch.setattr(hub.vault, "apply", fail)
        flow = await answer(hass, flow, test_connection=False)
    assert flow["errors"] == {"base": "vault_write_failed"}
    assert not hub.entry.runtime_data.challenges.devices
    flow = await answer(hass, flow, test_connection=False)
    assert flow["type"] is FlowResultType.CREATE_ENTRY


async def test_without_a_hub_there_is_no_flow(
    hass: HomeAssistant, hub_entry: MockConfigEntry
) -> None:
    flow = await begin(hass, hub_entry)
    flow = await answer(hass, flow, **device_form())
    flow = await answer(hass, flow, **TABLES)
    assert await hass.config_entries.async_unload(hub_entry.entry_id)
    for refused in (
        await answer(hass, flow, test_connection=False),
        await begin(hass, hub_entry),
    ):
        assert (refused["type"], refused["reason"]) == (
            FlowResultType.ABORT,
            "hub_not_loaded",
        )


async def test_a_status_byte_is_stored_shown_again_and_checked(
    hass: HomeAssistant, hub: Hub, hub_entry: MockConfigEntry
) -> None:
    flow = await begin(hass, hub_entry)
    flow = await answer(hass, flow, **device_form())
    tables = {"commands": [LIGHT], "responses": [DONE, NOW_ON, NOW_OFF]}
    for byte, problem in (("300", "status_byte_invalid"), ("'O'", "status_byte_twice")):
        flow = await answer(hass, flow, **tables, answers={"status_byte": byte})
        assert flow["errors"] == {"base": problem}
        assert error_text(problem)
    answers = {"status_byte": "0x3F", "status_interval": 5, "response_time": 7}
    flow = await answer(hass, flow, **tables, answers=answers)
    assert "response_time: 7s" in shown_yaml(flow)
    (sketch,) = (key.default() for key in flow["data_schema"].schema if key == "sketch")
    assert "0x3F" in sketch
    await answer(hass, flow, test_connection=False)
    await hass.async_block_till_done()
    subentry = subentry_of(hub_entry)
    assert {key: subentry.data[key] for key in answers} == answers


@pytest.mark.parametrize("response", ["0", "0x84"])
async def test_the_shown_status_begins_with_a_response_of_the_table(
    hass: HomeAssistant, hub: Hub, hub_entry: MockConfigEntry, response: str
) -> None:
    """Zero is a byte like any other."""
    flow = await begin(hass, hub_entry)
    flow = await answer(hass, flow, **device_form())
    only_off = [DONE, {**NOW_OFF, "byte": response}]
    tables = {"commands": [LIGHT], "responses": only_off}
    flow = await answer(hass, flow, **tables, answers={"status_byte": "0x3F"})
    assert f'initial_value: "0x{int(response, 0):02X}"' in shown_yaml(flow)
