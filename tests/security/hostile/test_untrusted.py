"""A device that is quarantined or waits for approval changes nothing that people see.

Its status and the security event excepted. What it says is not kept either: once it is
trusted it is asked again.
"""

from dataclasses import replace
from unittest.mock import patch

from aiohttp.test_utils import TestClient
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    device_registry as dr,
    entity_registry as er,
    issue_registry as ir,
)
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.common.const import DOMAIN
from custom_components.oceanremote.device.coordinator import DeviceCoordinator
from custom_components.oceanremote.device.status import DeviceStatus
from custom_components.oceanremote.hub import Hub
from custom_components.oceanremote.protocol import (
    DescriptionReceived,
    LocalProtocolError,
    encode_description,
)
from tests.integration.runtime_support import (
    FLOW,
    MAC,
    PUMP,
    Device,
    another_board,
    eventually,
    state_of,
)
from tests.support.device.events import Welcomed

from .attacker import HOME, STRANGER, Client, copy_of


@pytest.fixture
async def newcomer(
    hass: HomeAssistant, hub: Hub, pump: DeviceCoordinator, enrolled_device: Device
) -> Device:
    """Return a board that has registered, is connected and waits for approval."""
    hub.vault.approval_required = True
    await enrolled_device.connect()
    await eventually(lambda: pump.connected)
    await hass.async_block_till_done()
    assert pump.status is DeviceStatus.WAITING_FOR_APPROVAL
    return enrolled_device


def described(hass: HomeAssistant, pump: DeviceCoordinator) -> set[str]:
    """Return the object ids of what the device has described."""
    return {
        entity.unique_id.rpartition("-")[2]
        for entity in er.async_get(hass).entities.values()
        if entity.config_subentry_id == pump.subentry_id
        and not entity.unique_id.startswith(f"{pump.subentry_id}-own-")
    }


def page_of(hass: HomeAssistant, pump: DeviceCoordinator) -> dr.DeviceEntry:
    """Return the device as people see it."""
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    page = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, pump.subentry_id), entry.entry_id
    )
    assert page is not None
    return page


def was_asked(device: Device) -> bool:
    """Whether the hub wants a description since the last epoch began."""
    welcomes = [event for event in device.driver.events if isinstance(event, Welcomed)]
    return welcomes[-1].want_description


async def test_a_newcomer_is_shown_once_it_is_approved(
    hass: HomeAssistant, hub: Hub, pump: DeviceCoordinator, newcomer: Device
) -> None:
    """Entities, states, MAC address and firmware come then, and not before."""
    await newcomer.report(FLOW, 4.5)
    await hass.async_block_till_done()
    before = page_of(hass, pump)
    assert not was_asked(newcomer)
    assert not described(hass, pump)
    assert not before.connections
    assert before.sw_version is None
    assert pump.facts is None
    assert pump.subentry_id not in hub._store.descriptions._kept
    assert not hub.security.admission.policy.proved.vouched(
        HOME, hub.security.admission.moment().wall
    )

    newcomer.driver.states[FLOW.address] = 5.5
    await hub.security.trust.async_approve(pump, None)
    await eventually(lambda: pump.available)
    await hass.async_block_till_done()
    assert described(hass, pump) == {"pump", "flow"}
    after = page_of(hass, pump)
    assert after.connections == {(dr.CONNECTION_NETWORK_MAC, dr.format_mac(MAC.hex()))}
    assert after.sw_version is not None
    assert pump.facts == newcomer.driver.facts
    # Every state comes with the description: none of before was kept.
    assert was_asked(newcomer)
    await eventually(lambda: state_of(hass, "sensor", pump, "sensor-0-flow") == "5.5")
    assert hub.security.admission.policy.proved.vouched(
        HOME, hub.security.admission.moment().wall
    )


async def test_a_newcomer_that_is_never_approved_leaves_nothing(
    hass: HomeAssistant,
    hub: Hub,
    hub_entry: MockConfigEntry,
    pump: DeviceCoordinator,
    newcomer: Device,
) -> None:
    """Neither in a registry nor on disk."""
    await hub.async_revoke(pump.subentry_id)
    await newcomer.wait_closed()
    await hass.async_block_till_done()
    assert not described(hass, pump)
    assert not page_of(hass, pump).connections
    assert hub._store.descriptions.restore(pump.subentry_id) is None


async def test_a_quarantined_device_takes_no_entity_away(
    hass: HomeAssistant, hub: Hub, pump: DeviceCoordinator, device: Device
) -> None:
    """It comes back with another program; that counts from its release on."""
    await hub.security.trust.async_quarantine(pump, None)
    await device.hang_up()
    await eventually(lambda: not pump.connected)
    kept, facts = hub._store.descriptions.restore(pump.subentry_id), pump.facts
    device.driver.entities = (PUMP,)
    device.driver.facts = replace(device.driver.facts, board="other board")
    await device.connect()
    await eventually(lambda: pump.connected)
    await hass.async_block_till_done()
    assert described(hass, pump) == {"pump", "flow"}
    assert hub._store.descriptions.restore(pump.subentry_id) == kept
    assert pump.facts == facts
    assert page_of(hass, pump).model_id != "other board"

    await hub.security.trust.async_release(pump, None)
    assert not pump.available
    await eventually(lambda: pump.available)
    await hass.async_block_till_done()
    assert described(hass, pump) == {"pump"}
    assert page_of(hass, pump).model_id == "other board"


async def test_states_of_the_quarantine_are_asked_for_after_it(
    hass: HomeAssistant, hub: Hub, pump: DeviceCoordinator, device: Device
) -> None:
    """The description is the old one; the states may have changed unheard."""
    await hub.security.trust.async_quarantine(pump, None)
    await hub.security.trust.async_release(pump, None)
    assert pump.available
    await eventually(lambda: pump.rotations == 1)
    await eventually(lambda: was_asked(device))


async def test_trust_that_is_lost_while_a_description_comes(
    hass: HomeAssistant, hub: Hub, pump: DeviceCoordinator, device: Device
) -> None:
    """Its end counts, not its beginning."""
    data = encode_description([PUMP])
    await hub.security.trust.async_quarantine(pump, None)
    link = pump.link
    assert link is not None
    pump.handle_event(
        link, DescriptionReceived(pump.enrolment_id, bytes(32), data, (PUMP,))
    )
    await hass.async_block_till_done()
    assert described(hass, pump) == {"pump", "flow"}


async def test_a_release_in_the_last_moment_of_a_session(
    hub: Hub, pump: DeviceCoordinator, device: Device
) -> None:
    """The device cannot be asked any more: it is at its next connection."""
    await hub.security.trust.async_quarantine(pump, None)
    link = pump.link
    assert link is not None
    with patch.object(link.connection, "rotate", side_effect=LocalProtocolError):
        await hub.security.trust.async_release(pump, None)
    assert pump.status is DeviceStatus.ONLINE
    await device.hang_up()
    await device.connect()
    await eventually(lambda: pump.available)


async def test_issues_wait_until_the_device_is_believed(
    hass: HomeAssistant,
    hub: Hub,
    pump: DeviceCoordinator,
    device: Device,
    server: TestClient,
) -> None:
    """A reset board asked for a new token; a suspect settles nothing."""
    await hub.security.trust.async_quarantine(pump, None)
    await device.hang_up()
    await eventually(lambda: not pump.connected)
    reset = Device(
        Client(server, HOME),  # type: ignore[arg-type]
        another_board(device).driver,
    )
    await reset.dial()
    await reset.wait_closed()
    issues = ir.async_get(hass)
    lost = f"lost_device_{pump.subentry_id}"
    assert issues.async_get_issue(DOMAIN, lost) is not None
    await device.connect()
    await eventually(lambda: pump.connected)
    await hass.async_block_till_done()
    assert issues.async_get_issue(DOMAIN, lost) is not None
    await hub.security.trust.async_release(pump, None)
    await eventually(lambda: issues.async_get_issue(DOMAIN, lost) is None)


# -- whose address is vouched for -----------------------------------------------


async def test_a_revoked_device_vouches_for_no_address(
    hub: Hub, pump: DeviceCoordinator, device: Device, server: TestClient
) -> None:
    """It is let in once more, to hear that it is revoked."""
    await device.hang_up()
    await eventually(lambda: not pump.connected)
    await hub.async_revoke(pump.subentry_id)
    device._client = Client(server, STRANGER)  # type: ignore[assignment]
    await device.dial()
    await device.wait_closed()
    assert device.driver.revoked
    admission = hub.security.admission.policy
    assert not admission.proved.vouched(STRANGER, hub.security.admission.moment().wall)
    assert not admission.unproved_connections


async def test_a_clone_vouches_for_no_address(
    hub: Hub, pump: DeviceCoordinator, device: Device, server: TestClient
) -> None:
    """Neither when its counter gives it away, nor in quarantine."""
    clone = copy_of(device, server)
    clone.driver.flash.counter -= 1
    await device.hang_up()
    await eventually(lambda: not pump.connected)
    await clone.dial()
    await clone.wait_closed()
    assert pump.status is DeviceStatus.QUARANTINED
    proved = hub.security.admission.policy.proved
    assert not proved.vouched(STRANGER, hub.security.admission.moment().wall)
    clone.driver.flash.counter += 1000
    await clone.connect()
    await eventually(lambda: pump.connected)
    assert not proved.vouched(STRANGER, hub.security.admission.moment().wall)
    assert not hub.security.admission.policy.unproved_connections
    await clone.hang_up()


async def test_a_device_vouches_anew_with_every_session(
    hub: Hub, pump: DeviceCoordinator, device: Device
) -> None:
    """A link may live longer than the week for which a proof counts."""
    proved = hub.security.admission.policy.proved
    proved.forget_device(pump.enrolment_id)
    await pump.async_renew()
    assert proved.vouched(HOME, hub.security.admission.moment().wall)
