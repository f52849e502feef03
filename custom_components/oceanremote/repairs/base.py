"""What the flows of repairs ask of the hub, and how they find it."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from homeassistant.components.repairs import RepairsFlow
from homeassistant.config_entries import ConfigEntry, ConfigEntryState

from ..device.coordinator import DeviceCoordinator
from ..hub.found import FoundDevices


class TrustActions(Protocol):
    """What may be done about a device's standing; raises translated errors."""

    async def async_release(
        self, coordinator: DeviceCoordinator, user_id: str | None
    ) -> None:
        """End a quarantine."""

    async def async_approve(
        self, coordinator: DeviceCoordinator, user_id: str | None
    ) -> None:
        """Let a device count."""

    async def async_confirm(
        self, identities: Mapping[str, str], user_id: str | None
    ) -> int:
        """Let devices count that wait since a restore; return how many do."""


class Restored(Protocol):
    """The devices that wait since the hub was restored."""

    @property
    def backup_at(self) -> str:
        """When the backup was made, as a person reads it."""

    def waiting(self) -> Sequence[DeviceCoordinator]:
        """Return the devices that nobody has confirmed yet."""


class TrustOffice(Protocol):
    """Where the hub keeps them."""

    trust: TrustActions
    restored: Restored


class TrustHub(Protocol):
    """The hub."""

    entry: ConfigEntry
    office: TrustOffice
    found: FoundDevices

    @property
    def coordinators(self) -> Mapping[str, DeviceCoordinator]:
        """The coordinator of each device, by subentry id."""

    async def async_revoke(self, subentry_id: str, user_id: str | None = None) -> None:
        """Revoke a device for good."""


class HubRepairFlow(RepairsFlow):
    """A dialog of an issue whose data names the config entry."""

    def hub(self) -> TrustHub | None:
        """Return the hub, None while it is not loaded."""
        entry_id = str((self.data or {}).get("entry_id"))
        entry = self.hass.config_entries.async_get_entry(entry_id)
        if entry is None or entry.state is not ConfigEntryState.LOADED:
            return None
        hub: TrustHub = entry.runtime_data.hub
        return hub
