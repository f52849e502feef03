"""Switches of a challenge device."""

from typing import Any, override

from homeassistant.components.switch import SwitchEntity

from .entity import Action, StatefulChallengeEntity


class ChallengeSwitch(StatefulChallengeEntity, SwitchEntity):
    """A pair of commands, on and off."""

    @property
    @override
    def is_on(self) -> bool | None:
        """Whether it is on."""
        return self.known_on

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Turn it on, and return when the device has answered."""
        context = self._context
        await self._async_command(context, Action.ON)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Turn it off, and return when the device has answered."""
        context = self._context
        await self._async_command(context, Action.OFF)
