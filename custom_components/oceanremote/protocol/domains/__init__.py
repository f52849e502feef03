"""The entity domains. One domain is one module here and one line in `Domain`."""

from enum import IntEnum
from typing import Any, Final, Self

from . import (
    binary_sensor,
    button,
    light,
    number,
    select,
    sensor,
    switch,
    text_sensor,
    valve,
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


_BY_NUMBER: Final = {domain.value: domain for domain in Domain}


def find_domain(number: int) -> Domain | None:
    """Return the domain of a number, None for one that only a newer version has."""
    return _BY_NUMBER.get(number)
