"""The hub's side of a link, without I/O (docs/protocol.md, "The hub").

Theory of operation. A link is proved when the device's first DATA has opened; before,
nothing that the device says reaches the caller except in `LinkClosed`. Three things
run side by side and each has one attribute: the handshake under way (`_handshake`, from
HELLO to the first DATA of its epoch), its answered INIT (`_accepted`), and the proved
identity of the link (`_identity`, set once and never changed).

    HELLO ->            handshake
          <- INIT       judged (hub_handshake), keys installed as candidate
    ACCEPT ->           accepted
          <- DATA ready proved: keys promoted, old ones wiped, event out
    DATA welcome ->     by the caller, then commands

A peer that breaks a rule ends the link: `LinkClosed` is then the last event.
"""

from collections.abc import Callable
from dataclasses import astuple
from typing import Any, Final

from . import events as e, messages as m
from .directory import Directory, HubSettings
from .entities import EntityAddress
from .errors import (
    CloseReason,
    LocalProtocolError,
    ProtocolError,
    RefusalReason,
    Refused,
    RemoteProtocolError,
)
from .events import HubEvent
from .frames import Data, Init, Reject, parse_frame
from .hub_agreements import DescriptionAgreement, TokenHandover
from .hub_handshake import Accepted, HubContext, HubHandshake, LinkIdentity
from .hub_ledgers import CommandLedger, PingLedger
from .keys import KeyPair, Purpose, RandomSource
from .limits import HASH_SIZE, HUB_RX_LIMIT, MAX_HANDSHAKE_FRAME
from .message_readers import decode_device_message
from .session import Epoch, Epochs
from .values import read_args

_ANY_PURPOSE: Final = frozenset(Purpose)
_SESSION_ONLY: Final = frozenset({Purpose.SESSION})
_NO_DESCRIPTION: Final = bytes(HASH_SIZE)

# What a device may say while it registers, besides its first `ready`.
_WHILE_REGISTERING: Final = frozenset({m.Stored, m.Pong, m.Log, m.Goodbye})


class HubConnection:
    """One link as the hub sees it: frames in, events and frames out."""

    def __init__(
        self,
        hub_key: KeyPair,
        directory: Directory,
        settings: HubSettings,
        *,
        random: RandomSource,
        wall_clock: Callable[[], float],
        admit: Callable[[Purpose], None] = lambda _: None,
    ) -> None:
        """Prepare a link; `start` begins it. `wall_clock` gives Unix seconds.

        `admit` is asked once mac1 has been verified and before any curve operation;
        it raises `Refused` when there is no time for a handshake now.
        """
        self._hub = HubContext(hub_key, directory, settings, random, wall_clock, admit)
        self._outgoing: list[bytes] = []
        self._epochs = Epochs()
        self._handshake: HubHandshake | None = None
        self._accepted: Accepted | None = None
        self._identity: LinkIdentity | None = None
        self._purpose = Purpose.REGISTRATION
        self._closed = False
        # The session as far as the caller has taken it.
        self._welcomed = False
        self._agreement = DescriptionAgreement()
        self._handover = TokenHandover()
        self._commands = CommandLedger()
        self._pings = PingLedger(settings.ping_interval, settings.ping_timeout, random)

    # What is known

    @property
    def proved(self) -> bool:
        """Whether the device's first DATA has opened."""
        return self._identity is not None

    @property
    def device_id(self) -> str | None:
        """The owner's name for the device, once proved."""
        return self._identity.device_id if self._identity else None

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
    def accepts_commands(self) -> bool:
        """Whether hub and device agree on the description, so commands may go out."""
        return not self._closed and self._welcomed and self._agreement.reached

    @property
    def closed(self) -> bool:
        """Whether the link is dead; frames may still wait to be sent."""
        return self._closed

    # Bytes and time

    def start(self, now: float) -> None:
        """Begin the link with a HELLO; `now` is in monotonic seconds, here as below."""
        self._begin_handshake(now)

    def receive(self, data: bytes, now: float) -> list[HubEvent]:
        """Take one binary WebSocket message and return what came of it.

        Never raises on what a peer sends. After `LinkClosed` it returns nothing.
        """
        events = self.handle_timer(now)
        if self._closed:
            return events
        try:
            return events + self._receive_frame(data, now)
        except Refused as error:
            detail = f"{error.reason}: {error.detail}".removesuffix(": ")
            closed = self._fail(CloseReason.REFUSED, detail, error.reason)
        except RemoteProtocolError as error:
            closed = self._fail(error.reason, error.detail)
        return [*events, closed]

    def frames_to_send(self) -> list[bytes]:
        """Return what is to be sent, in order, and forget it."""
        frames, self._outgoing = self._outgoing, []
        return frames

    def next_deadline(self) -> float | None:
        """Return when `handle_timer` is to be called next."""
        if self._closed:
            return None
        waits = (
            self._handshake.deadline if self._handshake else None,
            self.expires_at,
            self._commands.next_deadline(),
            self._pings.next_deadline() if self._may_ping else None,
        )
        return min((wait for wait in waits if wait is not None), default=None)

    def handle_timer(self, now: float) -> list[HubEvent]:
        """Do what is due by `now`: ends of waits, pings, command deadlines."""
        if self._closed:
            return []
        events: list[HubEvent] = [
            e.CommandDeadline(command_id) for command_id in self._commands.expire(now)
        ]
        if self.expires_at is not None and self.expires_at <= now:
            events.append(self._fail(CloseReason.EXPIRED))
        elif self._handshake and self._handshake.deadline <= now:
            events.append(self._fail(CloseReason.HANDSHAKE_TIMEOUT))
        elif self._pings.is_overdue(now):
            events.append(self._fail(CloseReason.PING_TIMEOUT))
        elif self._may_ping and self._pings.is_due(now):
            self.send_ping(now)
        return events

    # What the caller wants

    def issue_token(self, token: bytes, generation: int, now: float) -> None:
        """Hand the permanent token to the device; its pending copy is on disk."""
        self._require(not self._handover.under_way, "a token is on its way")
        self._send(m.IssueToken(generation, token), now)
        self._handover.begin(token)

    def begin_session(self, now: float) -> None:
        """Begin the first session of a device whose registration is committed."""
        self._require(self._handover.done, "the device has no token yet")
        self._require(self._handshake is None, "a handshake is under way")
        self._begin_handshake(now)

    def welcome(self, want_description: bool, now: float) -> None:
        """Answer `SessionProved`, in every epoch and before anything else.

        Without `want_description` the caller vouches that it has the description that
        `ready` named.
        """
        self._require(self._in_session and not self._welcomed, "not to be welcomed")
        self._send(m.Welcome(want_description, self._hub.time_ms()), now)
        self._welcomed = True
        self._pings.begin(now)
        if want_description:
            self._agreement.expect()
        else:
            self._agreement.vouch()

    def rotate(self, now: float) -> None:
        """Ask the device to prove itself again; ignored while it does so."""
        if self.rotating:
            return
        self._require(self._welcomed, "no session has been welcomed")
        self._begin_handshake(now)

    def send_command(
        self, address: EntityAddress, args: dict[int, Any], timeout: float, now: float
    ) -> int:
        """Send a command that is dead after `timeout` seconds; return its id.

        Raises `LocalProtocolError` if hub and device do not agree on a description,
        if the arguments do not fit the domain, the message not the device, or if too
        many commands are without an answer.
        """
        self._require(self.accepts_commands, "no description has been agreed on")
        self._require(timeout > 0, "a command needs time")
        try:
            args = read_args(address.domain, args)
        except RemoteProtocolError as error:
            raise LocalProtocolError(error.detail) from None
        epoch = self._sending_epoch(now)
        deadline = min(now + timeout, epoch.expires_at)
        command_id = self._commands.next_id
        deadline_ms = int((deadline - epoch.started_at) * 1000)
        self._send(m.Command(command_id, deadline_ms, address, args), now)
        self._commands.add(command_id, deadline)
        return command_id

    def send_ping(self, now: float) -> bytes:
        """Ask for a proof of life and return its nonce, as `PongReceived` names it."""
        self._require(self._may_ping, "the link is not ready for a ping")
        nonce = self._pings.new_nonce()
        self._send(m.Ping(nonce), now)
        self._pings.add(nonce, now)
        return nonce

    def send_time(self, now: float) -> None:
        """Tell the device the hub's wall clock."""
        self._require(self._welcomed, "no session has been welcomed")
        self._send(m.Time(self._hub.time_ms()), now)

    def subscribe_logs(self, level: int, now: float) -> None:
        """Ask for log lines up to `level`, for none with 0."""
        self._require(self._welcomed, "no session has been welcomed")
        self._send(m.SubscribeLogs(level), now)

    def send_revoked(self, now: float) -> None:
        """Tell the device that it is revoked; the link is dead afterwards."""
        self._send(m.Revoked(), now)
        self._die()

    def close(self, now: float) -> None:
        """End the link on our side; no event follows."""
        self._die()

    # Frames

    def _receive_frame(self, data: bytes, now: float) -> list[HubEvent]:
        fresh = self._accepted is None and not self.proved
        frame = parse_frame(data, MAX_HANDSHAKE_FRAME if fresh else HUB_RX_LIMIT)
        match frame:
            case Init():
                return self._receive_init(frame, now)
            case Data():
                return self._receive_data(frame, now)
        raise RemoteProtocolError(
            CloseReason.UNEXPECTED_FRAME, type(frame).__name__.upper()
        )

    def _receive_init(self, init: Init, now: float) -> list[HubEvent]:
        if self._handshake is None or self._accepted is not None:
            raise RemoteProtocolError(CloseReason.UNEXPECTED_FRAME, "INIT")
        try:
            accepted = self._handshake.accept(init, now)
        except ProtocolError as error:
            retry_after = getattr(error, "retry_after", None)
            if retry_after is None:
                retry_after = self._hub.settings.retry_after
            self._outgoing.append(Reject(retry_after).encode())
            raise
        self._accepted = accepted
        self._epochs.install(accepted.epoch)
        self._outgoing.append(accepted.frame)
        return []

    def _receive_data(self, frame: Data, now: float) -> list[HubEvent]:
        plaintext, is_first = self._epochs.open(frame)
        message = decode_device_message(plaintext)
        if is_first:
            if not isinstance(message, m.Ready):
                raise _unexpected(message)
            return self._prove(message, now)
        if not self._in_session and type(message) not in _WHILE_REGISTERING:
            raise _unexpected(message)
        return self._dispatch(message, now)

    def _prove(self, ready: m.Ready, now: float) -> list[HubEvent]:
        accepted = self._accepted
        assert accepted is not None  # install() and _accepted go together
        is_registration = accepted.purpose is Purpose.REGISTRATION
        if is_registration and ready.description_hash != _NO_DESCRIPTION:
            raise _unexpected(ready)
        rotated = self._in_session
        self._epochs.switch_sending(accepted.epoch)
        self._handshake = self._accepted = None
        self._identity = accepted.identity
        self._purpose = accepted.purpose
        self._welcomed = False
        self._agreement.name(ready.description_hash)
        if is_registration:
            self._pings.begin(now)
            return [accepted.registration_proved(ready)]
        events: list[HubEvent] = [accepted.session_proved(ready, rotated)]
        if accepted.tombstone:
            self._send(m.Revoked(), now)
            events.append(self._fail(CloseReason.REVOKED, "tombstone delivered"))
        return events

    def _dispatch(self, message: m.DeviceMessage, now: float) -> list[HubEvent]:
        match message:
            case m.States():
                return [e.StatesReceived(message.states)]
            case m.Event():
                return [e.EntityEvent(message.address, message.type, message.data)]
            case m.Result():
                if not self._commands.complete(message.command_id):
                    return []
                return [
                    e.CommandCompleted(
                        message.command_id, message.status, message.reason
                    )
                ]
            case m.Pong():
                seconds = self._pings.answer(message.nonce, now)
                return [e.PongReceived(message.nonce, seconds)]
            case m.Describe():
                return self._add_chunk(message)
            case m.Stored():
                return [self._check_stored(message)]
            case m.Log():
                return [e.LogReceived(message.level, message.tag, message.text)]
            case m.Rotate():
                return [] if self.rotating else [e.RotationRequested()]
            case m.Goodbye():
                return [e.GoodbyeReceived(message.next_wakeup)]
        raise _unexpected(message)

    def _add_chunk(self, message: m.Describe) -> list[HubEvent]:
        complete = self._agreement.add(message)
        if complete is None:
            return []
        return [e.DescriptionReceived(self._proved_identity.device_id, *complete)]

    def _check_stored(self, message: m.Stored) -> HubEvent:
        self._handover.confirm(message)
        return e.TokenStored(*astuple(self._proved_identity))

    # The link

    @property
    def _proved_identity(self) -> LinkIdentity:
        assert self._identity is not None  # messages come from proved links only
        return self._identity

    @property
    def _in_session(self) -> bool:
        return self.proved and self._purpose is Purpose.SESSION

    @property
    def _may_ping(self) -> bool:
        # In a session nothing goes out before `welcome`.
        return self.proved and (self._welcomed or not self._in_session)

    def _begin_handshake(self, now: float) -> None:
        self._require(not self._closed, "the link is dead")
        self._handshake = HubHandshake(
            self._hub,
            now,
            purposes=_SESSION_ONLY if self.proved else _ANY_PURPOSE,
            previous=self._epochs.receiving,
            identity=self._identity,
        )
        self._outgoing.append(self._handshake.hello.encode())

    def _sending_epoch(self, now: float) -> Epoch:
        epoch = self._epochs.sending
        if epoch is None or self._closed or epoch.expires_at <= now:
            raise LocalProtocolError("there is no live session")
        return epoch

    def _send(self, message: m.HubMessage, now: float) -> None:
        epoch = self._sending_epoch(now)
        self._outgoing.append(epoch.seal(m.encode_message(message)))

    def _require(self, condition: bool, otherwise: str) -> None:
        if not condition:
            raise LocalProtocolError(otherwise)

    def _fail(
        self,
        reason: CloseReason,
        detail: str = "",
        refusal: RefusalReason | None = None,
    ) -> e.LinkClosed:
        handshake = self._handshake
        claims = handshake.claims if handshake else None
        self._die()
        return e.LinkClosed(
            reason=reason,
            detail=detail,
            device_id=self.device_id,
            claimed_mac=claims.mac if claims else None,
            claimed_key=handshake.claimed_key if handshake else None,
            claimed_handle=(claims.handle or None) if claims else None,
            expired=reason is CloseReason.EXPIRED,
            refusal=refusal,
        )

    def _die(self) -> None:
        self._closed = True
        self._epochs.wipe()


def _unexpected(message: m.DeviceMessage) -> RemoteProtocolError:
    return RemoteProtocolError(
        CloseReason.UNEXPECTED_MESSAGE, type(message).__name__.lower()
    )
