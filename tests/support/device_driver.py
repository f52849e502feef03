"""A device without a board: `DeviceConnection` with flash in memory.

Pump it through any carrier: `connect()` for every new link, then `receive(frame)` for
every binary message, and send what it returns.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
import os
import time
from typing import Any

from custom_components.oceanremote.protocol import (
    Addresses,
    AddressesStored,
    Answer,
    CloseReason,
    CommandStatus,
    DeviceFacts,
    EntityAddress,
    EntityDescriptor,
    EntityState,
    GoodbyeReason,
    Health,
    Import,
    Imported,
    KeyPair,
    LastLines,
    RegistrationToken,
    RequestKind,
    RequestParts,
    encode_description,
)
from custom_components.oceanremote.protocol.domains import StateValue
from custom_components.oceanremote.protocol.entities import SubDevice
from custom_components.oceanremote.protocol.pictures import Image
from custom_components.oceanremote.protocol.readings import Readings, ReadingsTaken
from custom_components.oceanremote.protocol.user_actions import (
    UserAction,
    UserActionCall,
)
from tests.support.device import (
    AddressesTold,
    AnswerReceived,
    CallReceived,
    CommandReceived,
    DeviceConnection,
    DeviceEvent,
    DeviceIdentity,
    DeviceLinkClosed,
    EpochStarted,
    HealthWanted,
    HeldAwake,
    HubKeyTold,
    ImportedReceived,
    LogsWanted,
    ReadingsForgotten,
    RevokedReceived,
    TimeReceived,
    TokenIssued,
    UpdateReceived,
    Welcomed,
)

from .update_board import UpdateBoard

PART_SIZE = 900

FACTS = DeviceFacts(
    name="garden-pump",
    friendly_name="Garden pump",
    esphome_version="2026.10.0",
    project_version="1.0.0",
    board="host",
    platform="host",
)


@dataclass
class Flash:
    """What survives a crash of the device."""

    identity: DeviceIdentity
    counter: int = 0
    # What the hub has told of its addresses; a version of 0: nothing yet.
    addresses: Addresses = Addresses(0, ())


@dataclass
class CallAnswer:
    """What becomes of a call of a user's action."""

    status: CommandStatus = CommandStatus.DONE
    reason: str = ""
    data: tuple[tuple[str, Any], ...] = ()


class DeviceDriver:
    """A device that registers, answers and remembers what it was told.

    `commands` holds every command in the order of arrival; each is answered at once
    with `answer` (None: the test answers by `connection.send_result`). `events` holds
    everything that the connection has reported. `not_before` is when it dials next at
    the earliest, on its own clock; whoever pumps it decides whether to wait.
    """

    def __init__(
        self,
        hub_public: bytes,
        registration_token: RegistrationToken | str,
        mac: bytes,
        entities: Iterable[EntityDescriptor] = (),
        *,
        facts: DeviceFacts = FACTS,
        rx_limit: int = 4096,
        random: Callable[[int], bytes] = os.urandom,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Make the device's key and put it into flash."""
        if isinstance(registration_token, str):
            registration_token = RegistrationToken.parse(registration_token)
        self.flash = Flash(
            DeviceIdentity(
                key=KeyPair.generate(random),
                mac=mac,
                hub_public=hub_public,
                registration=registration_token,
            )
        )
        self.entities = tuple(entities)
        self.actions: tuple[UserAction, ...] = ()
        # What the program answers to calls of its actions; None: the test answers.
        self.call_answer: CallAnswer | None = CallAnswer()
        self.calls: list[UserActionCall] = []
        self.sub_devices: tuple[SubDevice, ...] = ()
        # What only a newer device, or a broken one, describes.
        self.description_tail = b""
        # What the program on the board knows; told after every welcome that asks.
        self.states: dict[EntityAddress, StateValue] = {}
        self.tells_all = True
        # Whether it has room for addresses, and which of them it cannot dial.
        self.stores_addresses = False
        self.cannot_dial: Callable[[str], bool] = lambda url: False
        # What it does with new firmware.
        self.board: UpdateBoard | None = None
        self.facts = facts
        self.rx_limit = rx_limit
        self.answer: tuple[CommandStatus, str] | None = (CommandStatus.DONE, "")
        self.events: list[DeviceEvent] = []
        self.commands: list[CommandReceived] = []
        self.epochs: list[EpochStarted] = []
        self.not_before = 0.0
        # What the last welcome has brought, to be shown when the device dials again.
        self.ticket = b""
        self.connection: DeviceConnection
        self._random = random
        self._clock = clock
        # The present hub key has been refused: the next one is tried.
        self._tries_next = False
        self.connect()

    @property
    def registered(self) -> bool:
        """Whether a permanent token lies in flash."""
        return self.flash.identity.token is not None

    @property
    def revoked(self) -> bool:
        """Whether the hub has said that the device is revoked."""
        return any(isinstance(event, RevokedReceived) for event in self.events)

    @property
    def closed(self) -> DeviceLinkClosed | None:
        """Why the last link ended, None while it lives."""
        last = self.events[-1] if self.events else None
        return last if isinstance(last, DeviceLinkClosed) else None

    def connect(self) -> None:
        """Begin a new link from what lies in flash."""
        identity = self.flash.identity
        if self._tries_next and identity.next_hub_public is not None:
            identity = replace(identity, hub_public=identity.next_hub_public)
        self.connection = DeviceConnection(
            identity,
            self.facts,
            encode_description(self.entities, self.actions, self.sub_devices)
            + self.description_tail,
            random=self._random,
            next_counter=self._next_counter,
            rx_limit=self.rx_limit,
            part_size=PART_SIZE,
        )
        self.connection.start(self._clock())
        self._told = self._said_addresses = False

    def receive(self, data: bytes) -> list[bytes]:
        """Take one binary message and return what is to be sent."""
        return self._follow(self.connection.receive(data, self._clock()))

    def handle_timer(self) -> list[bytes]:
        """Let time pass and return what is to be sent."""
        return self._follow(self.connection.handle_timer(self._clock()))

    def report(self, address: EntityAddress, value: StateValue) -> list[bytes]:
        """Report the state of one entity and return what is to be sent."""
        return self.report_all([EntityState(address, value)])

    def report_all(self, states: Sequence[EntityState]) -> list[bytes]:
        """Report several states in one message and return what is to be sent."""
        self.states.update((state.address, state.value) for state in states)
        self.connection.send_states(states, self._clock())
        return self.connection.frames_to_send()

    def happen(self, address: EntityAddress, kind: int) -> list[bytes]:
        """Report that something happened at an entity; return what is to be sent."""
        self.connection.send_event(address, kind, self._clock())
        return self.connection.frames_to_send()

    def hear(self, address: EntityAddress, timings: tuple[int, ...]) -> list[bytes]:
        """Report what a receiver heard; return what is to be sent."""
        self.connection.send_signal(address, timings, self._clock())
        return self.connection.frames_to_send()

    def tell_complete(self) -> list[bytes]:
        """Say that every state has been told and return what is to be sent."""
        self.connection.send_states_complete(self._clock())
        return self.connection.frames_to_send()

    def send_picture(
        self, address: EntityAddress, picture: bytes, size: int = 8000
    ) -> list[bytes]:
        """Send a picture in parts of a size; return what is to be sent."""
        place, total = (address.sub, address.key), len(picture)
        for offset in range(0, total or 1, size):
            part = picture[offset : offset + size]
            image = Image(*place, offset, total, part)
            self.connection.send_image(image, self._clock())
        return self.connection.frames_to_send()

    def request_rotation(self) -> list[bytes]:
        """Ask for a rotation and return what is to be sent."""
        self.connection.request_rotation(self._clock())
        return self.connection.frames_to_send()

    def goodbye(
        self, next_wakeup: int = 0, why: GoodbyeReason = GoodbyeReason.RESTART
    ) -> list[bytes]:
        """Say goodbye and return what is to be sent."""
        self.connection.send_goodbye(next_wakeup, self._clock(), why)
        return self.connection.frames_to_send()

    def ask(
        self, kind: RequestKind, name: str, parts: RequestParts
    ) -> tuple[int, list[bytes]]:
        """Ask for something; return the request's id and what is to be sent."""
        asked = self.connection.send_request(kind, name, parts, self._clock())
        return asked, self.connection.frames_to_send()

    def want(self, wanted: Import) -> list[bytes]:
        """Ask to see an entity and return what is to be sent."""
        self.connection.send_import(wanted, self._clock())
        return self.connection.frames_to_send()

    def remember(self, readings: Readings) -> list[bytes]:
        """Tell readings of a time without a session; return what is to be sent."""
        self.connection.send_readings(readings, self._clock())
        return self.connection.frames_to_send()

    @property
    def taken(self) -> list[ReadingsTaken]:
        """Which readings the hub has taken, oldest first."""
        return [
            event.taken for event in self.events if isinstance(event, ReadingsForgotten)
        ]

    def log(self, level: int, tag: str, text: str) -> list[bytes]:
        """Log a line and return what is to be sent."""
        self.connection.send_log(level, tag, text, self._clock())
        return self.connection.frames_to_send()

    def fare(self, health: Health) -> list[bytes]:
        """Tell how the device fares and return what is to be sent."""
        self.connection.send_health(health, self._clock())
        return self.connection.frames_to_send()

    def remember_crash(self, crash: LastLines) -> list[bytes]:
        """Tell how the device last crashed and return what is to be sent."""
        self.connection.send_last_lines(crash, self._clock())
        return self.connection.frames_to_send()

    @property
    def health_wanted(self) -> list[int]:
        """How often the hub wanted to know how the device fares, oldest first."""
        return [
            event.seconds for event in self.events if isinstance(event, HealthWanted)
        ]

    @property
    def log_levels(self) -> list[int]:
        """The levels that the hub asked for, oldest first."""
        return [event.level for event in self.events if isinstance(event, LogsWanted)]

    @property
    def held_awake(self) -> list[bool]:
        """What the hub has said about staying awake, oldest first."""
        return [event.awake for event in self.events if isinstance(event, HeldAwake)]

    @property
    def answers(self) -> dict[int, Answer]:
        """Every answer of the present connection, by its request."""
        return {
            event.answer.request_id: event.answer
            for event in self.events
            if isinstance(event, AnswerReceived)
        }

    @property
    def imported(self) -> list[Imported]:
        """What was told of imports, oldest first."""
        return [
            event.imported
            for event in self.events
            if isinstance(event, ImportedReceived)
        ]

    @property
    def times(self) -> list[TimeReceived]:
        """What was told of the time, oldest first."""
        return [event for event in self.events if isinstance(event, TimeReceived)]

    def _follow(self, events: list[DeviceEvent]) -> list[bytes]:
        for event in events:
            self.events.append(event)
            match event:
                case TokenIssued():
                    identity = self.flash.identity
                    self.flash.identity = identity.with_token(
                        event.generation, event.token
                    )
                    self.connection.confirm_stored(self._clock())
                case CommandReceived():
                    self._obey(event)
                case CallReceived():
                    self._run(event.call)
                case UpdateReceived(message) if self.board is not None:
                    for news in self.board.take(message):
                        self.connection.send_update(news, self._clock())
                case EpochStarted():
                    self.epochs.append(event)
                case HubKeyTold():
                    self._keep_hub_key(event.key)
                case Welcomed():
                    self.ticket = event.ticket
                    self._move()
                    self._tell_all(event)
                    if self.stores_addresses and not self._said_addresses:
                        self._said_addresses = True
                        self._say_addresses()
                case AddressesTold():
                    self.flash.addresses = event.addresses
                    self._say_addresses()
                case DeviceLinkClosed():
                    self.not_before = self._clock() + event.retry_after
                    if event.reason is CloseReason.REJECTED and not event.retry_after:
                        self._tries_next = not self._tries_next
                case RevokedReceived():
                    self.flash.identity = replace(
                        self.flash.identity, token=None, previous_token=None
                    )
        return self.connection.frames_to_send()

    def _tell_all(self, welcomed: Welcomed) -> None:
        """Tell every state, as the first welcome of a link asks for; later ones may."""
        if self.tells_all and (not self._told or welcomed.want_description):
            self._told = True
            described = {entity.address for entity in self.entities}
            states = [
                EntityState(address, value)
                for address, value in self.states.items()
                if address in described
            ]
            if states:
                self.connection.send_states(states, self._clock())
            self.connection.send_states_complete(self._clock())

    def _keep_hub_key(self, key: bytes) -> None:
        """Put a hub key into flash, unless it is the present one."""
        if key != self.flash.identity.hub_public:
            self.flash.identity = replace(self.flash.identity, next_hub_public=key)
        self.connection.confirm_hub_key(key, self._clock())

    def _move(self) -> None:
        """Let the next hub key be the present one, once a session is proved under it."""
        self._tries_next = False
        proved = self.connection.identity.hub_public
        if proved == self.flash.identity.next_hub_public:
            self.flash.identity = replace(
                self.flash.identity, hub_public=proved, next_hub_public=None
            )

    def _say_addresses(self) -> None:
        told = self.flash.addresses
        unusable = sum(
            1 << place for place, url in enumerate(told.urls) if self.cannot_dial(url)
        )
        self.connection.send_addresses_stored(
            AddressesStored(told.version, unusable), self._clock()
        )

    def _obey(self, command: CommandReceived) -> None:
        self.commands.append(command)
        if self.answer is not None:
            self.connection.send_result(command.command_id, *self.answer, self._clock())

    def _run(self, call: UserActionCall) -> None:
        self.calls.append(call)
        if (answer := self.call_answer) is not None:
            self.connection.send_result(
                call.command_id,
                answer.status,
                answer.reason,
                self._clock(),
                answer.data if call.wants_response else (),
            )

    def _next_counter(self) -> int:
        self.flash.counter += 1
        return self.flash.counter
