"""A link of the hub below its messages: handshakes, epochs, and how it ends."""

from collections.abc import Callable, Sequence
from typing import Final

from . import events as e, messages as m
from .errors import (
    CloseReason,
    LocalProtocolError,
    ProtocolError,
    RefusalReason,
    Refused,
    RemoteProtocolError,
)
from .frames import Data, Init, Reject
from .hub_handshake import Accepted, HubContext, HubHandshake, LinkIdentity
from .keys import KeyPair, Purpose, RandomSource
from .lookup import HubSettings, PeerLookup
from .session import Epoch, Epochs

_ANY_PURPOSE: Final = frozenset(Purpose)
_SESSION_ONLY: Final = frozenset({Purpose.SESSION})


class HubLink:
    """What a link is: who is at its other end, under which keys, and for how long.

    Three things run side by side and each has one attribute: the handshake under way
    (`_handshake`, from HELLO to the first DATA of its epoch), its answered INIT
    (`_accepted`), and the proved identity (`_identity`, set once, never changed).
    Methods raise `LocalProtocolError` for what the caller may not ask now, and
    `RemoteProtocolError` or `Refused` for what the peer did.
    """

    def __init__(
        self,
        hub_key: KeyPair | Callable[[], Sequence[KeyPair]],
        peers: PeerLookup,
        settings: HubSettings,
        *,
        random: RandomSource,
        wall_clock: Callable[[], float],
        admit: Callable[[Purpose], None] = lambda _: None,
    ) -> None:
        """Prepare a link; `begin_handshake` begins it.

        `wall_clock` gives Unix seconds.
        `admit` is asked once mac1 has been verified and before any curve operation;
        it raises `Refused` when there is no time for a handshake now.
        `hub_key` is the only one, or returns all that a handshake may be under then.
        """
        keys = (lambda: (hub_key,)) if isinstance(hub_key, KeyPair) else hub_key
        self._hub = HubContext(keys, peers, settings, random, wall_clock, admit)
        self._outgoing: list[bytes] = []
        self._epochs = Epochs()
        self._handshake: HubHandshake | None = None
        self._accepted: Accepted | None = None
        self._identity: LinkIdentity | None = None
        self._purpose = Purpose.REGISTRATION
        self._closed = False

    @property
    def proved(self) -> bool:
        """Whether the device's first DATA has opened."""
        return self._identity is not None

    @property
    def enrolment_id(self) -> str | None:
        """The owner's name for the device, once proved."""
        return self._identity.enrolment_id if self._identity else None

    @property
    def epoch(self) -> int:
        """The number of the proved epoch, 0 before."""
        return self._epochs.receiving.number if self._epochs.receiving else 0

    @property
    def session_id(self) -> bytes | None:
        """The id of the proved epoch."""
        return self._epochs.receiving.session_id if self._epochs.receiving else None

    @property
    def expires_at(self) -> float | None:
        """The hard end of the proved epoch."""
        return self._epochs.receiving.expires_at if self._epochs.receiving else None

    @property
    def rotating(self) -> bool:
        """Whether a handshake is under way on a proved link."""
        return self.proved and self._handshake is not None

    @property
    def closed(self) -> bool:
        """Whether the link is dead; frames may still wait to be sent."""
        return self._closed

    @property
    def in_session(self) -> bool:
        """Whether the proved epoch is a session, not a registration."""
        return self.proved and self._purpose is Purpose.SESSION

    @property
    def awaits_init(self) -> bool:
        """Whether nothing but the first INIT may arrive."""
        return self._accepted is None and not self.proved

    @property
    def handshaking(self) -> bool:
        """Whether a handshake is under way."""
        return self._handshake is not None

    @property
    def handshake_deadline(self) -> float | None:
        """Until when the handshake under way must have been proved."""
        return self._handshake.deadline if self._handshake else None

    @property
    def identity(self) -> LinkIdentity:
        """Who the device is; on proved links only."""
        assert self._identity is not None
        return self._identity

    def frames_to_send(self) -> list[bytes]:
        """Return what is to be sent, in order, and forget it."""
        frames, self._outgoing = self._outgoing, []
        return frames

    def time_ms(self) -> int:
        """Return the hub's wall clock in Unix milliseconds."""
        return self._hub.time_ms()

    def begin_handshake(self, now: float) -> None:
        """Ask the device to prove itself; `now` in monotonic seconds, as below."""
        if self._closed:
            raise LocalProtocolError("the link is dead")
        self._handshake = HubHandshake(
            self._hub,
            now,
            purposes=_SESSION_ONLY if self.proved else _ANY_PURPOSE,
            previous=self._epochs.receiving,
            identity=self._identity,
        )
        self._outgoing.append(self._handshake.hello.encode())

    def receive_init(self, init: Init, now: float) -> None:
        """Judge the answer to our HELLO, and answer it with ACCEPT or REJECT."""
        if self._handshake is None or self._accepted is not None:
            raise RemoteProtocolError(CloseReason.UNEXPECTED_FRAME, "INIT")
        try:
            accepted = self._handshake.accept(init, now)
        except ProtocolError as error:
            asked = error.retry_after if isinstance(error, Refused) else None
            pause = self._hub.settings.retry_after if asked is None else asked
            self._outgoing.append(Reject(pause).encode())
            raise
        self._accepted = accepted
        self._epochs.install(accepted.epoch)
        self._outgoing.append(accepted.frame)

    def open(self, frame: Data) -> tuple[bytes, bool]:
        """Return a frame's plaintext, and whether it is the first of its epoch."""
        return self._epochs.open(frame)

    def promote(self) -> Accepted:
        """Take what was claimed for proved: the epoch's first DATA has opened."""
        accepted = self._accepted
        assert accepted is not None  # it came with the epoch that has just opened
        self._epochs.switch_sending(accepted.epoch)
        self._handshake = self._accepted = None
        self._identity = accepted.identity
        self._purpose = accepted.purpose
        return accepted

    def sending_epoch(self, now: float) -> Epoch:
        """Return the epoch that messages go out under."""
        epoch = self._epochs.sending
        if epoch is None or self._closed or epoch.expires_at <= now:
            raise LocalProtocolError("there is no live session")
        return epoch

    def fits(self, message: m.HubMessage, now: float) -> bool:
        """Return whether the device takes a message of that size."""
        return self.sending_epoch(now).fits(m.encode_message(message))

    def send(self, message: m.HubMessage, now: float) -> None:
        """Seal a message and queue it."""
        epoch = self.sending_epoch(now)
        self._outgoing.append(epoch.seal(m.encode_message(message)))

    def fail(
        self,
        reason: CloseReason,
        detail: str = "",
        refusal: RefusalReason | None = None,
    ) -> e.LinkClosed:
        """End the link; return what the caller is told of it."""
        handshake = self._handshake
        claims = handshake.claims if handshake else None
        self.die()
        return e.LinkClosed(
            reason=reason,
            detail=detail,
            enrolment_id=self.enrolment_id,
            claimed_mac=claims.mac if claims else None,
            claimed_key=handshake.claimed_key if handshake else None,
            claimed_handle=(claims.handle or None) if claims else None,
            expired=reason is CloseReason.EXPIRED,
            refusal=refusal,
        )

    def die(self) -> None:
        """End the link and wipe its keys."""
        self._closed = True
        self._epochs.wipe()
