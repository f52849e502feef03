"""The older of two proved links of one device, until it is known what it is.

A board that reconnects leaves its old socket behind, dead. Only a second holder of the
identity answers a question that was asked after the newer link had proved itself.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from homeassistant.core import HomeAssistant, callback

from ..policy.trust import LinkVerdict, OlderLinkProbe
from ..protocol import LocalProtocolError
from ..transport.link import Link

PROBE_SECONDS: Final = 5.0


class LingeringLinkProbe:
    """Asks an older link once, and closes it; at most one at a time."""

    def __init__(self, hass: HomeAssistant, suspect: Callable[[], None]) -> None:
        """Call `suspect` when an older link turns out to be alive."""
        self._hass = hass
        self._suspect = suspect
        self._link: Link | None = None
        self._probe: OlderLinkProbe | None = None
        self._timer: asyncio.TimerHandle | None = None

    @callback
    def ask(self, link: Link) -> None:
        """Ask a link that has just been replaced; it has PROBE_SECONDS to answer."""
        self.end()
        now = link.now()
        try:
            nonce = link.connection.send_ping(now)
        except LocalProtocolError:
            _close(link)
            return
        link.flush()
        self._link = link
        self._probe = OlderLinkProbe(now, nonce, now, now + PROBE_SECONDS)
        self._timer = self._hass.loop.call_later(PROBE_SECONDS, self.end)

    @callback
    def answered(self, link: Link, nonce: bytes) -> None:
        """Judge an authenticated pong of a link."""
        if link is not self._link or self._probe is None:
            return
        if self._probe.judge_answer(nonce) is LinkVerdict.SIMULTANEOUS:
            self._suspect()
            self.end()

    @callback
    def ended(self, link: Link) -> None:
        """A link has ended by itself."""
        if link is self._link:
            self.end()

    @callback
    def end(self) -> None:
        """Close the older link, if there is one."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        link, self._link, self._probe = self._link, None, None
        if link is not None:
            _close(link)


def _close(link: Link) -> None:
    link.close(detail="replaced by a newer link")
