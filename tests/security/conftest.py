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
from tests.integration.runtime_support import Device, come_online

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
    return await come_online(hass, enrolled_device, pump(hub))


@pytest.fixture
def person(hass: HomeAssistant, hub: Hub) -> Person:
    """Return somebody who looks at Home Assistant."""
    return Person(hass, hub)


@pytest.fixture
def audit(hub: Hub) -> Audit:
    """Return the audit log of the hub, as a person would read it."""
    return Audit(hub)
