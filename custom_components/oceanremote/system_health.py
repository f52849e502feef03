"""What the system information page says about the hub."""

from typing import Any

from homeassistant.components import system_health
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback

from . import OceanRemoteConfigEntry
from .common.const import DOMAIN


@callback
def async_register(
    hass: HomeAssistant, register: system_health.SystemHealthRegistration
) -> None:
    """Register the page's section."""
    register.async_register_info(_async_info)


async def _async_info(hass: HomeAssistant) -> dict[str, Any]:
    """Return counts only; nothing here names a device."""
    entries: list[OceanRemoteConfigEntry] = hass.config_entries.async_entries(DOMAIN)
    for entry in entries:
        if entry.state is not ConfigEntryState.LOADED:
            continue
        hub = entry.runtime_data.hub
        coordinators = hub.coordinators.values()
        return {
            "devices": len(coordinators),
            "devices_online": sum(item.available for item in coordinators),
            "vault_generation": hub.vault.generation,
        }
    return {"devices": 0}
