"""Holds flows that change what a hub trusts to the same rule as its actions.

Home Assistant lets only administrators into flows, and names nobody to their steps.
"""

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.exceptions import Unauthorized

from ..admission.monitor import SecurityMonitor
from ..admission.settings import SecurityOptions
from ..common.access import (
    Denial,
    NotAllowedError,
    acting_user,
    async_check_administrator,
)
from ..policy.audit.kinds import AuditKind
from ..policy.audit.record import Actor, Outcome


async def async_require_administrator(
    hass: HomeAssistant, entry: ConfigEntry, what: str
) -> str | None:
    """Return the acting user's id, None where no request is being answered.

    Raises Unauthorized for anybody but administrators, should Home Assistant ever let
    one through; AbortFlow, with the reason `mfa_required`, where the options require
    multi-factor authentication and the account has none. Both are audited as `what`.
    """
    user = acting_user()
    if user is None:
        return None
    required = SecurityOptions.of(entry.options).mfa_required
    try:
        await async_check_administrator(hass, user, mfa_required=required)
    except NotAllowedError as err:
        _record_denied(entry, user.id, what, err.why)
        if err.why is Denial.NO_MFA:
            raise AbortFlow("mfa_required") from err
        raise Unauthorized(user_id=user.id) from err
    return user.id


def _record_denied(entry: ConfigEntry, user_id: str, what: str, why: str) -> None:
    if entry.state is not ConfigEntryState.LOADED:
        return
    security: SecurityMonitor = entry.runtime_data.hub.security
    security.record(
        AuditKind.DENIED, Outcome.REFUSED, Actor(user=user_id), what=what, why=why
    )
