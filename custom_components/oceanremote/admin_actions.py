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

from .const import DOMAIN
from .hub import Hub
from .policy.audit import Actor, Outcome
from .policy.kinds import AuditKind

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
    """Raise unless the acting user is an administrator, with MFA where required.

    Automations have no user and may. Whether *this* login used MFA is not visible to
    integrations: what is required is that the account has it.
    """
    if call.context.user_id is None:
        return
    user = await call.hass.auth.async_get_user(call.context.user_id)
    if user is None:
        raise UnknownUser(context=call.context)
    hub = _hub(call.hass)
    if not user.is_admin:
        record_denied(call, "not an administrator")
        raise Unauthorized(context=call.context)
    if hub is None or not hub.security.options.mfa_required:
        return
    if not await call.hass.auth.async_get_enabled_mfa(user):
        record_denied(call, "no multi-factor authentication")
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="mfa_required"
        )


def _hub(hass: HomeAssistant) -> Hub | None:
    for entry in hass.config_entries.async_entries(DOMAIN):
        if entry.state is ConfigEntryState.LOADED:
            hub: Hub = entry.runtime_data
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
