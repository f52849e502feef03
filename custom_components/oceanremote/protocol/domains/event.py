"""Events: something happens, and is told by a message of its own, each time."""

from dataclasses import dataclass
from typing import Final

from ..limits import MAX_EVENT_TYPES, MAX_OPTION_TEXT
from .base import DomainSpec, Properties, wire
from .fields import Array, Characters


@dataclass(frozen=True, slots=True, kw_only=True)
class EventProperties(Properties):
    """What can happen."""

    event_types: tuple[str, ...] = wire(
        152,
        Array(Characters(MAX_OPTION_TEXT), MAX_EVENT_TYPES),
        default=(),
        says="what happened is a place in this list",
    )


SPEC: Final = DomainSpec[EventProperties, None](number=10, properties=EventProperties)
