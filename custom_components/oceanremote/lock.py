"""Locks of a device."""

from typing import Any, override

from homeassistant.components.lock import LockEntity, LockEntityFeature
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_CODE
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .challenge.entity import CommandKind, async_setup_challenge_platform
from .challenge.lock import ChallengeLock
from .device.codes import checked_code
from .entity import DescribedEntity, DeviceSource, async_setup_platform
from .protocol.domains import Domain
from .protocol.domains.lock import (
    LockAction,
    LockCommand,
    LockCondition,
    LockProperties,
    LockState,
)
from .protocol.entities import EntityDescriptor

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[DeviceSource],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the locks."""
    async_setup_platform(entry, async_add_entities, {Domain.LOCK: DeviceLock})
    async_setup_challenge_platform(
        entry, async_add_entities, CommandKind.LOCK, ChallengeLock
    )


class DeviceLock(DescribedEntity[LockState, LockProperties], LockEntity):
    """A lock that the device described."""

    @override
    def _adopt(self, descriptor: EntityDescriptor[LockProperties]) -> None:
        super()._adopt(descriptor)
        lock = descriptor.properties
        self._attr_assumed_state = lock.assumed_state
        self._attr_supported_features = LockEntityFeature(0)
        if lock.supports_open:
            self._attr_supported_features |= LockEntityFeature.OPEN
        # A pattern that anything matches: ESPHome's locks name none.
        self._attr_code_format = "" if lock.requires_code else None

    @override
    def _show(self, value: LockState | None) -> None:
        condition = None if value is None else value.condition
        self._attr_is_locked = (
            None if condition is None else condition is LockCondition.LOCKED
        )
        self._attr_is_locking = condition is LockCondition.LOCKING
        self._attr_is_unlocking = condition is LockCondition.UNLOCKING
        self._attr_is_jammed = condition is LockCondition.JAMMED
        self._attr_is_opening = condition is LockCondition.OPENING
        self._attr_is_open = condition is LockCondition.OPEN

    @override
    async def async_lock(self, **kwargs: Any) -> None:
        """Lock it, and return when the device has heard."""
        context = self._context
        await self._async_act(context, LockAction.LOCK, kwargs)

    @override
    async def async_unlock(self, **kwargs: Any) -> None:
        """Unlock it, and return when the device has heard."""
        context = self._context
        await self._async_act(context, LockAction.UNLOCK, kwargs)

    @override
    async def async_open(self, **kwargs: Any) -> None:
        """Pull its latch, and return when the device has heard."""
        context = self._context
        await self._async_act(context, LockAction.OPEN, kwargs)

    async def _async_act(
        self, context: Context | None, action: LockAction, asked: dict[str, Any]
    ) -> None:
        command = LockCommand(action=action, code=checked_code(asked.get(ATTR_CODE)))
        await self._async_command(context, command)
