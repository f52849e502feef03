"""The one rule for an administrator's work, audited where it is broken."""

from homeassistant.auth.models import User
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant, callback

from ..admission.settings import SecurityOptions
from ..audit.trail import AuditTrail
from ..common.access import NotAllowedError, async_check_administrator
from ..policy.audit.kinds import AuditKind
from ..policy.audit.record import Actor, Outcome


async def async_require_administrator(
    hass: HomeAssistant, entry: ConfigEntry | None, user: User, what: str
) -> None:
    """Raise NotAllowedError, audited as `what`, unless a user may do such work.

    `entry` is the hub's, whose options may require multi-factor authentication.
    """
    required = entry is not None and SecurityOptions.of(entry.options).mfa_required
    try:
        await async_check_administrator(hass, user, mfa_required=required)
    except NotAllowedError as err:
        record_denied(entry, user.id, what, err.why)
        raise


@callback
def record_denied(
    entry: ConfigEntry | None, user_id: str | None, what: str, why: str
) -> None:
    """Audit that a user may not do something; a hub that is not loaded keeps no log."""
    if entry is None or entry.state is not ConfigEntryState.LOADED:
        return
    trail: AuditTrail = entry.runtime_data.hub.security.trail
    trail.record(
        AuditKind.DENIED, Outcome.REFUSED, Actor(user=user_id), what=what, why=why
    )
