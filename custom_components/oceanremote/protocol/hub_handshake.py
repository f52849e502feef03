"""The hub's side of one handshake: a HELLO sent, an INIT judged, an ACCEPT made.

Cheapest first: layout, key id, mac1 (two hashes), the claimed key (one curve
operation), the claims (a second), and only for a grant the reply (two more).
"""

from collections.abc import Callable, Sequence, Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, field
import hmac
from typing import Final

from .errors import (
    CloseReason,
    ProtocolError,
    RefusalReason,
    Refused,
    RemoteProtocolError,
)
from .events import RegistrationProved, SessionProved
from .frames import Accept, Hello, Init
from .handshake_payloads import Claims, Terms, prologue
from .keys import KeyPair, Purpose, RandomSource, derive_psk, hub_key_id, mac1
from .limits import CHALLENGE_SIZE, HUB_RX_LIMIT, SESSION_ID_SIZE
from .lookup import HubSettings, PeerLookup
from .messages import Ready
from .noise import Claim
from .session import Epoch

FIRST_EPOCH: Final = 1


@dataclass(frozen=True, slots=True)
class LinkIdentity:
    """Who a link belongs to; a rotation must keep it."""

    enrolment_id: str
    mac: bytes
    device_key: bytes


@dataclass(frozen=True, slots=True)
class HubContext:
    """What all handshakes of a hub share."""

    hub_keys: Callable[[], Sequence[KeyPair]]
    peers: PeerLookup
    settings: HubSettings
    random: RandomSource
    wall_clock: Callable[[], float]
    admit: Callable[[Purpose], None]

    def time_ms(self) -> int:
        """Return the hub's wall clock in Unix milliseconds."""
        return int(self.wall_clock() * 1000)


@dataclass(frozen=True, slots=True)
class Accepted:
    """An INIT that has been answered; its claims are not proved yet."""

    purpose: Purpose
    identity: LinkIdentity
    claims: Claims
    generation: int
    tombstone: bool
    challenge_issued_at: float
    init_received_at: float
    ping_interval: int
    epoch: Epoch
    frame: bytes
    hub_public: bytes

    def registration_proved(self, ready: Ready) -> RegistrationProved:
        """Return the event of the device's first DATA in a registration."""
        return RegistrationProved(
            enrolment_id=self.identity.enrolment_id,
            mac=self.identity.mac,
            device_key=self.identity.device_key,
            handle=self.claims.handle,
            counter=self.claims.counter,
            board=self.claims.board,
            version=self.claims.version,
            ready=ready,
        )

    def session_proved(self, ready: Ready, rotated: bool) -> SessionProved:
        """Return the event of the device's first DATA in an epoch of a session."""
        return SessionProved(
            enrolment_id=self.identity.enrolment_id,
            mac=self.identity.mac,
            device_key=self.identity.device_key,
            generation=self.generation,
            counter=self.claims.counter,
            epoch=self.epoch.number,
            session_id=self.epoch.session_id,
            challenge_issued_at=self.challenge_issued_at,
            init_received_at=self.init_received_at,
            expires_at=self.epoch.expires_at,
            ready=ready,
            tombstone=self.tombstone,
            rotated=rotated,
            handshake_hash=self.epoch.handshake_hash,
            claimed_generation=self.claims.generation,
            hub_public=self.hub_public,
        )


@dataclass(frozen=True, slots=True)
class _Grant:
    enrolment_id: str
    token: bytes = field(repr=False)
    generation: int
    tombstone: bool
    ping_interval: int | None
    hub_key_id: bytes | None = None


class HubHandshake:
    """One HELLO and what comes of it.

    `claims` and `claimed_key` are for logs and audit: what the device said so far.
    """

    def __init__(
        self,
        hub: HubContext,
        now: float,
        *,
        purposes: AbstractSet[Purpose],
        previous: Epoch | None = None,
        identity: LinkIdentity | None = None,
    ) -> None:
        """Make the challenge; `previous` and `identity` are those of a proved link."""
        self._hub = hub
        self._purposes = purposes
        self._identity = identity
        self._number = previous.number + 1 if previous else FIRST_EPOCH
        self._previous_hash = previous.handshake_hash if previous else b""
        self._issued_at = now
        self.hello = Hello(hub.random(CHALLENGE_SIZE))
        self.deadline = now + hub.settings.handshake_timeout
        self.claimed_key: bytes | None = None
        self.claims: Claims | None = None

    def accept(self, init: Init, now: float) -> Accepted:
        """Judge `init` and return the answer to it.

        Raises `RemoteProtocolError` and `Refused`; nothing has changed then but what
        the logs may say.
        """
        key = self._check_before_curve(init)
        claim = Claim.read(
            key,
            prologue(self.hello, init, self._number, self._previous_hash),
            init.noise_message,
        )
        self.claimed_key = claim.claimed_key
        try:
            self._check_claimed_key(init.purpose, claim.claimed_key)
        except Refused as refused:
            curious = self._hub.settings.look_closer
            if refused.reason is RefusalReason.UNKNOWN_KEY and curious():
                self._note_claims(claim, init.purpose)
            raise
        payload, responder = claim.read_payload()
        self.claims = claims = Claims.decode(payload, init.purpose)
        grant = self._find_grant(init.purpose, claims, claim.claimed_key, now)
        if grant.hub_key_id not in (None, init.hub_key_id):
            raise Refused(RefusalReason.FORMER_HUB_KEY, grant.enrolment_id)
        identity = LinkIdentity(grant.enrolment_id, claims.mac, claim.claimed_key)
        if self._identity not in (None, identity):
            raise RemoteProtocolError(CloseReason.IDENTITY_CHANGED)

        settings = self._hub.settings
        terms = Terms(
            session_id=self._hub.random(SESSION_ID_SIZE),
            lifetime=settings.lifetime,
            hub_time_ms=self._hub.time_ms(),
            hub_rx_limit=HUB_RX_LIMIT,
            ping_interval=grant.ping_interval or settings.ping_interval,
        )
        message, keys = responder.reply(
            derive_psk(grant.token, claims.mac, init.purpose),
            KeyPair.generate(self._hub.random),
            terms.encode(),
        )
        return Accepted(
            purpose=init.purpose,
            identity=identity,
            claims=claims,
            generation=grant.generation,
            tombstone=grant.tombstone,
            challenge_issued_at=self._issued_at,
            init_received_at=now,
            ping_interval=terms.ping_interval,
            epoch=Epoch(
                number=self._number,
                session_id=terms.session_id,
                mac=claims.mac,
                handshake_hash=keys.handshake_hash,
                sending=keys.hub_to_device,
                receiving=keys.device_to_hub,
                started_at=now,
                expires_at=now + settings.lifetime,
                peer_limit=init.rx_limit,
            ),
            frame=Accept(message).encode(),
            hub_public=key.public,
        )

    def _note_claims(self, claim: Claim, purpose: Purpose) -> None:
        """Learn whom a refused board claims to be: a person may look for it."""
        with suppress(ProtocolError):
            self.claims = Claims.decode(claim.read_payload()[0], purpose)

    def _check_before_curve(self, init: Init) -> KeyPair:
        """Return the hub key that it is made for."""
        if init.purpose not in self._purposes:
            raise RemoteProtocolError(
                CloseReason.UNEXPECTED_FRAME, f"purpose {init.purpose.name}"
            )
        found = None
        for key in self._hub.hub_keys():
            if hmac.compare_digest(init.hub_key_id, hub_key_id(key.public)):
                found = key
        if found is None:
            raise RemoteProtocolError(CloseReason.UNKNOWN_HUB_KEY)
        expected = mac1(found.public, self.hello.challenge, init.before_mac1)
        if not hmac.compare_digest(init.mac1, expected):
            raise RemoteProtocolError(CloseReason.BAD_MAC1)
        self._hub.admit(init.purpose)
        return found

    def _check_claimed_key(self, purpose: Purpose, claimed_key: bytes) -> None:
        if self._identity and claimed_key != self._identity.device_key:
            raise RemoteProtocolError(CloseReason.IDENTITY_CHANGED)
        if purpose is Purpose.REGISTRATION:
            return
        if not self._hub.peers.knows_device_key(claimed_key):
            raise Refused(RefusalReason.UNKNOWN_KEY)

    def _find_grant(
        self, purpose: Purpose, claims: Claims, claimed_key: bytes, now: float
    ) -> _Grant:
        peers = self._hub.peers
        if purpose is Purpose.REGISTRATION:
            found = peers.find_registration(claims.handle, claims.mac, claimed_key, now)
            return _Grant(found.enrolment_id, found.token, 0, False, None)
        grant = peers.find_session(claimed_key, claims.mac, claims.generation)
        return _Grant(
            grant.enrolment_id,
            grant.token,
            grant.generation,
            grant.tombstone,
            grant.ping_interval,
            grant.hub_key_id,
        )
