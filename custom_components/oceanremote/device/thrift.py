"""Whether every byte of a device costs; its owner says so."""

from homeassistant.core import HomeAssistant, callback

from ..common.const import (
    CONF_PING_INTERVAL,
    CONF_THRIFTY,
    DEFAULT_THRIFTY_PING_INTERVAL,
)


@callback
def async_thrifty_interval(
    hass: HomeAssistant, entry_id: str, subentry_id: str
) -> int | None:
    """Return how often such a device is pinged, in seconds; None for any other."""
    entry = hass.config_entries.async_get_entry(entry_id)
    subentry = entry.subentries.get(subentry_id) if entry is not None else None
    if subentry is None or not subentry.data.get(CONF_THRIFTY):
        return None
    return int(subentry.data.get(CONF_PING_INTERVAL, DEFAULT_THRIFTY_PING_INTERVAL))
