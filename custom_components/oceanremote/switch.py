"""Switches of a device, and the one that holds it awake."""

from typing import Any, override

from homeassistant.components.switch import SwitchDeviceClass, SwitchEntity
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .challenge.entity import CommandKind, async_setup_challenge_platform
from .challenge.switch import ChallengeSwitch
from .device.coordinator import DeviceCoordinator
from .entity import (
    DescribedEntity,
    DeviceSource,
    OwnEntity,
    async_setup_platform,
    goes_to_sleep,
    known_or_none,
)
from .protocol.domains import Domain
from .protocol.domains.switch import SwitchCommand, SwitchProperties
from .protocol.entities import EntityDescriptor

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[DeviceSource],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the switches."""
    async_setup_platform(
        entry,
        async_add_entities,
        {Domain.SWITCH: DeviceSwitch},
        own_later=[(goes_to_sleep, StayAwakeSwitch)],
    )
    async_setup_challenge_platform(
        entry, async_add_entities, CommandKind.SWITCH, ChallengeSwitch
    )


class DeviceSwitch(DescribedEntity[bool, SwitchProperties], SwitchEntity):
    """A switch that the device described."""

    @override
    def _adopt(self, descriptor: EntityDescriptor[SwitchProperties]) -> None:
        super()._adopt(descriptor)
        self._attr_assumed_state = descriptor.properties.assumed_state
        self._attr_device_class = known_or_none(
            SwitchDeviceClass, descriptor.device_class
        )

    @override
    def _show(self, value: bool | None) -> None:
        self._attr_is_on = value

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Turn it on, and return when the device has done so."""
        context = self._context
        await self._async_command(context, SwitchCommand(on=True))

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Turn it off, and return when the device has done so."""
        context = self._context
        await self._async_command(context, SwitchCommand(on=False))


class StayAwakeSwitch(OwnEntity, SwitchEntity):
    """Holds a device that sleeps awake, for whoever works on it.

    There even while the device is not: it is held from its next wake-up on.
    """

    _attr_entity_category = EntityCategory.CONFIG

    def __init__(self, coordinator: DeviceCoordinator) -> None:
        """Belong to a device."""
        super().__init__(coordinator, "stay_awake")

    @property
    @override
    def is_on(self) -> bool:
        """Whether it is wanted awake."""
        return self.coordinator.presence.stay_awake

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Hold it."""
        self.coordinator.presence.set_stay_awake(on=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Let it sleep again."""
        self.coordinator.presence.set_stay_awake(on=False)
