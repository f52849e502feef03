"""What endpoints other than the devices' own answer."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, Protocol

from aiohttp import web

SAFE_HEADERS: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What an endpoint answers; `retry_after` in whole seconds, 0 for none."""

    status: HTTPStatus
    body: dict[str, Any]
    retry_after: int = 0

    def response(self) -> web.Response:
        """Return it as JSON."""
        headers = dict(SAFE_HEADERS)
        if self.retry_after:
            headers["Retry-After"] = str(self.retry_after)
        return web.json_response(self.body, status=self.status, headers=headers)


@dataclass(frozen=True, slots=True)
class Words:
    """What a person reads after following a link that is no longer valid."""

    status: HTTPStatus
    text: str

    def response(self) -> web.Response:
        """Return it as plain text."""
        return web.Response(text=self.text, status=self.status, headers=SAFE_HEADERS)


class Reply(Protocol):
    """Anything that can be sent."""

    def response(self) -> web.Response:
        """Return it as aiohttp sends it."""


def unavailable() -> Answer:
    """Return what is answered while no hub is loaded."""
    return Answer(HTTPStatus.SERVICE_UNAVAILABLE, {"message": "not available"}, 30)
