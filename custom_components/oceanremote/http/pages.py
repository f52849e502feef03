"""`/self-unban/`: anyone who can log in may lift the ban of their own address.

The page carries no cookie and no form. Its script logs in by Home Assistant's own
login (OAuth with the page as its own client), sends one request with the bearer token
that it got, and gives the token back; another site's page can do none of that.
"""

from http import HTTPStatus
from pathlib import Path
from typing import Final, override

from aiohttp import hdrs, web
from aiohttp.abc import AbstractStreamWriter
from homeassistant.auth.models import User
from homeassistant.components.http import KEY_HASS, HomeAssistantView

from .guard import HttpGuard, guard_of
from .login import LoginView
from .replies import Answer, unavailable

PAGE_PATH: Final = "/self-unban/"
API_PATH: Final = "/api/oceanremote/self-unban"
# The frontend's service worker caches other paths, for a day and across updates.
SCRIPT_PATH: Final = f"{API_PATH}/page.js"
STYLE_PATH: Final = f"{API_PATH}/page.css"

_FILES: Final = Path(__file__).with_name("self_unban")
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_YEAR: Final = 31_536_000
_REASONS: Final = {
    HTTPStatus.TOO_MANY_REQUESTS: "This page was loaded too often from your network.",
    HTTPStatus.SERVICE_UNAVAILABLE: "OceanRemote is not running at the moment.",
}


def page_headers(request: web.BaseRequest) -> dict[str, str]:
    """Return the headers of a page of ours; HSTS where the request came by TLS."""
    headers = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": _POLICY,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    if request.secure:
        headers["Strict-Transport-Security"] = f"max-age={_YEAR}"
    return headers


class _Page(web.Response):
    """A response that no page may frame, whatever Home Assistant allows for itself."""

    @override
    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Send it; Home Assistant's own headers have been added by now."""
        self.headers[hdrs.X_FRAME_OPTIONS] = "DENY"
        return await super().prepare(request)


class _PartView(HomeAssistantView):
    """One static part of the page; open to everybody, banned or not."""

    requires_auth = False

    def __init__(self, path: str, content_type: str, content: str) -> None:
        """Serve `content` at `path`."""
        self.url = path
        self.name = path.strip("/").replace("/", ":")
        self._type = content_type
        self._content = content

    async def get(self, request: web.Request) -> web.Response:
        """Serve it, a limited number of times a minute."""
        guard = guard_of(request.app[KEY_HASS])
        refusal = unavailable() if guard is None else guard.refuse_page(request)
        if refusal is not None:
            return self._refuse(request, refusal)
        return _Page(
            text=self._content,
            content_type=self._type,
            charset="utf-8",
            headers=page_headers(request),
        )

    def _refuse(self, request: web.Request, refusal: Answer) -> web.Response:
        return refusal.response()


class _PageView(_PartView):
    """The page itself: it refuses in words meant for a person."""

    def __init__(self, content: str, refusal: str) -> None:
        """Serve `content`, or `refusal` with its reason filled in."""
        super().__init__(PAGE_PATH, "text/html", content)
        self._refusal = refusal

    @override
    def _refuse(self, request: web.Request, refusal: Answer) -> web.Response:
        return _Page(
            text=self._refusal.format(reason=_REASONS[refusal.status]),
            status=refusal.status,
            content_type="text/html",
            charset="utf-8",
            headers={
                **page_headers(request),
                hdrs.RETRY_AFTER: str(refusal.retry_after),
            },
        )


class SelfUnbanView(LoginView):
    """What the page's script asks for; needs a bearer token."""

    url = API_PATH
    name = "api:oceanremote:self-unban"
    post = LoginView.async_serve

    @override
    def refuse_stranger(self, guard: HttpGuard, request: web.Request) -> Answer | None:
        """Count it as the page's parts are counted: it is the way out of a ban."""
        return guard.refuse_page(request)

    @override
    async def async_answer(
        self, guard: HttpGuard, request: web.Request, user: User, **parts: str
    ) -> Answer:
        """Lift the ban of the caller's address."""
        return guard.self_unban(request, user)


def load_views() -> tuple[HomeAssistantView, ...]:
    """Read the page's files, in the executor; return its views."""
    page, refusal, script, style = (
        (_FILES / name).read_text(encoding="utf-8")
        for name in ("page.html", "refusal.html", "page.js", "page.css")
    )
    return (
        _PageView(page, refusal),
        _PartView(SCRIPT_PATH, "text/javascript", script),
        _PartView(STYLE_PATH, "text/css", style),
        SelfUnbanView(),
    )
