"""Buttons: they are pressed, and have nothing to tell."""

from dataclasses import dataclass
from typing import Final

from .base import Command, DomainSpec, Properties


@dataclass(frozen=True, slots=True)
class ButtonCommand(Command):
    """Press it."""


SPEC: Final[DomainSpec[Properties, None]] = DomainSpec(
    number=5, properties=Properties, command=ButtonCommand
)
