"""What a link tells the device that drives it."""

from dataclasses import dataclass, field
from typing import Any

from custom_components.oceanremote.protocol.addresses import Addresses
from custom_components.oceanremote.protocol.entities import EntityAddress
from custom_components.oceanremote.protocol.errors import CloseReason
from custom_components.oceanremote.protocol.hub_keys import HubKeyPhase
from custom_components.oceanremote.protocol.keys import Purpose
from custom_components.oceanremote.protocol.readings import ReadingsTaken
from custom_components.oceanremote.protocol.requests import Answer, Imported
from custom_components.oceanremote.protocol.tunnels import TunnelOrder
from custom_components.oceanremote.protocol.updates import (
    AbandonUpdate,
    InstallUpdate,
    OfferUpdate,
    UpdateChunk,
)
from custom_components.oceanremote.protocol.user_actions import UserActionCall


@dataclass(frozen=True, slots=True)
class EpochStarted:
    """The hub accepted a handshake; `ready` has been queued under the new keys."""

    purpose: Purpose
    epoch: int
    session_id: bytes
    hub_time_ms: int
    expires_at: float
    generation: int


@dataclass(frozen=True, slots=True)
class TokenIssued:
    """Write the token to flash, read it back, then call `confirm_stored`."""

    generation: int
    token: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Welcomed:
    """The hub is there; the description has been queued if it wants it."""

    want_description: bool
    hub_time_ms: int
    ticket: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class CommandReceived:
    """A command in time: carry it out and call `send_result` once."""

    command_id: int
    address: EntityAddress
    args: dict[int, Any]


@dataclass(frozen=True, slots=True)
class CallReceived:
    """A call of a user's action in time: run it and call `send_result` once."""

    call: UserActionCall


@dataclass(frozen=True, slots=True)
class CommandExpired:
    """A command that came too late; it has been answered and must not be obeyed."""

    command_id: int


@dataclass(frozen=True, slots=True)
class LogsWanted:
    """The hub wants log lines up to `level`, none at 0."""

    level: int


@dataclass(frozen=True, slots=True)
class HeldAwake:
    """Whether the hub holds the device, on this link, so that it does not sleep."""

    awake: bool


@dataclass(frozen=True, slots=True)
class TunnelOrdered:
    """The hub says something of a stream."""

    order: TunnelOrder


@dataclass(frozen=True, slots=True)
class HealthWanted:
    """The hub wants to know every so many seconds how the device fares; 0: never."""

    seconds: int


@dataclass(frozen=True, slots=True)
class UpdateReceived:
    """The hub offers new firmware, or goes on with it."""

    message: OfferUpdate | UpdateChunk | AbandonUpdate | InstallUpdate


@dataclass(frozen=True, slots=True)
class TimeReceived:
    """The hub's wall clock, in Unix milliseconds, and its zone, empty if not told."""

    hub_time_ms: int
    zone: str


@dataclass(frozen=True, slots=True)
class AnswerReceived:
    """What became of a request."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class ImportedReceived:
    """What an imported entity says."""

    imported: Imported


@dataclass(frozen=True, slots=True)
class HubKeyTold:
    """A hub key to be put into flash, then confirmed."""

    phase: HubKeyPhase
    key: bytes


@dataclass(frozen=True, slots=True)
class AddressesTold:
    """Where the hub can be reached."""

    addresses: Addresses


@dataclass(frozen=True, slots=True)
class ReadingsForgotten:
    """Which readings the hub has taken."""

    taken: ReadingsTaken


@dataclass(frozen=True, slots=True)
class RevokedReceived:
    """The hub has revoked this device, authenticated: wipe the identity."""


@dataclass(frozen=True, slots=True)
class DeviceLinkClosed:
    """The connection is dead; dial again, not before `retry_after` seconds."""

    reason: CloseReason
    detail: str = ""
    retry_after: int = 0
    expired: bool = False


type DeviceEvent = (
    EpochStarted
    | TokenIssued
    | Welcomed
    | CommandReceived
    | CallReceived
    | CommandExpired
    | LogsWanted
    | HeldAwake
    | HealthWanted
    | TunnelOrdered
    | UpdateReceived
    | TimeReceived
    | AnswerReceived
    | ImportedReceived
    | AddressesTold
    | HubKeyTold
    | ReadingsForgotten
    | RevokedReceived
    | DeviceLinkClosed
)
