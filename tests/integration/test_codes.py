"""Codes of locks and alarms: they go to the device, and nowhere else."""

import logging
from typing import Any

from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import translation
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.common.const import DOMAIN
from custom_components.oceanremote.diagnostics import async_get_config_entry_diagnostics
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.protocol import Domain, EntityAddress
from custom_components.oceanremote.protocol.domains.alarm_control_panel import (
    AlarmControlPanelAction,
    AlarmControlPanelCommand,
)
from custom_components.oceanremote.protocol.domains.lock import LockAction, LockCommand
from custom_components.oceanremote.protocol.messages import Command

from .runtime_support import Device, Records, describe
from .test_entities import show

CODE = "62 geheim 62"
CALLS = [
    pytest.param(
        describe(Domain.LOCK, "Front", requires_code=True, supports_open=True),
        ("lock", service),
        id=service,
    )
    for service in ("lock", "unlock", "open")
] + [
    pytest.param(
        describe(Domain.ALARM_CONTROL_PANEL, "House", supported_features=2),
        ("alarm_control_panel", service),
        id=service,
    )
    for service in ("alarm_disarm", "alarm_arm_away")
]


@pytest.mark.parametrize(("entity", "action"), CALLS)
async def test_a_code_is_kept_nowhere(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    connected_device: Device,
    records: Records,
    caplog: pytest.LogCaptureFixture,
    entity: Any,
    action: tuple[str, str],
) -> None:
    """Neither in the log, the audit, diagnostics nor in a state."""
    entity_id = await show(hass, hub, connected_device, entity)
    caplog.clear()
    logging.getLogger("custom_components.oceanremote").setLevel(logging.DEBUG)
    data = {ATTR_ENTITY_ID: entity_id, "code": CODE}
    await hass.services.async_call(*action, data, blocking=True)
    (sent,) = connected_device.driver.commands
    assert sent.args[2] == CODE
    ours = [r for r in caplog.records if r.name.startswith("custom_components")]
    assert not [r for r in ours if CODE in r.getMessage()]
    assert records.of(AuditKind.COMMAND)
    assert CODE not in repr(records.all)
    told = await async_get_config_entry_diagnostics(hass, hub_entry)
    assert CODE not in repr(told)
    assert CODE not in repr(hass.states.async_all())


@pytest.mark.parametrize(("entity", "action"), CALLS)
@pytest.mark.parametrize(
    "code",
    ["7" * 10_000, "7" * 65, "\u00e4" * 33, "12\ud80034"],
    ids=["10 kB", "a byte too long", "bytes count", "not UTF-8"],
)
async def test_a_code_that_no_device_takes_is_refused_before_it_is_sent(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    caplog: pytest.LogCaptureFixture,
    entity: Any,
    action: tuple[str, str],
    code: str,
) -> None:
    """In words that do not say it; the next one goes through."""
    entity_id = await show(hass, hub, connected_device, entity)
    data = {ATTR_ENTITY_ID: entity_id, "code": code}
    with pytest.raises(ServiceValidationError) as refused:
        await hass.services.async_call(*action, data, blocking=True)
    assert refused.value.translation_key == "code_not_taken"
    assert refused.value.translation_placeholders == {"limit": "64"}
    assert refused.value.__cause__ is None
    texts = await translation.async_get_translations(hass, "en", "exceptions", {DOMAIN})
    assert f"component.{DOMAIN}.exceptions.code_not_taken.message" in texts
    assert not connected_device.driver.commands
    ours = [r for r in caplog.records if r.name.startswith("custom_components")]
    assert not [r for r in ours if code in r.getMessage()]
    await hass.services.async_call(*action, data | {"code": "7" * 64}, blocking=True)
    assert len(connected_device.driver.commands) == 1


def test_a_code_does_not_show_in_what_carries_it() -> None:
    for domain, command in (
        (Domain.LOCK, LockCommand(action=LockAction.UNLOCK, code=CODE)),
        (
            Domain.ALARM_CONTROL_PANEL,
            AlarmControlPanelCommand(action=AlarmControlPanelAction.DISARM, code=CODE),
        ),
    ):
        assert command.args()[2] == CODE
        message = Command(1, 2, EntityAddress(domain, 0, 1), command.args())
        assert CODE not in repr(command)
        assert CODE not in repr(message)
