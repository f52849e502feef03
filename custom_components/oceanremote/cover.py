"""Covers of a device."""

from typing import Any, override

from homeassistant.components.cover import (
    ATTR_POSITION,
    ATTR_TILT_POSITION,
    CoverDeviceClass,
    CoverEntity,
    CoverEntityFeature,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .challenge.cover import ChallengeCover
from .challenge.entity import CommandKind, async_setup_challenge_platform
from .entity import DescribedEntity, DeviceSource, async_setup_platform, known_or_none
from .protocol.domains import Domain
from .protocol.domains.cover import (
    CoverCommand,
    CoverOperation,
    CoverProperties,
    CoverState,
)
from .protocol.entities import EntityDescriptor

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[DeviceSource],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the covers."""
    async_setup_platform(entry, async_add_entities, {Domain.COVER: DeviceCover})
    async_setup_challenge_platform(
        entry, async_add_entities, CommandKind.COVER, ChallengeCover
    )


class DeviceCover(DescribedEntity[CoverState, CoverProperties], CoverEntity):
    """A cover that the device described."""

    @override
    def _adopt(self, descriptor: EntityDescriptor[CoverProperties]) -> None:
        super()._adopt(descriptor)
        cover = descriptor.properties
        features = CoverEntityFeature.OPEN | CoverEntityFeature.CLOSE
        if cover.supports_stop:
            features |= CoverEntityFeature.STOP
        if cover.supports_position:
            features |= CoverEntityFeature.SET_POSITION
        if cover.supports_tilt:
            features |= (
                CoverEntityFeature.OPEN_TILT
                | CoverEntityFeature.CLOSE_TILT
                | CoverEntityFeature.SET_TILT_POSITION
            )
        self._attr_supported_features = features
        self._attr_assumed_state = cover.assumed_state
        self._attr_device_class = known_or_none(
            CoverDeviceClass, descriptor.device_class
        )

    @override
    def _show(self, value: CoverState | None) -> None:
        cover = self.descriptor.properties
        position = None if value is None else value.position
        tilt = None if value is None else value.tilt
        operation = None if value is None else value.operation
        self._attr_is_closed = None if position is None else position == 0.0
        self._attr_current_cover_position = _percentage(
            position if cover.supports_position else None
        )
        self._attr_current_cover_tilt_position = _percentage(
            tilt if cover.supports_tilt else None
        )
        self._attr_is_opening = operation is CoverOperation.OPENING
        self._attr_is_closing = operation is CoverOperation.CLOSING

    @override
    async def async_open_cover(self, **kwargs: Any) -> None:
        """Open it, and return when the device has heard."""
        context = self._context
        await self._async_command(context, CoverCommand(position=1.0))

    @override
    async def async_close_cover(self, **kwargs: Any) -> None:
        """Close it, and return when the device has heard."""
        context = self._context
        await self._async_command(context, CoverCommand(position=0.0))

    @override
    async def async_set_cover_position(self, **kwargs: Any) -> None:
        """Move it, and return when the device has heard."""
        context = self._context
        position = kwargs[ATTR_POSITION] / 100
        await self._async_command(context, CoverCommand(position=position))

    @override
    async def async_stop_cover(self, **kwargs: Any) -> None:
        """Stop it, and return when the device has heard."""
        context = self._context
        await self._async_command(context, CoverCommand(stop=True))

    @override
    async def async_toggle(self, **kwargs: Any) -> None:
        """Toggle it: as the device does if it can, which knows where it was going."""
        context = self._context
        if self.descriptor.properties.supports_toggle:
            await self._async_command(context, CoverCommand(toggle=True))
        else:
            await super().async_toggle(**kwargs)

    @override
    async def async_open_cover_tilt(self, **kwargs: Any) -> None:
        """Open its slats, and return when the device has heard."""
        context = self._context
        await self._async_command(context, CoverCommand(tilt=1.0))

    @override
    async def async_close_cover_tilt(self, **kwargs: Any) -> None:
        """Close its slats, and return when the device has heard."""
        context = self._context
        await self._async_command(context, CoverCommand(tilt=0.0))

    @override
    async def async_set_cover_tilt_position(self, **kwargs: Any) -> None:
        """Tilt its slats, and return when the device has heard."""
        context = self._context
        tilt = kwargs[ATTR_TILT_POSITION] / 100
        await self._async_command(context, CoverCommand(tilt=tilt))


def _percentage(share: float | None) -> int | None:
    return None if share is None else round(share * 100)
