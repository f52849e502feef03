"""Messages inside DATA: CBOR arrays whose first item says what they are.

The grammar is docs/protocol.cddl. Every message is a frozen value with `items()`, the
array it is on the wire. The way back is `message_readers`.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, ClassVar, Final

from . import cbor
from .addresses import Addresses, AddressesStored
from .entities import EntityAddress, EntityState
from .facts import DeviceFacts
from .float32 import narrow
from .health import Health, LastLines, ReportHealth
from .hub_keys import HubKeyStored, NewHubKey
from .pictures import Image
from .readings import Readings, ReadingsTaken
from .requests import Answer, Import, Imported, Request
from .signals import HeardSignal
from .tunnels import TunnelNews, TunnelOrder
from .updates import (
    AbandonUpdate,
    InstallUpdate,
    OfferUpdate,
    UpdateChunk,
    UpdateOutcome,
    UpdatePosition,
)
from .user_actions import UserActionCall
from .values import write_state


class CommandStatus(IntEnum):
    """What a device says became of a command."""

    DONE = 0
    REFUSED = 1  # as is every status that only a newer version has
    EXPIRED = 2


class GoodbyeReason(IntEnum):
    """Why a device leaves."""

    RESTART = 0  # as is every reason that only a newer version has
    SLEEP = 1
    UPDATE = 2
    POWER_OFF = 3


# Device to hub


@dataclass(frozen=True, slots=True)
class Ready:
    """First message of every epoch; the hash is zero in a registration."""

    CODE: ClassVar = 1
    description_hash: bytes
    facts: DeviceFacts

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        return [self.CODE, self.description_hash, self.facts.items()]


@dataclass(frozen=True, slots=True)
class Describe:
    """A part of the description's `total` bytes; the parts come in order from 0."""

    CODE: ClassVar = 2
    offset: int
    total: int
    part: bytes

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        return [self.CODE, self.offset, self.total, self.part]


@dataclass(frozen=True, slots=True)
class States:
    """New states of some entities."""

    CODE: ClassVar = 3
    states: tuple[EntityState, ...]

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        return [self.CODE, [write_state(state) for state in self.states]]


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened at an entity."""

    CODE: ClassVar = 4
    address: EntityAddress
    type: int

    def items(self) -> list[Any]:
        """Return the array on the wire; `type` is a place among the event types."""
        return [self.CODE, *map(int, self.address), self.type]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a command; `data` is the response of a user's action."""

    CODE: ClassVar = 5
    command_id: int
    status: CommandStatus
    reason: str = ""
    data: tuple[tuple[str, Any], ...] = ()

    def items(self) -> list[Any]:
        """Return the array on the wire; an empty `data` is left out."""
        head = [self.CODE, self.command_id, int(self.status), self.reason]
        return [*head, [list(pair) for pair in self.data]] if self.data else head


@dataclass(frozen=True, slots=True)
class Stored:
    """The permanent token lies in flash; `hash` is `keys.stored_hash` of it."""

    CODE: ClassVar = 6
    hash: bytes

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        return [self.CODE, self.hash]


@dataclass(frozen=True, slots=True)
class Log:
    """One line of the device's log."""

    CODE: ClassVar = 7
    level: int
    tag: str
    text: str

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        return [self.CODE, self.level, self.tag, self.text]


@dataclass(frozen=True, slots=True)
class Rotate:
    """The device asks for a rotation."""

    CODE: ClassVar = 8

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        return [self.CODE]


@dataclass(frozen=True, slots=True)
class Pong:
    """The answer to a ping."""

    CODE: ClassVar = 9
    nonce: bytes

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        return [self.CODE, self.nonce]


@dataclass(frozen=True, slots=True)
class Goodbye:
    """The device leaves, to be back in `next_wakeup` seconds (0: it does not know)."""

    CODE: ClassVar = 10
    next_wakeup: int
    why: GoodbyeReason = GoodbyeReason.RESTART

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        return [self.CODE, self.next_wakeup, int(self.why)]


@dataclass(frozen=True, slots=True)
class StatesComplete:
    """Every entity that has a state has told it since the welcome."""

    CODE: ClassVar = 11

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        return [self.CODE]


type DeviceMessage = (
    Ready
    | Describe
    | States
    | Event
    | Result
    | Stored
    | Log
    | Rotate
    | Pong
    | Goodbye
    | StatesComplete
    | Request
    | Import
    | Image
    | AddressesStored
    | Readings
    | LastLines
    | Health
    | HeardSignal
    | HubKeyStored
    | TunnelNews
    | UpdatePosition
    | UpdateOutcome
)

# What a device may say while it registers, besides its first `ready`.
WHILE_REGISTERING: Final = frozenset({Stored, Pong, Log, Goodbye})


@dataclass(frozen=True, slots=True)
class Unknown:
    """What only a newer version of the protocol has; the hub skips it."""

    code: int


# Hub to device


@dataclass(frozen=True, slots=True)
class Welcome:
    """First message of the hub in every epoch of a session.

    `ticket` is what the device shows when it dials next, empty for none.
    """

    CODE: ClassVar = 65
    want_description: bool
    hub_time_ms: int
    ticket: bytes = field(default=b"", repr=False)

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        return [self.CODE, self.want_description, self.hub_time_ms, self.ticket]


@dataclass(frozen=True, slots=True)
class Command:
    """Do something before `deadline_ms` after the ACCEPT of the epoch that seals it."""

    CODE: ClassVar = 66
    command_id: int
    deadline_ms: int
    address: EntityAddress
    args: dict[int, Any] = field(repr=False)  # a code may be among them

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        head = [self.CODE, self.command_id, self.deadline_ms]
        return [*head, *map(int, self.address), self.args]


@dataclass(frozen=True, slots=True)
class IssueToken:
    """The permanent token of a generation, to be stored and then confirmed."""

    CODE: ClassVar = 67
    generation: int
    token: bytes = field(repr=False)

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        return [self.CODE, self.generation, self.token]


@dataclass(frozen=True, slots=True)
class Revoked:
    """The device is revoked and is to wipe its identity."""

    CODE: ClassVar = 68

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        return [self.CODE]


@dataclass(frozen=True, slots=True)
class SubscribeLogs:
    """Send log lines up to `level`; none at 0."""

    CODE: ClassVar = 70
    level: int

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        return [self.CODE, self.level]


@dataclass(frozen=True, slots=True)
class Time:
    """The hub's wall clock in Unix milliseconds, and its zone in the form of POSIX.

    The zone is empty where it is not told.
    """

    CODE: ClassVar = 71
    hub_time_ms: int
    zone: str = ""

    def items(self) -> list[Any]:
        """Return the array on the wire; an empty zone is left out."""
        head = [self.CODE, self.hub_time_ms]
        return [*head, self.zone] if self.zone else head


@dataclass(frozen=True, slots=True)
class Ping:
    """Proof of life is asked for."""

    CODE: ClassVar = 72
    nonce: bytes

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        return [self.CODE, self.nonce]


@dataclass(frozen=True, slots=True)
class StayAwake:
    """Do not sleep on this link while `awake` is the last that was said."""

    CODE: ClassVar = 77
    awake: bool

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        return [self.CODE, self.awake]


type HubMessage = (
    Welcome
    | Command
    | IssueToken
    | Revoked
    | NewHubKey
    | SubscribeLogs
    | Time
    | Ping
    | StayAwake
    | Answer
    | Imported
    | ReportHealth
    | UserActionCall
    | Addresses
    | ReadingsTaken
    | TunnelOrder
    | OfferUpdate
    | UpdateChunk
    | AbandonUpdate
    | InstallUpdate
)


def encode_message(message: DeviceMessage | HubMessage) -> bytes:
    """Return the plaintext of a DATA frame."""
    return cbor.encode(narrow(message.items()))
