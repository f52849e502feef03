"""Infrared senders and receivers. A signal is marks and spaces in microseconds, marks above 0."""

from dataclasses import dataclass
from enum import IntFlag
from typing import Final

from ..limits import MAX_SIGNAL
from .base import Command, DomainSpec, Properties, required, wire
from .fields import U8, U32, Signal


class SignalCapability(IntFlag):
    """What an entity of infrared or radio can do."""

    TRANSMITTER = 1
    RECEIVER = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class InfraredProperties(Properties):
    """What it can do."""

    capabilities: int = wire(136, U32, default=0, says="1 sends, 2 receives, 3 both")
    receiver_frequency: int = wire(137, U32, default=0, says="Hz; 0: not said")


@dataclass(frozen=True, slots=True, kw_only=True)
class InfraredCommand(Command):
    """Send a signal."""

    carrier_frequency: int = wire(1, U32, default=0, says="Hz")
    timings: tuple[int, ...] = required(2, Signal(MAX_SIGNAL))
    repeat_count: int | None = wire(3, U8, says="how many times in all; once")


SPEC: Final[DomainSpec[InfraredProperties, None]] = DomainSpec(
    number=24, properties=InfraredProperties, command=InfraredCommand
)
