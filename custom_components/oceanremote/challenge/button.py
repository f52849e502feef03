"""Buttons of a challenge device."""

from typing import override

from homeassistant.components.button import ButtonEntity

from .entity import Action, ChallengeEntity


class ChallengeButton(ChallengeEntity, ButtonEntity):
    """A command without a state."""

    @override
    async def async_press(self) -> None:
        """Send it, and return when the device has answered."""
        context = self._context
        await self._async_command(context, Action.PRESS)
