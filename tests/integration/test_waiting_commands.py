"""Commands to a device that sleeps: each waits, is carried out once, or is reported."""

import asyncio
from typing import Any

from homeassistant.components.logbook import (
    LOGBOOK_ENTRY_ENTITY_ID,
    LOGBOOK_ENTRY_MESSAGE,
    LOGBOOK_ENTRY_NAME,
)
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.oceanremote.common.const import DOMAIN, EVENT_COMMAND
from custom_components.oceanremote.common.errors import (
    CommandNotSentError,
    DeviceAsleepError,
    DeviceOfflineError,
    TooManyWaitError,
)
from custom_components.oceanremote.device import commands as commands_module
from custom_components.oceanremote.device.waiting_reports import WaitingOutcome
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.logbook import async_describe_events
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.policy.waiting import MAX_WAITING
from custom_components.oceanremote.protocol import CommandStatus, Domain
from custom_components.oceanremote.protocol.user_actions import ResponseKind, UserAction
from tests.support.commands import button_command, switch_command

from .runtime_support import (
    PUMP,
    Device,
    Records,
    Skew,
    describe,
    entity_id_of,
    eventually,
    only_coordinator,
)
from .sleep_support import Outcomes, allow, call, fall_asleep, pump_of, sleeper, wake_up

ON, OFF = switch_command(on=True), switch_command(on=False)
BEEP = describe(Domain.BUTTON, "Beep")
GATE = describe(Domain.COVER, "Gate")
LEVEL = describe(Domain.NUMBER, "Level", min_value=0.0, max_value=9.0, step=0.5)
WATER = UserAction(key=1, name="water", response=ResponseKind.OPTIONAL)


@pytest.fixture
def outcomes(hass: HomeAssistant) -> Outcomes:
    """Return what becomes of commands from now on."""
    return Outcomes(hass)


@pytest.fixture
async def device(hub: Hub, enrolled_device: Device) -> Device:
    """Return a board that is asleep; its gate is closed and its pump is on."""
    driver = enrolled_device.driver
    driver.entities = (PUMP, BEEP, GATE, LEVEL)
    driver.actions = (WATER,)
    await sleeper(hub, enrolled_device)
    await fall_asleep(hub, enrolled_device)
    return enrolled_device


def entity(hub: Hub, platform: str, object_id: str) -> str:
    """Return the entity id of a described entity."""
    tail = f"{platform}-0-{object_id}"
    return entity_id_of(hub.hass, platform, only_coordinator(hub), tail)


def waiting(hub: Hub) -> int:
    """Return how many commands wait."""
    return len(only_coordinator(hub).waiting)


async def test_a_command_waits_and_is_carried_out_once(
    hass: HomeAssistant,
    hub: Hub,
    device: Device,
    outcomes: Outcomes,
    records: Records,
    hass_admin_user: MockUser,
) -> None:
    """The call returns at once; the events and records are the caller's."""
    context = Context(user_id=hass_admin_user.id)
    await call(hass, "switch.turn_off", pump_of(hub), context)
    await outcomes.until("waiting")
    assert hass.states.is_state(pump_of(hub), "on")
    await wake_up(hub, device)
    await outcomes.until("waiting", "done")
    assert [command.args for command in device.driver.commands] == [OFF]
    for event in outcomes.events:
        assert event.context.id == context.id
        assert event.data["entity_id"] == pump_of(hub)
        assert event.data["name"] == "Garden pump"
        assert "action" not in event.data
    assert outcomes.events[0].data["seconds"] == 900
    assert [(each.outcome, each.user_id) for each in records.of(AuditKind.COMMAND)] == [
        ("waits for the device", hass_admin_user.id),
        ("done", hass_admin_user.id),
    ]
    await fall_asleep(hub, device)
    await wake_up(hub, device)
    assert len(device.driver.commands) == 1


async def test_the_latest_of_an_entity_wins_and_all_keep_their_order(
    hass: HomeAssistant, hub: Hub, device: Device, outcomes: Outcomes
) -> None:
    """Switch on, level, switch off: the level goes first."""
    await call(hass, "switch.turn_on", pump_of(hub))
    await call(hass, "number.set_value", entity(hub, "number", "level"), value=2)
    await call(hass, "switch.turn_off", pump_of(hub))
    assert waiting(hub) == 2
    await wake_up(hub, device)
    await outcomes.until("waiting", "waiting", "replaced", "waiting", "done", "done")
    sent = [command.address for command in device.driver.commands]
    assert sent == [LEVEL.address, PUMP.address]
    assert device.driver.commands[-1].args == OFF


async def test_presses_and_calls_never_merge(
    hass: HomeAssistant, hub: Hub, device: Device, outcomes: Outcomes
) -> None:
    """Once the owner lets them wait."""
    beep = entity(hub, "button", "beep")
    subentry_id = only_coordinator(hub).subentry_id
    unique_ids = frozenset({f"{subentry_id}-button-0-beep"})
    allow(hass, hub, entities=unique_ids, actions=frozenset({"water"}))
    await call(hass, "button.press", beep)
    await hass.services.async_call(DOMAIN, "garden_pump_water", {}, blocking=True)
    await call(hass, "button.press", beep)
    await hass.services.async_call(DOMAIN, "garden_pump_water", {}, blocking=True)
    await wake_up(hub, device)
    await outcomes.until(*["waiting"] * 4, *["done"] * 4)
    assert [command.args for command in device.driver.commands] == [
        button_command(),
        button_command(),
    ]
    assert len(device.driver.calls) == 2
    assert outcomes.events[1].data["action"] == "water"
    assert outcomes.events[1].data["entity_id"] is None


@pytest.mark.parametrize(
    ("action", "object_id"),
    [("button.press", "beep"), ("cover.open_cover", "gate")],
)
async def test_what_cannot_be_taken_back_is_refused_at_once(
    hass: HomeAssistant,
    hub: Hub,
    device: Device,
    outcomes: Outcomes,
    action: str,
    object_id: str,
) -> None:
    """A gate that opens ten minutes later opens for somebody else."""
    with pytest.raises(DeviceAsleepError):
        await call(hass, action, entity(hub, action.partition(".")[0], object_id))
    with pytest.raises(DeviceAsleepError):
        await hass.services.async_call(DOMAIN, "garden_pump_water", {}, blocking=True)
    assert outcomes.all == []
    assert waiting(hub) == 0


async def test_a_response_cannot_be_waited_for(
    hass: HomeAssistant, hub: Hub, device: Device
) -> None:
    """Whoever wants to know what the device says is told that it sleeps."""
    allow(hass, hub, actions=frozenset({"water"}))
    with pytest.raises(DeviceAsleepError):
        await hass.services.async_call(
            DOMAIN, "garden_pump_water", {}, blocking=True, return_response=True
        )


async def test_nothing_waits_where_the_owner_says_so(
    hass: HomeAssistant, hub: Hub, device: Device
) -> None:
    allow(hass, hub, minutes=0)
    with pytest.raises(DeviceAsleepError):
        await call(hass, "switch.turn_on", pump_of(hub))


async def test_a_command_expires_and_is_not_carried_out(
    hass: HomeAssistant,
    hub: Hub,
    device: Device,
    outcomes: Outcomes,
    records: Records,
    skew: Skew,
    hass_admin_user: MockUser,
) -> None:
    """After a quarter of an hour, which is said and recorded."""
    context = Context(user_id=hass_admin_user.id)
    await call(hass, "switch.turn_off", pump_of(hub), context)
    await skew.forward(899)
    assert waiting(hub) == 1
    await skew.forward(2)
    await outcomes.until("waiting", "expired")
    assert outcomes.events[-1].context.id == context.id
    await wake_up(hub, device)
    assert device.driver.commands == []
    assert [each.outcome for each in records.of(AuditKind.COMMAND)] == [
        "waits for the device",
        "expired",
    ]


async def test_its_deadline_on_the_wire_is_never_after_its_expiry(
    hass: HomeAssistant,
    hub: Hub,
    device: Device,
    outcomes: Outcomes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What a network holds back is dead when the waiting is over."""
    monkeypatch.setattr(commands_module, "COMMAND_TIMEOUT", 3600.0)
    allow(hass, hub, minutes=1)
    began = hass.loop.time()
    await call(hass, "switch.turn_off", pump_of(hub))
    device.driver.answer = None
    await device.connect()
    await eventually(lambda: device.driver.commands)
    coordinator = only_coordinator(hub)
    assert coordinator.link is not None
    deadline = coordinator.link.connection._commands.next_deadline()
    assert deadline is not None
    assert began < deadline <= hass.loop.time() + 60 - (hass.loop.time() - began) + 1
    assert deadline - began <= 61
    await device.hang_up()
    await outcomes.until("waiting", "unknown")


@pytest.mark.parametrize(
    ("answer", "outcome", "reason"),
    [
        ((CommandStatus.REFUSED, "tank is\nempty"), "refused", "tank is\\nempty"),
        ((CommandStatus.EXPIRED, ""), "expired", None),
    ],
)
async def test_the_devices_answer_is_reported(
    hass: HomeAssistant,
    hub: Hub,
    device: Device,
    outcomes: Outcomes,
    answer: tuple[CommandStatus, str],
    outcome: str,
    reason: str | None,
) -> None:
    await call(hass, "switch.turn_off", pump_of(hub))
    device.driver.answer = answer
    await wake_up(hub, device)
    await outcomes.until("waiting", outcome)
    assert outcomes.events[-1].data.get("reason") == reason


async def test_a_link_that_is_lost_on_the_way_makes_it_unknown_and_not_twice(
    hass: HomeAssistant, hub: Hub, device: Device, outcomes: Outcomes
) -> None:
    """What was sent is never sent again; what was not waits for the next wake-up."""
    await call(hass, "switch.turn_off", pump_of(hub))
    await call(hass, "number.set_value", entity(hub, "number", "level"), value=2)
    device.driver.answer = None
    await device.connect()
    await eventually(lambda: device.driver.commands)
    await fall_asleep(hub, device)
    await outcomes.until("waiting", "waiting", "unknown")
    assert waiting(hub) == 1
    device.driver.answer = (CommandStatus.DONE, "")
    await wake_up(hub, device)
    await outcomes.until("waiting", "waiting", "unknown", "done")
    sent = [command.address for command in device.driver.commands]
    assert sent == [PUMP.address, LEVEL.address]


async def test_a_command_of_now_is_not_undone_by_one_of_before(
    hass: HomeAssistant, hub: Hub, device: Device, outcomes: Outcomes
) -> None:
    """Whoever switches on while "off" still waits its turn has the last word."""
    await call(hass, "number.set_value", entity(hub, "number", "level"), value=2)
    await call(hass, "switch.turn_off", pump_of(hub))
    device.driver.answer = None
    await device.connect()
    await eventually(lambda: device.driver.commands)
    device.driver.answer = (CommandStatus.DONE, "")
    await call(hass, "switch.turn_on", pump_of(hub))
    (first, *rest) = device.driver.commands
    device.driver.connection.send_result(
        first.command_id, CommandStatus.DONE, "", device.driver._clock()
    )
    await device.send(device.driver.connection.frames_to_send())
    await outcomes.until("waiting", "waiting", "replaced", "done")
    assert [command.args for command in rest] == [ON]
    assert len(device.driver.commands) == 2


async def test_a_full_queue_refuses_and_says_so(
    hass: HomeAssistant,
    hub: Hub,
    device: Device,
    outcomes: Outcomes,
    records: Records,
) -> None:
    """Bounded, whoever calls in a loop."""
    allow(hass, hub, actions=frozenset({"water"}))
    for _ in range(MAX_WAITING):
        await hass.services.async_call(DOMAIN, "garden_pump_water", {}, blocking=True)
    with pytest.raises(TooManyWaitError):
        await hass.services.async_call(DOMAIN, "garden_pump_water", {}, blocking=True)
    with pytest.raises(TooManyWaitError):
        await call(hass, "switch.turn_off", pump_of(hub))
    assert records.of(AuditKind.COMMAND)[-1].outcome == "too_many_wait"
    await wake_up(hub, device)
    await eventually(lambda: outcomes.all.count("done") == MAX_WAITING)
    assert len(device.driver.calls) == MAX_WAITING


async def test_the_board_is_held_awake_while_commands_wait(
    hass: HomeAssistant, hub: Hub, device: Device, outcomes: Outcomes
) -> None:
    """Told with the welcome, and told when all is done."""
    await call(hass, "switch.turn_off", pump_of(hub))
    device.driver.answer = None
    await device.connect()
    await eventually(lambda: device.driver.commands)
    assert device.driver.held_awake == [False, True]
    (command,) = device.driver.commands
    device.driver.connection.send_result(
        command.command_id, CommandStatus.DONE, "", device.driver._clock()
    )
    await device.send(device.driver.connection.frames_to_send())
    await outcomes.until("waiting", "done")
    await eventually(lambda: device.driver.held_awake == [False, True, False])


async def test_a_board_without_orders_is_let_go_at_once(
    hass: HomeAssistant, hub: Hub, device: Device
) -> None:
    """It need not stay awake to see whether there are any."""
    await wake_up(hub, device)
    assert device.driver.held_awake == [False, False]


async def test_what_is_called_between_wake_up_and_description_waits_for_it(
    hass: HomeAssistant, hub: Hub, device: Device, outcomes: Outcomes
) -> None:
    """A board that has just woken up is not ready yet, and that is no error."""
    coordinator = only_coordinator(hub)
    await wake_up(hub, device)
    coordinator._agreed = False
    await coordinator.async_command(PUMP.address, OFF, None)
    await outcomes.until("waiting")
    assert waiting(hub) == 1
    coordinator._agreed = True
    coordinator.notify()
    await outcomes.until("waiting", "done")


async def test_who_is_late_or_offline_is_not_waited_for(
    hass: HomeAssistant, hub: Hub, device: Device, outcomes: Outcomes, skew: Skew
) -> None:
    """What waits already goes on waiting; nothing more is taken."""
    allow(hass, hub, minutes=60)
    await call(hass, "switch.turn_off", pump_of(hub))
    await skew.forward(600 * 1.1 + 61)
    coordinator = only_coordinator(hub)
    with pytest.raises(DeviceOfflineError):
        await coordinator.async_command(PUMP.address, ON, None)
    await wake_up(hub, device)
    await outcomes.until("waiting", "done")


@pytest.mark.parametrize("args", [{1: "on"}, {}, {99: True}])
async def test_what_no_device_takes_does_not_wait(
    hass: HomeAssistant, hub: Hub, device: Device, args: dict[int, Any]
) -> None:
    """The caller hears it now, not in an event."""
    with pytest.raises(CommandNotSentError):
        await only_coordinator(hub).async_command(PUMP.address, args, None)


async def test_an_entity_that_is_not_described_cannot_be_waited_for(
    hass: HomeAssistant, hub: Hub, device: Device
) -> None:
    stranger = PUMP.address._replace(key=1)
    with pytest.raises(HomeAssistantError):
        await only_coordinator(hub).async_command(stranger, ON, None)


async def test_unload_cancels_and_says_so(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    device: Device,
    outcomes: Outcomes,
) -> None:
    """A restart is nothing that anybody's command should outlive."""
    await call(hass, "switch.turn_off", pump_of(hub))
    await hass.config_entries.async_unload(hub_entry.entry_id)
    await outcomes.until("waiting", "cancelled")
    assert outcomes.events[-1].data["reason"] == "the hub stops"
    assert await hass.config_entries.async_setup(hub_entry.entry_id)
    await hass.async_block_till_done()
    again: Hub = hub_entry.runtime_data.hub
    await wake_up(again, device)
    assert device.driver.commands == []


async def test_removing_the_device_cancels(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    device: Device,
    outcomes: Outcomes,
) -> None:
    await call(hass, "switch.turn_off", pump_of(hub))
    (subentry_id,) = hub_entry.subentries
    hass.config_entries.async_remove_subentry(hub_entry, subentry_id)
    await outcomes.until("waiting", "cancelled")


async def test_the_logbook_says_what_became_of_it(
    hass: HomeAssistant, hub: Hub, device: Device, outcomes: Outcomes
) -> None:
    """For every outcome, with the device's reason."""
    described: dict[tuple[str, str], Any] = {}
    async_describe_events(
        hass, lambda domain, event, how: described.update({(domain, event): how})
    )
    how = described[DOMAIN, EVENT_COMMAND]
    await call(hass, "switch.turn_off", pump_of(hub))
    await outcomes.until("waiting")
    assert how(outcomes.events[0]) == {
        LOGBOOK_ENTRY_NAME: "Garden pump",
        LOGBOOK_ENTRY_MESSAGE: "a command waits until the device wakes up",
        LOGBOOK_ENTRY_ENTITY_ID: pump_of(hub),
    }
    for outcome in WaitingOutcome:
        event = outcomes.events[0]
        event.data = {
            "name": "Garden pump",
            "outcome": outcome.value,
            "reason": "why",
            "action": "water",
            "entity_id": None,
        }
        line = how(event)
        assert line[LOGBOOK_ENTRY_MESSAGE].startswith("water: ")
        assert line[LOGBOOK_ENTRY_MESSAGE].endswith(": why")
        assert outcome.value not in line
        assert LOGBOOK_ENTRY_ENTITY_ID not in line


async def test_many_calls_at_once_are_all_answered_at_once(
    hass: HomeAssistant, hub: Hub, device: Device, outcomes: Outcomes
) -> None:
    await asyncio.gather(
        *(call(hass, "switch.turn_off", pump_of(hub)) for _ in range(100))
    )
    assert waiting(hub) == 1
    assert outcomes.all.count("replaced") == 99
