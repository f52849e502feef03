"""Messages inside DATA: CBOR arrays whose first item says what they are.

The grammar is docs/protocol.cddl. Every message is a frozen value with `items()`, the
array it is on the wire. The way back is `message_readers`.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, ClassVar

from . import cbor
from .entities import EntityAddress, EntityState
from .float32 import narrow
from .values import write_state


class CommandStatus(IntEnum):
    """What a device says became of a command."""

    DONE = 0
    REFUSED = 1  # as is every status that only a newer version has
    EXPIRED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceFacts:
    """What a device says about itself in every `ready`; texts of at most 64 bytes."""

    name: str
    friendly_name: str
    esphome_version: str
    project_version: str
    board: str
    platform: str
    safe_mode: bool = False
    reset_reason: str | None = None
    area: str | None = None
    small_store: bool = False

    def items(self) -> dict[int, Any]:
        """Return the map on the wire."""
        found: dict[int, Any] = {
            1: self.name,
            2: self.friendly_name,
            3: self.esphome_version,
            4: self.project_version,
            5: self.board,
            6: self.platform,
            7: self.safe_mode,
        }
        if self.reset_reason is not None:
            found[8] = self.reset_reason
        if self.area is not None:
            found[9] = self.area
        if self.small_store:
            found[10] = True
        return found


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
    type: str
    data: dict[int, Any] = field(default_factory=dict)

    def items(self) -> list[Any]:
        """Return the array on the wire; an empty `data` is left out."""
        head = [self.CODE, *map(int, self.address), self.type]
        return [*head, self.data] if self.data else head


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a command."""

    CODE: ClassVar = 5
    command_id: int
    status: CommandStatus
    reason: str = ""

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        return [self.CODE, self.command_id, int(self.status), self.reason]


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

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        return [self.CODE, self.next_wakeup]


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
)


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
    args: dict[int, Any]

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
class NewHubKey:
    """Reserved: parsed, and refused by every device of this version."""

    CODE: ClassVar = 69
    phase: int
    key: bytes

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        return [self.CODE, self.phase, self.key]


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
    """The hub's wall clock in Unix milliseconds."""

    CODE: ClassVar = 71
    hub_time_ms: int

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        return [self.CODE, self.hub_time_ms]


@dataclass(frozen=True, slots=True)
class Ping:
    """Proof of life is asked for."""

    CODE: ClassVar = 72
    nonce: bytes

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        return [self.CODE, self.nonce]


type HubMessage = (
    Welcome | Command | IssueToken | Revoked | NewHubKey | SubscribeLogs | Time | Ping
)


def encode_message(message: DeviceMessage | HubMessage) -> bytes:
    """Return the plaintext of a DATA frame."""
    return cbor.encode(narrow(message.items()))
