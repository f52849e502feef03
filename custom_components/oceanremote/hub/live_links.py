"""Every link that is served, of devices and of strangers."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress

from aiohttp import WSCloseCode
from homeassistant.core import callback

from ..common.const import CLOSE_TIMEOUT, MAX_LINKS
from ..transport.link import Link


class LiveLinks:
    """At most MAX_LINKS; says when the last one has ended."""

    def __init__(self) -> None:
        """Serve nobody."""
        self._links: set[Link] = set()
        self._none = asyncio.Event()
        self._none.set()

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._links)

    def __iter__(self) -> Iterator[Link]:
        """Yield the links of now; they may end meanwhile."""
        return iter(tuple(self._links))

    @callback
    def add(self, link: Link) -> bool:
        """Take a link on; False when there are too many."""
        if len(self._links) >= MAX_LINKS:
            return False
        self._links.add(link)
        self._none.clear()
        return True

    @callback
    def discard(self, link: Link) -> None:
        """Forget a link."""
        self._links.discard(link)
        if not self._links:
            self._none.set()

    async def async_close(self) -> int:
        """Close every link because the hub goes; return how many still close.

        Links cut their line themselves after CLOSE_TIMEOUT: twice that is waited.
        """
        for link in self:
            link.close(WSCloseCode.GOING_AWAY, "the hub stops")
        with suppress(TimeoutError):
            async with asyncio.timeout(2 * CLOSE_TIMEOUT):
                await self._none.wait()
        return len(self)
