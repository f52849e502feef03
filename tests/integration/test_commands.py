"""Commands: acknowledged, or the caller is told what is known and what is not."""

import asyncio
from collections.abc import Coroutine
from typing import Any
from unittest.mock import patch

from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import Context, HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.oceanremote.common.errors import (
    CommandExpiredError,
    CommandNotSentError,
    CommandRefusedError,
    CommandUnknownError,
    DeviceNotReadyError,
    DeviceOfflineError,
)
from custom_components.oceanremote.device import commands as commands_module
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.policy.trust import StandingEvent
from custom_components.oceanremote.protocol import (
    CommandStatus,
    Domain,
    LocalProtocolError,
)
from tests.support.commands import (
    button_command,
    number_command,
    select_command,
    switch_command,
)

from .runtime_support import (
    FLOW,
    PUMP,
    Device,
    Records,
    Skew,
    describe,
    entity_id_of,
    eventually,
    has_told_all,
    only_coordinator,
)

TURN_ON = switch_command(on=True)


def turn_on(hub: Hub) -> Coroutine[Any, Any, None]:
    """Return a command to the pump."""
    return only_coordinator(hub).async_command(PUMP.address, TURN_ON, Context())


@pytest.mark.parametrize(
    ("entity", "service", "data", "args"),
    [
        (PUMP, "turn_on", {}, switch_command(on=True)),
        (PUMP, "turn_off", {}, switch_command(on=False)),
        (describe(Domain.BUTTON, "Flush"), "press", {}, button_command()),
        (
            describe(Domain.NUMBER, "Level", min_value=0.0, max_value=9.0, step=0.5),
            "set_value",
            {"value": 2.5},
            number_command(2.5),
        ),
        (
            describe(Domain.SELECT, "Mode", options=("eco", "boost")),
            "select_option",
            {"option": "boost"},
            select_command("boost"),
        ),
    ],
)
async def test_every_domain_is_commanded(
    hass: HomeAssistant,
    hub: Hub,
    enrolled_device: Device,
    records: Records,
    hass_admin_user: MockUser,
    entity: Any,
    service: str,
    data: dict[str, Any],
    args: dict[int, Any],
) -> None:
    """The service returns when the device has acknowledged; the user is recorded."""
    enrolled_device.driver.entities = (entity,)
    await enrolled_device.connect()
    coordinator = only_coordinator(hub)
    await eventually(lambda: has_told_all(coordinator))
    await hass.async_block_till_done()
    domain = entity.address.domain.name.lower()
    entity_id = entity_id_of(
        hass, domain, coordinator, f"{domain}-0-{entity.object_id}"
    )
    await hass.services.async_call(
        domain,
        service,
        {ATTR_ENTITY_ID: entity_id, **data},
        blocking=True,
        context=Context(user_id=hass_admin_user.id),
    )
    (command,) = enrolled_device.driver.commands
    assert command.address == entity.address
    assert command.args == args
    (record,) = records.of(AuditKind.COMMAND)
    assert record.outcome == "done"
    assert record.user_id == hass_admin_user.id


@pytest.mark.parametrize(
    ("answer", "error", "placeholders"),
    [
        (
            (CommandStatus.REFUSED, "tank is empty"),
            CommandRefusedError,
            {"name": "Garden pump", "reason": "tank is empty"},
        ),
        (
            (CommandStatus.REFUSED, "no\nERROR (MainThread) forged"),
            CommandRefusedError,
            {"name": "Garden pump", "reason": "no\\nERROR (MainThread) forged"},
        ),
        ((CommandStatus.EXPIRED, ""), CommandExpiredError, {"name": "Garden pump"}),
    ],
)
async def test_the_devices_no_reaches_the_caller(
    hub: Hub,
    connected_device: Device,
    records: Records,
    answer: tuple[CommandStatus, str],
    error: type[Exception],
    placeholders: dict[str, str],
) -> None:
    """With the device's own reason, translated around it."""
    connected_device.driver.answer = answer
    with pytest.raises(error) as told:
        await turn_on(hub)
    assert told.value.translation_placeholders == placeholders  # type: ignore[attr-defined]
    assert records.of(AuditKind.COMMAND)[0].outcome == error.key  # type: ignore[attr-defined]


async def test_no_answer_in_time_means_unknown(
    hub: Hub, connected_device: Device, skew: Skew
) -> None:
    """Nobody knows; so the caller is told just that."""
    connected_device.driver.answer = None
    waiting = asyncio.create_task(turn_on(hub))
    await eventually(lambda: connected_device.driver.commands)
    await skew.forward(commands_module.COMMAND_TIMEOUT + 1)
    with pytest.raises(CommandUnknownError):
        await waiting
    # An answer that comes after all is nobody's.
    (command,) = connected_device.driver.commands
    driver = connected_device.driver
    driver.connection.send_result(
        command.command_id, CommandStatus.DONE, "", driver._clock()
    )
    await connected_device.send(driver.connection.frames_to_send())
    driver.answer = (CommandStatus.DONE, "")
    await turn_on(hub)


async def test_a_lost_link_means_unknown(hub: Hub, connected_device: Device) -> None:
    """Every command without an answer gets one: nobody knows."""
    connected_device.driver.answer = None
    waiting = [asyncio.create_task(turn_on(hub)) for _ in range(3)]
    await eventually(lambda: len(connected_device.driver.commands) == 3)
    await connected_device.hang_up()
    for task in waiting:
        with pytest.raises(CommandUnknownError):
            await task


async def test_a_cancelled_caller_leaves_nothing_behind(
    hub: Hub, connected_device: Device
) -> None:
    """A late answer finds nobody, and the next command is answered as its own."""
    driver = connected_device.driver
    driver.answer = None
    waiting = asyncio.create_task(turn_on(hub))
    await eventually(lambda: driver.commands)
    waiting.cancel()
    await asyncio.wait([waiting])
    (command,) = driver.commands
    driver.connection.send_result(
        command.command_id, CommandStatus.REFUSED, "late", driver._clock()
    )
    await connected_device.send(driver.connection.frames_to_send())
    driver.answer = (CommandStatus.DONE, "")
    await turn_on(hub)


async def test_nothing_is_sent_to_a_device_that_is_away(
    hub: Hub, enrolled_device: Device
) -> None:
    """No queue: a command is for now."""
    with pytest.raises(DeviceOfflineError):
        await turn_on(hub)


async def test_nothing_is_sent_to_a_device_that_is_not_trusted(
    hub: Hub, connected_device: Device
) -> None:
    """Connected, observed, not commanded and not believed."""
    coordinator = only_coordinator(hub)
    await hub.vault.change_standing(coordinator.enrolment_id, StandingEvent.SUSPECT)
    with pytest.raises(DeviceNotReadyError):
        await turn_on(hub)
    await connected_device.report(FLOW, 99.0)
    await coordinator.async_renew()
    assert coordinator.cache.states[FLOW.address] is None
    assert coordinator.status == "quarantined"


async def test_what_the_link_does_not_take_is_an_error(
    hub: Hub, connected_device: Device
) -> None:
    """Too large, or too many without an answer."""
    link = only_coordinator(hub).link
    assert link is not None
    with (
        patch.object(
            link.connection, "send_command", side_effect=LocalProtocolError("too many")
        ),
        pytest.raises(CommandNotSentError) as told,
    ):
        await turn_on(hub)
    assert told.value.translation_placeholders == {"reason": "too many"}


async def test_commands_flow_through_rotations(
    hub: Hub, connected_device: Device
) -> None:
    """Make before break: none is lost, none is doubled."""
    coordinator = only_coordinator(hub)
    for _ in range(5):
        await asyncio.gather(turn_on(hub), coordinator.async_renew(), turn_on(hub))
    commands = connected_device.driver.commands
    assert len(commands) == 10
    assert len({command.command_id for command in commands}) == 10
    assert coordinator.rotations == 5
