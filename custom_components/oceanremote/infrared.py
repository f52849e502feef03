"""Infrared senders and receivers of a device."""

from typing import override

from homeassistant.components.infrared import (
    InfraredCommand,
    InfraredEmitterEntity,
    InfraredReceivedSignal,
    InfraredReceiverEntity,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .device.coordinator import DeviceCoordinator
from .entity import DescribedEntity, DeviceSource, async_setup_platform
from .protocol.domains import Domain
from .protocol.domains.infrared import (
    InfraredCommand as DeviceCommand,
    InfraredProperties,
    SignalCapability,
)
from .protocol.entities import EntityDescriptor

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[DeviceSource],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up what sends and receives."""
    async_setup_platform(entry, async_add_entities, {Domain.INFRARED: _make})


class _DeviceInfrared(DescribedEntity[None, InfraredProperties]):
    """What both have in common: no state but Home Assistant's own."""

    @override
    def _show(self, value: None) -> None:
        """There is nothing to show."""


class DeviceInfraredEmitter(_DeviceInfrared, InfraredEmitterEntity):
    """An infrared sender that the device described."""

    @override
    async def async_send_command(self, command: InfraredCommand) -> None:
        """Send a signal, and return when the device has begun."""
        context = self._context
        sent = DeviceCommand(
            carrier_frequency=command.modulation or 0,
            timings=tuple(command.get_raw_timings()),
        )
        await self._async_command(context, sent)


class DeviceInfraredReceiver(_DeviceInfrared, InfraredReceiverEntity):
    """An infrared receiver that the device described."""

    @override
    def _subscribe_state(self) -> None:
        self._unsubscribe_state()
        self._unsubscribe = self.coordinator.cache.listen(
            self.descriptor.address, self._heard
        )

    @callback
    def _heard(self, timings: tuple[int, ...]) -> None:
        self._handle_received_signal(InfraredReceivedSignal(timings=list(timings)))


def _make(
    coordinator: DeviceCoordinator, descriptor: EntityDescriptor[InfraredProperties]
) -> _DeviceInfrared:
    # One that does both receives, as with Home Assistant's own ESPHome integration.
    if descriptor.properties.capabilities & SignalCapability.RECEIVER:
        return DeviceInfraredReceiver(coordinator, descriptor)
    return DeviceInfraredEmitter(coordinator, descriptor)
