"""What a connection reports; frozen values, in the order in which things happened.

`proved` events come only after the peer's first DATA of an epoch has opened, because
only then the token behind the handshake is proved. Times are those of the `now` that
the caller passed in.
"""

from dataclasses import dataclass, field
from typing import Any

from .addresses import AddressesStored
from .entities import Description, EntityAddress, EntityState
from .errors import CloseReason, RefusalReason
from .health import Health, LastLines
from .messages import CommandStatus, GoodbyeReason, Ready
from .readings import Readings
from .requests import Import, Request
from .tunnels import TunnelNews
from .updates import UpdateOutcome, UpdatePosition


@dataclass(frozen=True, slots=True)
class RegistrationProved:
    """A device holds the registration token: store a pending identity, then issue."""

    enrolment_id: str
    mac: bytes
    device_key: bytes
    handle: bytes
    counter: int
    board: str
    version: str
    ready: Ready


@dataclass(frozen=True, slots=True)
class TokenStored:
    """The device has the permanent token in its flash: commit, then begin a session."""

    enrolment_id: str
    mac: bytes
    device_key: bytes


@dataclass(frozen=True, slots=True)
class SessionProved:
    """A session (or the next epoch of one) is up: welcome it.

    With `tombstone` the device has just been told that it is revoked, and `LinkClosed`
    follows. `generation` is the one of the token that was proved; `claimed_generation`
    the one that the device named, which is newer where the hub has been restored.
    `hub_public` is the hub key under which it was proved.
    """

    enrolment_id: str
    mac: bytes
    device_key: bytes
    generation: int
    counter: int
    epoch: int
    session_id: bytes
    challenge_issued_at: float
    init_received_at: float
    expires_at: float
    ready: Ready
    tombstone: bool
    rotated: bool
    handshake_hash: bytes = field(default=b"", repr=False)
    claimed_generation: int = 0
    hub_public: bytes = b""


@dataclass(frozen=True, slots=True)
class DescriptionReceived:
    """A complete description whose hash is the one that `ready` named."""

    enrolment_id: str
    hash: bytes
    data: bytes
    description: Description


@dataclass(frozen=True, slots=True)
class StatesReceived:
    """New states, oldest first."""

    states: tuple[EntityState, ...]


@dataclass(frozen=True, slots=True)
class StatesCompleted:
    """Every entity that has a state has told it; the others have none."""


@dataclass(frozen=True, slots=True)
class EntityEvent:
    """Something happened at an entity."""

    address: EntityAddress
    type: int


@dataclass(frozen=True, slots=True)
class SignalReceived:
    """A receiver heard marks and, below 0, spaces, in microseconds."""

    address: EntityAddress
    timings: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CommandCompleted:
    """The device answered a command in time."""

    command_id: int
    status: CommandStatus
    reason: str
    data: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class CommandDeadline:
    """A command's time is up without an answer: its outcome is unknown."""

    command_id: int


@dataclass(frozen=True, slots=True)
class PongReceived:
    """The device answered the ping `nonce`, `round_trip` seconds after it was sent."""

    nonce: bytes
    round_trip: float


@dataclass(frozen=True, slots=True)
class LogReceived:
    """One line of the device's log."""

    level: int
    tag: str
    text: str


@dataclass(frozen=True, slots=True)
class HealthReceived:
    """The device reports how it fares."""

    health: Health


@dataclass(frozen=True, slots=True)
class UpdateReported:
    """The device tells how far an update is, or its end."""

    news: UpdatePosition | UpdateOutcome


@dataclass(frozen=True, slots=True)
class LastLinesReceived:
    """The device has crashed before this boot, and tells its last lines."""

    crash: LastLines


@dataclass(frozen=True, slots=True)
class RotationRequested:
    """The device asks for a rotation and none is running."""


@dataclass(frozen=True, slots=True)
class GoodbyeReceived:
    """The device leaves; `next_wakeup` is in seconds, 0 if it does not know."""

    next_wakeup: int
    why: GoodbyeReason


@dataclass(frozen=True, slots=True)
class RequestReceived:
    """The device asks for something: answer it once, by `HubConnection.answer`."""

    request: Request


@dataclass(frozen=True, slots=True)
class ImportReceived:
    """The device wants to see an entity; a slot that it says again is replaced."""

    wanted: Import


@dataclass(frozen=True, slots=True)
class HubKeyReported:
    """The device holds the hub key of that id."""

    key_id: bytes


@dataclass(frozen=True, slots=True)
class AddressesReported:
    """What the device has stored of the hub's addresses; it takes `tell_addresses`."""

    stored: AddressesStored


@dataclass(frozen=True, slots=True)
class PictureReceived:
    """A camera has sent a picture, or an empty one: it has none to send."""

    address: EntityAddress
    picture: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ReadingsReceived:
    """Readings of a time without a session; answer when they may be forgotten."""

    readings: Readings


@dataclass(frozen=True, slots=True)
class TunnelReceived:
    """The device says something of a stream that `HubConnection.tunnels` has opened."""

    news: TunnelNews


@dataclass(frozen=True, slots=True)
class LinkClosed:
    """The connection is dead; commands without an answer have an unknown outcome.

    Nothing in the `claimed_…` fields is proved. `enrolment_id` is set once a link was
    proved. `refusal` is set for the reason `REFUSED`.
    """

    reason: CloseReason
    detail: str = ""
    enrolment_id: str | None = None
    claimed_mac: bytes | None = None
    claimed_key: bytes | None = None
    claimed_handle: bytes | None = None
    expired: bool = False
    refusal: RefusalReason | None = None


type HubEvent = (
    RegistrationProved
    | TokenStored
    | SessionProved
    | DescriptionReceived
    | StatesReceived
    | StatesCompleted
    | EntityEvent
    | SignalReceived
    | CommandCompleted
    | CommandDeadline
    | PongReceived
    | LogReceived
    | HealthReceived
    | LastLinesReceived
    | UpdateReported
    | RotationRequested
    | GoodbyeReceived
    | RequestReceived
    | ImportReceived
    | AddressesReported
    | HubKeyReported
    | PictureReceived
    | ReadingsReceived
    | TunnelReceived
    | LinkClosed
)
