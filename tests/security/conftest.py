"""The hub and the board of the integration tests, and what the hub's log keeps."""

from homeassistant.core import HomeAssistant
import pytest

from custom_components.oceanremote.hub import Hub
from tests.integration.conftest import (
    _custom_integrations,
    enrolled_device,
    hass_config_dir,
    hub,
    hub_entry,
    unprobed,
)
from tests.integration.runtime_support import Device, eventually, has_told_all

from .layer_notices import Person
from .layer_support import Audit, pump

__all__ = [
    "_custom_integrations",
    "enrolled_device",
    "hass_config_dir",
    "hub",
    "hub_entry",
    "unprobed",
]


@pytest.fixture
async def device(hass: HomeAssistant, hub: Hub, enrolled_device: Device) -> Device:
    """Return the board, registered and in session."""
    await enrolled_device.connect()
    await eventually(lambda: has_told_all(pump(hub)))
    await hass.async_block_till_done()
    return enrolled_device


@pytest.fixture
def person(hass: HomeAssistant, hub: Hub) -> Person:
    """Return somebody who looks at Home Assistant."""
    return Person(hass, hub)


@pytest.fixture
def audit(hub: Hub) -> Audit:
    """Return the audit log of the hub, as a person would read it."""
    return Audit(hub)
