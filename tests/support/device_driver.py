"""A device without a board: `DeviceConnection` with flash in memory.

Pump it through any carrier: `connect()` for every new link, then `receive(frame)` for
every binary message, and send what it returns.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
import os
import time

from custom_components.oceanremote.protocol import (
    CommandStatus,
    DeviceFacts,
    EntityAddress,
    EntityDescriptor,
    EntityState,
    KeyPair,
    RegistrationToken,
    encode_description,
)
from custom_components.oceanremote.protocol.domains import StateValue
from tests.support.device import (
    CommandReceived,
    DeviceConnection,
    DeviceEvent,
    DeviceIdentity,
    DeviceLinkClosed,
    EpochStarted,
    RevokedReceived,
    TokenIssued,
    Welcomed,
)

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
        # What only a newer device, or a broken one, describes.
        self.description_tail = b""
        # What the program on the board knows; told after every welcome that asks.
        self.states: dict[EntityAddress, StateValue] = {}
        self.tells_all = True
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
        self.connection = DeviceConnection(
            self.flash.identity,
            self.facts,
            encode_description(self.entities) + self.description_tail,
            random=self._random,
            next_counter=self._next_counter,
            rx_limit=self.rx_limit,
            part_size=PART_SIZE,
        )
        self.connection.start(self._clock())
        self._told = False

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

    def tell_complete(self) -> list[bytes]:
        """Say that every state has been told and return what is to be sent."""
        self.connection.send_states_complete(self._clock())
        return self.connection.frames_to_send()

    def request_rotation(self) -> list[bytes]:
        """Ask for a rotation and return what is to be sent."""
        self.connection.request_rotation(self._clock())
        return self.connection.frames_to_send()

    def goodbye(self, next_wakeup: int = 0) -> list[bytes]:
        """Say goodbye and return what is to be sent."""
        self.connection.send_goodbye(next_wakeup, self._clock())
        return self.connection.frames_to_send()

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
                case EpochStarted():
                    self.epochs.append(event)
                case Welcomed():
                    self.ticket = event.ticket
                    self._tell_all(event)
                case DeviceLinkClosed():
                    self.not_before = self._clock() + event.retry_after
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

    def _obey(self, command: CommandReceived) -> None:
        self.commands.append(command)
        if self.answer is not None:
            self.connection.send_result(command.command_id, *self.answer, self._clock())

    def _next_counter(self) -> int:
        self.flash.counter += 1
        return self.flash.counter
