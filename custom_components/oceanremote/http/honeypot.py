"""Honeypot: paths that only scanners ask for, on Home Assistant's own server.

One resource at the end of the search, which asks all the others before it matches:
whatever Home Assistant or an integration serves, now or later, by any method, a panel
of the frontend included, is no trap. Switched off, it matches nothing.
"""

from typing import Final, override

from aiohttp import hdrs, web, web_urldispatcher
from homeassistant.core import HomeAssistant, callback
from yarl import URL

from .guard import guard_of

# In lower case. None of them is an address that a person types here.
TRAPS: Final = frozenset(
    {
        ".aws",
        ".env",
        ".git",
        ".ssh",
        ".svn",
        "admin",
        "admin.php",
        "administrator",
        "boaform",
        "cgi-bin",
        "config.php",
        "hnap1",
        "jmx-console",
        "mysqladmin",
        "phpinfo.php",
        "phpmyadmin",
        "pma",
        "server-status",
        "setup.php",
        "shell.php",
        "solr",
        "vendor",
        "wordpress",
        "wp-admin",
        "wp-content",
        "wp-includes",
        "wp-login.php",
        "xmlrpc.php",
    }
)
# A directory counts where a path begins, a file (or a dot directory) anywhere in it.
_ANYWHERE: Final = frozenset(name for name in TRAPS if "." in name)


def is_trap(path: str) -> bool:
    """Whether a decoded path is one that only scanners ask for."""
    segments = [part for part in path.lower().split("/") if part]
    return not TRAPS.isdisjoint(segments[:1]) or not _ANYWHERE.isdisjoint(segments)


@callback
def async_set_traps(hass: HomeAssistant) -> None:
    """Add the resource; once, because it cannot be removed."""
    hass.http.app.router.register_resource(TrapResource(hass))


class TrapResource(web_urldispatcher.AbstractResource):
    """Matches scanners' paths that no other resource has matched."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Ask the guard of `hass` whether the traps are set."""
        super().__init__(name="oceanremote:traps")
        self._hass = hass
        self._route = web_urldispatcher.ResourceRoute(hdrs.METH_ANY, self._trap, self)

    @property
    @override
    def canonical(self) -> str:
        """The index under which it is searched: the last one."""
        return "/"

    @override
    def url_for(self, **kwargs: str) -> URL:
        """There is no address to hand out."""
        return URL("/")

    @override
    async def resolve(
        self, request: web.Request
    ) -> tuple[web_urldispatcher.UrlMappingMatchInfo | None, set[str]]:
        """Match a trap while traps are set."""
        guard = guard_of(self._hass)
        if guard is None or not is_trap(request.path) or not guard.traps_are_set():
            return None, set()
        if await self._is_served(request):
            return None, set()
        match = web_urldispatcher.UrlMappingMatchInfo({}, self._route)
        return match, {hdrs.METH_ANY}

    async def _is_served(self, request: web.Request) -> bool:
        """Whether any other resource serves the path, if only by another method."""
        for resource in self._hass.http.app.router.resources():
            if resource is self:
                continue
            match, methods = await resource.resolve(request)
            if match is not None or methods:
                return True
        return False

    @override
    def add_prefix(self, prefix: str) -> None:
        """Sub-applications are not used."""

    @override
    def get_info(self) -> web_urldispatcher._InfoDict:
        """Nothing to tell."""
        return {}

    @override
    def raw_match(self, path: str) -> bool:
        """Never equal to another resource."""
        return False

    def __len__(self) -> int:
        """Return the number of routes."""
        return 1

    def __iter__(self):  # type: ignore[no-untyped-def]
        """Iterate over the route."""
        return iter((self._route,))

    async def _trap(self, request: web.Request) -> web.StreamResponse:
        if (guard := guard_of(self._hass)) is not None:
            guard.trapped(request)
        raise web.HTTPNotFound
