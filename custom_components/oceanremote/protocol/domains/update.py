"""Updates: firmware that can be installed on a device, or on a part of it."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from ..limits import (
    MAX_NAME_TEXT,
    MAX_RELEASE_SUMMARY,
    MAX_RELEASE_URL,
    MAX_UPDATE_VERSION,
)
from .base import Command, DomainSpec, MapOf, Properties, StateMap, required, wire
from .fields import BOOLEAN, Choice, OrMissing, Real, Text


class UpdateAction(IntEnum):
    """What an update can be asked to do."""

    INSTALL = 1
    CHECK = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateState(StateMap):
    """What is installed, what there is, and how far an installation has come."""

    in_progress: bool = wire(1, BOOLEAN, default=False)
    progress: float | None = wire(2, Real(0.0, 100.0), says="percent")
    current_version: str = wire(3, Text(MAX_UPDATE_VERSION), default="")
    latest_version: str = wire(4, Text(MAX_UPDATE_VERSION), default="")
    title: str = wire(5, Text(MAX_NAME_TEXT), default="")
    release_url: str = wire(
        6, Text(MAX_RELEASE_URL), default="", says="a longer one is left out"
    )
    release_summary: str = wire(
        7,
        Text(MAX_RELEASE_SUMMARY),
        default="",
        says="Markdown; the device cuts it to what a message holds",
    )


@dataclass(frozen=True, slots=True)
class UpdateCommand(Command):
    """Install what is there, or look whether there is something."""

    action: UpdateAction = required(1, Choice(UpdateAction))


SPEC: Final = DomainSpec(
    number=22,
    properties=Properties,
    state=OrMissing(MapOf(UpdateState)),
    command=UpdateCommand,
)
