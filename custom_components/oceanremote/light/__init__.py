"""Lights of a device."""

from typing import Any, Final, override

from homeassistant.components.light import (
    ATTR_BRIGHTNESS,
    ATTR_COLOR_TEMP_KELVIN,
    ATTR_EFFECT,
    ATTR_FLASH,
    ATTR_RGB_COLOR,
    ATTR_RGBW_COLOR,
    ATTR_RGBWW_COLOR,
    ATTR_TRANSITION,
    ATTR_WHITE,
    EFFECT_OFF,
    FLASH_LONG,
    FLASH_SHORT,
    ColorMode,
    LightEntity,
    LightEntityFeature,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..device.border import (
    COLDEST_MIREDS,
    MAX_MIREDS,
    MIN_MIREDS,
    WARMEST_MIREDS,
    temperature_range,
)
from ..entity import DescribedEntity, DeviceSource, async_setup_platform
from ..protocol.domains import Domain
from ..protocol.domains.light import (
    NO_EFFECT,
    ColorCapability,
    LightCommand,
    LightProperties,
    LightState,
)
from ..protocol.entities import EntityDescriptor
from .color import (
    best_mask,
    cold_warm_of,
    color_mode,
    kelvin_to_mired,
    mired_to_kelvin,
    mireds_of,
    supported_modes,
    to_byte,
)

PARALLEL_UPDATES = 0

_FLASH_SECONDS: Final = {FLASH_SHORT: 2.0, FLASH_LONG: 10.0}


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[DeviceSource],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the lights."""
    async_setup_platform(entry, async_add_entities, {Domain.LIGHT: DeviceLight})


class DeviceLight(DescribedEntity[LightState, LightProperties], LightEntity):
    """A light that the device described."""

    _present_mask: int | None = None

    @override
    def _adopt(self, descriptor: EntityDescriptor[LightProperties]) -> None:
        super()._adopt(descriptor)
        light = descriptor.properties
        modes = light.color_modes
        self._attr_supported_color_modes = supported_modes(modes)
        features = LightEntityFeature.FLASH
        if any(mask & ~ColorCapability.ON_OFF for mask in modes):
            features |= LightEntityFeature.TRANSITION
        self._attr_effect_list = None
        if light.effects:
            features |= LightEntityFeature.EFFECT
            self._attr_effect_list = [EFFECT_OFF, *light.effects]
        self._attr_supported_features = features
        self._coldest, self._warmest = temperature_range(light) or (
            COLDEST_MIREDS,
            WARMEST_MIREDS,
        )
        self._attr_max_color_temp_kelvin = mired_to_kelvin(self._coldest)
        self._attr_min_color_temp_kelvin = mired_to_kelvin(self._warmest)
        self._attr_color_mode = next(iter(self._attr_supported_color_modes))

    # -- states -------------------------------------------------------------

    @override
    def _show(self, value: LightState | None) -> None:
        if value is None:
            self._attr_is_on = None
            return
        self._attr_is_on = value.on
        self._attr_brightness = to_byte(value.brightness)
        if value.color_mode is not None:
            self._present_mask = value.color_mode
        mode = color_mode(self._present_mask or 0)
        supported = self._attr_supported_color_modes or set()
        if mode not in supported:
            mode = next(iter(supported), ColorMode.ONOFF)
        self._attr_color_mode = mode
        self._show_colors(value)
        if self._attr_effect_list is not None:
            running = value.effect
            self._attr_effect = (
                EFFECT_OFF if running in (None, "", NO_EFFECT) else running
            )

    def _show_colors(self, value: LightState) -> None:
        level = 1.0 if value.color_brightness is None else value.color_brightness
        red, green, blue = (
            to_byte(part * level) for part in value.rgb or (0.0, 0.0, 0.0)
        )
        self._attr_rgb_color = (red, green, blue)
        self._attr_rgbw_color = (red, green, blue, to_byte(value.white))
        mireds = value.color_temperature
        cold, warm = value.cold_white, value.warm_white
        if not (self._present_mask or 0) & ColorCapability.COLD_WARM_WHITE and mireds:
            white = value.white or 0.0
            shares = cold_warm_of(mireds, self._coldest, self._warmest)
            cold, warm = (white * share for share in shares)
        self._attr_rgbww_color = (red, green, blue, to_byte(cold), to_byte(warm))
        if not mireds:
            mireds = mireds_of(
                value.cold_white, value.warm_white, self._coldest, self._warmest
            )
        self._attr_color_temp_kelvin = None
        if mireds is not None and MIN_MIREDS <= mireds <= MAX_MIREDS:
            self._attr_color_temp_kelvin = mired_to_kelvin(mireds)

    # -- commands -----------------------------------------------------------

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Turn it on as asked, and return when the device has taken it."""
        context = self._context
        needed, parts = self._color_parts(kwargs)
        if (brightness := kwargs.get(ATTR_BRIGHTNESS)) is not None:
            parts["brightness"] = brightness / 255
            needed |= ColorCapability.BRIGHTNESS
        if needed:
            parts["color_mode"] = best_mask(
                self.descriptor.properties.color_modes, needed, self._present_mask
            )
        if (effect := kwargs.get(ATTR_EFFECT)) is not None:
            parts["effect"] = NO_EFFECT if effect == EFFECT_OFF else effect
        await self._async_command(
            context, LightCommand(on=True, **parts, **_timing(kwargs))
        )

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Turn it off as asked, and return when the device has taken it."""
        context = self._context
        await self._async_command(context, LightCommand(on=False, **_timing(kwargs)))

    def _color_parts(
        self, kwargs: dict[str, Any]
    ) -> tuple[ColorCapability, dict[str, Any]]:
        """Return what the mode must be able to do, and the colour part of a command.

        Home Assistant asks for at most one colour at a time.
        """
        if (rgb := kwargs.get(ATTR_RGB_COLOR)) is not None:
            return ColorCapability.RGB, _rgb_parts(rgb)
        if (rgbw := kwargs.get(ATTR_RGBW_COLOR)) is not None:
            *rgb, white = rgbw
            return (
                ColorCapability.RGB | ColorCapability.WHITE,
                _rgb_parts(rgb) | {"white": white / 255},
            )
        if (rgbww := kwargs.get(ATTR_RGBWW_COLOR)) is not None:
            return self._rgbww_parts(rgbww)
        if (kelvin := kwargs.get(ATTR_COLOR_TEMP_KELVIN)) is not None:
            return self._temperature_parts(kelvin_to_mired(kelvin))
        if (white := kwargs.get(ATTR_WHITE)) is not None:
            # The device multiplies white and brightness; Home Assistant means both.
            return (
                ColorCapability.WHITE | ColorCapability.BRIGHTNESS,
                {"white": 1.0, "brightness": white / 255},
            )
        return ColorCapability(0), {}

    def _rgbww_parts(
        self, rgbww: tuple[int, int, int, int, int]
    ) -> tuple[ColorCapability, dict[str, Any]]:
        *rgb, cold, warm = rgbww
        parts = _rgb_parts(rgb)
        direct = ColorCapability.RGB | ColorCapability.COLD_WARM_WHITE
        if best_mask(self.descriptor.properties.color_modes, direct, None) is not None:
            return direct, parts | {"cold_white": cold / 255, "warm_white": warm / 255}
        parts["white"] = max(cold, warm) / 255
        if cold or warm:
            parts["color_temperature"] = mireds_of(
                cold, warm, self._coldest, self._warmest
            )
        return (
            ColorCapability.RGB
            | ColorCapability.WHITE
            | ColorCapability.COLOR_TEMPERATURE,
            parts,
        )

    def _temperature_parts(
        self, mireds: float
    ) -> tuple[ColorCapability, dict[str, Any]]:
        parts: dict[str, Any] = {"color_temperature": mireds}
        needed = ColorCapability.COLOR_TEMPERATURE
        if best_mask(self.descriptor.properties.color_modes, needed, None) is not None:
            return needed, parts
        # Said outright, or the device would apply the brightness to both whites again.
        cold, warm = cold_warm_of(mireds, self._coldest, self._warmest)
        return ColorCapability.COLD_WARM_WHITE, parts | {
            "cold_white": cold,
            "warm_white": warm,
        }


def _rgb_parts(rgb: Any) -> dict[str, Any]:
    """Return the colour at full strength, and its strength beside it."""
    strength = max(rgb)
    return {
        "rgb": tuple(part / (strength or 1) for part in rgb),
        "color_brightness": strength / 255,
    }


def _timing(kwargs: dict[str, Any]) -> dict[str, Any]:
    timing: dict[str, Any] = {}
    if (transition := kwargs.get(ATTR_TRANSITION)) is not None:
        timing["transition"] = float(transition)
    if (flash := kwargs.get(ATTR_FLASH)) is not None:
        timing["flash"] = _FLASH_SECONDS[flash]
    return timing
