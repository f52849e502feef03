"""The entity domains. One domain is one module here and one line in `Domain`."""

from enum import IntEnum
from typing import Any, Final, Self

from . import (
    alarm_control_panel,
    binary_sensor,
    button,
    camera,
    climate,
    cover,
    date,
    datetime,
    event,
    fan,
    infrared,
    light,
    lock,
    media_player,
    number,
    radio_frequency,
    select,
    sensor,
    switch,
    text,
    text_sensor,
    time,
    update,
    valve,
    water_heater,
)
from .base import DomainSpec, StateMap

type StateValue = bool | float | str | StateMap | None


class Domain(IntEnum):
    """The entity domains, by their number on the wire; each knows its tables."""

    spec: DomainSpec[Any, Any]

    def __new__(cls, spec: DomainSpec[Any, Any]) -> Self:
        """Make a member of what a domain's module says."""
        member = int.__new__(cls, spec.number)
        member._value_ = spec.number
        member.spec = spec
        return member

    @property
    def esphome_name(self) -> str:
        """What ESPHome calls its type of entity."""
        return self.spec.esphome_name or self.name

    @property
    def platform(self) -> str:
        """The platform of Home Assistant that shows its entities."""
        return self.spec.platform or self.name.lower()

    BINARY_SENSOR = binary_sensor.SPEC
    SENSOR = sensor.SPEC
    TEXT_SENSOR = text_sensor.SPEC
    SWITCH = switch.SPEC
    BUTTON = button.SPEC
    NUMBER = number.SPEC
    SELECT = select.SPEC
    LIGHT = light.SPEC
    VALVE = valve.SPEC
    COVER = cover.SPEC
    TEXT = text.SPEC
    CLIMATE = climate.SPEC
    WATER_HEATER = water_heater.SPEC
    FAN = fan.SPEC
    LOCK = lock.SPEC
    ALARM_CONTROL_PANEL = alarm_control_panel.SPEC
    EVENT = event.SPEC
    MEDIA_PLAYER = media_player.SPEC
    DATE = date.SPEC
    TIME = time.SPEC
    DATETIME = datetime.SPEC
    UPDATE = update.SPEC
    CAMERA = camera.SPEC
    INFRARED = infrared.SPEC
    RADIO_FREQUENCY = radio_frequency.SPEC


_BY_NUMBER: Final = {domain.value: domain for domain in Domain}


def find_domain(number: int) -> Domain | None:
    """Return the domain of a number, None for one that only a newer version has."""
    return _BY_NUMBER.get(number)
