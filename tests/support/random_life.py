"""What every random life of a hub and a device has in common, whoever the device is.

Messages and commands are booked when they are sent and when they arrive. Links drop,
the hub crashes before or after it has stored a step, clocks jump. What must hold at
every event of the hub is checked here.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
import random

from custom_components.oceanremote.protocol import (
    CommandCompleted,
    CommandDeadline,
    CommandStatus,
    HubEvent,
    HubSettings,
    LinkClosed,
    LocalProtocolError,
    RegistrationProved,
    SessionProved,
    StatesReceived,
    TokenStored,
)

from .commands import switch_command
from .message_samples import PUMP
from .world import World

SETTINGS = HubSettings(lifetime=600)
HUB_STEPS = (RegistrationProved, TokenStored, SessionProved)
CRASH_CHANCE = 0.04
MEMORY = 40

type Action = Callable[[], object]


class CrashError(Exception):
    """One side has just lost everything but its durable store."""


class RandomLife(World, ABC):
    """One random life; equal seeds live equal lives.

    A subclass calls `begin_life` when it is complete, and names its actions.
    """

    def begin_life(self, seed: int) -> None:
        """Begin with a device that has never met its hub."""
        self.chance = random.Random(seed)
        self.calm = False
        self.serial = self.links = self.crashes = self.rotations = 0
        self.past: list[tuple[str, bytes]] = []
        self.begin_link()

    @abstractmethod
    def actions(self) -> tuple[tuple[Action, int], ...]:
        """Return what may happen, and how often beside the others."""

    @abstractmethod
    def link_is_over(self) -> bool:
        """Whether one side has hung up."""

    def live(self, steps: int) -> None:
        """Live through that many random events."""
        actions, weights = zip(*self.actions(), strict=True)
        for action in self.chance.choices(actions, weights, k=steps):
            try:
                action()
            except CrashError:
                self.crashes += 1
                self.begin_link()
            if self.link_is_over():
                self.begin_link()

    # Events

    def begin_link(self) -> None:
        """Both sides notice that the link is gone: what is open is unknown now."""
        self.links += 1
        self.sent: list[float] = []
        self.received: list[float] = []
        self.commands: set[int] = set()
        self.executed: set[int] = set()
        self.outcomes: dict[int, str] = {}
        self.past = (self.past + self.carried)[-MEMORY:]
        self.carried = []
        self.connect()

    def step_to_hub(self) -> None:
        """Carry one frame to the hub, if there is one."""
        if self.to_hub:
            self.carry_to_hub()

    def send_command(self) -> int | None:
        """Command the pump; return the command's id, None where there is no session."""
        if not self.hub.accepts_commands:
            return None
        assert self.hub.expires_at is not None
        timeout = self.chance.choice((0.5, 5.0, 30.0))
        try:
            command = self.hub.send_command(
                PUMP, switch_command(True), timeout, self.now
            )
        except LocalProtocolError:
            assert self.hub.expires_at <= self.now
            return None
        assert command not in self.commands
        self.commands.add(command)
        self.collect()
        return command

    def rotate(self) -> None:
        """The hub wants a new session."""
        if self.hub.accepts_commands:
            self.hub.rotate(self.now)
            self.collect()

    def let_time_pass(self) -> None:
        """Set the common clock forward; the hub's timer fires."""
        self.now += self.chance.choice((0.25, 1, 4, 15, 60, 590))
        self.own_hub(self.hub.handle_timer(self.now))

    # What must hold at every event of the hub

    def own_hub(self, events: Iterable[HubEvent]) -> None:
        """Check what the hub says, perhaps crash, else act on it."""
        for event in events:
            self.check_hub(event)
            if isinstance(event, HUB_STEPS) and self.strikes():
                if self.strikes(0.5):
                    self._only_store(event)
                raise CrashError
            super().own_hub([event])
        super().own_hub([])

    def _only_store(self, event: HubEvent) -> None:
        match event:
            case RegistrationProved():
                self.disk.store_pending(event)
            case TokenStored() | SessionProved():
                self.disk.commit(event)

    def strikes(self, chance: float = CRASH_CHANCE) -> bool:
        """Whether a fault happens just now."""
        return not self.calm and self.chance.random() < chance

    def check_hub(self, event: HubEvent) -> None:
        """Book one event of the hub's and check it against what was sent."""
        ended = self.hub.expires_at is not None and self.hub.expires_at <= self.now
        assert not ended or isinstance(event, LinkClosed | CommandDeadline)
        match event:
            case SessionProved():
                self.rotations += event.rotated
            case StatesReceived():
                self.received.extend(float(s.value) for s in event.states)  # type: ignore[arg-type]
                assert self.received == self.sent[: len(self.received)]
            case CommandCompleted():
                self._resolve(event.command_id, event.status.name.lower())
                done = event.status is CommandStatus.DONE
                assert done == (event.command_id in self.executed)
            case CommandDeadline():
                self._resolve(event.command_id, "unknown")

    def _resolve(self, command: int, outcome: str) -> None:
        assert command in self.commands
        assert command not in self.outcomes
        self.outcomes[command] = outcome
