"""What a link has carried: bytes as the WebSocket has them on the wire.

Frames with their WebSocket headers. Not the upgrade's HTTP, nor what lies below: TLS,
TCP and IP add some 40 to 90 bytes to each packet.
"""

from dataclasses import dataclass
from typing import Final

# RFC 6455, section 5.2: a device masks what it sends, a hub does not.
_HEADER: Final = 2
_LONG_HEADER: Final = 4
_LONGEST_IN_HEADER: Final = 125
_MASK: Final = 4


@dataclass(slots=True)
class Traffic:
    """Bytes of both directions, from the device's point of view."""

    sent: int = 0
    received: int = 0

    def __add__(self, other: Traffic) -> Traffic:
        """Return both together."""
        return Traffic(self.sent + other.sent, self.received + other.received)

    def __sub__(self, other: Traffic) -> Traffic:
        """Return what has been carried since."""
        return Traffic(self.sent - other.sent, self.received - other.received)

    def count_sent(self, size: int) -> None:
        """Count a message of the device."""
        self.sent += _on_the_wire(size) + _MASK

    def count_received(self, size: int) -> None:
        """Count a message of the hub."""
        self.received += _on_the_wire(size)


def _on_the_wire(size: int) -> int:
    return size + (_HEADER if size <= _LONGEST_IN_HEADER else _LONG_HEADER)
