"""Answers that every endpoint of ours gives alike."""

from http import HTTPStatus
import math

from aiohttp import web

from ..policy.budgets import DeniedError


def too_many_requests(denied: DeniedError) -> web.Response:
    """Return 429 with the time to wait; the reason stays with the hub."""
    wait = max(1, math.ceil(denied.retry_after))
    return web.Response(
        status=HTTPStatus.TOO_MANY_REQUESTS, headers={"Retry-After": str(wait)}
    )
