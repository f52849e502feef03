"""What boards without a session lead a person to think of a device; decides nothing."""

from collections.abc import Callable

from homeassistant.core import callback

from ..protocol import RefusalReason
from .status import STATUS_OF_REFUSAL, DeviceStatus


class BoardHints:
    """Whether a board is being registered, and why the last one was refused."""

    def __init__(
        self, notify: Callable[[], None], connected: Callable[[], bool]
    ) -> None:
        """Know nothing; `notify` lets everybody look again."""
        self._notify = notify
        self._connected = connected
        self.registering = False
        self.refusal: DeviceStatus | None = None

    @callback
    def forget(self) -> None:
        """A session is proved: what was before means nothing."""
        self.registering = False
        self.refusal = None

    @callback
    def registration_started(self) -> None:
        """A board holds our registration token and is being registered."""
        self.registering = True
        self.refusal = None
        self._notify()

    @callback
    def registration_ended(self) -> None:
        """The board that was being registered has gone, or has a session now."""
        if self.registering:
            self.registering = False
            self._notify()

    @callback
    def token_issued(self) -> None:
        """A new registration token is in force: earlier refusals mean nothing."""
        self.refusal = None
        self._notify()

    @callback
    def refused(self, reason: RefusalReason) -> None:
        """A board with our handle or key was refused; shown while none is connected.

        It had to know the registration token's handle or hold the device key, but has
        proved nothing.
        """
        self.refusal = STATUS_OF_REFUSAL.get(reason)
        if not self._connected():
            self._notify()
