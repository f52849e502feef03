"""What a device knows of the hub's addresses, as far as the hub knows."""

from dataclasses import dataclass
from enum import StrEnum


class AddressesStatus(StrEnum):
    """Whether the device finds the hub by its present addresses."""

    CURRENT = "current"
    NOT_TOLD = "not_told"
    NO_ROOM = "no_room"


@dataclass(frozen=True, slots=True)
class KnownAddresses:
    """The status, and of the present list what it cannot dial and what has worked."""

    status: AddressesStatus
    refused: tuple[str, ...] = ()
    used: tuple[str, ...] = ()
