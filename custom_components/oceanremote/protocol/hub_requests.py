"""What a device asks over a link: of Home Assistant, and of the link itself."""

from collections.abc import Iterator
import math
from typing import Final

from . import events as e
from .errors import CloseReason, LocalProtocolError, RemoteProtocolError
from .hub_link import HubLink
from .limits import (
    MAX_OUTSTANDING_REQUESTS,
    MAX_REASON_TEXT,
    MAX_RESPONSE_TEXT,
    MIN_ROTATION_REQUEST_INTERVAL,
)
from .requests import Answer, AnswerStatus, Request

_TOO_LARGE: Final = "response too large"


class HubRequests:
    """Takes requests, numbered by the device across all epochs, and answers each once.

    A request is outstanding until its answer is on its way.
    """

    def __init__(self, link: HubLink) -> None:
        """Start with no request."""
        self._link = link
        self._last_id = 0
        self._outstanding: set[int] = set()
        self._held: list[Answer] | None = None

    def take(self, request: Request) -> e.RequestReceived:
        """Take a request; raises `RemoteProtocolError` for one that may not be."""
        if request.request_id <= self._last_id:
            raise _unexpected(f"request {request.request_id} again")
        if len(self._outstanding) >= MAX_OUTSTANDING_REQUESTS:
            raise _unexpected("too many requests without an answer")
        self._last_id = request.request_id
        self._outstanding.add(request.request_id)
        return e.RequestReceived(request)

    def answer(self, answer: Answer, now: float) -> None:
        """Answer a request, with a reason cut to its bound.

        In place of a response that the device cannot take it is told so. Raises
        `LocalProtocolError` if no such request waits, or if the link does not live.
        """
        if answer.request_id not in self._outstanding:
            raise LocalProtocolError("no such request waits for its answer")
        self._outstanding.remove(answer.request_id)
        if self._held is None:
            self._send(answer, now)
        else:
            self._held.append(answer)

    def hold(self) -> None:
        """Keep answers back: in an epoch nothing goes out before its welcome."""
        self._held = self._held or []

    def release(self, now: float) -> None:
        """Send what has been kept back, and answer at once from now on."""
        held, self._held = self._held or [], None
        for answer in held:
            self._send(answer, now)

    def _send(self, answer: Answer, now: float) -> None:
        reason = answer.reason.encode()[:MAX_REASON_TEXT].decode(errors="ignore")
        response = answer.response
        fitting = Answer(answer.request_id, answer.status, reason, response)
        too_long = len((response or "").encode()) > MAX_RESPONSE_TEXT
        if too_long or not self._link.fits(fitting, now):
            fitting = Answer(answer.request_id, AnswerStatus.FAILED, _TOO_LARGE)
        self._link.send(fitting, now)


class RotationRequests:
    """Rotations cost the hub curve operations: a device gets one in a while."""

    def __init__(self) -> None:
        """Start with none asked for."""
        self._next_at = -math.inf

    def take(self, now: float) -> Iterator[e.RotationRequested]:
        """Yield the request, nothing if it comes too soon after the last."""
        if now >= self._next_at:
            self._next_at = now + MIN_ROTATION_REQUEST_INTERVAL
            yield e.RotationRequested()


def _unexpected(detail: str) -> RemoteProtocolError:
    return RemoteProtocolError(CloseReason.UNEXPECTED_MESSAGE, detail)
