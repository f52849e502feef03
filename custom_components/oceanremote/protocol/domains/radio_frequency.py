"""Radio senders and receivers. A signal is marks and spaces in microseconds, marks above 0."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from ..limits import MAX_SIGNAL
from .base import Command, DomainSpec, Properties, required, wire
from .fields import U8, U32, Choice, Signal


class RadioFrequencyModulation(IntEnum):
    """How a signal is keyed."""

    OOK = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RadioFrequencyProperties(Properties):
    """What it can do."""

    capabilities: int = wire(136, U32, default=0, says="1 sends, 2 receives, 3 both")
    frequency_min: int = wire(145, U32, default=0, says="Hz; 0: not said")
    frequency_max: int = wire(146, U32, default=0, says="Hz; 0: not said")
    supported_modulations: int = wire(
        147, U32, default=0, says="a bit for each; 0: not said"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RadioFrequencyCommand(Command):
    """Send a signal."""

    frequency: int = wire(1, U32, default=0, says="Hz")
    timings: tuple[int, ...] = required(2, Signal(MAX_SIGNAL))
    repeat_count: int | None = wire(3, U8, says="how many times in all; once")
    modulation: RadioFrequencyModulation | None = wire(
        4, Choice(RadioFrequencyModulation), says="on-off keying where it is not said"
    )


SPEC: Final[DomainSpec[RadioFrequencyProperties, None]] = DomainSpec(
    number=25, properties=RadioFrequencyProperties, command=RadioFrequencyCommand
)
