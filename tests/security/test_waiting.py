"""Commands that wait are a power kept for later: who may use it then, and what is kept."""

from collections.abc import Callable
from typing import Any

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import SUBCAT_ALL
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.oceanremote.common.errors import (
    DeviceAsleepError,
    SecretMayNotWaitError,
)
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.policy.trust import Standing, StandingEvent
from custom_components.oceanremote.protocol import Domain, KeyPair, RegistrationToken
from custom_components.oceanremote.protocol.domains.text import TextMode
from custom_components.oceanremote.protocol.user_actions import (
    Argument,
    ArgumentType,
    UserAction,
)
from tests.integration.runtime_support import (
    FLOW,
    PUMP,
    Device,
    Records,
    come_online,
    describe,
    entity_id_of,
    eventually,
    flash_again,
    only_coordinator,
)
from tests.integration.sleep_support import (
    Outcomes,
    allow,
    call,
    fall_asleep,
    pump_of,
    sleeper,
    wake_up,
)

LOCK = describe(Domain.LOCK, "Front", supports_open=True, requires_code=True)
ALARM = describe(
    Domain.ALARM_CONTROL_PANEL,
    "House",
    supported_features=1,
    requires_code=True,
    requires_code_to_arm=True,
)
VALVE = describe(Domain.VALVE, "Main")
COVER = describe(Domain.COVER, "Gate")
BUTTON = describe(Domain.BUTTON, "Beep")
WORD = describe(Domain.TEXT, "Word", mode=TextMode.PASSWORD)
OPEN = UserAction(
    key=1, name="open", arguments=(Argument("pin", ArgumentType.TEXT, "says"),)
)
CODE = "4711-0815"


@pytest.fixture
def outcomes(hass: HomeAssistant) -> Outcomes:
    """Return what becomes of commands from now on."""
    return Outcomes(hass)


@pytest.fixture
def records(hub: Hub) -> Records:
    """Return what the hub records from now on."""
    return Records(hub)


@pytest.fixture
async def device(hub: Hub, enrolled_device: Device) -> Device:
    """Return a board that is asleep, with everything that opens something."""
    driver = enrolled_device.driver
    driver.entities = (PUMP, FLOW, LOCK, ALARM, VALVE, COVER, BUTTON, WORD)
    driver.actions = (OPEN,)
    await sleeper(hub, enrolled_device)
    await fall_asleep(hub, enrolled_device)
    return enrolled_device


def entity(hub: Hub, platform: str, object_id: str) -> str:
    """Return the entity id of a described entity."""
    tail = f"{platform}-0-{object_id}"
    return entity_id_of(hub.hass, platform, only_coordinator(hub), tail)


def allow_everything(hass: HomeAssistant, hub: Hub) -> None:
    """Name every entity, as the most careless owner would."""
    subentry_id = only_coordinator(hub).subentry_id
    names = ("lock-0-front", "alarm_control_panel-0-house", "valve-0-main")
    names += ("cover-0-gate", "button-0-beep", "text-0-word")
    allow(
        hass,
        hub,
        entities=frozenset(f"{subentry_id}-{name}" for name in names),
        actions=frozenset({"open"}),
    )


def caller(hass: HomeAssistant) -> MockUser:
    """Return a person who may control everything and is no administrator."""
    user = MockUser(name="guest").add_to_hass(hass)
    user.mock_policy({"entities": {SUBCAT_ALL: True}})
    return user


async def delivered(hub: Hub, device: Device) -> int:
    """Wake the board up; return how many commands it was sent."""
    await wake_up(hub, device)
    await hub.hass.async_block_till_done()
    return len(device.driver.commands) + len(device.driver.calls)


# -- what does not wait -------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "object_id", "data"),
    [
        ("lock.unlock", "front", {}),
        ("lock.open", "front", {"code": CODE}),
        ("alarm_control_panel.alarm_disarm", "house", {"code": CODE}),
        ("valve.open_valve", "main", {}),
        ("cover.open_cover", "gate", {}),
        ("button.press", "beep", {}),
    ],
)
async def test_what_opens_something_is_refused_while_nobody_has_named_it(
    hass: HomeAssistant,
    hub: Hub,
    device: Device,
    outcomes: Outcomes,
    action: str,
    object_id: str,
    data: dict[str, Any],
) -> None:
    """At once, and a later wake-up carries out nothing."""
    platform = action.partition(".")[0]
    with pytest.raises((DeviceAsleepError, SecretMayNotWaitError)):
        await call(hass, action, entity(hub, platform, object_id), **data)
    assert await delivered(hub, device) == 0
    assert outcomes.all == []


async def test_one_that_is_named_opens_no_other(
    hass: HomeAssistant, hub: Hub, device: Device
) -> None:
    """Not the domain is allowed: the entity is."""
    named = f"{only_coordinator(hub).subentry_id}-cover-0-gate"
    allow(hass, hub, entities=frozenset({named}))
    with pytest.raises(DeviceAsleepError):
        await call(hass, "valve.open_valve", entity(hub, "valve", "main"))
    await call(hass, "cover.open_cover", entity(hub, "cover", "gate"))
    assert await delivered(hub, device) == 1


@pytest.mark.parametrize(
    ("action", "object_id", "data"),
    [
        ("lock.unlock", "front", {"code": CODE}),
        ("alarm_control_panel.alarm_disarm", "house", {"code": CODE}),
        ("text.set_value", "word", {"value": CODE}),
    ],
)
async def test_a_code_is_kept_nowhere(
    hass: HomeAssistant,
    hub: Hub,
    device: Device,
    outcomes: Outcomes,
    records: Records,
    caplog: pytest.LogCaptureFixture,
    hass_admin_user: MockUser,
    action: str,
    object_id: str,
    data: dict[str, Any],
) -> None:
    """Whatever the owner has named: refused, and in no log, event, record or store."""
    allow_everything(hass, hub)
    platform = action.partition(".")[0]
    with pytest.raises(SecretMayNotWaitError) as told:
        await call(
            hass,
            action,
            entity(hub, platform, object_id),
            Context(user_id=hass_admin_user.id),
            **data,
        )
    assert CODE not in repr(told.value)
    assert len(only_coordinator(hub).waiting) == 0
    assert CODE not in repr([event.data for event in outcomes.events])
    assert CODE not in repr(records.all)
    ours = [each for each in caplog.records if "oceanremote" in each.name]
    assert CODE not in repr([each.getMessage() for each in ours])
    assert CODE not in repr(hub._store.presences._data())
    assert await delivered(hub, device) == 0


async def test_what_an_action_says_is_in_no_text(
    hass: HomeAssistant,
    hub: Hub,
    device: Device,
    outcomes: Outcomes,
    records: Records,
    caplog: pytest.LogCaptureFixture,
    hass_admin_user: MockUser,
) -> None:
    """An owner may let a call wait whose text is a secret: it is in memory alone."""
    allow_everything(hass, hub)
    await hass.services.async_call(
        "oceanremote",
        "garden_pump_open",
        {"pin": CODE},
        blocking=True,
        context=Context(user_id=hass_admin_user.id),
    )
    waiting = only_coordinator(hub).waiting
    assert CODE not in repr(waiting._queue.first())
    assert await delivered(hub, device) == 1
    assert device.driver.calls[0].values == (CODE,)
    assert CODE not in repr([event.data for event in outcomes.events])
    assert CODE not in repr(records.all)
    ours = [each for each in caplog.records if "oceanremote" in each.name]
    assert CODE not in repr([each.getMessage() for each in ours])


# -- who may still, when it wakes up ------------------------------------------


async def _account_removed(hass: HomeAssistant, user: User) -> None:
    await hass.auth.async_remove_user(user)


async def _account_switched_off(hass: HomeAssistant, user: User) -> None:
    await hass.auth.async_update_user(user, is_active=False)


async def _rights_taken(hass: HomeAssistant, user: User) -> None:
    assert isinstance(user, MockUser)
    user.mock_policy({"entities": {"entity_ids": {"sensor.other": True}}})


async def _only_reading_left(hass: HomeAssistant, user: User) -> None:
    assert isinstance(user, MockUser)
    user.mock_policy({"entities": {SUBCAT_ALL: {"read": True}}})


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_account_removed, "the account is gone or switched off"),
        (_account_switched_off, "the account is gone or switched off"),
        (_rights_taken, "the account may not control it any more"),
        (_only_reading_left, "the account may not control it any more"),
    ],
)
@pytest.mark.parametrize("action", [False, True])
async def test_whoever_has_lost_the_right_is_not_obeyed(
    hass: HomeAssistant,
    hub: Hub,
    device: Device,
    outcomes: Outcomes,
    records: Records,
    change: Callable[[HomeAssistant, User], Any],
    reason: str,
    action: bool,
) -> None:
    """Asked at the wake-up; reported with the reason, and recorded."""
    user = caller(hass)
    context = Context(user_id=user.id)
    allow_everything(hass, hub)
    if action:
        await hass.services.async_call(
            "oceanremote",
            "garden_pump_open",
            {"pin": "1"},
            blocking=True,
            context=context,
        )
    else:
        await call(hass, "switch.turn_off", pump_of(hub), context)
    await change(hass, user)
    assert await delivered(hub, device) == 0
    await outcomes.until("waiting", "cancelled")
    assert outcomes.events[-1].data["reason"] == reason
    (_, record) = records.of(AuditKind.COMMAND)
    assert (record.outcome, record.user_id) == ("cancelled", user.id)
    assert reason in record.detail


async def test_whoever_still_may_is_obeyed_and_so_is_an_automation(
    hass: HomeAssistant, hub: Hub, device: Device, outcomes: Outcomes
) -> None:
    context = Context(user_id=caller(hass).id)
    await call(hass, "switch.turn_off", pump_of(hub), context)
    assert await delivered(hub, device) == 1
    await fall_asleep(hub, device)
    await call(hass, "switch.turn_on", pump_of(hub))
    assert await delivered(hub, device) == 2


async def test_the_owner_may_change_their_mind(
    hass: HomeAssistant, hub: Hub, device: Device, outcomes: Outcomes
) -> None:
    """What is not allowed to wait any more is not carried out."""
    allow_everything(hass, hub)
    await call(hass, "cover.open_cover", entity(hub, "cover", "gate"))
    allow(hass, hub)
    assert await delivered(hub, device) == 0
    await outcomes.until("waiting", "cancelled")


async def test_an_entity_that_somebody_deleted_is_not_commanded(
    hass: HomeAssistant, hub: Hub, device: Device, outcomes: Outcomes
) -> None:
    """It comes back when it is described again, but the command does not."""
    await call(hass, "switch.turn_off", pump_of(hub))
    er.async_get(hass).async_remove(pump_of(hub))
    assert await delivered(hub, device) == 0
    await outcomes.until("waiting", "cancelled")


async def test_a_board_that_has_made_something_else_of_it_gets_nothing(
    hass: HomeAssistant, hub: Hub, device: Device, outcomes: Outcomes
) -> None:
    """The address that meant the pump means the gate now: nobody asked for that."""
    await call(hass, "switch.turn_off", pump_of(hub))
    hot = describe(Domain.SWITCH, "Boiler")
    trap = type(hot)(
        address=PUMP.address,
        object_id=hot.object_id,
        name=hot.name,
        properties=hot.properties,
    )
    device.driver.entities = (trap,)
    device.driver.states[PUMP.address] = True
    assert await delivered(hub, device) == 0
    await outcomes.until("waiting", "cancelled")


# -- whom the hub believes ----------------------------------------------------


async def test_a_quarantine_cancels_at_once(
    hass: HomeAssistant, hub: Hub, device: Device, outcomes: Outcomes
) -> None:
    await call(hass, "switch.turn_off", pump_of(hub))
    hub.suspect(only_coordinator(hub).enrolment_id, "two live links")
    await outcomes.until("waiting", "cancelled")
    await hub.vault.change_standing(
        only_coordinator(hub).enrolment_id, StandingEvent.RELEASE
    )
    only_coordinator(hub).set_suspected(suspected=False)
    assert await delivered(hub, device) == 0


async def test_a_revocation_cancels_at_once(
    hass: HomeAssistant, hub: Hub, device: Device, outcomes: Outcomes
) -> None:
    await call(hass, "switch.turn_off", pump_of(hub))
    await hub.async_revoke(only_coordinator(hub).subentry_id)
    await outcomes.until("waiting", "cancelled")
    record = only_coordinator(hub).record
    assert record is not None
    assert record.standing is Standing.REVOKED


async def test_a_standing_that_only_the_vault_knows_stops_it_too(
    hass: HomeAssistant, hub: Hub, device: Device, outcomes: Outcomes
) -> None:
    """Whatever was not told to the coordinator: trust is asked for when it is sent."""
    await call(hass, "switch.turn_off", pump_of(hub))
    await hub.vault.change_standing(
        only_coordinator(hub).enrolment_id, StandingEvent.SUSPECT
    )
    await device.connect()
    await outcomes.until("waiting", "cancelled")
    assert device.driver.commands == []


async def test_another_board_does_not_inherit_what_waits(
    hass: HomeAssistant, hub: Hub, device: Device, outcomes: Outcomes
) -> None:
    """A command was meant for the board that was there."""
    await call(hass, "switch.turn_off", pump_of(hub))
    coordinator = only_coordinator(hub)
    text, _ = await hub.async_issue_registration_token(coordinator.subentry_id)
    token = RegistrationToken.parse(text)
    flash_again(device, token, key=KeyPair.generate(lambda size: bytes([7] * size)))
    await come_online(hass, device, coordinator)
    await outcomes.until("waiting", "cancelled")
    assert device.driver.commands == []
    assert "another board" in outcomes.events[-1].data["reason"]


async def test_a_board_that_cries_sleep_harms_itself_alone(
    hass: HomeAssistant, hub: Hub, device: Device, outcomes: Outcomes
) -> None:
    """It naps again and again: what was sent is never sent twice."""
    await call(hass, "switch.turn_off", pump_of(hub))
    device.driver.answer = None
    for _ in range(5):
        await device.connect()
        await eventually(lambda: device.driver.commands)
        await fall_asleep(hub, device, 1)
    await outcomes.until("waiting", "unknown")
    assert len(device.driver.commands) == 1
