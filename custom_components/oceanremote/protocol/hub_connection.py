"""The hub's side of a link, without I/O (docs/protocol.md, "The hub").

Theory of operation. A link is proved when the device's first DATA has opened; before,
nothing that the device says reaches the caller except in `LinkClosed`. `HubLink` has
handshakes and keys; here are the messages and what hub and device owe each other.

    HELLO ->            handshake
          <- INIT       judged (hub_handshake), keys installed as candidate
    ACCEPT ->           accepted
          <- DATA ready proved: keys promoted, old ones wiped, event out
    DATA welcome ->     by the caller, then commands

A peer that breaks a rule ends the link: `LinkClosed` is then the last event.
"""

from collections.abc import Callable, Sequence
from dataclasses import astuple
from typing import Any, Final

from . import events as e, messages as m
from .addresses import AddressesStored
from .entities import EntityAddress
from .errors import CloseReason, Refused, RemoteProtocolError
from .events import HubEvent
from .frames import Data, Init, parse_frame
from .hub_agreements import DescriptionAgreement, TokenHandover
from .hub_commands import HubCommands
from .hub_link import HubLink
from .hub_news import events_of
from .hub_notices import HubNotices
from .hub_pings import HubPings
from .hub_requests import HubRequests, RotationRequests
from .hub_tunnels import HubTunnels
from .keys import KeyPair, Purpose, RandomSource
from .limits import HASH_SIZE, HUB_RX_LIMIT, MAX_HANDSHAKE_FRAME
from .lookup import HubSettings, PeerLookup
from .message_readers import decode_device_message
from .pictures import Image, PictureAssembler
from .readings import Readings
from .requests import Answer, Request
from .tunnels import TunnelCreditUp, TunnelDataUp, TunnelEndUp, TunnelOpened
from .user_actions import Value

_NO_DESCRIPTION: Final = bytes(HASH_SIZE)


class HubConnection(HubNotices):
    """One link as the hub sees it: frames in, events and frames out."""

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
        """Prepare a link; see `HubLink`."""
        link = HubLink(
            hub_key,
            peers,
            settings,
            random=random,
            wall_clock=wall_clock,
            admit=admit,
        )
        super().__init__(link)
        self._agreement = DescriptionAgreement()
        self._rotation_due = False
        self._handover = TokenHandover()
        self._pictures = PictureAssembler()
        self._commands = HubCommands(self._link)
        self._requests = HubRequests(self._link)
        self.tunnels = HubTunnels(self._link)
        self._pings = HubPings(self._link, settings, random)
        self._rotations = RotationRequests()

    # What is known

    @property
    def proved(self) -> bool:
        """Whether the device's first DATA has opened."""
        return self._link.proved

    @property
    def enrolment_id(self) -> str | None:
        """The owner's name for the device, once proved."""
        return self._link.enrolment_id

    @property
    def epoch(self) -> int:
        """The number of the proved epoch, 0 before."""
        return self._link.epoch

    @property
    def session_id(self) -> bytes | None:
        """The id of the proved epoch."""
        return self._link.session_id

    @property
    def expires_at(self) -> float | None:
        """The hard end of the proved epoch."""
        return self._link.expires_at

    @property
    def rotating(self) -> bool:
        """Whether a handshake is under way on a proved link."""
        return self._link.rotating

    @property
    def closed(self) -> bool:
        """Whether the link is dead; frames may still wait to be sent."""
        return self._link.closed

    @property
    def accepts_commands(self) -> bool:
        """Whether hub and device agree on the description, so commands may go out."""
        return not self.closed and self._welcomed and self._agreement.reached

    @property
    def token_on_its_way(self) -> bool:
        """Whether a token is issued that the device has not stored yet."""
        return self._handover.under_way

    # Bytes and time

    def start(self, now: float) -> None:
        """Begin the link with a HELLO; `now` is in monotonic seconds, here as below."""
        self._link.begin_handshake(now)

    def frames_to_send(self) -> list[bytes]:
        """Return what is to be sent, in order, and forget it."""
        return self._link.frames_to_send()

    def close(self, now: float) -> None:
        """End the link on our side; no event follows."""
        self._link.die()

    def receive(self, data: bytes, now: float) -> list[HubEvent]:
        """Take one binary WebSocket message and return what came of it.

        Never raises on what a peer sends. After `LinkClosed` it returns nothing.
        """
        events = self.handle_timer(now)
        if self.closed:
            return events
        try:
            return events + self._receive_frame(data, now)
        except Refused as error:
            detail = f"{error.reason}: {error.detail}".removesuffix(": ")
            closed = self._link.fail(CloseReason.REFUSED, detail, error.reason)
        except RemoteProtocolError as error:
            closed = self._link.fail(error.reason, error.detail)
        return [*events, closed]

    def next_deadline(self) -> float | None:
        """Return when `handle_timer` is to be called next."""
        if self.closed:
            return None
        waits = (
            self._link.handshake_deadline,
            self.expires_at,
            self._commands.next_deadline(),
            self._pings.ledger.next_deadline() if self._may_ping else None,
        )
        return min((wait for wait in waits if wait is not None), default=None)

    def handle_timer(self, now: float) -> list[HubEvent]:
        """Do what is due by `now`: ends of waits, pings, command deadlines."""
        if self.closed:
            return []
        events: list[HubEvent] = [*self._commands.expire(now)]
        if _is_due(self.expires_at, now):
            events.append(self._link.fail(CloseReason.EXPIRED))
        elif _is_due(self._link.handshake_deadline, now):
            events.append(self._link.fail(CloseReason.HANDSHAKE_TIMEOUT))
        elif self._pings.ledger.is_overdue(now):
            events.append(self._link.fail(CloseReason.PING_TIMEOUT))
        elif self._may_ping and self._pings.ledger.is_due(now):
            self.send_ping(now)
        return events

    # What the caller wants

    def issue_token(self, token: bytes, generation: int, now: float) -> None:
        """Hand the permanent token to the device; its pending copy is on disk."""
        self._require(not self.token_on_its_way, "a token is on its way")
        self._link.send(m.IssueToken(generation, token), now)
        self._handover.begin(token)

    def begin_session(self, now: float) -> None:
        """Begin the first session of a device whose registration is committed."""
        self._require(self._handover.done, "the device has no token yet")
        self._require(not self._link.handshaking, "a handshake is under way")
        self._link.begin_handshake(now)

    def welcome(
        self,
        want_description: bool,
        now: float,
        *,
        known: bool | None = None,
        ticket: bytes = b"",
    ) -> None:
        """Answer `SessionProved`, in every epoch and before anything else.

        `known` vouches that the caller has the description that `ready` named; by
        default it has what it does not want. Without it, and until a wanted one has
        come, no command goes out. `ticket` is what the device shows when it dials next.
        """
        self._require(
            self._link.in_session and not self._welcomed, "not to be welcomed"
        )
        self._link.send(m.Welcome(want_description, self._link.time_ms(), ticket), now)
        self._welcomed = True
        self._requests.release(now)
        self.tunnels.release(now)
        self._pings.ledger.begin(now)
        if want_description:
            self._agreement.expect()
        if known or (known is None and not want_description):
            self._agreement.vouch()

    def rotate(self, now: float) -> None:
        """Ask the device to prove itself again; ignored while it does so.

        While the description is on its way the rotation waits for its end, so that no
        transfer is ever cut.
        """
        if self.rotating:
            return
        self._require(self._welcomed, "no session has been welcomed")
        self._rotation_due = self._agreement.under_way
        if not self._rotation_due:
            self._link.begin_handshake(now)

    def send_command(
        self, address: EntityAddress, args: dict[int, Any], timeout: float, now: float
    ) -> int:
        """Send a command that is dead after `timeout` seconds; return its id.

        Raises `LocalProtocolError` if hub and device do not agree on a description,
        if the arguments do not fit the domain, the message not the device, or if too
        many commands are without an answer.
        """
        self._require(self.accepts_commands, "no description has been agreed on")
        return self._commands.send(address, args, timeout, now)

    def call_action(
        self,
        key: int,
        values: tuple[Value, ...],
        *,
        wants_response: bool,
        timeout: float,
        now: float,
    ) -> int:
        """Call an action that the device's owner has defined, as `send_command`."""
        self._require(self.accepts_commands, "no description has been agreed on")
        return self._commands.call(
            key, values, wants_response=wants_response, timeout=timeout, now=now
        )

    def answer(self, answer: Answer, now: float) -> None:
        """Answer a request; see `HubRequests.answer`."""
        self._requests.answer(answer, now)

    def send_ping(self, now: float) -> bytes:
        """Ask for a proof of life and return its nonce, as `PongReceived` names it."""
        self._require(self._may_ping, "the link is not ready for a ping")
        return self._pings.send(now)

    def send_revoked(self, now: float) -> None:
        """Tell the device in its session that it is revoked; the link dies with it."""
        self._require(self._link.in_session, "there is no session")
        self._link.send(m.Revoked(), now)
        self._link.die()

    # Frames

    def _receive_frame(self, data: bytes, now: float) -> list[HubEvent]:
        fresh = self._link.awaits_init
        frame = parse_frame(data, MAX_HANDSHAKE_FRAME if fresh else HUB_RX_LIMIT)
        match frame:
            case Init():
                self._link.receive_init(frame, now)
                return []
            case Data():
                return self._receive_data(frame, now)
        raise RemoteProtocolError(
            CloseReason.UNEXPECTED_FRAME, type(frame).__name__.upper()
        )

    def _receive_data(self, frame: Data, now: float) -> list[HubEvent]:
        plaintext, is_first = self._link.open(frame)
        message = decode_device_message(plaintext)
        if is_first:
            if not isinstance(message, m.Ready):
                raise _unexpected(message)
            return self._prove(message, now)
        if not self._link.in_session and type(message) not in m.WHILE_REGISTERING:
            raise _unexpected(message)
        return self._dispatch(message, now)

    def _prove(self, ready: m.Ready, now: float) -> list[HubEvent]:
        rotated = self._link.in_session
        accepted = self._link.promote()
        self._pings.ledger.pace(accepted.ping_interval)
        is_registration = accepted.purpose is Purpose.REGISTRATION
        if is_registration and ready.description_hash != _NO_DESCRIPTION:
            raise _unexpected(ready)
        self._welcomed = False
        self._requests.hold()
        self.tunnels.hold()
        self._agreement.name(ready.description_hash)
        if is_registration:
            self._pings.ledger.begin(now)
            return [accepted.registration_proved(ready)]
        events: list[HubEvent] = [accepted.session_proved(ready, rotated)]
        if accepted.tombstone:
            self._link.send(m.Revoked(), now)
            events.append(self._link.fail(CloseReason.REVOKED, "tombstone delivered"))
        return events

    def _dispatch(
        self, message: m.DeviceMessage | m.Unknown, now: float
    ) -> list[HubEvent]:
        match message:
            case m.Result():
                return [*self._commands.complete(message)]
            case Request():
                return [self._requests.take(message)]
            case Image():
                picture = self._pictures.add(message)
                return [] if picture is None else [e.PictureReceived(*picture)]
            case AddressesStored():
                return [e.AddressesReported(message)]
            case Readings():
                return [e.ReadingsReceived(message)]
            case TunnelOpened() | TunnelDataUp() | TunnelCreditUp() | TunnelEndUp():
                return self.tunnels.take(message)
            case m.Pong():
                return [self._pings.take(message, now)]
            case m.Describe():
                return self._add_part(message, now)
            case m.Stored():
                return [self._check_stored(message)]
            case m.Rotate():
                return [] if self.rotating else [*self._rotations.take(now)]
            case m.Ready():
                raise _unexpected(message)
        return events_of(message)

    def _add_part(self, message: m.Describe, now: float) -> list[HubEvent]:
        complete = self._agreement.add(message)
        if complete is None:
            return []
        if self._rotation_due:
            self.rotate(now)
        return [e.DescriptionReceived(self._link.identity.enrolment_id, *complete)]

    def _check_stored(self, message: m.Stored) -> HubEvent:
        self._handover.confirm(message)
        return e.TokenStored(*astuple(self._link.identity))

    @property
    def _may_ping(self) -> bool:
        # In a session nothing goes out before `welcome`.
        return self.proved and (self._welcomed or not self._link.in_session)


def _is_due(at: float | None, now: float) -> bool:
    return at is not None and at <= now


def _unexpected(message: m.DeviceMessage | m.Unknown) -> RemoteProtocolError:
    return RemoteProtocolError(
        CloseReason.UNEXPECTED_MESSAGE, type(message).__name__.lower()
    )
