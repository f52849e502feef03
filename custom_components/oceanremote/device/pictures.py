"""Pictures of a device's cameras that somebody waits for.

Whoever looks at a camera while its picture is on the way waits for that one, so a
device is never asked for a picture before the last has come.
"""

from asyncio import AbstractEventLoop, Future, shield, timeout
from collections.abc import Awaitable, Callable
from typing import Any, Final

from homeassistant.core import callback

from ..protocol.entities import EntityAddress
from ..vault.translate import translated_errors

type Ask = Callable[[EntityAddress, dict[int, Any]], Awaitable[None]]

# A slow line needs it for the largest picture; Home Assistant waits less for one.
PATIENCE: Final = 60.0


class Pictures:
    """One wait for each camera; it ends with the link."""

    def __init__(self, loop: AbstractEventLoop, ask: Ask) -> None:
        """Start with nobody looking; `ask` sends what a camera is asked."""
        self._loop = loop
        self._ask = ask
        self._awaited: dict[EntityAddress, Future[bytes | None]] = {}

    @translated_errors
    async def async_get(
        self, address: EntityAddress, args: dict[int, Any]
    ) -> bytes | None:
        """Return the next picture, None if there is none; raises as commands do."""
        if (future := self._awaited.get(address)) is None:
            future = self._awaited[address] = self._loop.create_future()
            try:
                await self._ask(address, args)
            except BaseException:
                self._settle(address, future, None)
                raise
        try:
            async with timeout(PATIENCE):
                return await shield(future)
        except TimeoutError:
            self._settle(address, future, None)
            return None

    @callback
    def received(self, address: EntityAddress, picture: bytes) -> None:
        """Hand a picture to those who wait; without any it goes."""
        if (future := self._awaited.get(address)) is not None:
            self._settle(address, future, picture or None)

    @callback
    def end(self) -> None:
        """The link is gone."""
        for address, future in tuple(self._awaited.items()):
            self._settle(address, future, None)

    def _settle(
        self, address: EntityAddress, future: Future[bytes | None], value: bytes | None
    ) -> None:
        if self._awaited.get(address) is future:
            del self._awaited[address]
        if not future.done():
            future.set_result(value)
