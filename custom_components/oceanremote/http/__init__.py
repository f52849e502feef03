"""What browsers ask for beside the devices' own route."""

from homeassistant.core import HomeAssistant

from .download import DownloadView
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
