"""What the hub keeps of its devices besides the vault: nothing in it is secret."""

from homeassistant.core import HomeAssistant, callback

from ..common.steps import async_take_all
from .description_store import DescriptionStore
from .presence_store import PresenceStore


class DeviceStores:
    """Descriptions, and the presence of devices that sleep."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Prepare; nothing is read before `async_load`."""
        self.descriptions = DescriptionStore(hass)
        self.presences = PresenceStore(hass)

    async def async_load(self) -> None:
        """Read what is there; raises what Home Assistant's storage raises."""
        await self.descriptions.async_load()
        await self.presences.async_load()

    @callback
    def remove(self, subentry_id: str) -> None:
        """Forget a device."""
        self.descriptions.remove(subentry_id)
        self.presences.remove(subentry_id)

    async def async_close(self) -> None:
        """Write what was loaded for the last time."""
        await async_take_all(
            ("Keeping the descriptions", self.descriptions.async_close),
            ("Keeping what is known of sleepers", self.presences.async_close),
        )
