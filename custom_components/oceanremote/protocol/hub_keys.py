"""A hub key that is rolled over: what the hub tells, and what a device has stored."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, ClassVar

from . import fields
from .limits import HUB_KEY_ID_SIZE, KEY_SIZE


class HubKeyPhase(IntEnum):
    """What a device does with a hub key that it is told."""

    TO_COME = 1  # keep it, and try it where the present one is refused
    IN_FORCE = 2  # keep it, and use it from the next handshake on


@dataclass(frozen=True, slots=True)
class NewHubKey:
    """The public half of a hub key; `phase` says since when it counts."""

    CODE: ClassVar = 69
    phase: HubKeyPhase
    key: bytes

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        return [self.CODE, int(self.phase), self.key]


@dataclass(frozen=True, slots=True)
class HubKeyStored:
    """The hub key of that id lies in the device's flash, or is the one in force."""

    CODE: ClassVar = 31
    key_id: bytes

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        return [self.CODE, self.key_id]


def read_new_hub_key(items: list[Any]) -> NewHubKey:
    """Read the fields of `NewHubKey`; raises `RemoteProtocolError`."""
    phase = fields.uint(items[0], max(HubKeyPhase), minimum=min(HubKeyPhase))
    return NewHubKey(HubKeyPhase(phase), fields.octets(items[1], KEY_SIZE))


def read_hub_key_stored(items: list[Any]) -> HubKeyStored:
    """Read the fields of `HubKeyStored`; raises `RemoteProtocolError`."""
    return HubKeyStored(fields.octets(items[0], HUB_KEY_ID_SIZE))
