"""What the flows of repairs ask of the hub, and how they find it."""

from homeassistant.components.repairs import RepairsFlow
from homeassistant.config_entries import ConfigEntryState

from ..hub import Hub


class HubRepairFlow(RepairsFlow):
    """A dialog of an issue whose data names the config entry."""

    def hub(self) -> Hub | None:
        """Return the hub, None while it is not loaded."""
        entry_id = str((self.data or {}).get("entry_id"))
        entry = self.hass.config_entries.async_get_entry(entry_id)
        if entry is None or entry.state is not ConfigEntryState.LOADED:
            return None
        hub: Hub = entry.runtime_data.hub
        return hub
