"""Locks: what a device says, as Home Assistant shows it, and what it is asked."""

from typing import Any

from homeassistant.components.lock import LockEntityFeature
from homeassistant.const import ATTR_ENTITY_ID, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceNotSupported
import pytest

from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.protocol import Domain, EntityDescriptor
from custom_components.oceanremote.protocol.domains.lock import (
    LockAction,
    LockCommand,
    LockCondition,
    LockState,
)

from .runtime_support import Device, describe, eventually, report
from .test_entities import show

BARE = describe(Domain.LOCK, "Front")
FULL = describe(
    Domain.LOCK, "Front", assumed_state=True, supports_open=True, requires_code=True
)


@pytest.mark.parametrize(
    ("condition", "state"),
    [(None, STATE_UNKNOWN), *((each, each.name.lower()) for each in LockCondition)],
)
async def test_a_lock_is_shown(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    condition: LockCondition | None,
    state: str,
) -> None:
    """By each of its conditions; it is away with its device."""
    entity_id = await show(hass, hub, connected_device, BARE)
    await report(hub, connected_device, BARE, LockState(condition=condition))
    await hass.async_block_till_done()
    shown = hass.states.get(entity_id)
    assert shown is not None
    assert shown.state == state
    assert "code_format" not in shown.attributes
    assert "assumed_state" not in shown.attributes
    assert shown.attributes["supported_features"] == LockEntityFeature(0)
    await connected_device.hang_up()
    await eventually(lambda: hass.states.is_state(entity_id, STATE_UNAVAILABLE))


async def test_a_lock_offers_what_it_can(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    entity_id = await show(hass, hub, connected_device, FULL)
    await report(hub, connected_device, FULL, LockState(condition=LockCondition.OPEN))
    shown = hass.states.get(entity_id)
    assert shown is not None
    assert shown.attributes["supported_features"] == LockEntityFeature.OPEN
    assert shown.attributes["assumed_state"] is True
    assert shown.attributes["code_format"] == ""


@pytest.mark.parametrize(
    ("lock", "service", "data", "command"),
    [
        (BARE, "lock", {}, LockCommand(action=LockAction.LOCK)),
        (BARE, "unlock", {}, LockCommand(action=LockAction.UNLOCK)),
        (BARE, "unlock", {"code": ""}, LockCommand(action=LockAction.UNLOCK)),
        (FULL, "lock", {}, LockCommand(action=LockAction.LOCK)),
        (
            FULL,
            "unlock",
            {"code": "82ü7"},
            LockCommand(action=LockAction.UNLOCK, code="82ü7"),
        ),
        (FULL, "open", {}, LockCommand(action=LockAction.OPEN)),
    ],
)
async def test_a_lock_is_commanded(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    lock: EntityDescriptor,
    service: str,
    data: dict[str, Any],
    command: LockCommand,
) -> None:
    entity_id = await show(hass, hub, connected_device, lock)
    await hass.services.async_call(
        "lock", service, {ATTR_ENTITY_ID: entity_id, **data}, blocking=True
    )
    (sent,) = connected_device.driver.commands
    assert sent.address == lock.address
    assert sent.args == command.args()


async def test_a_latch_that_is_not_there_is_not_pulled(
    hass: HomeAssistant, hub: Hub, connected_device: Device
) -> None:
    entity_id = await show(hass, hub, connected_device, BARE)
    with pytest.raises(ServiceNotSupported):
        await hass.services.async_call(
            "lock", "open", {ATTR_ENTITY_ID: entity_id}, blocking=True
        )
    assert not connected_device.driver.commands
