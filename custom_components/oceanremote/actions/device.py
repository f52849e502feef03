"""Actions on devices. Tokens and revocation are for administrators only.

`renew_session` needs what commanding the device needs: control over its entities.
"""

from typing import Final

from homeassistant.auth.permissions.const import CAT_ENTITIES, POLICY_CONTROL
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError, Unauthorized, UnknownUser
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.util.json import JsonValueType
import voluptuous as vol

from ..common.access import may_control
from ..common.const import DOMAIN, SUBENTRY_DEVICE
from ..flows.tokens import async_open_token, async_render_yaml
from ..hub import Hub
from ..vault.translate import translated_errors
from .admin import async_register_admin_action, record_denied

SERVICE_RENEW: Final = "renew_session"
SERVICE_REVOKE: Final = "revoke_device"
SERVICE_ISSUE_TOKEN: Final = "issue_registration_token"

_SCHEMA = vol.Schema({vol.Required(ATTR_DEVICE_ID): cv.string})


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions; once, whether or not a hub is loaded."""
    hass.services.async_register(DOMAIN, SERVICE_RENEW, _async_renew, schema=_SCHEMA)
    async_register_admin_action(hass, SERVICE_REVOKE, _async_revoke, _SCHEMA)
    async_register_admin_action(
        hass, SERVICE_ISSUE_TOKEN, _async_issue_token, _SCHEMA, SupportsResponse.ONLY
    )


async def async_check_control(call: ServiceCall, subentry_id: str) -> None:
    """Raise Unauthorized unless the acting user may control the whole device.

    Automations have no user and may. An administrator may. Anybody else must be
    allowed to control every entity of the device that is in use.
    """
    hass, context = call.hass, call.context
    if context.user_id is None:
        return
    user = await hass.auth.async_get_user(context.user_id)
    if user is None:
        raise UnknownUser(context=context)
    if not may_control(hass, user, subentry_id):
        record_denied(call, "may not control the device")
        raise Unauthorized(
            context=context, permission=POLICY_CONTROL, perm_category=CAT_ENTITIES
        )


async def _async_renew(call: ServiceCall) -> None:
    hub, subentry_id = called_device(call)
    await async_check_control(call, subentry_id)
    await hub.coordinator_for(subentry_id).async_renew()


async def _async_revoke(call: ServiceCall) -> None:
    hub, subentry_id = called_device(call)
    await hub.async_revoke(subentry_id, call.context.user_id)


@translated_errors
async def _async_issue_token(call: ServiceCall) -> ServiceResponse:
    """Issue a token that the current board, if there is one, may use."""
    hub, subentry_id = called_device(call)
    subentry = hub.entry.subentries[subentry_id]
    enrolment_id = hub.coordinator_for(subentry_id).enrolment_id
    record = hub.vault.devices.get(enrolment_id)
    expected_mac = record.mac if record is not None and record.trusted else None
    text, expires_at = await hub.async_issue_registration_token(
        subentry_id, expected_mac, call.context.user_id
    )
    response: dict[str, JsonValueType] = {
        "registration_token": text,
        "expires_at": expires_at.isoformat(),
        "hub_key": hub.hub_key_text,
        "urls": list(hub.urls),
    }
    if (token := async_open_token(hub.vault, enrolment_id)) is not None:
        response["yaml"] = await async_render_yaml(
            hub.vault, hub.urls, subentry.title, subentry.data, token
        )
    return response


def called_device(call: ServiceCall) -> tuple[Hub, str]:
    """Return the hub and subentry of the device that an action names.

    Raises ServiceValidationError.
    """
    return find_device(call.hass, call.data[ATTR_DEVICE_ID])


@callback
def find_device(hass: HomeAssistant, device_id: str) -> tuple[Hub, str]:
    """Return the hub and subentry of a device of the registry.

    Raises ServiceValidationError.
    """
    device = dr.async_get(hass).async_get(device_id)
    subentry_ids = (
        []
        if device is None
        else [name for domain, name in device.identifiers if domain == DOMAIN]
    )
    for entry in hass.config_entries.async_entries(DOMAIN):
        for subentry_id in subentry_ids:
            subentry = entry.subentries.get(subentry_id)
            if subentry is None or subentry.subentry_type != SUBENTRY_DEVICE:
                continue
            if entry.state is not ConfigEntryState.LOADED:
                raise ServiceValidationError(
                    translation_domain=DOMAIN, translation_key="hub_not_loaded"
                )
            hub: Hub = entry.runtime_data.hub
            return hub, subentry_id
    raise ServiceValidationError(
        translation_domain=DOMAIN, translation_key="not_a_device"
    )
