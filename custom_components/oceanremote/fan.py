"""Fans of a device."""

import math
from types import MappingProxyType
from typing import Any, Final, override

from homeassistant.components.fan import (
    DIRECTION_FORWARD,
    DIRECTION_REVERSE,
    FanEntity,
    FanEntityFeature,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util.percentage import (
    percentage_to_ranged_value,
    ranged_value_to_percentage,
)

from .common.const import DOMAIN
from .entity import DescribedEntity, DeviceSource, async_setup_platform
from .protocol.domains import Domain
from .protocol.domains.fan import FanCommand, FanDirection, FanProperties, FanState
from .protocol.entities import EntityDescriptor

PARALLEL_UPDATES = 0

_DIRECTIONS: Final = MappingProxyType(
    {
        FanDirection.FORWARD: DIRECTION_FORWARD,
        FanDirection.REVERSE: DIRECTION_REVERSE,
    }
)
_BY_WORD: Final = MappingProxyType({word: way for way, word in _DIRECTIONS.items()})


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[DeviceSource],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the fans."""
    async_setup_platform(entry, async_add_entities, {Domain.FAN: DeviceFan})


class DeviceFan(DescribedEntity[FanState, FanProperties], FanEntity):
    """A fan that the device described."""

    _state = FanState()

    @property
    @override
    def is_on(self) -> bool | None:
        """Whether it is on, whatever its speed."""
        return self._state.on

    @override
    def _adopt(self, descriptor: EntityDescriptor[FanProperties]) -> None:
        super()._adopt(descriptor)
        fan = descriptor.properties
        features = FanEntityFeature.TURN_ON | FanEntityFeature.TURN_OFF
        if fan.speed_count:
            features |= FanEntityFeature.SET_SPEED
        if fan.supports_oscillation:
            features |= FanEntityFeature.OSCILLATE
        if fan.supports_direction:
            features |= FanEntityFeature.DIRECTION
        if fan.preset_modes:
            features |= FanEntityFeature.PRESET_MODE
        self._attr_supported_features = features
        self._attr_speed_count = fan.speed_count
        self._attr_preset_modes = list(fan.preset_modes)

    @override
    def _show(self, value: FanState | None) -> None:
        self._state = state = value or FanState()
        self._attr_percentage = self._percentage(state.speed_level)
        self._attr_oscillating = state.oscillating
        self._attr_current_direction = (
            None if state.direction is None else _DIRECTIONS[state.direction]
        )
        self._attr_preset_mode = state.preset_mode

    def _percentage(self, level: int | None) -> int | None:
        count = self.descriptor.properties.speed_count
        if level is None or level > count:
            return None
        return ranged_value_to_percentage((1, count), level) if count else None

    @override
    async def async_turn_on(
        self,
        percentage: int | None = None,
        preset_mode: str | None = None,
        **kwargs: Any,
    ) -> None:
        """Turn it on, and return when the device has heard."""
        context = self._context
        command = FanCommand(
            on=percentage != 0,
            speed_level=self._level(percentage),
            preset_mode=None if percentage == 0 else preset_mode,
        )
        await self._async_command(context, command)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Turn it off, and return when the device has heard."""
        context = self._context
        await self._async_command(context, FanCommand(on=False))

    @override
    async def async_set_percentage(self, percentage: int) -> None:
        """Set its speed, and return when the device has heard; 0 turns it off."""
        await self.async_turn_on(percentage)

    def _level(self, percentage: int | None) -> int | None:
        """Return the level of a percentage; None of a fan that has no speeds."""
        count = self.descriptor.properties.speed_count
        if not percentage or not count:
            return None
        return math.ceil(percentage_to_ranged_value((1, count), percentage))

    @override
    async def async_oscillate(self, oscillating: bool) -> None:
        """Let it oscillate or not, and return when the device has heard."""
        context = self._context
        await self._async_command(context, FanCommand(oscillating=oscillating))

    @override
    async def async_set_direction(self, direction: str) -> None:
        """Set which way it turns, and return when the device has heard."""
        context = self._context
        if (way := _BY_WORD.get(direction)) is None:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="unknown_direction",
                translation_placeholders={"direction": direction},
            )
        await self._async_command(context, FanCommand(direction=way))

    @override
    async def async_set_preset_mode(self, preset_mode: str) -> None:
        """Set its preset mode, and return when the device has heard."""
        context = self._context
        await self._async_command(context, FanCommand(preset_mode=preset_mode))
