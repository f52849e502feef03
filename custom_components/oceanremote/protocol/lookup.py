"""What the hub's side asks of its owner: who is known, and the settings."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class SessionGrant:
    """A device may have a session under the token of `generation`.

    `enrolment_id` is the owner's name for the device. A tombstone is a revoked device
    that gets a session only to be told so. `ping_interval` in seconds, None for the
    hub's own. `hub_key_id` is the only hub key under which it may come; None: any.
    """

    enrolment_id: str
    token: bytes = field(repr=False)
    generation: int
    tombstone: bool = False
    ping_interval: int | None = None
    hub_key_id: bytes | None = None


@dataclass(frozen=True, slots=True)
class RegistrationGrant:
    """A device may try to register with this registration token."""

    enrolment_id: str
    token: bytes = field(repr=False)


class PeerLookup(Protocol):
    """Answers from memory, at once, and changes nothing: no claim is proved yet."""

    def knows_device_key(self, device_key: bytes) -> bool:
        """Return whether a session for this device key is worth computing."""

    def find_session(
        self, device_key: bytes, claimed_mac: bytes, generation: int
    ) -> SessionGrant:
        """Return the grant: the token of `generation`, else the newest.

        Raises `Refused`.
        """

    def find_registration(
        self, handle: bytes, claimed_mac: bytes, device_key: bytes, now: float
    ) -> RegistrationGrant:
        """Return the grant of the registration token `handle`; raises `Refused`."""


@dataclass(frozen=True, slots=True)
class HubSettings:
    """What the hub tells its devices and holds them to; seconds.

    `retry_after` is what REJECT says when it is not for load: with 0 the device keeps
    to its own pauses for a refusal.
    """

    lifetime: int = 3600
    rotation_margin: int = 300
    ping_interval: int = 25
    # Asked before a second curve operation is spent on whom a board with an unknown
    # key claims to be: strangers decide how many such boards there are.
    look_closer: Callable[[], bool] = lambda: False
    ping_timeout: int = 20
    handshake_timeout: int = 10
    retry_after: int = 0

    def __post_init__(self) -> None:
        """Refuse settings under which one wait could outlast the one around it."""
        if not 0 < self.ping_timeout < self.ping_interval < self.lifetime:
            raise ValueError("ping timeout < ping interval < lifetime does not hold")
        if not 0 < self.handshake_timeout < self.lifetime:
            raise ValueError("handshake timeout < lifetime does not hold")
