"""Tunnels: TCP streams to services of the board, carried inside the session.

What goes each way is paid for by credit: nobody sends more than the other has room for.
Streams are numbered by the hub, from 1, across the epochs of a link.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, ClassVar

from . import fields
from .limits import MAX_TUNNEL_PART, MAX_TUNNEL_WINDOW, MAX_U8


class TunnelService(IntEnum):
    """What a board may let be reached, by the name of its section in the YAML."""

    API = 1
    WEB_SERVER = 2

    @property
    def bit(self) -> int:
        """Return what stands for it in the facts."""
        return 1 << (self - 1)


class TunnelStatus(IntEnum):
    """What a device answers to `TunnelOpen`."""

    OPENED = 0
    TOO_MANY = 1
    NO_SUCH_SERVICE = 2
    NOT_LISTENING = 3  # as is every status that only a newer version has


class TunnelEnd(IntEnum):
    """How a side ends a stream: it sends no more, or the stream is over at once."""

    FINISHED = 0
    RESET = 1


@dataclass(frozen=True, slots=True)
class TunnelOpen:
    """Connect to a service; `window` is what the device may send unasked."""

    CODE: ClassVar = 83
    stream: int
    service: TunnelService | int
    window: int

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        return [self.CODE, self.stream, int(self.service), self.window]


@dataclass(frozen=True, slots=True)
class TunnelOpened:
    """What became of `TunnelOpen`; `window`: what the hub may send, 0 if refused."""

    CODE: ClassVar = 23
    stream: int
    status: TunnelStatus
    window: int = 0

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        return [self.CODE, self.stream, int(self.status), self.window]


@dataclass(frozen=True, slots=True)
class _Data:
    CODE: ClassVar = 0
    stream: int
    data: bytes = field(repr=False)

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        return [self.CODE, self.stream, self.data]


@dataclass(frozen=True, slots=True)
class _Credit:
    CODE: ClassVar = 0
    stream: int
    size: int

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        return [self.CODE, self.stream, self.size]


@dataclass(frozen=True, slots=True)
class _End:
    CODE: ClassVar = 0
    stream: int
    how: TunnelEnd

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        return [self.CODE, self.stream, int(self.how)]


class TunnelDataUp(_Data):
    """Bytes of the service."""

    __slots__ = ()
    CODE: ClassVar = 24


class TunnelCreditUp(_Credit):
    """The device takes so many bytes more."""

    __slots__ = ()
    CODE: ClassVar = 25


class TunnelEndUp(_End):
    """The device ends a stream."""

    __slots__ = ()
    CODE: ClassVar = 26


class TunnelDataDown(_Data):
    """Bytes for the service."""

    __slots__ = ()
    CODE: ClassVar = 84


class TunnelCreditDown(_Credit):
    """The hub takes so many bytes more."""

    __slots__ = ()
    CODE: ClassVar = 85


class TunnelEndDown(_End):
    """The hub ends a stream."""

    __slots__ = ()
    CODE: ClassVar = 86


type TunnelNews = TunnelOpened | TunnelDataUp | TunnelCreditUp | TunnelEndUp
type TunnelOrder = TunnelOpen | TunnelDataDown | TunnelCreditDown | TunnelEndDown


def services_in(bits: int) -> frozenset[TunnelService]:
    """Return the services that a fact names; those of a newer device are left out."""
    return frozenset(service for service in TunnelService if bits & service.bit)


def read_open(items: list[Any]) -> TunnelOpen:
    """Return an order to open; any service, for a device refuses what it has not."""
    service = fields.uint(items[1], MAX_U8, 1)
    known = service <= max(TunnelService)
    return TunnelOpen(
        _stream(items[0]), TunnelService(service) if known else service, _size(items[2])
    )


def read_opened(items: list[Any]) -> TunnelOpened:
    """Return an answer; it grants a window exactly where the stream is open."""
    status = fields.uint(items[1], MAX_U8)
    window = fields.uint(items[2], MAX_TUNNEL_WINDOW)
    if bool(window) is bool(status):
        raise fields.malformed("a window of a stream that is not open, or none")
    known = status <= max(TunnelStatus)
    return TunnelOpened(
        _stream(items[0]),
        TunnelStatus(status) if known else TunnelStatus.NOT_LISTENING,
        window,
    )


def read_data_up(items: list[Any]) -> TunnelDataUp:
    """Return bytes of a service."""
    return TunnelDataUp(_stream(items[0]), _part(items[1]))


def read_credit_up(items: list[Any]) -> TunnelCreditUp:
    """Return credit for the hub."""
    return TunnelCreditUp(_stream(items[0]), _size(items[1]))


def read_end_up(items: list[Any]) -> TunnelEndUp:
    """Return how the device ends a stream."""
    return TunnelEndUp(_stream(items[0]), _end(items[1]))


def read_data_down(items: list[Any]) -> TunnelDataDown:
    """Return bytes for a service."""
    return TunnelDataDown(_stream(items[0]), _part(items[1]))


def read_credit_down(items: list[Any]) -> TunnelCreditDown:
    """Return credit for the device."""
    return TunnelCreditDown(_stream(items[0]), _size(items[1]))


def read_end_down(items: list[Any]) -> TunnelEndDown:
    """Return how the hub ends a stream."""
    return TunnelEndDown(_stream(items[0]), _end(items[1]))


def _stream(value: Any) -> int:
    return fields.uint(value, minimum=1)


def _size(value: Any) -> int:
    return fields.uint(value, MAX_TUNNEL_WINDOW, 1)


def _end(value: Any) -> TunnelEnd:
    return TunnelEnd(fields.uint(value, max(TunnelEnd)))


def _part(value: Any) -> bytes:
    part = fields.octets_up_to(value, MAX_TUNNEL_PART)
    if not part:
        raise fields.malformed("a part without bytes")
    return part
