"""What endpoints beside the devices' own ask of the hub."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, Protocol

from aiohttp import web
from homeassistant.auth.models import User
from homeassistant.core import HomeAssistant
from homeassistant.util.hass_dict import HassKey

from ..common.const import DOMAIN

DATA_DESK: HassKey[SecurityDesk] = HassKey(f"{DOMAIN}_desk")
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
    """What a person reads who has followed a link that is no good."""

    status: HTTPStatus
    text: str

    def response(self) -> web.Response:
        """Return it as plain text."""
        return web.Response(text=self.text, status=self.status, headers=SAFE_HEADERS)


class Reply(Protocol):
    """Whatever can be sent."""

    def response(self) -> web.Response:
        """Return it as aiohttp sends it."""


class SecurityDesk(Protocol):
    """Answers requests of people and of scanners."""

    def traps_are_set(self) -> bool:
        """Whether scanners' paths are watched now."""

    def trapped(self, request: web.Request) -> None:
        """A scanner's path was asked for."""

    def refuse_request(self, request: web.Request) -> Answer | None:
        """Count a request without a login; return the refusal, if any."""

    def refuse_page(self, request: web.Request) -> Answer | None:
        """Count one for what the banned may see too; return the refusal, if any."""

    def refuse_user(self, request: web.Request, user: User) -> Answer | None:
        """Count a request of a logged-in user; return the refusal, if any."""

    def self_unban(self, request: web.Request, user: User) -> Answer:
        """Lift the ban of the address that a logged-in user comes from."""

    async def async_renew(self, request: web.Request, user: User, name: str) -> Answer:
        """Give a device a new session for a user."""


def desk_of(hass: HomeAssistant) -> SecurityDesk | None:
    """Return the desk of the loaded hub."""
    return hass.data.get(DATA_DESK)


def unavailable() -> Answer:
    """Return what is answered while no hub is loaded."""
    return Answer(HTTPStatus.SERVICE_UNAVAILABLE, {"message": "not available"}, 30)
