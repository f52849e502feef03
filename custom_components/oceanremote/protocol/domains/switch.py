"""Switches."""

from dataclasses import dataclass
from typing import Final

from .base import Command, DomainSpec, Properties, required, wire
from .fields import BOOLEAN


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchProperties(Properties):
    """What a switch says of itself."""

    assumed_state: bool = wire(
        7,
        BOOLEAN,
        default=False,
        says="the device reckons with its state and cannot see it",
    )


@dataclass(frozen=True, slots=True)
class SwitchCommand(Command):
    """Turn it on or off."""

    on: bool = required(1, BOOLEAN)


SPEC: Final = DomainSpec(
    number=4, properties=SwitchProperties, state=BOOLEAN, command=SwitchCommand
)
