"""The Python hub and the C++ device on one wire, with one clock.

The hub, its disk and its owner are those of the protocol's own tests; the device is
the firmware's `Link` in a process of its own.
"""

from pathlib import Path

from custom_components.oceanremote.protocol import (
    EntityState,
    HubConnection,
    HubSettings,
    description_hash,
)
from custom_components.oceanremote.protocol.messages import (
    Describe,
    States,
    encode_message,
)
from tests.support.world import HUB_TIME, MAC, PART_SIZE, World

from .link_process import FirmwareEvent, LinkProcess

DONE = 0


class FirmwareWorld(World):
    """One hub, one firmware, at most one link between them.

    `seen` is everything that the firmware has reported. Commands are answered as done
    at once.
    """

    def __init__(
        self, program: Path, seed: int | str, *, settings: HubSettings | None = None
    ) -> None:
        """Switch a new device on that has a registration token and nothing else."""
        super().__init__(seed, settings=settings)
        (self.token,) = self.disk.unused.values()
        self.firmware = LinkProcess(program)
        self.seen: list[FirmwareEvent] = []
        self.closed = False
        self.welcomed = False
        self.boot()

    def boot(self) -> None:
        """Cut the device's power; flash and YAML stay."""
        self.firmware.boot(MAC, self.hub_key.public, self.token.secret, self.rx_limit)
        self.firmware.describe(description_hash(self.description))

    # The wire

    def connect(self) -> None:
        """Begin a new link; whatever was on the old wire is gone."""
        self.to_hub.clear()
        self.to_device.clear()
        self.hub = HubConnection(
            self.hub_key,
            self.disk,
            self.settings,
            random=self.random,
            wall_clock=lambda: HUB_TIME,
        )
        self.closed = self.welcomed = False
        self.firmware.open(self.now)
        self.hub.start(self.now)
        self.collect()

    def collect(self) -> None:
        """Put what the hub has to send onto the wire; the device acts by `act`."""
        self.to_device.extend(self.hub.frames_to_send())

    def carry_to_firmware(self) -> None:
        """Deliver the oldest frame, if the device is ready to take it."""
        if self.to_device and not self.closed and self.firmware.state.can_receive:
            frame = self.to_device.popleft()
            self.carried.append(("hub", frame))
            self.own_firmware(self.firmware.receive(frame, self.now))

    def act(self) -> None:
        """Let the device do one piece of work."""
        frames, events = self.firmware.act(self.now)
        self.to_hub.extend(frames)
        self.own_firmware(events)

    def pump(self) -> None:
        """Carry and work until both sides are silent."""
        self.collect()
        while True:
            wants = self.firmware.state.wants != "nothing"
            if wants:
                self.act()
            elif self.to_hub:
                self.carry_to_hub()
            elif self.to_device and not self.closed:
                self.carry_to_firmware()
            else:
                return

    # The owner of the device

    def own_firmware(self, events: list[FirmwareEvent]) -> None:
        """Do what the client component does on events."""
        for event in events:
            self.seen.append(event)
            match event.name:
                case "welcome":
                    self.welcomed = True
                    if event.details == ("1",):
                        self._describe()
                case "command":
                    self.firmware.answer(int(event.details[0]), DONE)
                case "closed" | "rejected" | "revoked":
                    self.closed = True

    def _describe(self) -> None:
        data = self.description
        for offset in range(0, len(data), PART_SIZE):
            part = data[offset : offset + PART_SIZE]
            self.say(encode_message(Describe(offset, len(data), part)))

    def say(self, message: bytes) -> bool:
        """Send a message of the caller's; False if there is no session for it."""
        frames = self.firmware.seal(message, self.now)
        self.to_hub.extend(frames)
        return bool(frames)

    def report(self, *states: EntityState) -> bool:
        """Send states."""
        return self.say(encode_message(States(states)))

    def firmware_said(self, name: str) -> list[FirmwareEvent]:
        """Return the events of that name."""
        return [event for event in self.seen if event.name == name]
