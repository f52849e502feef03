"""Random lives of the Python hub with the C++ device: nothing lost, nothing doubled.

As in the protocol's own random lives, but the device works in small steps and can lose
its power between any two of them.
"""

from pathlib import Path

from custom_components.oceanremote.protocol import EntityState, HubEvent, SessionProved
from tests.support.message_samples import FLOW
from tests.support.random_life import SETTINGS, Action, RandomLife

from .firmware_world import FirmwareWorld
from .link_process import FirmwareEvent


class FirmwareLife(RandomLife, FirmwareWorld):
    """A random life with the firmware; equal seeds choose equal events."""

    def __init__(self, program: Path, seed: int) -> None:
        """Begin with a device that has never met its hub."""
        FirmwareWorld.__init__(self, program, seed, settings=SETTINGS)
        self.session_ids: set[bytes] = set()
        self.counters: list[int] = []
        self.begin_life(seed)

    def actions(self) -> tuple[tuple[Action, int], ...]:
        """Return what may happen, and how often beside the others."""
        return (
            (self.carry_to_firmware, 60),
            (self.step_to_hub, 60),
            (self._work, 120),
            (self._send_states, 14),
            (self.send_command, 14),
            (self.rotate, 12),
            (self.firmware.rotate, 4),
            (self.let_time_pass, 4),
            (self.begin_link, 1),
            (self._crash_device, 2),
            (self._replay, 1),
        )

    def link_is_over(self) -> bool:
        """Whether one side has hung up."""
        return self.closed or self.hub.closed

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
        command = self.send_command()
        self._send_states()
        self.pump()
        assert command is not None
        assert self.outcomes == {command: "done"}
        assert self.received == self.sent
        assert len(self.sent) == 1

    # Events

    def _work(self) -> None:
        if not self.closed:
            self.act()

    def _send_states(self) -> None:
        self.serial += 1
        if self.welcomed and self.report(EntityState(FLOW, self.serial / 2)):
            self.sent.append(self.serial / 2)

    def let_time_pass(self) -> None:
        """Set the common clock forward; both sides notice."""
        super().let_time_pass()
        self.own_firmware(self.firmware.tick(self.now))

    def _crash_device(self) -> None:
        self.crashes += 1
        self.boot()
        self.begin_link()

    def _replay(self) -> None:
        """Deliver a frame of the hub's that has been delivered before."""
        known = self.past + self.carried
        past = [frame for sender, frame in known if sender == "hub"]
        if not past or not self.firmware.state.can_receive:
            return
        for event in self.firmware.receive(self.chance.choice(past), self.now):
            assert event.name in {"closed", "rejected"}, event
            self.closed = True

    # What must hold at every event

    def own_firmware(self, events: list[FirmwareEvent]) -> None:
        """Check what the device says and act on it."""
        for event in events:
            if event.name == "command":
                command = int(event.details[0])
                assert command in self.commands
                assert command not in self.executed
                self.executed.add(command)
        super().own_firmware(events)

    def check_hub(self, event: HubEvent) -> None:
        """Book one event of the hub's and check it against what was sent."""
        super().check_hub(event)
        if isinstance(event, SessionProved):
            assert event.session_id not in self.session_ids
            self.session_ids.add(event.session_id)
            assert not self.counters or event.counter > self.counters[-1]
            self.counters.append(event.counter)
