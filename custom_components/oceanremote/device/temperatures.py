"""Temperatures of what heats and cools, as Home Assistant can hold them."""

from types import MappingProxyType
from typing import Final

from homeassistant.const import UnitOfTemperature

from ..protocol.domains.temperature import TemperatureUnit

TEMPERATURE_UNITS: Final = MappingProxyType(
    {
        TemperatureUnit.CELSIUS: UnitOfTemperature.CELSIUS,
        TemperatureUnit.FAHRENHEIT: UnitOfTemperature.FAHRENHEIT,
        TemperatureUnit.KELVIN: UnitOfTemperature.KELVIN,
    }
)
