"""The action that sends a challenge device one of its commands."""

from typing import Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv, device_registry as dr
import voluptuous as vol

from ..actions.device import async_check_control
from ..common.const import DOMAIN, SUBENTRY_CHALLENGE_DEVICE
from .device import ChallengeDevice
from .devices import ChallengeDevices
from .settings import TableError, read_byte

SERVICE_SEND_COMMAND: Final = "send_challenge_command"
ATTR_COMMAND: Final = "command"


def _byte(value: object) -> int:
    try:
        return read_byte(value if isinstance(value, int) else str(value))
    except TableError:
        raise vol.Invalid("a command is one byte: 0x4F, 79 or 'O'") from None


_SCHEMA = vol.Schema(
    {vol.Required(ATTR_DEVICE_ID): cv.string, vol.Required(ATTR_COMMAND): _byte}
)


@callback
def async_setup_challenge_services(hass: HomeAssistant) -> None:
    """Register the action; once, whether or not a hub is loaded."""
    hass.services.async_register(
        DOMAIN,
        SERVICE_SEND_COMMAND,
        _async_send,
        schema=_SCHEMA,
        supports_response=SupportsResponse.OPTIONAL,
    )


async def _async_send(call: ServiceCall) -> ServiceResponse:
    device = _device(call)
    await async_check_control(call, device.subentry_id)
    outcome = await device.async_command(call.data[ATTR_COMMAND], call.context)
    if outcome.response is None:
        return {"outcome": "sent"}
    return {
        "outcome": "confirmed",
        "response": outcome.response.name,
        "response_byte": outcome.response.byte,
    }


def _device(call: ServiceCall) -> ChallengeDevice:
    """Return the challenge device that the action names."""
    registered = dr.async_get(call.hass).async_get(call.data[ATTR_DEVICE_ID])
    identifiers = set() if registered is None else registered.identifiers
    for entry in call.hass.config_entries.async_entries(DOMAIN):
        for domain, subentry_id in identifiers:
            subentry = entry.subentries.get(subentry_id)
            if domain != DOMAIN or subentry is None:
                continue
            if subentry.subentry_type != SUBENTRY_CHALLENGE_DEVICE:
                continue
            if entry.state is not ConfigEntryState.LOADED:
                raise ServiceValidationError(
                    translation_domain=DOMAIN, translation_key="hub_not_loaded"
                )
            challenges: ChallengeDevices = entry.runtime_data.challenges
            device = challenges.devices.get(subentry_id)
            # The subentry may be newer than the last look at the entry.
            if device is not None:
                return device
    raise ServiceValidationError(
        translation_domain=DOMAIN, translation_key="not_a_challenge_device"
    )
