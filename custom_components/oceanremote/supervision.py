"""When a session is renewed: a timer of its own, `margin` before the end."""

from asyncio import AbstractEventLoop, TimerHandle
from collections.abc import Callable

from homeassistant.core import callback


def rotation_delay(remaining: float, margin: float) -> float:
    """Return the seconds from now until a session of `remaining` seconds rotates.

    The margin never exceeds a quarter of what remains, so that a short session is
    not renewed without end.
    """
    return max(0.0, remaining - min(margin, remaining / 4))


class RotationTimer:
    """Asks once per session for its renewal."""

    def __init__(
        self, loop: AbstractEventLoop, margin: float, rotate: Callable[[], None]
    ) -> None:
        """Prepare; nothing runs before `arm`."""
        self._loop = loop
        self._margin = margin
        self._rotate = rotate
        self._handle: TimerHandle | None = None

    @callback
    def arm(self, remaining: float) -> None:
        """Start over for a session that ends in `remaining` seconds."""
        self.cancel()
        self._handle = self._loop.call_later(
            rotation_delay(remaining, self._margin), self._fire
        )

    @callback
    def cancel(self) -> None:
        """Forget the session."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    @callback
    def _fire(self) -> None:
        self._handle = None
        self._rotate()
