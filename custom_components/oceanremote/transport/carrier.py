"""What carries a link's frames: a stream of binary messages, and its end."""

from typing import Protocol


class CarrierError(Exception):
    """The peer broke the carrier's own rules; the text says how."""


class Carrier(Protocol):
    """One opened stream. One task receives, another sends."""

    # Who is at the other end, as far as the carrier can tell.
    address: str

    async def receive(self) -> bytes | None:
        """Return the next message, None at the stream's end; raises CarrierError."""

    async def send(self, frame: bytes) -> None:
        """Send one message; raises ConnectionError where the stream has ended."""

    async def close(self, code: int) -> None:
        """Say goodbye with a close code (RFC 6455, section 7.4) and wait for the end."""

    def abort(self) -> None:
        """End the stream at once; what waits in `receive`, `send`, `close` returns."""
