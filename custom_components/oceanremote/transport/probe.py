"""Answers to the set-up's question whether an address leads to this hub.

A dialog sends a random question to the address that a person has entered; only this
Home Assistant knows the random answer. Questions live for seconds; nothing is counted,
and the question alone decides the answer.
"""

from dataclasses import dataclass
from http import HTTPStatus
import secrets
from typing import Final

from aiohttp import hdrs, web
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from ..common.const import DOMAIN

# The question is a query on the devices' own path, so that whatever a proxy does to
# that path is seen.
PARAMETER: Final = "probe"
QUESTION_LIFETIME: Final = 30.0
MAX_QUESTIONS: Final = 16
_BYTES: Final = 16
_HEADERS: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


@dataclass(frozen=True, slots=True)
class Question:
    """A question and its only answer; `expires_at` is monotonic seconds."""

    text: str
    answer: str
    expires_at: float


class Questions:
    """The open questions. Times are monotonic seconds."""

    def __init__(self) -> None:
        """Begin with no question."""
        self._open: dict[str, Question] = {}

    def ask(self, now: float) -> Question:
        """Return a new question; the oldest gives way when there are too many."""
        self._drop_expired(now)
        while len(self._open) >= MAX_QUESTIONS:
            del self._open[next(iter(self._open))]
        question = Question(
            secrets.token_urlsafe(_BYTES),
            secrets.token_urlsafe(_BYTES),
            now + QUESTION_LIFETIME,
        )
        self._open[question.text] = question
        return question

    def answer(self, text: str, now: float) -> str | None:
        """Return the answer to an open question."""
        self._drop_expired(now)
        question = self._open.get(text)
        return None if question is None else question.answer

    def withdraw(self, question: Question) -> None:
        """Stop answering it."""
        self._open.pop(question.text, None)

    def _drop_expired(self, now: float) -> None:
        for text, question in tuple(self._open.items()):
            if now >= question.expires_at:
                del self._open[text]


_DATA: HassKey[Questions] = HassKey(f"{DOMAIN}_probe")


@callback
def async_questions(hass: HomeAssistant) -> Questions:
    """Return the questions of this Home Assistant."""
    return hass.data.setdefault(_DATA, Questions())


@callback
def async_answer(hass: HomeAssistant, request: web.Request) -> web.Response:
    """Answer a question; 404 for one that is not open.

    The answer also says whether the request for a WebSocket has come through.
    """
    answer = async_questions(hass).answer(request.query[PARAMETER], hass.loop.time())
    if answer is None:
        return web.Response(status=HTTPStatus.NOT_FOUND, headers=_HEADERS)
    upgrade = request.headers.get(hdrs.UPGRADE, "").lower()
    return web.json_response(
        {"answer": answer, "websocket": upgrade == "websocket"}, headers=_HEADERS
    )
