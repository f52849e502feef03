"""Standing of a device, and the counter and link judgements that notice a clone.

Standing says what a proved device may do:

    pending ──registered──▶ waiting_for_approval ──approve──▶ active
       ▲                          │  ▲                         │  ▲
       │                   suspect│  │release           suspect│  │release
    token_issued                  ▼  │(never approved)         ▼  │(approved)
       │                        quarantined ◀──────────────────┘──┘
    revoked ◀──revoke── every standing

A quarantined device stays connected and observed: no command passes, its states are
not believed. A claimed MAC can never reveal a clone; the handshake counter, which only
grows, can: two holders of one identity cannot both keep it growing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
import hashlib
import hmac
from types import MappingProxyType
from typing import Final

SAS_DIGITS: Final = 6
_SAS_LABEL: Final = b"oceanremote/1 short authentication string"


class Standing(StrEnum):
    """What the hub thinks of a device."""

    PENDING = "pending"
    WAITING_FOR_APPROVAL = "waiting_for_approval"
    ACTIVE = "active"
    QUARANTINED = "quarantined"
    REVOKED = "revoked"

    @property
    def may_hold_session(self) -> bool:
        """Whether the hub keeps a session with such a device."""
        return self in _MAY_HOLD_SESSION

    @property
    def is_trusted(self) -> bool:
        """Whether commands pass and states are believed."""
        return self is Standing.ACTIVE


_MAY_HOLD_SESSION: Final = frozenset(
    {Standing.WAITING_FOR_APPROVAL, Standing.ACTIVE, Standing.QUARANTINED}
)


class StandingEvent(StrEnum):
    """What can change a standing."""

    TOKEN_ISSUED = "token_issued"
    REGISTERED = "registered"
    APPROVE = "approve"
    SUSPECT = "suspect"
    RELEASE = "release"
    RESTORED = "restored"
    REVOKE = "revoke"


class TransitionRefusedError(ValueError):
    """The event makes no sense in the standing; nothing has changed."""

    def __init__(self, standing: Standing, event: StandingEvent) -> None:
        """Name both, for the caller's translated message and the audit record."""
        super().__init__(f"{event} is impossible while {standing}")
        self.standing = standing
        self.event = event


@dataclass(frozen=True, slots=True)
class Trust:
    """Standing and whether an administrator has ever approved these keys.

    `approved` is set at once where approval is not required. It decides where a
    release leads: releasing a quarantine is no approval.
    """

    standing: Standing = Standing.PENDING
    approved: bool = False

    def after(self, event: StandingEvent, *, approval_required: bool = False) -> Trust:
        """Return the trust after `event`.

        Raises TransitionRefusedError for an event that the standing does not know.
        `approval_required` matters for REGISTERED only.
        """
        try:
            target = _TRANSITIONS[self.standing, event]
        except KeyError:
            raise TransitionRefusedError(self.standing, event) from None
        match event:
            case StandingEvent.REGISTERED:
                return _settled(approved=not approval_required)
            case StandingEvent.RELEASE:
                return _settled(approved=self.approved)
            case StandingEvent.APPROVE:
                return Trust(target, approved=True)
            case StandingEvent.RESTORED:
                return Trust(target, approved=False)
            case _:
                return replace(self, standing=target)


def _settled(*, approved: bool) -> Trust:
    return Trust(
        Standing.ACTIVE if approved else Standing.WAITING_FOR_APPROVAL, approved
    )


def _transitions() -> Mapping[tuple[Standing, StandingEvent], Standing]:
    table: dict[tuple[Standing, StandingEvent], Standing] = {}
    for standing in Standing:
        if standing is not Standing.REVOKED:
            table[standing, StandingEvent.REVOKE] = Standing.REVOKED
            table[standing, StandingEvent.REGISTERED] = Standing.ACTIVE
            # A token for a replacement board leaves the present one as it is.
            table[standing, StandingEvent.TOKEN_ISSUED] = standing
    table[Standing.REVOKED, StandingEvent.TOKEN_ISSUED] = Standing.PENDING
    for standing in _MAY_HOLD_SESSION:
        # Suspicion of a quarantined device is one more finding, not an error.
        table[standing, StandingEvent.SUSPECT] = Standing.QUARANTINED
    table[Standing.ACTIVE, StandingEvent.RESTORED] = Standing.WAITING_FOR_APPROVAL
    table[Standing.WAITING_FOR_APPROVAL, StandingEvent.RESTORED] = (
        Standing.WAITING_FOR_APPROVAL
    )
    table[Standing.QUARANTINED, StandingEvent.RESTORED] = Standing.QUARANTINED
    table[Standing.WAITING_FOR_APPROVAL, StandingEvent.APPROVE] = Standing.ACTIVE
    table[Standing.QUARANTINED, StandingEvent.RELEASE] = Standing.ACTIVE
    return MappingProxyType(table)


_TRANSITIONS: Final = _transitions()


class CounterVerdict(StrEnum):
    """What a proved handshake's counter says."""

    FRESH = "fresh"
    LATE = "late"
    CLONE = "clone"


@dataclass(frozen=True, slots=True)
class HighWater:
    """Highest counter of a proved handshake, and when its INIT arrived.

    `init_received_at` is monotonic seconds of this process; None for a value read
    from disk, whose INIT arrived before any challenge of this process was issued.
    """

    counter: int
    init_received_at: float | None = None


def judge_counter(
    high_water: HighWater | None, counter: int, challenge_issued_at: float
) -> CounterVerdict:
    """Judge the counter of a handshake that has been *proved*.

    A device draws its counter after it has read the challenge. So a counter at or
    below the high-water mark whose challenge was issued after the mark's INIT arrived
    cannot come from the holder of that mark: a clone. Any other is a packet that a
    proxy or a lingering socket held back: late; close the link without suspicion.

    `high_water` is None for a device never seen, or released by an administrator: its
    next proved value becomes the mark.
    """
    if high_water is None or counter > high_water.counter:
        return CounterVerdict.FRESH
    seen_at = high_water.init_received_at
    if seen_at is None or challenge_issued_at > seen_at:
        return CounterVerdict.CLONE
    return CounterVerdict.LATE


class CounterWatch:
    """The high-water mark of one device."""

    def __init__(self, high_water: HighWater | None = None) -> None:
        """Start from the mark in the vault, or from none."""
        self.high_water = high_water

    def observe(
        self, counter: int, *, challenge_issued_at: float, init_received_at: float
    ) -> CounterVerdict:
        """Judge a proved handshake; only a fresh one moves the mark."""
        verdict = judge_counter(self.high_water, counter, challenge_issued_at)
        if verdict is CounterVerdict.FRESH:
            self.high_water = HighWater(counter, init_received_at)
        return verdict

    def release(self) -> None:
        """Forget the mark: the next proved value becomes it."""
        self.high_water = None


class LinkVerdict(StrEnum):
    """What the older of two proved links of one device turned out to be."""

    LINGERING = "lingering"
    SIMULTANEOUS = "simultaneous"


@dataclass(frozen=True, slots=True)
class OlderLinkProbe:
    """One question to the older link after a newer one has proved itself.

    A board that reconnected leaves its old socket behind, dead or with data in
    flight; it cannot open a nonce made afterwards. Only a second holder of the
    identity can. Both links stay until `deadline`, the older one unbelieved.
    """

    newer_proved_at: float
    nonce: bytes
    nonce_issued_at: float
    deadline: float

    def __post_init__(self) -> None:
        """Refuse a probe that would prove nothing."""
        if self.nonce_issued_at < self.newer_proved_at:
            raise ValueError("the nonce must be newer than the newer link's proof")
        if not self.nonce:
            raise ValueError("a probe needs a nonce")

    def judge_answer(self, nonce: bytes) -> LinkVerdict:
        """Judge an authenticated pong of the older link, however late it came.

        Another nonce answers an older ping that was still on its way.
        """
        if hmac.compare_digest(nonce, self.nonce):
            return LinkVerdict.SIMULTANEOUS
        return LinkVerdict.LINGERING

    def is_over(self, now: float) -> bool:
        """Whether the older link has had its time and may be closed."""
        return now >= self.deadline


def short_authentication_string(
    hub_key: bytes, device_key: bytes, handshake_hash: bytes
) -> str:
    """Return six digits, "123 456", that a person compares on both screens.

    They depend on the handshake hash of the live session, to which the hub adds
    fresh randomness *after* the device has committed itself. So nobody can search
    for a key pair with the same digits beforehand, as they could (in a second) if
    only the two public keys were hashed; another device shows the same digits with
    probability 10**-6, and each further try costs a visible registration.

    Raises ValueError unless all three are 32 bytes.
    """
    if not len(hub_key) == len(device_key) == len(handshake_hash) == 32:
        raise ValueError("keys and hash must be 32 bytes each")
    digest = hashlib.sha256(_SAS_LABEL + hub_key + device_key + handshake_hash).digest()
    digits = int.from_bytes(digest[:8]) % 10**SAS_DIGITS
    text = f"{digits:0{SAS_DIGITS}d}"
    return f"{text[:3]} {text[3:]}"
