"""Who is to be called when a device's availability may have changed, a few at a time."""

from asyncio import AbstractEventLoop
from collections.abc import Callable
from typing import Final

from homeassistant.core import CALLBACK_TYPE, callback

from ..audit.containment import Containment

type Follower = Callable[[], None]

# Called before others have the event loop: each may write a state. A device of ordinary
# size, with what the hub says of it, is one portion.
AT_ONCE: Final = 32


class Followers:
    """Callables, in the order in which they came."""

    def __init__(self, loop: AbstractEventLoop, containment: Containment) -> None:
        """Nobody follows yet; `containment` takes what they raise."""
        self._loop = loop
        self._containment = containment
        self._followers: dict[Follower, None] = {}
        # Those who are still to be called; nobody waits twice.
        self._waiting: dict[Follower, None] = {}

    @callback
    def add(self, follower: Follower) -> CALLBACK_TYPE:
        """Call `follower` from now on; return how to end that."""
        self._followers[follower] = None

        @callback
        def remove() -> None:
            self._followers.pop(follower, None)
            self._waiting.pop(follower, None)

        return remove

    @callback
    def call(self) -> None:
        """Call everybody: the first at once, the others as soon as the loop is free."""
        under_way = bool(self._waiting)
        self._waiting |= self._followers
        if not under_way:
            self._call_some()

    def _call_some(self) -> None:
        for follower in list(self._waiting)[:AT_ONCE]:
            # Who was removed by one before it is not called any more.
            if follower in self._waiting:
                del self._waiting[follower]
                self._containment.call("a follower of availability", follower)
        if self._waiting:
            self._loop.call_soon(self._call_some)
