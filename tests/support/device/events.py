"""What a link tells the device that drives it."""

from dataclasses import dataclass, field
from typing import Any

from custom_components.oceanremote.protocol.entities import EntityAddress
from custom_components.oceanremote.protocol.errors import CloseReason
from custom_components.oceanremote.protocol.keys import Purpose


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
class CommandExpired:
    """A command that came too late; it has been answered and must not be obeyed."""

    command_id: int


@dataclass(frozen=True, slots=True)
class LogsWanted:
    """The hub wants log lines up to `level`, none at 0."""

    level: int


@dataclass(frozen=True, slots=True)
class TimeReceived:
    """The hub's wall clock, in Unix milliseconds."""

    hub_time_ms: int


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
    | CommandExpired
    | LogsWanted
    | TimeReceived
    | RevokedReceived
    | DeviceLinkClosed
)
