"""Answers that every endpoint of ours gives alike."""

from http import HTTPStatus
import math
from typing import Final

from aiohttp import web

from ..policy.limits import Denial, DeniedError
from ..protocol.limits import MAX_RETRY_AFTER

# Waiting does not help against these: somebody must do something.
_FORBIDDEN: Final = frozenset({Denial.TLS_REQUIRED, Denial.WEB_PAGE})


def refused(denied: DeniedError) -> web.Response:
    """Return 429 with the time to wait; the reason stays with the hub.

    403 where waiting does not help: a connection without the TLS that is required, or
    one that a web page asks for.
    """
    status = HTTPStatus.TOO_MANY_REQUESTS
    if denied.denial in _FORBIDDEN:
        status = HTTPStatus.FORBIDDEN
    wait = str(retry_after_seconds(denied))
    return web.Response(status=status, headers={"Retry-After": wait})


def retry_after_seconds(denied: DeniedError) -> int:
    """Return whole seconds, at least 1 and at most MAX_RETRY_AFTER."""
    return max(1, min(MAX_RETRY_AFTER, math.ceil(denied.retry_after)))
