"""The firmware's `Link` as a process, with the methods of a device's owner.

The program is `core/link_driver.cpp`; its store lives as long as the process, so
`boot` is a power cut and a new start.
"""

from dataclasses import dataclass
from pathlib import Path
import subprocess


@dataclass(frozen=True)
class FirmwareEvent:
    """What `Link` reported: the event's name and what was said with it."""

    name: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True)
class FirmwareState:
    """What `Link` plans and wants; `counter` is the next handshake counter."""

    plan: str
    wants: str
    epoch: int
    can_receive: bool
    counter: int


class LinkProcess:
    """A device without a board. Times are the tests' seconds."""

    def __init__(self, program: Path) -> None:
        """Start the program; `close` ends it."""
        self._process = subprocess.Popen(
            [program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def close(self) -> None:
        """End the program, which must have found nothing to complain about."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        assert self._process.wait(30) == 0

    def boot(
        self, mac: bytes, hub_public: bytes, token: bytes | None, rx_limit: int = 1024
    ) -> None:
        """Cut the power and start again."""
        secret = token.hex() if token else "-"
        self._ask(f"boot {mac.hex()} {hub_public.hex()} {secret} {rx_limit}")

    def describe(self, digest: bytes) -> None:
        """Name the description."""
        self._ask(f"describe {digest.hex()}")

    def open(self, now: float) -> None:
        """Begin a link."""
        self._ask(f"open {_ms(now)}")

    def tick(self, now: float) -> list[FirmwareEvent]:
        """Let time pass."""
        return self._ask(f"tick {_ms(now)}")[1]

    def receive(self, frame: bytes, now: float) -> list[FirmwareEvent]:
        """Deliver a frame of the hub."""
        return self._ask(f"frame {_ms(now)} {frame.hex()}")[1]

    def act(self, now: float) -> tuple[list[bytes], list[FirmwareEvent]]:
        """Do one piece of work, or write one frame."""
        return self._ask(f"act {_ms(now)}")

    def seal(self, message: bytes, now: float) -> list[bytes]:
        """Return the frame of a message, none if the session does not take it."""
        return self._ask(f"seal {_ms(now)} {message.hex()}")[0]

    def answer(self, command_id: int, status: int) -> None:
        """Answer a command."""
        self._ask(f"answer {command_id} {status}")

    def rotate(self) -> None:
        """Ask the hub for a rotation."""
        self._ask("rotate")

    @property
    def state(self) -> FirmwareState:
        """What `Link` plans and wants."""
        _, _, (words,) = self._exchange("state")
        plan, wants, epoch, can_receive, counter = words
        return FirmwareState(plan, wants, int(epoch), can_receive == "1", int(counter))

    def _ask(self, command: str) -> tuple[list[bytes], list[FirmwareEvent]]:
        frames, events, _ = self._exchange(command)
        return frames, events

    def _exchange(
        self, command: str
    ) -> tuple[list[bytes], list[FirmwareEvent], list[list[str]]]:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(command + "\n")
        stdin.flush()
        frames: list[bytes] = []
        events: list[FirmwareEvent] = []
        states: list[list[str]] = []
        while (line := stdout.readline().rstrip("\n")) != ".":
            assert line, f"the firmware ended at: {command}"
            kind, _, rest = line.partition(" ")
            match kind:
                case "frame":
                    frames.append(bytes.fromhex(rest))
                case "event":
                    name, *details = rest.split(" ")
                    events.append(FirmwareEvent(name, tuple(details)))
                case "state":
                    states.append(rest.split(" "))
        return frames, events, states


def _ms(now: float) -> int:
    return round(now * 1000)
