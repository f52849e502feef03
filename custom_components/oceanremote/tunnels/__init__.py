"""Tunnels: ports of the hub's machine that lead to services of a device.

client ──TCP──▶ TunnelListener ──▶ TunnelStream ──session──▶ device ──▶ its service
subentry ──rules──▶ what may be opened; an administrator opens it, for a time
"""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..common.const import CONF_TUNNELS
from ..device.coordinator import DeviceCoordinator
from ..hub import Hub
from ..policy.tunnels import TunnelRules
from ..protocol.tunnels import TunnelNews
from ..transport.link import Link
from .device import DeviceTunnels


class TunnelManager:
    """Composition for one hub; lives in the event loop."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, hub: Hub) -> None:
        """Compose; no port is open before `async_start`."""
        self._hass = hass
        self._entry = entry
        self._hub = hub
        self._devices: dict[str, DeviceTunnels] = {}

    @callback
    def async_start(self) -> None:
        """Follow every device."""
        self._hub.on_tunnel(self._take)
        self._entry.async_on_unload(self._hub.async_subscribe_devices(self._follow))
        self._entry.async_on_unload(self._stop)

    def of(self, subentry_id: str) -> DeviceTunnels:
        """Return the tunnels of a device; raises UnknownDeviceError."""
        self._hub.coordinator_for(subentry_id)
        return self._devices[subentry_id]

    @callback
    def follow_rules(self) -> None:
        """Go by the rules that the subentries have now; end what is of no device."""
        for subentry_id in set(self._devices) - set(self._entry.subentries):
            self._devices.pop(subentry_id).stop("the device was removed")
        for subentry_id, tunnels in self._devices.items():
            tunnels.follow(self._rules_of(subentry_id))

    def _follow(self, coordinator: DeviceCoordinator) -> None:
        if (known := self._devices.pop(coordinator.subentry_id, None)) is not None:
            known.stop("the device was added again")
        tunnels = DeviceTunnels(self._hass, self._hub, coordinator)
        self._devices[coordinator.subentry_id] = tunnels
        tunnels.follow(self._rules_of(coordinator.subentry_id))

    def _rules_of(self, subentry_id: str) -> TunnelRules:
        subentry = self._entry.subentries.get(subentry_id)
        return TunnelRules.from_data(
            {} if subentry is None else subentry.data.get(CONF_TUNNELS, {})
        )

    @callback
    def _take(
        self, link: Link, coordinator: DeviceCoordinator, news: TunnelNews
    ) -> None:
        if (tunnels := self._devices.get(coordinator.subentry_id)) is not None:
            tunnels.take(link, news)

    @callback
    def _stop(self) -> None:
        for tunnels in self._devices.values():
            tunnels.stop("the hub stops")
        self._devices.clear()
