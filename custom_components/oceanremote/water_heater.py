"""Water heaters of a device."""

from typing import Any, Final, override

from homeassistant.components.water_heater import (
    ATTR_OPERATION_MODE,
    STATE_ECO,
    STATE_ELECTRIC,
    STATE_GAS,
    STATE_HEAT_PUMP,
    STATE_HIGH_DEMAND,
    STATE_OFF,
    STATE_PERFORMANCE,
    WaterHeaterEntity,
    WaterHeaterEntityFeature,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_TEMPERATURE, PRECISION_TENTHS, UnitOfTemperature
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util.unit_conversion import TemperatureConverter

from .common.const import DOMAIN
from .device.temperatures import TEMPERATURE_UNITS
from .entity import DescribedEntity, DeviceSource, async_setup_platform
from .protocol.domains import Domain
from .protocol.domains.water_heater import (
    WaterHeaterCommand,
    WaterHeaterMode,
    WaterHeaterProperties,
    WaterHeaterState,
)
from .protocol.entities import EntityDescriptor

PARALLEL_UPDATES = 0

MODES: Final = {
    WaterHeaterMode.OFF: STATE_OFF,
    WaterHeaterMode.ECO: STATE_ECO,
    WaterHeaterMode.ELECTRIC: STATE_ELECTRIC,
    WaterHeaterMode.PERFORMANCE: STATE_PERFORMANCE,
    WaterHeaterMode.HIGH_DEMAND: STATE_HIGH_DEMAND,
    WaterHeaterMode.HEAT_PUMP: STATE_HEAT_PUMP,
    WaterHeaterMode.GAS: STATE_GAS,
}
_MEANT_BY: Final = {word: mode for mode, word in MODES.items()}
# Of Home Assistant's water heaters that name none, in Fahrenheit.
_LOWEST: Final = 110.0
_HIGHEST: Final = 140.0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[DeviceSource],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the water heaters."""
    async_setup_platform(
        entry, async_add_entities, {Domain.WATER_HEATER: DeviceWaterHeater}
    )


class DeviceWaterHeater(
    DescribedEntity[WaterHeaterState, WaterHeaterProperties], WaterHeaterEntity
):
    """A water heater that the device described."""

    _attr_precision = PRECISION_TENTHS

    @override
    def _adopt(self, descriptor: EntityDescriptor[WaterHeaterProperties]) -> None:
        super()._adopt(descriptor)
        heater = descriptor.properties
        unit = TEMPERATURE_UNITS[heater.temperature_unit]
        lowest, highest = heater.min_temperature, heater.max_temperature
        convert = TemperatureConverter.converter_factory(
            UnitOfTemperature.FAHRENHEIT, unit
        )
        self._attr_temperature_unit = unit
        self._attr_min_temp = convert(_LOWEST) if lowest is None else lowest
        self._attr_max_temp = convert(_HIGHEST) if highest is None else highest
        self._attr_target_temperature_step = heater.target_temperature_step
        self._attr_operation_list = [MODES[mode] for mode in heater.modes] or None
        features = WaterHeaterEntityFeature(0)
        # Home Assistant shows two targets, and has no action that sets them.
        if not heater.supports_two_targets:
            features |= WaterHeaterEntityFeature.TARGET_TEMPERATURE
        if heater.modes:
            features |= WaterHeaterEntityFeature.OPERATION_MODE
        if heater.supports_on_off:
            features |= WaterHeaterEntityFeature.ON_OFF
        if heater.supports_away_mode:
            features |= WaterHeaterEntityFeature.AWAY_MODE
        self._attr_supported_features = features

    @override
    def _show(self, value: WaterHeaterState | None) -> None:
        said = value or WaterHeaterState()
        self._attr_current_operation = None if said.mode is None else MODES[said.mode]
        self._attr_current_temperature = said.current_temperature
        self._attr_target_temperature = said.target_temperature
        self._attr_target_temperature_low = said.target_temperature_low
        self._attr_target_temperature_high = said.target_temperature_high
        self._attr_is_away_mode_on = said.away

    @override
    async def async_set_temperature(self, **kwargs: Any) -> None:
        """Set it, and the operation mode with it if there is one."""
        context = self._context
        word: str | None = kwargs.get(ATTR_OPERATION_MODE)
        if word is not None and word not in (self._attr_operation_list or ()):
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="unknown_operation_mode",
                translation_placeholders={"name": self.entity_id, "mode": word},
            )
        command = WaterHeaterCommand(
            mode=None if word is None else _MEANT_BY[word],
            target_temperature=kwargs[ATTR_TEMPERATURE],
        )
        await self._async_command(context, command)

    @override
    async def async_set_operation_mode(self, operation_mode: str) -> None:
        """Set it, and return when the device has done so."""
        context = self._context
        mode = _MEANT_BY[operation_mode]
        await self._async_command(context, WaterHeaterCommand(mode=mode))

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Turn it on, and return when the device has done so."""
        context = self._context
        await self._async_command(context, WaterHeaterCommand(on=True))

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Turn it off, and return when the device has done so."""
        context = self._context
        await self._async_command(context, WaterHeaterCommand(on=False))

    @override
    async def async_turn_away_mode_on(self) -> None:
        """Turn away mode on, and return when the device has done so."""
        context = self._context
        await self._async_command(context, WaterHeaterCommand(away=True))

    @override
    async def async_turn_away_mode_off(self) -> None:
        """Turn away mode off, and return when the device has done so."""
        context = self._context
        await self._async_command(context, WaterHeaterCommand(away=False))
