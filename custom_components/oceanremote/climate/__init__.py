"""Climates of a device."""

from typing import Any, override

from homeassistant.components.climate import (
    ATTR_HVAC_MODE,
    ATTR_TARGET_TEMP_HIGH,
    ATTR_TARGET_TEMP_LOW,
    DEFAULT_MAX_HUMIDITY,
    DEFAULT_MAX_TEMP,
    DEFAULT_MIN_HUMIDITY,
    DEFAULT_MIN_TEMP,
    PRESET_NONE,
    ClimateEntity,
    ClimateEntityFeature,
    HVACMode,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import (
    ATTR_TEMPERATURE,
    PRECISION_HALVES,
    PRECISION_TENTHS,
    PRECISION_WHOLE,
    UnitOfTemperature,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util.unit_conversion import TemperatureConverter

from ..common.const import DOMAIN
from ..device.temperatures import TEMPERATURE_UNITS
from ..entity import DescribedEntity, DeviceSource, async_setup_platform
from ..protocol.domains import Domain
from ..protocol.domains.climate import (
    ClimateCommand,
    ClimateMode,
    ClimateProperties,
    ClimateState,
)
from ..protocol.entities import EntityDescriptor
from .modes import (
    ACTIONS,
    FAN_MODES,
    MODES,
    PRESETS,
    SWING_MODES,
    meant_by,
    word_of,
    words_of,
)

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[DeviceSource],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the climates."""
    async_setup_platform(entry, async_add_entities, {Domain.CLIMATE: DeviceClimate})


def _whole(humidity: float | None) -> int | None:
    return None if humidity is None else round(humidity)


class DeviceClimate(DescribedEntity[ClimateState, ClimateProperties], ClimateEntity):
    """A climate that the device described."""

    _attr_translation_key = "climate"

    @override
    def _adopt(self, descriptor: EntityDescriptor[ClimateProperties]) -> None:
        super()._adopt(descriptor)
        climate = descriptor.properties
        self._attr_hvac_modes = words_of(MODES, climate.modes)
        self._attr_fan_modes = [
            *words_of(FAN_MODES, climate.fan_modes),
            *climate.custom_fan_modes,
        ]
        self._attr_preset_modes = [
            *words_of(PRESETS, climate.presets),
            *climate.custom_presets,
        ]
        self._attr_swing_modes = words_of(SWING_MODES, climate.swing_modes)
        self._adopt_ranges(climate)
        self._attr_supported_features = self._features_of(climate)

    def _adopt_ranges(self, climate: ClimateProperties) -> None:
        unit = TEMPERATURE_UNITS[climate.temperature_unit]
        self._attr_temperature_unit = unit
        self._attr_precision = _precision_of(climate)
        # The tenth is the finest that Home Assistant shows.
        self._attr_target_temperature_step = round(
            climate.target_temperature_step or 0.0, 1
        )
        lowest, highest = climate.min_temperature, climate.max_temperature
        convert = TemperatureConverter.converter_factory(
            UnitOfTemperature.CELSIUS, unit
        )
        self._attr_min_temp = convert(DEFAULT_MIN_TEMP) if lowest is None else lowest
        self._attr_max_temp = convert(DEFAULT_MAX_TEMP) if highest is None else highest
        driest, dampest = climate.min_humidity, climate.max_humidity
        self._attr_min_humidity = round(
            DEFAULT_MIN_HUMIDITY if driest is None else driest
        )
        self._attr_max_humidity = round(
            DEFAULT_MAX_HUMIDITY if dampest is None else dampest
        )

    def _features_of(self, climate: ClimateProperties) -> ClimateEntityFeature:
        features = ClimateEntityFeature(0)
        if climate.supports_target_humidity:
            features |= ClimateEntityFeature.TARGET_HUMIDITY
        if climate.has_two_targets:
            features |= ClimateEntityFeature.TARGET_TEMPERATURE_RANGE
        if not climate.requires_two_targets:
            features |= ClimateEntityFeature.TARGET_TEMPERATURE
        if self._attr_preset_modes:
            features |= ClimateEntityFeature.PRESET_MODE
        if self._attr_fan_modes:
            features |= ClimateEntityFeature.FAN_MODE
        if self._attr_swing_modes:
            features |= ClimateEntityFeature.SWING_MODE
        if len(climate.modes) > 1 and ClimateMode.OFF in climate.modes:
            features |= ClimateEntityFeature.TURN_OFF | ClimateEntityFeature.TURN_ON
        return features

    # -- states -------------------------------------------------------------

    @override
    def _show(self, value: ClimateState | None) -> None:
        said = value or ClimateState()
        climate = self.descriptor.properties
        self._attr_hvac_mode = word_of(MODES, said.mode)
        self._attr_hvac_action = (
            word_of(ACTIONS, said.action) if climate.supports_action else None
        )
        self._attr_fan_mode = said.custom_fan_mode or word_of(FAN_MODES, said.fan_mode)
        self._attr_preset_mode = said.custom_preset or word_of(PRESETS, said.preset)
        if self._attr_preset_mode is None and said.mode is not None:
            self._attr_preset_mode = PRESET_NONE
        self._attr_swing_mode = word_of(SWING_MODES, said.swing_mode)
        self._attr_current_temperature = said.current_temperature
        self._attr_target_temperature_low = said.target_temperature_low
        self._attr_target_temperature_high = said.target_temperature_high
        self._attr_target_temperature = self._single_target(said)
        self._attr_current_humidity = _whole(said.current_humidity)
        self._attr_target_humidity = _whole(said.target_humidity)

    def _single_target(self, said: ClimateState) -> float | None:
        """Return the one temperature that it works towards, if there is one."""
        if not self.descriptor.properties.has_two_targets:
            return said.target_temperature
        # It tells both, but follows one of them when it only heats or only cools.
        if said.mode is ClimateMode.HEAT:
            return said.target_temperature_low
        if said.mode is ClimateMode.COOL:
            return said.target_temperature_high
        return None

    # -- commands -----------------------------------------------------------

    @override
    async def async_set_temperature(self, **kwargs: Any) -> None:
        """Set target temperatures, and a mode with them if there is one."""
        context = self._context
        mode: HVACMode | None = kwargs.get(ATTR_HVAC_MODE)
        single: float | None = kwargs.get(ATTR_TEMPERATURE)
        low: float | None = kwargs.get(ATTR_TARGET_TEMP_LOW)
        high: float | None = kwargs.get(ATTR_TARGET_TEMP_HIGH)
        if single is not None and self.descriptor.properties.has_two_targets:
            low, high = self._one_of_two(single, mode or self._attr_hvac_mode)
            single = None
        command = ClimateCommand(
            mode=None if mode is None else meant_by(MODES, mode),
            target_temperature=single,
            target_temperature_low=low,
            target_temperature_high=high,
        )
        await self._async_command(context, command)

    def _one_of_two(
        self, target: float, mode: HVACMode | None
    ) -> tuple[float | None, float | None]:
        """Return lowest and highest target where a mode follows only one of them."""
        if mode is HVACMode.HEAT:
            return target, None
        if mode is HVACMode.COOL:
            return None, target
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="two_target_temperatures",
            translation_placeholders={"name": self.entity_id},
        )

    @override
    async def async_set_humidity(self, humidity: int) -> None:
        """Set it, and return when the device has done so."""
        context = self._context
        await self._async_command(
            context, ClimateCommand(target_humidity=float(humidity))
        )

    @override
    async def async_set_hvac_mode(self, hvac_mode: HVACMode) -> None:
        """Set it, and return when the device has done so."""
        context = self._context
        mode = meant_by(MODES, hvac_mode)
        await self._async_command(context, ClimateCommand(mode=mode))

    @override
    async def async_set_preset_mode(self, preset_mode: str) -> None:
        """Set one of the device's own or of those that all know."""
        context = self._context
        if preset_mode in self.descriptor.properties.custom_presets:
            command = ClimateCommand(custom_preset=preset_mode)
        else:
            command = ClimateCommand(preset=meant_by(PRESETS, preset_mode))
        await self._async_command(context, command)

    @override
    async def async_set_fan_mode(self, fan_mode: str) -> None:
        """Set one of the device's own or of those that all know."""
        context = self._context
        if fan_mode in self.descriptor.properties.custom_fan_modes:
            command = ClimateCommand(custom_fan_mode=fan_mode)
        else:
            command = ClimateCommand(fan_mode=meant_by(FAN_MODES, fan_mode))
        await self._async_command(context, command)

    @override
    async def async_set_swing_mode(self, swing_mode: str) -> None:
        """Set it, and return when the device has done so."""
        context = self._context
        mode = meant_by(SWING_MODES, swing_mode)
        await self._async_command(context, ClimateCommand(swing_mode=mode))


def _precision_of(climate: ClimateProperties) -> float:
    """Return how finely Home Assistant shows temperatures."""
    step = climate.current_temperature_step or climate.target_temperature_step or 0.0
    for precision in (PRECISION_WHOLE, PRECISION_HALVES):
        if step >= precision:
            return precision
    return PRECISION_TENTHS
