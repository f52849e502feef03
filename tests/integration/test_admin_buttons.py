"""Buttons on the device page that only administrators may press."""

from collections.abc import Iterator
from unittest.mock import PropertyMock, patch

from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity import EntityCategory
from homeassistant.helpers.entity_component import DATA_INSTANCES
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.oceanremote.device.status import DeviceStatus
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.policy.audit.record import AuditEvent, read_event

from .runtime_support import (
    Device,
    entity_id_of,
    eventually,
    only_coordinator,
    state_of,
)

ACTIONS = {"quarantine": "quarantine_device", "regenerate_token": "regenerate_token"}


@pytest.fixture(autouse=True)
def _enabled() -> Iterator[None]:
    """Have the buttons that are off until somebody wants them."""
    with patch(
        "homeassistant.helpers.entity.Entity.entity_registry_enabled_default",
        new_callable=PropertyMock,
        return_value=True,
    ):
        yield


async def press(hass: HomeAssistant, hub: Hub, key: str, user: str | None) -> None:
    """Press a button of the one device."""
    button = entity_id_of(hass, "button", only_coordinator(hub), f"own-{key}")
    await hass.services.async_call(
        "button",
        "press",
        {"entity_id": button},
        blocking=True,
        context=Context(user_id=user),
    )


async def audited(hub: Hub, kind: AuditKind) -> list[AuditEvent]:
    """Return the events of one kind that are on disk."""
    events = [read_event(line) for line in await hub.security.trail.log.read(1000)]
    return [event for event in events if event.kind == kind]


@pytest.mark.parametrize("user", ["administrator", "automation"])
async def test_quarantine(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    hass_admin_user: MockUser,
    user: str,
) -> None:
    """It works at once, is gone then, and is audited with whoever pressed it."""
    who = hass_admin_user.id if user == "administrator" else None
    await press(hass, hub, "quarantine", who)
    coordinator = only_coordinator(hub)
    assert coordinator.status is DeviceStatus.QUARANTINED
    assert not coordinator.available
    tail = "own-quarantine"
    assert state_of(hass, "button", coordinator, tail) == STATE_UNAVAILABLE
    assert [e.actor.user for e in await audited(hub, AuditKind.QUARANTINED)] == [who]


async def test_regenerate_token(
    hass: HomeAssistant,
    hub: Hub,
    connected_device: Device,
    hass_admin_user: MockUser,
) -> None:
    await press(hass, hub, "regenerate_token", hass_admin_user.id)
    await eventually(lambda: connected_device.driver.flash.identity.generation == 2)
    await eventually(lambda: only_coordinator(hub).rotations == 1)
    (issued, *_) = await audited(hub, AuditKind.TOKEN_ROTATED)
    assert issued.actor.user == hass_admin_user.id


@pytest.mark.parametrize("key", ACTIONS)
async def test_a_user_who_may_control_everything_is_refused_and_named(
    hass: HomeAssistant, hub: Hub, connected_device: Device, key: str
) -> None:
    """Home Assistant lets him press; the action does not let him act."""
    user = MockUser(is_owner=False).add_to_hass(hass)
    user.mock_policy({"entities": True})
    before = hub.vault.generation
    with pytest.raises(Unauthorized):
        await press(hass, hub, key, user.id)
    assert only_coordinator(hub).available
    assert hub.vault.generation == before
    (event,) = await audited(hub, AuditKind.DENIED)
    assert event.actor.user == user.id
    assert event.detail["what"] == ACTIONS[key]


@pytest.mark.parametrize("key", ACTIONS)
async def test_mfa_may_be_required_here_too(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    connected_device: Device,
    hass_admin_user: MockUser,
    key: str,
) -> None:
    options = {**hub_entry.options, "security": {"mfa_required": True}}
    hass.config_entries.async_update_entry(hub_entry, options=options)
    await hass.async_block_till_done()
    with pytest.raises(ServiceValidationError, match="multi-factor"):
        await press(hass, hub, key, hass_admin_user.id)


@pytest.mark.parametrize("key", ACTIONS)
async def test_a_press_by_nobody_is_refused(
    hass: HomeAssistant, hub: Hub, connected_device: Device, key: str
) -> None:
    """Without a context it would pass for an automation's."""
    button = entity_id_of(hass, "button", only_coordinator(hub), f"own-{key}")
    entity = hass.data[DATA_INSTANCES]["button"].get_entity(button)
    assert entity is not None
    entity._context = None
    with pytest.raises(Unauthorized):
        await entity.async_press()  # type: ignore[attr-defined]


@pytest.mark.parametrize("key", ACTIONS)
async def test_there_is_nothing_to_press_before_a_board_has_registered(
    hass: HomeAssistant, hub: Hub, key: str
) -> None:
    coordinator = only_coordinator(hub)
    tail = f"own-{key}"
    assert state_of(hass, "button", coordinator, tail) == STATE_UNAVAILABLE
    entry = er.async_get(hass).async_get(
        entity_id_of(hass, "button", coordinator, tail)
    )
    assert entry is not None
    # Targets by area, device or label leave such entities out.
    assert entry.entity_category is EntityCategory.CONFIG
