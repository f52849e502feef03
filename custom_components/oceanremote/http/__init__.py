"""What browsers ask for besides the devices' own route."""

from homeassistant.core import HomeAssistant, callback

from ..hub import Hub
from .download import DownloadView
from .guard import DATA_GUARD, HttpGuard
from .honeypot import async_set_traps
from .pages import load_views
from .renew import RenewView


async def async_register_views(hass: HomeAssistant) -> None:
    """Register the pages and answers for people, and the traps for scanners."""
    hass.http.register_view(RenewView)
    hass.http.register_view(DownloadView)
    for view in await hass.async_add_executor_job(load_views):
        hass.http.register_view(view)
    async_set_traps(hass)


@callback
def async_answer_for(hass: HomeAssistant, hub: Hub) -> None:
    """Answer for a hub until it stops."""

    def leave() -> None:
        hass.data.pop(DATA_GUARD, None)

    hass.data[DATA_GUARD] = HttpGuard(
        hass,
        hub.security.admission,
        hub.security.trail,
        lambda: hub.coordinators,
    )
    hub.security.until_stop(leave)
