"""A hub and a device that live through one random sequence of events.

Frames are carried in any order of the two directions, links drop, both sides crash
between any two of their steps, clocks jump, old frames come back. What must hold
whatever happens is checked at every event; what must hold in the end, in `settle`.
"""

from collections.abc import Iterable
import random

from custom_components.oceanremote.protocol import (
    CommandCompleted,
    CommandDeadline,
    CommandExpired,
    CommandReceived,
    CommandStatus,
    DeviceEvent,
    DeviceLinkClosed,
    EntityState,
    EpochStarted,
    HubEvent,
    HubSettings,
    LinkClosed,
    LocalProtocolError,
    RegistrationProved,
    SessionProved,
    StatesReceived,
    TokenIssued,
    TokenStored,
    switch_command,
)
from custom_components.oceanremote.protocol.frames import FrameType

from .message_samples import ENTITIES, FLOW, PUMP
from .world import World

SETTINGS = HubSettings(lifetime=600)
HUB_STEPS = (RegistrationProved, TokenStored, SessionProved)
CRASH_CHANCE = 0.04
MEMORY = 40


class CrashError(Exception):
    """One side has just lost everything but its durable store."""


class Chaos(World):
    """One random life; equal seeds live equal lives."""

    def __init__(self, seed: int) -> None:
        """Begin with a device that has never met its hub."""
        super().__init__(seed, settings=SETTINGS, entities=ENTITIES[:2])
        self.chance = random.Random(seed)
        self.calm = False
        self.replaying = False
        self.links = self.reconnects = self.crashes = self.rotations = 0
        self.serial = 0
        self.epoch_ends: dict[int, float] = {}
        self.past: list[tuple[str, bytes]] = []
        self._begin_link()

    def live(self, steps: int) -> None:
        """Live through that many random events."""
        actions = (
            (self._step_to_device, 60),
            (self._step_to_hub, 60),
            (self._send_states, 12),
            (self._send_command, 12),
            (self._rotate, 15),
            (self._ask_for_rotation, 4),
            (self._pass_time, 6),
            (self._drop, 1),
            (self._crash, 1),
            (self._replay, 2),
        )
        chosen = self.chance.choices(
            [action for action, _ in actions],
            [weight for _, weight in actions],
            k=steps,
        )
        for action in chosen:
            try:
                action()
            except CrashError:
                self.crashes += 1
                self._begin_link()
            if self.hub.closed or self.device.closed:
                self._begin_link()

    def settle(self) -> None:
        """Let all faults cease; registration and messages must have converged."""
        self.calm = True
        self.run_timers()
        if not self.hub.closed and not self.device.closed:
            assert self.received == self.sent
            assert self.executed | self.expired == self.commands
            assert self.outcomes.keys() == self.commands
        self._begin_link()
        self.pump()
        identity = self.flash.identity
        assert self.disk.commits == 1
        assert self.disk.pending == {}
        assert self.disk.unused == {}
        assert self.disk.devices[identity.key.public].tokens[1] == identity.token
        command = self._send_command()
        self._send_states()
        self.pump()
        assert command is not None
        assert self.outcomes[command] == "done"
        assert self.received == self.sent

    # Events

    def _begin_link(self) -> None:
        """Both sides notice that the link is gone: what is open is unknown now."""
        self.links += 1
        self.sent: list[float] = []
        self.received: list[float] = []
        self.commands: set[int] = set()
        self.executed: set[int] = set()
        self.expired: set[int] = set()
        self.outcomes: dict[int, str] = {}
        self.epoch_ends = {}
        self.past = (self.past + self.carried)[-MEMORY:]
        self.carried = []
        self.connect()

    def _step_to_device(self) -> None:
        if self.to_device:
            self.carry_to_device()

    def _step_to_hub(self) -> None:
        if self.to_hub:
            self.carry_to_hub()

    def _send_states(self) -> None:
        if self.device.welcomed:
            self.serial += 1
            try:
                self.device.send_states([EntityState(FLOW, self.serial / 2)], self.now)
            except LocalProtocolError:
                assert self.device.expires_at is not None
                assert self.device.expires_at <= self.now
                return
            self.sent.append(self.serial / 2)
            self.collect()

    def _send_command(self) -> int | None:
        if not self.hub.accepts_commands:
            return None
        assert self.hub.expires_at is not None
        try:
            command = self.hub.send_command(
                PUMP, switch_command(True), self.chance.choice((0.5, 5, 30)), self.now
            )
        except LocalProtocolError:
            assert self.hub.expires_at <= self.now
            return None
        assert command not in self.commands
        self.commands.add(command)
        self.collect()
        return command

    def _rotate(self) -> None:
        if self.hub.accepts_commands:
            self.hub.rotate(self.now)
            self.collect()

    def _ask_for_rotation(self) -> None:
        assert self.device.closed is False
        if self.device.welcomed and (self.device.expires_at or 0) > self.now:
            self.device.request_rotation(self.now)
            self.collect()

    def _pass_time(self) -> None:
        self.now += self.chance.choice((0.25, 1, 4, 15, 60, 590))
        self.own_hub(self.hub.handle_timer(self.now))
        self.own_device(self.device.handle_timer(self.now))

    def _drop(self) -> None:
        self._begin_link()

    def _crash(self) -> None:
        raise CrashError

    def _replay(self) -> None:
        """Deliver a frame that has been delivered before."""
        past = self.past + self.carried
        if not past:
            return
        sender, frame = self.chance.choice(past)
        self.replaying = True
        if sender == "device":
            events = self.hub.receive(frame, self.now)
            assert all(isinstance(e, LinkClosed | CommandDeadline) for e in events)
            assert self.hub.closed
            self.own_hub(events)
        else:
            device_events = self.device.receive(frame, self.now)
            assert all(isinstance(e, DeviceLinkClosed) for e in device_events)
            # A HELLO says nothing that could be false: it is answered, to no avail.
            assert self.device.closed or frame[0] == FrameType.HELLO
            self.own_device(device_events)
            self.collect()
        self.replaying = False

    # What must hold at every event

    def own_hub(self, events: Iterable[HubEvent]) -> None:
        """Check what the hub says, perhaps crash, else act on it."""
        for event in events:
            self._check_hub(event)
            if isinstance(event, HUB_STEPS) and self._strikes():
                if self._strikes(0.5):
                    self._only_store(event)
                raise CrashError
            super().own_hub([event])
        super().own_hub([])

    def own_device(self, events: Iterable[DeviceEvent]) -> None:
        """Check what the device says, perhaps crash, else act on it."""
        for event in events:
            self._check_device(event)
            if isinstance(event, TokenIssued) and self._strikes():
                if self._strikes(0.5):
                    self.flash.identity = self.flash.identity.with_token(
                        event.generation, event.token
                    )
                raise CrashError
            super().own_device([event])
        super().own_device([])

    def _only_store(self, event: HubEvent) -> None:
        match event:
            case RegistrationProved():
                self.disk.store_pending(event)
            case TokenStored() | SessionProved():
                self.disk.commit(event)

    def _strikes(self, chance: float = CRASH_CHANCE) -> bool:
        return not self.calm and self.chance.random() < chance

    def _check_hub(self, event: HubEvent) -> None:
        ended = self.hub.expires_at is not None and self.hub.expires_at <= self.now
        assert not ended or isinstance(event, LinkClosed | CommandDeadline)
        match event:
            case SessionProved():
                assert event.epoch not in self.epoch_ends
                self.epoch_ends[event.epoch] = event.expires_at
                self.rotations += event.rotated
            case StatesReceived():
                self.received.extend(float(s.value) for s in event.states)  # type: ignore[arg-type]
                assert self.received == self.sent[: len(self.received)]
            case CommandCompleted():
                self._resolve(event.command_id, event.status.name.lower())
                done = event.status is CommandStatus.DONE
                assert done == (event.command_id in self.executed)
                assert done != (event.command_id in self.expired)
            case CommandDeadline():
                self._resolve(event.command_id, "unknown")

    def _resolve(self, command: int, outcome: str) -> None:
        assert command in self.commands
        assert command not in self.outcomes
        self.outcomes[command] = outcome

    def _check_device(self, event: DeviceEvent) -> None:
        match event:
            case EpochStarted():
                assert event.session_id not in {
                    old.session_id for old in self.device_said(EpochStarted)
                }
            case CommandReceived():
                assert event.command_id in self.commands
                assert event.command_id not in self.executed | self.expired
                assert self.now < self.epoch_ends[self._receiving_epoch()]
                self.executed.add(event.command_id)
            case CommandExpired():
                assert event.command_id not in self.executed | self.expired
                self.expired.add(event.command_id)

    def _receiving_epoch(self) -> int:
        receiving = self.device._epochs.receiving
        assert receiving is not None
        return receiving.number
