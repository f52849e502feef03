"""Which ends of an unproved link count toward a ban."""

from types import MappingProxyType
from typing import Final

from ..policy.admission import Failure
from ..policy.places import Purpose
from ..protocol import CloseReason, RefusalReason
from .peers import AdmittedLink

_OF_CLOSE: Final = MappingProxyType(
    {
        CloseReason.MALFORMED_FRAME: Failure.MALFORMED,
        CloseReason.OVERSIZE: Failure.MALFORMED,
        CloseReason.UNEXPECTED_FRAME: Failure.MALFORMED,
        CloseReason.UNSUPPORTED_VERSION: Failure.MALFORMED,
        CloseReason.UNKNOWN_HUB_KEY: Failure.BAD_MAC1,
        CloseReason.BAD_MAC1: Failure.BAD_MAC1,
        CloseReason.BAD_HANDSHAKE: Failure.BAD_HANDSHAKE,
        CloseReason.NOT_PROVED: Failure.BAD_HANDSHAKE,
        CloseReason.NOT_AUTHENTIC: Failure.BAD_HANDSHAKE,
        CloseReason.MALFORMED_MESSAGE: Failure.MALFORMED,
        CloseReason.UNEXPECTED_MESSAGE: Failure.MALFORMED,
    }
)
_OF_REFUSAL: Final = MappingProxyType(
    {
        RefusalReason.UNKNOWN_KEY: Failure.UNKNOWN_KEY,
        RefusalReason.WRONG_MAC: Failure.BAD_HANDSHAKE,
        RefusalReason.GENERATION_UNKNOWN: Failure.BAD_HANDSHAKE,
        RefusalReason.UNKNOWN_HANDLE: Failure.BAD_REGISTRATION,
        RefusalReason.TOKEN_EXPIRED: Failure.BAD_REGISTRATION,
        RefusalReason.TOKEN_USED: Failure.BAD_REGISTRATION,
        RefusalReason.MAC_ACTIVE_ELSEWHERE: Failure.BAD_REGISTRATION,
    }
)

# What all boards show that were flashed for a hub that is no more.
_ANOTHER_HUB: Final = b"the key of another hub"


def failure_of(link: AdmittedLink) -> Failure | None:
    """Return what an unproved link did wrong, None for an end that is nobody's fault.

    A handshake that takes too long, an expired session, a refusal for load: no fault.
    Whatever goes wrong with a registration is a registration that failed.
    """
    failure = _failure_of(link)
    if failure is not None and link.ticket.purpose is Purpose.REGISTRATION:
        return Failure.BAD_REGISTRATION
    return failure


def named_by(link: AdmittedLink) -> bytes | None:
    """Return the void thing that a refused peer has shown; None if it showed nothing.

    A board goes on showing what it has, until somebody flashes it.
    """
    closed = link.closed_event
    if closed is None:
        return None
    if closed.reason is CloseReason.UNKNOWN_HUB_KEY:
        return _ANOTHER_HUB
    if closed.reason is CloseReason.REFUSED:
        return closed.claimed_handle or closed.claimed_key
    return None


def _failure_of(link: AdmittedLink) -> Failure | None:
    closed = link.closed_event
    if closed is None:
        # aiohttp or the link itself has ended it: not RFC 6455, or text.
        return Failure.MALFORMED if link.refused else None
    if closed.refusal is not None:
        return _OF_REFUSAL.get(closed.refusal)
    return _OF_CLOSE.get(closed.reason)
