"""The device's side of a link, without I/O (docs/protocol.md, "The device").

The reference for firmware, and what tests and tools use. It mirrors `HubConnection`:
the hub asks with HELLO, the device answers with INIT, switches its send keys at ACCEPT
and says `ready`, and switches its receive keys at the hub's first message.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from custom_components.oceanremote.protocol import messages as m
from custom_components.oceanremote.protocol.addresses import Addresses, AddressesStored
from custom_components.oceanremote.protocol.description import description_hash
from custom_components.oceanremote.protocol.entities import EntityAddress, EntityState
from custom_components.oceanremote.protocol.errors import (
    CloseReason,
    LocalProtocolError,
    RemoteProtocolError,
)
from custom_components.oceanremote.protocol.frames import (
    Accept,
    Data,
    Hello,
    Reject,
    parse_frame,
)
from custom_components.oceanremote.protocol.handshake_payloads import Claims
from custom_components.oceanremote.protocol.health import (
    Health,
    LastLines,
    ReportHealth,
)
from custom_components.oceanremote.protocol.hub_keys import (
    HubKeyPhase,
    HubKeyStored,
    NewHubKey,
)
from custom_components.oceanremote.protocol.keys import (
    Purpose,
    RandomSource,
    hub_key_id,
    stored_hash,
)
from custom_components.oceanremote.protocol.limits import (
    DEVICE_HANDSHAKE_TIMEOUT,
    DEVICE_RX_LIMIT,
    DEVICE_SILENCE_INTERVALS,
    HASH_SIZE,
    MAX_BOARD_TEXT,
    MAX_DESCRIPTION_PART,
    MAX_HANDSHAKE_FRAME,
    MAX_OUTSTANDING_REQUESTS,
    MAX_RETRY_AFTER,
    MAX_VERSION_TEXT,
)
from custom_components.oceanremote.protocol.message_readers import decode_hub_message
from custom_components.oceanremote.protocol.pictures import Image
from custom_components.oceanremote.protocol.readings import Readings, ReadingsTaken
from custom_components.oceanremote.protocol.requests import (
    Answer,
    Import,
    Imported,
    Request,
    RequestKind,
    RequestParts,
)
from custom_components.oceanremote.protocol.session import Epoch, Epochs
from custom_components.oceanremote.protocol.signals import HeardSignal
from custom_components.oceanremote.protocol.tunnels import (
    TunnelCreditDown,
    TunnelDataDown,
    TunnelEndDown,
    TunnelNews,
    TunnelOpen,
)
from custom_components.oceanremote.protocol.updates import (
    AbandonUpdate,
    InstallUpdate,
    OfferUpdate,
    UpdateChunk,
    UpdateOutcome,
    UpdatePosition,
)
from custom_components.oceanremote.protocol.user_actions import UserActionCall

from . import events as e
from .events import DeviceEvent
from .handshake import DeviceHandshake, DeviceIdentity

__all__ = ["DeviceConnection", "DeviceIdentity"]

_NO_DESCRIPTION: Final = bytes(HASH_SIZE)
# What a hub may say to a device that registers.
_WHILE_REGISTERING: Final = (m.IssueToken, m.Ping)


class DeviceConnection:
    """One link as the device sees it: frames in, events and frames out."""

    def __init__(
        self,
        identity: DeviceIdentity,
        facts: m.DeviceFacts,
        description: bytes,
        *,
        random: RandomSource,
        next_counter: Callable[[], int],
        rx_limit: int = DEVICE_RX_LIMIT,
        part_size: int = MAX_DESCRIPTION_PART,
    ) -> None:
        """Prepare a link.

        `next_counter` returns a handshake counter above all it has ever returned.
        `description` is what `encode_description` makes; it goes out in parts of
        `part_size` bytes.
        """
        if not identity.secrets():
            raise LocalProtocolError("an identity needs a token")
        self.identity = identity
        self._facts = facts
        self._description = description
        self._part_size = part_size
        self._random = random
        self._next_counter = next_counter
        self._rx_limit = rx_limit
        self._outgoing: list[bytes] = []
        self._epochs = Epochs()
        self._handshake: DeviceHandshake | None = None
        self._hello_deadline: float | None = None
        self._silence_deadline: float | None = None
        self._silence = 0.0
        self._purpose = identity.purpose
        self._closed = False
        self._welcomed = False
        self._issued: m.IssueToken | None = None
        # Under which hub key the next handshake of this link is made.
        self._in_force = identity.hub_public
        self._last_command = 0
        self._open_commands: set[int] = set()
        self._last_request = 0
        self._open_requests: set[int] = set()

    # What is known

    @property
    def closed(self) -> bool:
        """Whether the link is dead; frames may still wait to be sent."""
        return self._closed

    @property
    def welcomed(self) -> bool:
        """Whether a session of this link has been welcomed."""
        return self._welcomed and not self._closed

    @property
    def epoch(self) -> int:
        """The number of the epoch that messages go out under, 0 before."""
        return self._epochs.sending.number if self._epochs.sending else 0

    @property
    def session_id(self) -> bytes | None:
        """The id of the session that messages go out under."""
        return self._epochs.sending.session_id if self._epochs.sending else None

    @property
    def expires_at(self) -> float | None:
        """When the device stops using the link's proved (else its only) epoch."""
        epoch = self._epochs.receiving or self._epochs.candidate
        return epoch.expires_at if epoch else None

    # Bytes and time

    def start(self, now: float) -> None:
        """Begin to wait for the hub's HELLO; `now` in monotonic seconds, as below."""
        self._hello_deadline = now + DEVICE_HANDSHAKE_TIMEOUT

    def receive(self, data: bytes, now: float) -> list[DeviceEvent]:
        """Take one binary WebSocket message and return what came of it.

        Never raises on what a peer sends. After `DeviceLinkClosed` it returns nothing.
        """
        events = self.handle_timer(now)
        if self._closed:
            return events
        try:
            return events + self._receive_frame(data, now)
        except RemoteProtocolError as error:
            return [*events, self._fail(error.reason, error.detail)]
        except LocalProtocolError as error:
            # What has to be said does not fit into what the hub takes or grants.
            return [*events, self._fail(CloseReason.UNSUPPORTED, str(error))]

    def frames_to_send(self) -> list[bytes]:
        """Return what is to be sent, in order, and forget it."""
        frames, self._outgoing = self._outgoing, []
        return frames

    def next_deadline(self) -> float | None:
        """Return when `handle_timer` is to be called next."""
        if self._closed:
            return None
        waits = (
            self._hello_deadline,
            self._handshake.deadline if self._handshake else None,
            self.expires_at,
            self._silence_deadline,
        )
        return min((wait for wait in waits if wait is not None), default=None)

    def handle_timer(self, now: float) -> list[DeviceEvent]:
        """End the link if a wait is over by `now`."""
        if self._closed:
            return []
        if self.expires_at is not None and self.expires_at <= now:
            return [self._fail(CloseReason.EXPIRED)]
        if self._silence_deadline is not None and self._silence_deadline <= now:
            return [self._fail(CloseReason.PING_TIMEOUT)]
        handshake = self._handshake.deadline if self._handshake else None
        for deadline in (handshake, self._hello_deadline):
            if deadline is not None and deadline <= now:
                return [self._fail(CloseReason.HANDSHAKE_TIMEOUT)]
        return []

    # What the caller wants

    def confirm_stored(self, now: float) -> None:
        """Say that the token of `TokenIssued` lies in flash and has been read back."""
        if self._issued is None:
            raise LocalProtocolError("no token has been issued")
        issued, self._issued = self._issued, None
        self.identity = self.identity.with_token(issued.generation, issued.token)
        self._send(m.Stored(stored_hash(issued.token)), now)

    def confirm_hub_key(self, key: bytes, now: float) -> None:
        """Say that the key of `HubKeyTold` lies in flash, or is in force already."""
        self._send_in_session(HubKeyStored(hub_key_id(key)), now)

    def send_states(self, states: Sequence[EntityState], now: float) -> None:
        """Report states, oldest first; raises `LocalProtocolError`."""
        self._send_in_session(m.States(tuple(states)), now)

    def send_states_complete(self, now: float) -> None:
        """Say that every entity that has a state has told it since the welcome."""
        self._send_in_session(m.StatesComplete(), now)

    def send_event(self, address: EntityAddress, kind: int, now: float) -> None:
        """Report that something happened at an entity."""
        self._send_in_session(m.Event(address, kind), now)

    def send_signal(
        self, address: EntityAddress, timings: tuple[int, ...], now: float
    ) -> None:
        """Report what a receiver heard."""
        self._send_in_session(HeardSignal(address, timings), now)

    def send_result(
        self,
        command_id: int,
        status: m.CommandStatus,
        reason: str,
        now: float,
        data: tuple[tuple[str, Any], ...] = (),
    ) -> None:
        """Answer a command, once."""
        if command_id not in self._open_commands:
            raise LocalProtocolError("no such command waits for its result")
        self._send_in_session(m.Result(command_id, status, reason, data), now)
        self._open_commands.discard(command_id)

    def send_request(
        self, kind: RequestKind, name: str, parts: RequestParts, now: float
    ) -> int:
        """Ask the hub for something and return the request's id."""
        if len(self._open_requests) >= MAX_OUTSTANDING_REQUESTS:
            raise LocalProtocolError("too many requests")
        request_id = self._last_request + 1
        self._send_in_session(Request(request_id, kind, name, parts), now)
        self._last_request = request_id
        self._open_requests.add(request_id)
        return request_id

    def send_import(self, wanted: Import, now: float) -> None:
        """Ask to see an entity; after the first welcome of every link."""
        self._send_in_session(wanted, now)

    def send_image(self, image: Image, now: float) -> None:
        """Send a part of a picture."""
        self._send_in_session(image, now)

    def send_addresses_stored(self, stored: AddressesStored, now: float) -> None:
        """Say what lies in flash of the hub's addresses."""
        self._send_in_session(stored, now)

    def send_readings(self, readings: Readings, now: float) -> None:
        """Send what a sensor read while there was no session."""
        self._send_in_session(readings, now)

    def send_log(self, level: int, tag: str, text: str, now: float) -> None:
        """Send one line of the log."""
        self._send_in_session(m.Log(level, tag, text), now)

    def send_health(self, health: Health, now: float) -> None:
        """Tell how the device fares."""
        self._send_in_session(health, now)

    def send_tunnel(self, news: TunnelNews, now: float) -> None:
        """Say something of a stream; whether it may be said is the caller's affair."""
        self._send_in_session(news, now)

    def send_last_lines(self, crash: LastLines, now: float) -> None:
        """Tell how the device last crashed."""
        self._send_in_session(crash, now)

    def send_update(self, news: UpdatePosition | UpdateOutcome, now: float) -> None:
        """Tell how far an update is, or its end."""
        self._send_in_session(news, now)

    def request_rotation(self, now: float) -> None:
        """Ask the hub for a rotation."""
        self._send_in_session(m.Rotate(), now)

    def send_goodbye(
        self,
        next_wakeup: int,
        now: float,
        why: m.GoodbyeReason = m.GoodbyeReason.RESTART,
    ) -> None:
        """Say that the device leaves, to be back in `next_wakeup` s (0: unknown)."""
        self._send(m.Goodbye(next_wakeup, why), now)

    def close(self) -> None:
        """End the link on our side; no event follows."""
        self._die()

    # Frames

    def _receive_frame(self, data: bytes, now: float) -> list[DeviceEvent]:
        fresh = self._epochs.sending is None
        frame = parse_frame(data, MAX_HANDSHAKE_FRAME if fresh else self._rx_limit)
        match frame:
            case Hello():
                return self._receive_hello(frame, now)
            case Accept():
                return self._receive_accept(frame, now)
            case Data():
                return self._receive_data(frame, now)
            case Reject():
                # Unauthenticated: it may slow a stranger's link down, nothing else.
                wait = min(frame.retry_after, MAX_RETRY_AFTER) if fresh else 0
                return [self._fail(CloseReason.REJECTED, retry_after=wait)]
        raise _unexpected_frame(frame)

    def _receive_hello(self, hello: Hello, now: float) -> list[DeviceEvent]:
        # Registered but without a token yet, the device has nothing new to prove.
        registering = self.identity.purpose is Purpose.REGISTRATION
        established = self._epochs.sending is not None
        if self._handshake or self._epochs.candidate or (registering and established):
            raise _unexpected_frame(hello)
        self._hello_deadline = None
        self.identity = replace(self.identity, hub_public=self._in_force)
        self._handshake = DeviceHandshake(
            self.identity,
            hello,
            self._claims(),
            self._rx_limit,
            self._random,
            now,
            self._epochs.sending,
        )
        self._outgoing.append(self._handshake.frame)
        return []

    def _receive_accept(self, accept: Accept, now: float) -> list[DeviceEvent]:
        if self._handshake is None:
            raise _unexpected_frame(accept)
        epoch, terms, generation = self._handshake.finish(accept)
        self._purpose = self._handshake.purpose
        self._handshake = None
        self._epochs.install(epoch)
        self._epochs.switch_sending(epoch)
        self._silence = float(DEVICE_SILENCE_INTERVALS * terms.ping_interval)
        self._heard(now)
        in_session = self._purpose is Purpose.SESSION
        named = description_hash(self._description) if in_session else _NO_DESCRIPTION
        self._send(m.Ready(named, self._facts), now)
        return [
            e.EpochStarted(
                purpose=self._purpose,
                epoch=epoch.number,
                session_id=epoch.session_id,
                hub_time_ms=terms.hub_time_ms,
                expires_at=epoch.expires_at,
                generation=generation,
            )
        ]

    def _receive_data(self, frame: Data, now: float) -> list[DeviceEvent]:
        plaintext, is_first = self._epochs.open(frame)
        message = decode_hub_message(plaintext)
        self._heard(now)
        in_session = self._purpose is Purpose.SESSION
        greets = isinstance(message, m.Welcome)
        if in_session and greets != is_first and not isinstance(message, m.Revoked):
            raise _unexpected(message)
        if not in_session and not isinstance(message, _WHILE_REGISTERING):
            raise _unexpected(message)
        return self._dispatch(message, now)

    def _dispatch(self, message: m.HubMessage, now: float) -> list[DeviceEvent]:
        match message:
            case m.Welcome():
                return self._be_welcomed(message, now)
            case m.Command() | UserActionCall():
                return self._take_command(message, now)
            case m.IssueToken():
                if self._issued or message.generation <= self.identity.generation:
                    raise _unexpected(message)
                self._issued = message
                return [e.TokenIssued(message.generation, message.token)]
            case m.Revoked():
                return [e.RevokedReceived(), self._fail(CloseReason.REVOKED)]
            case m.SubscribeLogs():
                return [e.LogsWanted(message.level)]
            case m.StayAwake() if self._facts.sleeps:
                return [e.HeldAwake(message.awake)]
            case m.StayAwake():
                raise _unexpected(message)
            case ReportHealth():
                return [e.HealthWanted(message.seconds)]
            case OfferUpdate() | UpdateChunk() | AbandonUpdate() | InstallUpdate():
                if self._facts.updates is None:
                    raise _unexpected(message)
                return [e.UpdateReceived(message)]
            case NewHubKey():
                return self._take_hub_key(message)
            case m.Time():
                return [e.TimeReceived(message.hub_time_ms, message.zone)]
            case Answer():
                if message.request_id not in self._open_requests:
                    raise _unexpected(message)
                self._open_requests.remove(message.request_id)
                return [e.AnswerReceived(message)]
            case Imported():
                return [e.ImportedReceived(message)]
            case Addresses():
                return [e.AddressesTold(message)]
            case ReadingsTaken():
                return [e.ReadingsForgotten(message)]
            case TunnelOpen() | TunnelDataDown() | TunnelCreditDown() | TunnelEndDown():
                if not self._facts.tunnels:
                    raise _unexpected(message)
                return [e.TunnelOrdered(message)]
            case _:  # a ping
                self._send(m.Pong(message.nonce), now)
                return []

    def _take_hub_key(self, message: NewHubKey) -> list[DeviceEvent]:
        if not self._facts.takes_hub_keys:
            raise RemoteProtocolError(CloseReason.UNSUPPORTED, "new hub key")
        if message.phase is HubKeyPhase.IN_FORCE:
            self._in_force = message.key
        return [e.HubKeyTold(message.phase, message.key)]

    def _be_welcomed(self, message: m.Welcome, now: float) -> list[DeviceEvent]:
        self._welcomed = True
        if message.want_description:
            self._describe(now)
        return [
            e.Welcomed(message.want_description, message.hub_time_ms, message.ticket)
        ]

    def _describe(self, now: float) -> None:
        data, size = self._description, self._part_size
        for offset in range(0, len(data) or 1, size):
            part = data[offset : offset + size]
            self._send(m.Describe(offset, len(data), part), now)

    def _take_command(
        self, message: m.Command | UserActionCall, now: float
    ) -> list[DeviceEvent]:
        if message.command_id <= self._last_command:
            raise _unexpected(message)
        self._last_command = message.command_id
        epoch = self._epochs.receiving
        assert epoch is not None  # a message has just been opened under it
        if epoch.started_at + message.deadline_ms / 1000 <= now:
            expired = m.CommandStatus.EXPIRED
            self._send(m.Result(message.command_id, expired), now)
            return [e.CommandExpired(message.command_id)]
        self._open_commands.add(message.command_id)
        if isinstance(message, UserActionCall):
            return [e.CallReceived(message)]
        return [e.CommandReceived(message.command_id, message.address, message.args)]

    # The link

    def _claims(self) -> Claims:
        identity, counter = self.identity, self._next_counter()
        registration = identity.registration
        if identity.purpose is Purpose.SESSION or registration is None:
            return Claims(identity.mac, identity.generation, counter)
        return Claims(
            identity.mac,
            0,
            counter,
            registration.handle,
            _cut(self._facts.board, MAX_BOARD_TEXT),
            _cut(self._facts.esphome_version, MAX_VERSION_TEXT),
        )

    def _heard(self, now: float) -> None:
        self._silence_deadline = now + self._silence

    def _live_epoch(self, now: float) -> Epoch:
        epoch = self._epochs.sending
        if epoch is None or self._closed or epoch.expires_at <= now:
            raise LocalProtocolError("there is no live session")
        return epoch

    def _send(self, message: m.DeviceMessage, now: float) -> None:
        epoch = self._live_epoch(now)
        self._outgoing.append(epoch.seal(m.encode_message(message)))

    def _send_in_session(self, message: m.DeviceMessage, now: float) -> None:
        if not self.welcomed:
            raise LocalProtocolError("the hub has not welcomed a session")
        self._send(message, now)

    def _fail(
        self, reason: CloseReason, detail: str = "", *, retry_after: int = 0
    ) -> e.DeviceLinkClosed:
        self._die()
        return e.DeviceLinkClosed(
            reason, detail, retry_after, expired=reason is CloseReason.EXPIRED
        )

    def _die(self) -> None:
        self._closed = True
        self._epochs.wipe()


def _cut(text: str, limit: int) -> str:
    return text.encode()[:limit].decode(errors="ignore")


def _unexpected(message: m.HubMessage) -> RemoteProtocolError:
    return RemoteProtocolError(
        CloseReason.UNEXPECTED_MESSAGE, type(message).__name__.lower()
    )


def _unexpected_frame(frame: object) -> RemoteProtocolError:
    return RemoteProtocolError(
        CloseReason.UNEXPECTED_FRAME, type(frame).__name__.upper()
    )
