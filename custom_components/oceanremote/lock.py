"""Locks of challenge devices."""

from typing import Any, override

from homeassistant.components.lock import LockEntity, LockState
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .challenge.entity import (
    Action,
    ChallengeSource,
    CommandKind,
    StatefulChallengeEntity,
    async_setup_challenge_platform,
)

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[ChallengeSource],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the locks."""
    async_setup_challenge_platform(
        entry, async_add_entities, CommandKind.LOCK, ChallengeLock
    )


class ChallengeLock(StatefulChallengeEntity, LockEntity):
    """A pair of commands, lock and unlock."""

    on_state = LockState.LOCKED
    off_state = LockState.UNLOCKED

    @property
    @override
    def is_locked(self) -> bool | None:
        """Whether it is locked."""
        return self.known_on

    @override
    async def async_lock(self, **kwargs: Any) -> None:
        """Lock it, and return when the device has answered."""
        context = self._context
        await self._async_command(context, Action.LOCK)

    @override
    async def async_unlock(self, **kwargs: Any) -> None:
        """Unlock it, and return when the device has answered."""
        context = self._context
        await self._async_command(context, Action.UNLOCK)
