"""Sub-devices: parts of a device that have names, areas and entities of their own.

In Home Assistant each is a child device: of the same entry and subentry, there after
its parent, gone when it is not described any more. None is trusted or revoked by itself.
"""

from collections.abc import Iterable

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import ChildDeviceInfo, DeviceInfo

from ..common.const import DOMAIN
from ..common.texts import clean_line
from ..protocol.entities import EntityDescriptor, SubDevice


class SubDevices:
    """Those of one device, as its present description has them."""

    def __init__(self, hass: HomeAssistant, entry_id: str, subentry_id: str) -> None:
        """Begin with none described."""
        self._hass = hass
        self._entry_id = entry_id
        self._subentry_id = subentry_id
        self._described: dict[int, SubDevice] = {}

    @callback
    def async_hold(
        self, described: Iterable[SubDevice], entities: Iterable[EntityDescriptor]
    ) -> None:
        """Have a child device for each that is described and has entities.

        Home Assistant never forgets a device either: so their number has the bound that
        that of the entities has.
        """
        registry = dr.async_get(self._hass)
        used = {entity.address.sub for entity in entities}
        self._described = {}
        for sub_device in described:
            if sub_device.id not in used:
                continue
            self._described[sub_device.id] = sub_device
            registry.async_get_or_create_child(
                config_entry_id=self._entry_id,
                config_subentry_id=self._subentry_id,
                identifiers={self._identifier(sub_device.id)},
                name=clean_line(sub_device.name) or None,
                parent_device_id=self._parent_id(),
                suggested_area=clean_line(sub_device.area).strip() or None,
            )

    @callback
    def async_prune(self) -> None:
        """Remove the child devices that are not described; their entities are gone."""
        registry = dr.async_get(self._hass)
        described = {self._identifier(number) for number in self._described}
        for child in dr.async_entries_for_parent_device(registry, self._parent_id()):
            if not child.identifiers & described:
                registry.async_remove_device(child.id)

    def info(self, number: int) -> DeviceInfo | ChildDeviceInfo:
        """Return the device that an entity is on, by its address's sub-device."""
        if number not in self._described:
            return DeviceInfo(identifiers={(DOMAIN, self._subentry_id)})
        return ChildDeviceInfo(
            identifiers={self._identifier(number)}, parent_device_id=self._parent_id()
        )

    def _identifier(self, number: int) -> tuple[str, str]:
        return (DOMAIN, f"{self._subentry_id}-{number}")

    def _parent_id(self) -> str:
        parent = dr.async_get(self._hass).async_get_device_by_identifier(
            (DOMAIN, self._subentry_id), self._entry_id
        )
        if parent is None:
            raise LookupError("the device itself is not there")
        return parent.id
