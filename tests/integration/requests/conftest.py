"""A house, and a connected device that asks."""

from homeassistant.core import HomeAssistant
import pytest

from ..runtime_support import Device
from .support import Asking, set_up_house


@pytest.fixture
async def asking(hass: HomeAssistant, connected_device: Device) -> Asking:
    """Return a connected device in a house with a porch and a gate."""
    await set_up_house(hass)
    return Asking(connected_device)
