"""What became of the readings that a device took without a session, by an action."""

from typing import Final

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ..common.const import DOMAIN
from .device import async_check_control, called_device

SERVICE_GET_BACKFILL_REPORT: Final = "get_backfill_report"

_SCHEMA: Final = vol.Schema({vol.Required(ATTR_DEVICE_ID): cv.string})


@callback
def async_setup_backfill_action(hass: HomeAssistant) -> None:
    """Register the action; once."""
    hass.services.async_register(
        DOMAIN,
        SERVICE_GET_BACKFILL_REPORT,
        _async_report,
        schema=_SCHEMA,
        supports_response=SupportsResponse.ONLY,
    )


async def _async_report(call: ServiceCall) -> ServiceResponse:
    """Return what was delivered, and left out, since the hub has started."""
    hub, subentry_id = called_device(call)
    await async_check_control(call, subentry_id)
    coordinator = hub.coordinator_for(subentry_id)
    facts = coordinator.facts
    return {
        "remembers": facts is not None and facts.remembers,
        "sensors": {
            name: report.as_dict()
            for name, report in coordinator.backfill.reports.items()
        },
    }
