"""Selects of a device, and how much of its log Home Assistant's own log shows."""

from typing import Final, override

from homeassistant.components.select import SelectEntity
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.restore_state import RestoreEntity

from .device.coordinator import DeviceCoordinator
from .device.crashes import Crash
from .device.logs import LogForwarder, LogLevel
from .entity import DescribedEntity, DeviceSource, OwnEntity, async_setup_platform
from .protocol.domains import Domain
from .protocol.domains.select import SelectCommand, SelectProperties
from .protocol.entities import EntityDescriptor

PARALLEL_UPDATES = 0

_KEY: Final = "log_forwarding"


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[DeviceSource],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the selects."""
    async_setup_platform(
        entry, async_add_entities, {Domain.SELECT: DeviceSelect}, [LogForwarding]
    )


class DeviceSelect(DescribedEntity[str, SelectProperties], SelectEntity):
    """A select that the device described."""

    @override
    def _adopt(self, descriptor: EntityDescriptor[SelectProperties]) -> None:
        super()._adopt(descriptor)
        self._attr_options = list(descriptor.properties.options)

    @override
    def _show(self, value: str | None) -> None:
        self._attr_current_option = value

    @override
    async def async_select_option(self, option: str) -> None:
        """Choose it, and return when the device has done so."""
        context = self._context
        await self._async_command(context, SelectCommand(option))


class LogForwarding(OwnEntity, SelectEntity, RestoreEntity):
    """Up to which level lines of the device's log are written into Home Assistant's."""

    _attr_entity_category = EntityCategory.CONFIG
    _attr_entity_registry_enabled_default = False
    _attr_options = [level.name.lower() for level in LogLevel]
    _attr_current_option = LogLevel.NONE.name.lower()

    def __init__(self, coordinator: DeviceCoordinator) -> None:
        """Belong to a device."""
        super().__init__(coordinator, _KEY)
        self._forwarder: LogForwarder | None = None

    @override
    async def async_added_to_hass(self) -> None:
        """Go on with what was chosen before."""
        await super().async_added_to_hass()
        coordinator = self.coordinator
        self._forwarder = LogForwarder(self.hass, coordinator.logs, coordinator.name)
        self.async_on_remove(lambda: self._follow(LogLevel.NONE))
        self.async_on_remove(coordinator.crashes.listen(self._crashed))
        last = await self.async_get_last_state()
        if last is not None and last.state in self._attr_options:
            self._attr_current_option = last.state
            self._follow(LogLevel[last.state.upper()])

    @override
    async def async_select_option(self, option: str) -> None:
        """Forward up to another level from now on."""
        self._follow(LogLevel[option.upper()])
        self._attr_current_option = option
        self.async_write_ha_state()

    def _follow(self, level: LogLevel) -> None:
        if self._forwarder is not None:
            self._forwarder.set_level(level)

    @callback
    def _crashed(self, crash: Crash) -> None:
        if self._forwarder is not None:
            self._forwarder.crashed(crash.reset_reason, crash.lines)
