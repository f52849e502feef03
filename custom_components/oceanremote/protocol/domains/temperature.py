"""What temperatures are measured in, of every domain that has some."""

from enum import IntEnum
from typing import Final

from .fields import Choice


class TemperatureUnit(IntEnum):
    """What an entity's temperatures are measured in."""

    CELSIUS = 0
    FAHRENHEIT = 1
    KELVIN = 2


TEMPERATURE_UNIT: Final = Choice(TemperatureUnit)
