"""Cameras. A picture travels in `image` messages, in answer to a command."""

from dataclasses import dataclass
from typing import Final

from .base import Command, DomainSpec, Properties, required
from .fields import BOOLEAN


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraCommand(Command):
    """Send the next picture."""

    stream: bool = required(
        1, BOOLEAN, says="true: and take pictures all the time for the next 5 seconds"
    )


SPEC: Final[DomainSpec[Properties, None]] = DomainSpec(
    number=23, properties=Properties, command=CameraCommand
)
