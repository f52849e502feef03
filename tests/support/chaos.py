"""A hub and a device that live through one random sequence of events.

Frames are carried in any order of the two directions, links drop, both sides crash
between any two of their steps, clocks jump, old frames come back. What must hold
whatever happens is checked at every event; what must hold in the end, in `settle`.
"""

from collections.abc import Iterable

from custom_components.oceanremote.protocol import (
    CommandCompleted,
    CommandDeadline,
    CommandStatus,
    EntityState,
    HubEvent,
    LinkClosed,
    LocalProtocolError,
    SessionProved,
)
from custom_components.oceanremote.protocol.frames import FrameType
from tests.support.device import (
    CommandExpired,
    CommandReceived,
    DeviceEvent,
    DeviceLinkClosed,
    EpochStarted,
    TokenIssued,
)

from .message_samples import ENTITIES, FLOW
from .random_life import SETTINGS, Action, CrashError, RandomLife


class Chaos(RandomLife):
    """A random life with the device of the tests; either side may crash."""

    def __init__(self, seed: int) -> None:
        """Begin with a device that has never met its hub."""
        super().__init__(seed, settings=SETTINGS, entities=ENTITIES[:2])
        self.replaying = False
        self.begin_life(seed)

    def actions(self) -> tuple[tuple[Action, int], ...]:
        """Return what may happen, and how often beside the others."""
        return (
            (self._step_to_device, 60),
            (self.step_to_hub, 60),
            (self._send_states, 12),
            (self.send_command, 12),
            (self.rotate, 15),
            (self._ask_for_rotation, 4),
            (self.let_time_pass, 6),
            (self.begin_link, 1),
            (self._crash, 1),
            (self._replay, 2),
        )

    def link_is_over(self) -> bool:
        """Whether one side has hung up."""
        return self.hub.closed or self.device.closed

    def settle(self) -> None:
        """Let all faults cease; registration and messages must have converged."""
        self.calm = True
        self.run_timers()
        if not self.hub.closed and not self.device.closed:
            assert self.received == self.sent
            assert self.executed | self.expired == self.commands
            assert self.outcomes.keys() == self.commands
        self.begin_link()
        self.pump()
        identity = self.flash.identity
        assert self.disk.commits == 1
        assert self.disk.pending == {}
        assert self.disk.unused == {}
        assert self.disk.devices[identity.key.public].tokens[1] == identity.token
        command = self.send_command()
        self._send_states()
        self.pump()
        assert command is not None
        assert self.outcomes[command] == "done"
        assert self.received == self.sent

    # Events

    def begin_link(self) -> None:
        """Both sides notice that the link is gone."""
        self.expired: set[int] = set()
        self.epoch_ends: dict[int, float] = {}
        super().begin_link()

    def _step_to_device(self) -> None:
        if self.to_device:
            self.carry_to_device()

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

    def _ask_for_rotation(self) -> None:
        assert self.device.closed is False
        if self.device.welcomed and (self.device.expires_at or 0) > self.now:
            self.device.request_rotation(self.now)
            self.collect()

    def let_time_pass(self) -> None:
        """Set the common clock forward; both timers fire."""
        super().let_time_pass()
        self.own_device(self.device.handle_timer(self.now))

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

    def own_device(self, events: Iterable[DeviceEvent]) -> None:
        """Check what the device says, perhaps crash, else act on it."""
        for event in events:
            self._check_device(event)
            if isinstance(event, TokenIssued) and self.strikes():
                if self.strikes(0.5):
                    self.flash.identity = self.flash.identity.with_token(
                        event.generation, event.token
                    )
                raise CrashError
            super().own_device([event])
        super().own_device([])

    def check_hub(self, event: HubEvent) -> None:
        """Book one event of the hub's and check it against what was sent."""
        super().check_hub(event)
        match event:
            case SessionProved():
                assert event.epoch not in self.epoch_ends
                self.epoch_ends[event.epoch] = event.expires_at
            case CommandCompleted():
                done = event.status is CommandStatus.DONE
                assert done != (event.command_id in self.expired)

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
