"""What devices ask of Home Assistant: the time, states, actions, events, tags.

coordinator ──RequestReceived, ImportReceived──▶ DeviceRequests ──▶ answer, imported
subentry ──permits──▶ judged in policy.permits, on resolved entities, before it runs
"""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..common.const import CONF_PERMITS
from ..device.coordinator import DeviceCoordinator
from ..hub import Hub
from ..policy.permits import Permits
from .account import DeviceAccount
from .clock import Clock
from .device import DeviceRequests
from .offers import Offers


class RequestManager:
    """Composition for one hub; lives in the event loop."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, hub: Hub) -> None:
        """Compose; nothing is heard before `async_start`."""
        self._hass = hass
        self._entry = entry
        self._hub = hub
        self._account = DeviceAccount(hass, entry)
        self.clock = Clock(hass)
        self._devices: dict[str, DeviceRequests] = {}

    async def async_start(self) -> None:
        """Know the time zone, then follow every device."""
        self._entry.async_on_unload(await self.clock.async_start())
        self._entry.async_on_unload(self._hub.async_subscribe_devices(self._follow))
        self._entry.async_on_unload(self._stop)

    @callback
    def follow_permits(self) -> None:
        """Judge by the lists that the subentries have now; forget who is gone."""
        for subentry_id in set(self._devices) - set(self._hub.coordinators):
            self._devices.pop(subentry_id).stop()
        for subentry_id, requests in self._devices.items():
            requests.permit(self._permits_of(subentry_id))

    @callback
    def decline(self, subentry_id: str, text: str) -> None:
        """Offer something no more that an administrator does not want to allow."""
        if (requests := self._devices.get(subentry_id)) is not None:
            requests.offers.decline(text)

    def _follow(self, coordinator: DeviceCoordinator) -> None:
        if (known := self._devices.pop(coordinator.subentry_id, None)) is not None:
            known.stop()
        requests = DeviceRequests(
            self._hass,
            coordinator,
            self._account,
            Offers(self._hass, self._entry, coordinator),
            self._hub.record,
        )
        self._devices[coordinator.subentry_id] = requests
        requests.on_stop(self.clock.follow(coordinator))
        requests.permit(self._permits_of(coordinator.subentry_id))

    def _permits_of(self, subentry_id: str) -> Permits:
        subentry = self._entry.subentries.get(subentry_id)
        data = {} if subentry is None else subentry.data.get(CONF_PERMITS, {})
        return Permits.from_data(data)

    @callback
    def _stop(self) -> None:
        for requests in self._devices.values():
            requests.stop()
        self._devices.clear()
