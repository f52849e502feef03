"""Registers actions that only administrators may call, and audits who may not."""

from collections.abc import Awaitable, Callable

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError, Unauthorized, UnknownUser
import voluptuous as vol

from ..common.access import Denial, NotAllowedError, async_check_administrator
from ..common.const import DOMAIN
from ..hub import Hub
from ..policy.audit.kinds import AuditKind
from ..policy.audit.record import Actor, Outcome

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
    hub = _hub(call.hass)
    mfa_required = hub is not None and hub.security.options.mfa_required
    try:
        await async_check_administrator(call.hass, user, mfa_required=mfa_required)
    except NotAllowedError as err:
        record_denied(call, err.why)
        if err.why is Denial.NO_MFA:
            raise ServiceValidationError(
                translation_domain=DOMAIN, translation_key="mfa_required"
            ) from err
        raise Unauthorized(context=call.context) from err


def _hub(hass: HomeAssistant) -> Hub | None:
    for entry in hass.config_entries.async_entries(DOMAIN):
        if entry.state is ConfigEntryState.LOADED:
            hub: Hub = entry.runtime_data.hub
            return hub
    return None


def record_denied(call: ServiceCall, why: str) -> None:
    """Audit that a user may not call an action."""
    if (hub := _hub(call.hass)) is not None:
        hub.security.record(
            AuditKind.DENIED,
            Outcome.REFUSED,
            Actor(user=call.context.user_id),
            what=call.service,
            why=why,
        )
