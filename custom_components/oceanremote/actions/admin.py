"""Registers actions for administrators only, and audits refusals to anybody else."""

from collections.abc import Awaitable, Callable

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError, Unauthorized, UnknownUser
import voluptuous as vol

from ..common.access import Denial, NotAllowedError
from ..common.const import DOMAIN
from ..hub import access

type Handler = Callable[[ServiceCall], Awaitable[ServiceResponse | None]]


@callback
def async_register_admin_action(
    hass: HomeAssistant,
    name: str,
    handler: Handler,
    schema: vol.Schema,
    supports_response: SupportsResponse = SupportsResponse.NONE,
) -> None:
    """Register an action; `handler` runs for administrators and automations only."""

    async def async_guarded(call: ServiceCall) -> ServiceResponse:
        await _async_check(call)
        return await handler(call)

    hass.services.async_register(
        DOMAIN, name, async_guarded, schema=schema, supports_response=supports_response
    )


async def _async_check(call: ServiceCall) -> None:
    """Raise unless the acting user may do an administrator's work; automations may."""
    if call.context.user_id is None:
        return
    user = await call.hass.auth.async_get_user(call.context.user_id)
    if user is None:
        raise UnknownUser(context=call.context)
    entry = _loaded_entry(call.hass)
    try:
        await access.async_require_administrator(call.hass, entry, user, call.service)
    except NotAllowedError as err:
        if err.why is Denial.NO_MFA:
            raise ServiceValidationError(
                translation_domain=DOMAIN, translation_key="mfa_required"
            ) from err
        raise Unauthorized(context=call.context) from err


def record_denied(call: ServiceCall, why: str) -> None:
    """Audit that a user may not call an action."""
    user_id = call.context.user_id
    access.record_denied(_loaded_entry(call.hass), user_id, call.service, why)


def _loaded_entry(hass: HomeAssistant) -> ConfigEntry | None:
    entries = hass.config_entries.async_loaded_entries(DOMAIN)
    return entries[0] if entries else None
