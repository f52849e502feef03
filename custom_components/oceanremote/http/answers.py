"""Answers that every endpoint of ours gives alike."""

from http import HTTPStatus
import math

from aiohttp import web

from ..policy.budgets import Denial, DeniedError
from ..protocol.limits import MAX_RETRY_AFTER


def refused(denied: DeniedError) -> web.Response:
    """Return 429 with the time to wait; the reason stays with the hub.

    403 where waiting does not help: the connection lacks the TLS that is required.
    """
    status = HTTPStatus.TOO_MANY_REQUESTS
    if denied.denial is Denial.TLS_REQUIRED:
        status = HTTPStatus.FORBIDDEN
    wait = max(1, min(MAX_RETRY_AFTER, math.ceil(denied.retry_after)))
    return web.Response(status=status, headers={"Retry-After": str(wait)})
