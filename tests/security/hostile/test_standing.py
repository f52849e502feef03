"""Approval, quarantine, release, new tokens: what counts and what does not."""

from aiohttp.test_utils import TestClient
from homeassistant.core import Context, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.helpers import device_registry as dr, issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.oceanremote.common.const import DOMAIN
from custom_components.oceanremote.common.errors import (
    DeviceNotReadyError,
    WrongStandingError,
)
from custom_components.oceanremote.device.coordinator import DeviceCoordinator
from custom_components.oceanremote.device.status import DeviceStatus
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.policy.audit.kinds import AuditKind
from custom_components.oceanremote.policy.trust import (
    Standing,
    short_authentication_string,
)
from custom_components.oceanremote.repairs import async_create_fix_flow
from tests.integration.runtime_support import FLOW, PUMP, Device, eventually
from tests.support.commands import switch_command

from .attacker import HOME, copy_of
from .support import audited


@pytest.fixture
async def approval(hass: HomeAssistant, hub_entry: MockConfigEntry) -> None:
    """Require approval of new devices."""
    options = {**hub_entry.options, "security": {"approval_required": True}}
    hass.config_entries.async_update_entry(hub_entry, options=options)
    await hass.async_block_till_done()


async def act(
    hass: HomeAssistant, action: str, coordinator: DeviceCoordinator, user: str | None
) -> None:
    """Call an action on a device."""
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, coordinator.subentry_id), entry.entry_id
    )
    assert device is not None
    await hass.services.async_call(
        DOMAIN,
        action,
        {"device_id": device.id},
        blocking=True,
        context=Context(user_id=user),
    )


async def test_a_newcomer_counts_once_it_is_approved(
    hass: HomeAssistant,
    approval: None,
    hub: Hub,
    pump: DeviceCoordinator,
    enrolled_device: Device,
    hass_admin_user: MockUser,
) -> None:
    await enrolled_device.connect()
    await eventually(lambda: pump.connected)
    assert pump.status is DeviceStatus.WAITING_FOR_APPROVAL
    await enrolled_device.report(FLOW, 4.5)
    with pytest.raises(DeviceNotReadyError):
        await pump.async_command(PUMP.address, switch_command(on=True), None)
    issue_id = f"approval_{pump.subentry_id}"
    await eventually(lambda: ir.async_get(hass).async_get_issue(DOMAIN, issue_id))
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    assert issue is not None
    assert issue.translation_placeholders is not None
    link = pump.link
    assert link is not None
    epoch = link.connection._link._epochs.receiving
    assert epoch is not None
    assert issue.translation_placeholders["code"] == short_authentication_string(
        hub.vault.hub_key.public,
        enrolled_device.driver.flash.identity.key.public,
        epoch.handshake_hash,
    )
    assert FLOW.address not in pump.cache.states

    await act(hass, "approve_device", pump, hass_admin_user.id)
    assert pump.status is DeviceStatus.ONLINE
    await eventually(lambda: pump.available)
    await pump.async_command(PUMP.address, switch_command(on=True), None)
    assert ir.async_get(hass).async_get_issue(DOMAIN, issue_id) is None
    (event,) = await audited(hub, AuditKind.APPROVED)
    assert event.actor.user == hass_admin_user.id


async def test_a_quarantined_device_is_watched_and_not_believed(
    hass: HomeAssistant, hub: Hub, pump: DeviceCoordinator, device: Device
) -> None:
    await act(hass, "quarantine_device", pump, None)
    assert pump.connected
    assert pump.status is DeviceStatus.QUARANTINED
    await device.report(FLOW, 9.0)
    with pytest.raises(DeviceNotReadyError):
        await pump.async_command(PUMP.address, switch_command(on=True), None)
    assert not device.driver.commands
    assert pump.cache.states.get(FLOW.address) != 9.0
    await act(hass, "release_device", pump, None)
    assert pump.status is DeviceStatus.ONLINE


async def test_a_copied_flash_quarantines_both_until_a_person_decides(
    hass: HomeAssistant,
    hub: Hub,
    pump: DeviceCoordinator,
    device: Device,
    server: TestClient,
) -> None:
    twin = copy_of(device, server)
    await twin.connect()
    record = pump.record
    assert record is not None
    await eventually(
        lambda: hub.vault.devices[record.enrolment_id].standing is Standing.QUARANTINED
    )
    issue_id = f"quarantined_{pump.subentry_id}"
    await eventually(lambda: ir.async_get(hass).async_get_issue(DOMAIN, issue_id))
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    assert issue is not None
    await twin.hang_up()
    await device.wait_closed()

    flow = await async_create_fix_flow(hass, issue_id, dict(issue.data or {}))
    flow.hass, flow.data, flow.issue_id = hass, dict(issue.data or {}), issue_id
    flow.handler, flow.flow_id, flow.context = DOMAIN, "flow", {}
    shown = await flow.async_step_init()  # type: ignore[attr-defined]
    assert shown["type"] is FlowResultType.MENU
    assert shown["menu_options"] == ["reenrol", "release", "revoke"]
    done = await flow.async_step_release()  # type: ignore[attr-defined]
    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert hub.vault.high_water(record.enrolment_id) == 0
    # The next proved counter is the mark, even though the copy was further on.
    await device.connect()
    await eventually(lambda: pump.available)
    assert [event.outcome for event in await audited(hub, AuditKind.RELEASED)] == [
        "done"
    ]


async def test_release_is_for_who_is_quarantined(
    hub: Hub, pump: DeviceCoordinator, device: Device
) -> None:
    with pytest.raises(WrongStandingError):
        await hub.security.trust.async_release(pump, None)
    with pytest.raises(WrongStandingError):
        await hub.security.trust.async_approve(pump, None)


async def test_a_new_permanent_token_ends_the_old_one(
    hass: HomeAssistant, hub: Hub, pump: DeviceCoordinator, device: Device
) -> None:
    old = device.driver.flash.identity.token
    await act(hass, "regenerate_token", pump, None)
    await eventually(lambda: pump.rotations == 1)
    record = pump.record
    assert record is not None
    await eventually(lambda: pump.record.previous is None)  # type: ignore[union-attr]
    assert pump.record is not None
    assert pump.record.current is not None
    assert pump.record.current.generation == 2
    assert device.driver.flash.identity.token != old
    await device.hang_up()
    await device.connect()
    assert device.welcomed


@pytest.mark.parametrize(
    "action",
    [
        "quarantine_device",
        "release_device",
        "approve_device",
        "regenerate_token",
        "transfer_device",
        "revoke_device",
    ],
)
async def test_an_ordinary_user_is_refused_and_named(
    hass: HomeAssistant,
    hub: Hub,
    pump: DeviceCoordinator,
    hass_read_only_user: MockUser,
    action: str,
) -> None:
    with pytest.raises(Unauthorized):
        await act(hass, action, pump, hass_read_only_user.id)
    (event,) = await audited(hub, AuditKind.DENIED)
    assert event.actor.user == hass_read_only_user.id
    assert event.detail["what"] == action


async def test_mfa_can_be_required_of_administrators(
    hass: HomeAssistant,
    hub_entry: MockConfigEntry,
    hub: Hub,
    pump: DeviceCoordinator,
    hass_admin_user: MockUser,
) -> None:
    options = {**hub_entry.options, "security": {"mfa_required": True}}
    hass.config_entries.async_update_entry(hub_entry, options=options)
    await hass.async_block_till_done()
    with pytest.raises(ServiceValidationError, match="multi-factor"):
        await act(hass, "quarantine_device", pump, hass_admin_user.id)
    assert [e.detail["why"] for e in await audited(hub, AuditKind.DENIED)] == [
        "no multi-factor authentication"
    ]


async def test_a_transferred_device_forgets_who_it_was(
    hass: HomeAssistant, hub: Hub, pump: DeviceCoordinator, device: Device
) -> None:
    await act(hass, "transfer_device", pump, None)
    await device.wait_closed()
    assert device.driver.revoked
    assert device.driver.flash.identity.token is None
    assert pump.status is DeviceStatus.REVOKED
    assert len(await audited(hub, AuditKind.TRANSFERRED)) == 1
    assert not hub.security.admission.policy.proved.vouched(
        HOME, hub.security.admission.moment().wall
    )
