"""A device under suspicion, and one that waits for approval."""

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oceanremote.device.coordinator import DeviceCoordinator
from custom_components.oceanremote.hub import Hub

from ..runtime_support import Device, eventually, only_coordinator
from .support import issue, set_option


@pytest.fixture(autouse=True)
def _repairs(repairs_page: None) -> None:
    """Show the issues in every test."""


@pytest.fixture
def pump(hub: Hub) -> DeviceCoordinator:
    """Return the device that all this is about."""
    return only_coordinator(hub)


@pytest.fixture
async def suspect(
    hass: HomeAssistant, hub: Hub, pump: DeviceCoordinator, connected_device: Device
) -> str:
    """Let a connected device be suspected; return the issue's id."""
    issue_id = f"quarantined_{pump.subentry_id}"
    hub.suspect(pump.enrolment_id, "two live links")
    await eventually(lambda: issue(hass, issue_id))
    return issue_id


@pytest.fixture
async def approval(hass: HomeAssistant, hub_entry: MockConfigEntry) -> None:
    """Require approval of new devices."""
    await set_option(hass, hub_entry, approval_required=True)


@pytest.fixture
async def newcomer(
    hass: HomeAssistant,
    approval: None,
    pump: DeviceCoordinator,
    enrolled_device: Device,
) -> str:
    """Let a device register and wait; return the issue's id."""
    issue_id = f"approval_{pump.subentry_id}"
    await enrolled_device.connect()
    await eventually(lambda: issue(hass, issue_id))
    return issue_id
