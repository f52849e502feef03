"""Buttons: those of a device, and those of the hub for it."""

from typing import override

from homeassistant.components.button import ButtonDeviceClass, ButtonEntity
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_DEVICE_ID, EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import Unauthorized
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .challenge.button import ChallengeButton
from .challenge.entity import CommandKind, async_setup_challenge_platform
from .common.const import DOMAIN
from .device.coordinator import DeviceCoordinator
from .device.status import DeviceStatus
from .entity import (
    DescribedEntity,
    DeviceSource,
    OwnEntity,
    async_setup_platform,
    known_or_none,
)
from .protocol.domains import Domain
from .protocol.domains.base import Properties
from .protocol.domains.button import ButtonCommand
from .protocol.entities import EntityDescriptor

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[DeviceSource],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the buttons."""
    async_setup_platform(
        entry,
        async_add_entities,
        {Domain.BUTTON: DeviceButton},
        [RenewButton, QuarantineButton, RegenerateButton],
    )
    async_setup_challenge_platform(
        entry, async_add_entities, CommandKind.BUTTON, ChallengeButton
    )


class DeviceButton(DescribedEntity[None, Properties], ButtonEntity):
    """A button that the device described."""

    @override
    def _adopt(self, descriptor: EntityDescriptor[Properties]) -> None:
        super()._adopt(descriptor)
        self._attr_device_class = known_or_none(
            ButtonDeviceClass, descriptor.device_class
        )

    @override
    def _show(self, value: None) -> None:
        """A button has no state."""

    @override
    async def async_press(self) -> None:
        """Press it, and return when the device has heard."""
        context = self._context
        await self._async_command(context, ButtonCommand())


class RenewButton(OwnEntity, ButtonEntity):
    """Gives the device a new session at once."""

    _attr_entity_category = EntityCategory.DIAGNOSTIC

    def __init__(self, coordinator: DeviceCoordinator) -> None:
        """Belong to a device."""
        super().__init__(coordinator, "renew_session")

    @property
    @override
    def available(self) -> bool:
        """Whether there is a session to renew."""
        return self.coordinator.connected

    @override
    async def async_press(self) -> None:
        """Renew, and return when the device has proved itself again."""
        await self.coordinator.async_renew()


class ActionButton(OwnEntity, ButtonEntity):
    """Calls an action of administrators in the name of the user who presses it.

    Home Assistant lets everybody who may control a button press it. The action itself
    decides who may do this, and has refusals audited.
    """

    _attr_entity_category = EntityCategory.CONFIG
    # Few need them, and a press in passing puts a device out of service. The actions
    # are there for everybody whom they concern.
    _attr_entity_registry_enabled_default = False

    def __init__(self, coordinator: DeviceCoordinator, key: str, action: str) -> None:
        """Belong to a device."""
        super().__init__(coordinator, key)
        self._action = action

    @override
    async def async_press(self) -> None:
        """Call the action, and return when it is done; raises what it raises."""
        context = self._context
        if context is None or self.device_entry is None:
            # A call without a context would pass for an automation's.
            raise Unauthorized
        await self.hass.services.async_call(
            DOMAIN,
            self._action,
            {ATTR_DEVICE_ID: self.device_entry.id},
            blocking=True,
            context=context,
        )


class QuarantineButton(ActionButton):
    """Believes nothing of the device and sends it no commands, from now on."""

    def __init__(self, coordinator: DeviceCoordinator) -> None:
        """Belong to a device."""
        super().__init__(coordinator, "quarantine", "quarantine_device")

    @property
    @override
    def available(self) -> bool:
        """Whether there is a board to suspect that is not suspected yet."""
        return (
            self.coordinator.identity is not None
            and self.coordinator.status is not DeviceStatus.QUARANTINED
        )


class RegenerateButton(ActionButton):
    """Gives the device another permanent token."""

    def __init__(self, coordinator: DeviceCoordinator) -> None:
        """Belong to a device."""
        super().__init__(coordinator, "regenerate_token", "regenerate_token")

    @property
    @override
    def available(self) -> bool:
        """Whether there is a device to hand it to."""
        return self.coordinator.connected
