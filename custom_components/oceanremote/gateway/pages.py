"""`/self-unban/`: who can log in lifts the ban of the address he comes from.

The page carries no cookie and no form. Its script logs in by Home Assistant's own
login (OAuth with the page as its own client), sends one request with the bearer token
that it got, and gives the token back; another site's page can do none of that.
"""

from typing import Any, Final, override

from aiohttp import hdrs, web
from aiohttp.abc import AbstractStreamWriter
from homeassistant.components.http import KEY_HASS, KEY_HASS_USER, HomeAssistantView

from .desk import desk_of, unavailable

PAGE_PATH: Final = "/self-unban/"
SCRIPT_PATH: Final = "/self-unban/page.js"
STYLE_PATH: Final = "/self-unban/page.css"
API_PATH: Final = "/api/oceanremote/self-unban"

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_YEAR: Final = 31_536_000

_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>OceanRemote: lift a ban</title>
<link rel="stylesheet" href="/self-unban/page.css">
</head>
<body>
<main>
<h1>Lift the ban of this address</h1>
<p>Your address was banned, because somebody behind it failed too often or looked for
weak spots. Log in with your Home Assistant account, and the ban is lifted.</p>
<button id="login" type="button">Log in and lift the ban</button>
<p id="result" role="status"></p>
</main>
<script src="/self-unban/page.js"></script>
</body>
</html>
"""
_STYLE: Final = """body { font-family: system-ui, sans-serif; background: #f2f5f8; }
main { max-width: 32rem; margin: 10vh auto; padding: 2rem; background: #fff;
  border-radius: 12px; }
button { font: inherit; padding: .7rem 1.2rem; border: 0; border-radius: 8px;
  background: #0b6e99; color: #fff; cursor: pointer; }
"""
_SCRIPT: Final = """"use strict";
const client = location.origin + "/";
const page = location.origin + "/self-unban/";
const result = document.getElementById("result");
const button = document.getElementById("login");

button.addEventListener("click", () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const state = Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
  sessionStorage.setItem("oceanremote_state", state);
  const query = new URLSearchParams({
    response_type: "code", client_id: client, redirect_uri: page, state });
  location.assign("/auth/authorize?" + query);
});

async function post(path, fields, headers) {
  return fetch(path, { method: "POST", body: new URLSearchParams(fields), headers });
}

async function unban(code) {
  button.hidden = true;
  result.textContent = "One moment…";
  const answer = await post("/auth/token", {
    grant_type: "authorization_code", code, client_id: client });
  if (!answer.ok) {
    result.textContent = "The login did not work.";
    button.hidden = false;
    return;
  }
  const tokens = await answer.json();
  try {
    const done = await fetch("/api/oceanremote/self-unban", {
      method: "POST", headers: { Authorization: "Bearer " + tokens.access_token } });
    const body = await done.json();
    result.textContent = body.message;
  } catch {
    result.textContent = "The hub did not answer.";
  } finally {
    await post("/auth/revoke", { token: tokens.refresh_token });
  }
}

const query = new URLSearchParams(location.search);
if (query.has("code")) {
  const expected = sessionStorage.getItem("oceanremote_state");
  sessionStorage.removeItem("oceanremote_state");
  history.replaceState(null, "", "/self-unban/");
  if (expected && query.get("state") === expected) {
    unban(query.get("code"));
  } else {
    result.textContent = "This login was not begun here.";
  }
}
"""


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
    """A response that nobody may frame, whatever Home Assistant allows for itself."""

    @override
    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Send it; Home Assistant's own headers have been added by now."""
        self.headers[hdrs.X_FRAME_OPTIONS] = "DENY"
        return await super().prepare(request)


class _PageView(HomeAssistantView):
    """One static part of the page; open to everybody, banned or not."""

    requires_auth = False
    content: str
    content_type: str

    async def get(self, request: web.Request) -> web.Response:
        """Serve it, so many times a minute."""
        desk = desk_of(request.app[KEY_HASS])
        refusal = unavailable() if desk is None else desk.refuse_page(request)
        if refusal is not None:
            return refusal.response()
        return _Page(
            text=self.content,
            content_type=self.content_type,
            charset="utf-8",
            headers=page_headers(request),
        )


class UnbanPageView(_PageView):
    """The page."""

    url = PAGE_PATH
    name = "oceanremote:self-unban"
    content = _PAGE
    content_type = "text/html"


class UnbanScriptView(_PageView):
    """Its script."""

    url = SCRIPT_PATH
    name = "oceanremote:self-unban:script"
    content = _SCRIPT
    content_type = "text/javascript"


class UnbanStyleView(_PageView):
    """Its style."""

    url = STYLE_PATH
    name = "oceanremote:self-unban:style"
    content = _STYLE
    content_type = "text/css"


class SelfUnbanView(HomeAssistantView):
    """What the page's script asks for; needs a bearer token."""

    url = API_PATH
    name = "api:oceanremote:self-unban"

    async def post(self, request: web.Request) -> web.Response:
        """Lift the ban of the caller's address."""
        desk = desk_of(request.app[KEY_HASS])
        if desk is None:
            return unavailable().response()
        return desk.self_unban(request, request[KEY_HASS_USER]).response()


class RenewView(HomeAssistantView):
    """`POST /api/device/<id>/renew-session/`: a new session for a device, now.

    200, 401 (no login), 403 (may not control it), 404 (no such device), 409 (offline),
    429 (too often).
    """

    url = "/api/device/{device}/renew-session/"
    extra_urls: list[str] = ["/api/oceanremote/devices/{device}/renew-session"]
    name = "api:oceanremote:renew-session"

    async def post(self, request: web.Request, device: str) -> web.Response:
        """Renew, and answer when the device has proved itself again."""
        desk = desk_of(request.app[KEY_HASS])
        if desk is None:
            return unavailable().response()
        user: Any = request[KEY_HASS_USER]
        return (await desk.async_renew(request, user, device)).response()


VIEWS: Final = (
    UnbanPageView,
    UnbanScriptView,
    UnbanStyleView,
    SelfUnbanView,
    RenewView,
)
