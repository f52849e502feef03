"""The file that a dialog offers for download, through a link that Home Assistant signs."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, override

from aiohttp import hdrs, web
from homeassistant.auth.models import User
from homeassistant.components.http import KEY_HASS
from homeassistant.components.http.auth import SIGN_QUERY_PARAM

from ..flows.downloads import DOWNLOAD_PATH, Document, async_downloads
from .guard import HttpGuard
from .login import LoginView
from .replies import SAFE_HEADERS, Reply, Words

_OVER: Final = Words(
    HTTPStatus.NOT_FOUND,
    "This link is no longer valid. Open the dialog in Home Assistant again.",
)


@dataclass(frozen=True, slots=True)
class _File:
    """A document as a file to be saved."""

    document: Document

    def response(self) -> web.Response:
        """Return it as an attachment that nothing on the way may keep."""
        name = self.document.file_name
        return web.Response(
            text=self.document.text,
            content_type="application/yaml",
            charset="utf-8",
            headers={
                **SAFE_HEADERS,
                hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}"',
                "Referrer-Policy": "no-referrer",
            },
        )


class DownloadView(LoginView):
    """`GET /api/oceanremote/download/<id>`: for the administrator who was shown it.

    200, 401 (no login), 404 (the dialog is closed, or another user's), 429 (too often).
    """

    url = f"{DOWNLOAD_PATH}/{{document}}"
    name = "api:oceanremote:download"
    get = LoginView.async_serve

    @override
    def refuse_stranger(self, guard: HttpGuard, request: web.Request) -> Reply | None:
        """Count it; an expired signature is not a failed login."""
        if (refusal := super().refuse_stranger(guard, request)) is not None:
            return refusal
        return _OVER if SIGN_QUERY_PARAM in request.query else None

    @override
    async def async_answer(
        self, guard: HttpGuard, request: web.Request, user: User, **parts: str
    ) -> Reply:
        """Return the file."""
        if (refusal := guard.refuse_user(request, user)) is not None:
            return refusal
        hass = request.app[KEY_HASS]
        document = async_downloads(hass).find(
            parts["document"], user.id, hass.loop.time()
        )
        if document is None or not user.is_admin:
            return _OVER
        return _File(document)
