"""The hub's side of the tunnels of one link: which streams live, and who owes credit.

A stream is over when it is refused, when either side resets it, or when both have
finished. What is still said about it then has crossed its end, and is dropped; what
breaks the rules of a live one ends the link.
"""

from dataclasses import dataclass

from . import events as e, messages as m
from .errors import CloseReason, LocalProtocolError, RemoteProtocolError
from .hub_link import HubLink
from .limits import MAX_TUNNEL_WINDOW, MAX_TUNNELS, TUNNEL_OVERHEAD
from .tunnels import (
    TunnelCreditDown,
    TunnelCreditUp,
    TunnelDataDown,
    TunnelDataUp,
    TunnelEnd,
    TunnelEndDown,
    TunnelEndUp,
    TunnelNews,
    TunnelOpen,
    TunnelOpened,
    TunnelOrder,
    TunnelService,
)


@dataclass(slots=True)
class _Stream:
    granted: int  # what the device may still send
    room: int = 0  # what the device still takes
    opened: bool = False
    finished: bool = False
    finished_there: bool = False


class HubTunnels:
    """Opens streams, and holds both sides to what they have granted each other."""

    def __init__(self, link: HubLink) -> None:
        """Start with no stream."""
        self._link = link
        self._streams: dict[int, _Stream] = {}
        self._last = 0
        self._held: list[TunnelOrder] | None = []

    def open(self, service: TunnelService, window: int, now: float) -> int:
        """Ask the device to connect to a service it has named; return the stream.

        The device may send `window` bytes, and more as `grant` says. Raises
        `LocalProtocolError` if MAX_TUNNELS are not over yet, or without a live session.
        """
        if len(self._streams) >= MAX_TUNNELS:
            raise LocalProtocolError("too many tunnels")
        self._send(TunnelOpen(self._last + 1, service, window), now)
        self._last += 1
        self._streams[self._last] = _Stream(window)
        return self._last

    def room(self, stream: int, now: float) -> int:
        """Return how many bytes may be sent in one part now; 0: none."""
        state = self._streams.get(stream)
        if state is None or state.finished or self._link.closed:
            return 0
        part = self._link.sending_epoch(now).peer_limit - TUNNEL_OVERHEAD
        return min(state.room, part)

    def send(self, stream: int, data: bytes, now: float) -> None:
        """Send bytes, at most as many as there is `room` for."""
        if not 0 < len(data) <= self.room(stream, now):
            raise LocalProtocolError("more than the device takes")
        self._send(TunnelDataDown(stream, data), now)
        self._streams[stream].room -= len(data)

    def grant(self, stream: int, size: int, now: float) -> None:
        """Take so many bytes more; nothing happens where none will come."""
        state = self._streams.get(stream)
        if state is None or state.finished_there:
            return
        if state.granted + size > MAX_TUNNEL_WINDOW:
            raise LocalProtocolError("more credit than a window")
        self._send(TunnelCreditDown(stream, size), now)
        state.granted += size

    def finish(self, stream: int, now: float) -> None:
        """Send no more; the device may still."""
        state = self._streams.get(stream)
        if state is None or state.finished:
            return
        self._send(TunnelEndDown(stream, TunnelEnd.FINISHED), now)
        state.finished = True
        self._forget_whole(stream, state)

    def reset(self, stream: int, now: float) -> None:
        """End a stream at once; nothing happens where it is over."""
        if stream in self._streams:
            self._send(TunnelEndDown(stream, TunnelEnd.RESET), now)
            del self._streams[stream]

    def hold(self) -> None:
        """Keep orders back: in an epoch nothing goes out before its welcome."""
        self._held = self._held or []

    def release(self, now: float) -> None:
        """Send what has been kept back, and everything at once from now on."""
        held, self._held = self._held or [], None
        for order in held:
            self._link.send(order, now)

    def take(self, news: TunnelNews) -> list[e.HubEvent]:
        """Take what a device says of a stream; raises `RemoteProtocolError`."""
        if news.stream > self._last:
            raise _broken(news, "was never opened")
        state = self._streams.get(news.stream)
        if state is None:
            return []
        if state.opened is isinstance(news, TunnelOpened):
            raise _broken(news, "is not to be said now")
        match news:
            case TunnelOpened():
                state.opened, state.room = bool(news.window), news.window
                if not state.opened:
                    del self._streams[news.stream]
            case TunnelDataUp():
                self._take_data(state, news)
            case TunnelCreditUp():
                state.room += news.size
                if state.room > MAX_TUNNEL_WINDOW:
                    raise _broken(news, "too much credit")
            case _:
                self._take_end(state, news)
        return [e.TunnelReceived(news)]

    def _take_data(self, state: _Stream, news: TunnelDataUp) -> None:
        if state.finished_there or len(news.data) > state.granted:
            raise _broken(news, "more than was granted")
        state.granted -= len(news.data)

    def _take_end(self, state: _Stream, news: TunnelEndUp) -> None:
        if news.how is TunnelEnd.RESET:
            del self._streams[news.stream]
            return
        if state.finished_there:
            raise _broken(news, "finished again")
        state.finished_there = True
        self._forget_whole(news.stream, state)

    def _forget_whole(self, stream: int, state: _Stream) -> None:
        if state.finished and state.finished_there:
            del self._streams[stream]

    def _send(self, order: TunnelOrder, now: float) -> None:
        if self._held is None:
            self._link.send(order, now)
        else:
            self._link.sending_epoch(now)
            self._held.append(order)


def _broken(news: m.DeviceMessage, detail: str) -> RemoteProtocolError:
    return RemoteProtocolError(
        CloseReason.UNEXPECTED_MESSAGE, f"{type(news).__name__.lower()}: {detail}"
    )
