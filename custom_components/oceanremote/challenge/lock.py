"""Locks of a challenge device."""

from typing import Any, override

from homeassistant.components.lock import LockEntity

from .entity import Action, StatefulChallengeEntity


class ChallengeLock(StatefulChallengeEntity, LockEntity):
    """A pair of commands, lock and unlock."""

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
