"""The platforms of Home Assistant that show a device's entities."""

from typing import Final

from homeassistant.const import Platform

from ..protocol.domains import Domain

# Of what the hub itself adds to every device, and of challenge devices.
ALWAYS: Final = frozenset(
    {
        Platform.BINARY_SENSOR,
        Platform.BUTTON,
        Platform.COVER,
        Platform.EVENT,
        Platform.LOCK,
        Platform.SENSOR,
        Platform.SWITCH,
    }
)
PLATFORMS: Final = ALWAYS | {Platform(domain.platform) for domain in Domain}
