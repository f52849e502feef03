"""Random lives of the Python hub with the C++ device: nothing lost, nothing doubled.

As in the protocol's own random lives, but the device works in small steps and can lose
its power between any two of them.
"""

from collections.abc import Iterable
from pathlib import Path
import random

from custom_components.oceanremote.protocol import (
    CommandCompleted,
    CommandDeadline,
    CommandStatus,
    EntityState,
    HubEvent,
    HubSettings,
    LinkClosed,
    LocalProtocolError,
    RegistrationProved,
    SessionProved,
    StatesReceived,
    TokenStored,
    switch_command,
)
from tests.support.message_samples import FLOW, PUMP

from .firmware_world import FirmwareWorld
from .link_process import FirmwareEvent

SETTINGS = HubSettings(lifetime=600)
HUB_STEPS = (RegistrationProved, TokenStored, SessionProved)
CRASH_CHANCE = 0.04
MEMORY = 40


class FirmwareLife(FirmwareWorld):
    """One random life; equal seeds choose equal events."""

    def __init__(self, program: Path, seed: int) -> None:
        """Begin with a device that has never met its hub."""
        super().__init__(program, seed, settings=SETTINGS)
        self.chance = random.Random(seed)
        self.calm = False
        self.serial = self.links = self.crashes = self.rotations = 0
        self.session_ids: set[bytes] = set()
        self.counters: list[int] = []
        self.past: list[bytes] = []
        self.begin_link()

    def live(self, steps: int) -> None:
        """Live through that many random events."""
        actions = (
            (self.carry_to_firmware, 60),
            (self._step_to_hub, 60),
            (self._work, 120),
            (self._send_states, 14),
            (self._send_command, 14),
            (self._rotate, 12),
            (self.firmware.rotate, 4),
            (self._pass_time, 4),
            (self.begin_link, 1),
            (self._crash_device, 2),
            (self._replay, 1),
        )
        for action in self.chance.choices(
            [action for action, _ in actions],
            [weight for _, weight in actions],
            k=steps,
        ):
            action()
            if self.closed or self.hub.closed:
                self.begin_link()

    def settle(self) -> None:
        """Let all faults cease; registration and messages must have converged."""
        self.calm = True
        self.begin_link()
        self.pump()
        if self.closed:
            # A device that was refused under a token of which the hub knows nothing.
            self.begin_link()
            self.pump()
        assert self.disk.commits == 1
        assert not self.disk.pending
        assert not self.disk.unused
        assert self.firmware.state.plan == "resume"
        command = self._send_command()
        self._send_states()
        self.pump()
        assert command is not None
        assert self.outcomes == {command: "done"}
        assert self.received == self.sent
        assert len(self.sent) == 1

    # Events

    def begin_link(self) -> None:
        """Both sides notice that the link is gone."""
        self.links += 1
        self.sent: list[float] = []
        self.received: list[float] = []
        self.commands: set[int] = set()
        self.executed: set[int] = set()
        self.outcomes: dict[int, str] = {}
        self.past = (self.past + [f for side, f in self.carried if side == "hub"])[
            -MEMORY:
        ]
        self.carried = []
        self.connect()

    def _step_to_hub(self) -> None:
        if self.to_hub:
            self.carry_to_hub()

    def _work(self) -> None:
        if not self.closed:
            self.act()

    def _send_states(self) -> None:
        self.serial += 1
        if self.welcomed and self.report(EntityState(FLOW, self.serial / 2)):
            self.sent.append(self.serial / 2)

    def _send_command(self) -> int | None:
        if not self.hub.accepts_commands:
            return None
        timeout = self.chance.choice((0.5, 5.0, 30.0))
        try:
            command = self.hub.send_command(
                PUMP, switch_command(on=True), timeout, self.now
            )
        except LocalProtocolError:
            return None
        self.commands.add(command)
        self.collect()
        return command

    def _rotate(self) -> None:
        if self.hub.accepts_commands:
            self.hub.rotate(self.now)
            self.collect()

    def _pass_time(self) -> None:
        self.now += self.chance.choice((0.25, 1, 4, 15, 60, 590))
        self.own_hub(self.hub.handle_timer(self.now))
        self.own_firmware(self.firmware.tick(self.now))

    def _crash_device(self) -> None:
        self.crashes += 1
        self.boot()
        self.begin_link()

    def _replay(self) -> None:
        """Deliver a frame of the hub's that has been delivered before."""
        past = self.past + [frame for side, frame in self.carried if side == "hub"]
        if not past or not self.firmware.state.can_receive:
            return
        for event in self.firmware.receive(self.chance.choice(past), self.now):
            assert event.name in {"closed", "rejected"}, event
            self.closed = True

    # What must hold at every event

    def own_hub(self, events: Iterable[HubEvent]) -> None:
        """Check what the hub says, perhaps crash, else act on it."""
        for event in events:
            self._check_hub(event)
            if isinstance(event, HUB_STEPS) and self._strikes():
                self.crashes += 1
                if self._strikes(0.5):
                    self._only_store(event)
                self.hub.close(self.now)
                return
            super().own_hub([event])
        super().own_hub([])

    def _only_store(self, event: HubEvent) -> None:
        match event:
            case RegistrationProved():
                self.disk.store_pending(event)
            case TokenStored() | SessionProved():
                self.disk.commit(event)

    def _strikes(self, chance: float = CRASH_CHANCE) -> bool:
        return not self.calm and self.chance.random() < chance

    def own_firmware(self, events: list[FirmwareEvent]) -> None:
        """Check what the device says and act on it."""
        for event in events:
            if event.name == "command":
                command = int(event.details[0])
                assert command in self.commands
                assert command not in self.executed
                self.executed.add(command)
        super().own_firmware(events)

    def _check_hub(self, event: HubEvent) -> None:
        ended = self.hub.expires_at is not None and self.hub.expires_at <= self.now
        assert not ended or isinstance(event, LinkClosed | CommandDeadline)
        match event:
            case SessionProved():
                assert event.session_id not in self.session_ids
                self.session_ids.add(event.session_id)
                assert not self.counters or event.counter > self.counters[-1]
                self.counters.append(event.counter)
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
