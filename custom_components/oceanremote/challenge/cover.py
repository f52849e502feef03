"""Covers of a challenge device."""

from typing import Any, override

from homeassistant.components.cover import CoverEntity, CoverEntityFeature

from .entity import Action, StatefulChallengeEntity


class ChallengeCover(StatefulChallengeEntity, CoverEntity):
    """A pair of commands, open and close, and perhaps stop."""

    @property
    @override
    def supported_features(self) -> CoverEntityFeature:
        """Whether there is a command to stop depends on the table."""
        features = CoverEntityFeature.OPEN | CoverEntityFeature.CLOSE
        if Action.STOP in self.row.bytes:
            features |= CoverEntityFeature.STOP
        return features

    @property
    @override
    def is_opening(self) -> bool:
        """Whether the device said that it is on its way up."""
        return self.known_opening is True

    @property
    @override
    def is_closing(self) -> bool:
        """Whether the device said that it is on its way down."""
        return self.known_opening is False

    @property
    @override
    def is_closed(self) -> bool | None:
        """Whether it is closed; unknown after a stop."""
        return None if self.known_on is None else not self.known_on

    @override
    async def async_open_cover(self, **kwargs: Any) -> None:
        """Open it, and return when the device has answered."""
        context = self._context
        await self._async_command(context, Action.OPEN)

    @override
    async def async_close_cover(self, **kwargs: Any) -> None:
        """Close it, and return when the device has answered."""
        context = self._context
        await self._async_command(context, Action.CLOSE)

    @override
    async def async_stop_cover(self, **kwargs: Any) -> None:
        """Stop it, and return when the device has answered."""
        context = self._context
        await self._async_command(context, Action.STOP)
