"""Holds flows that change what a hub trusts to the same rule as its actions.

Home Assistant lets only administrators into flows, and names nobody to their steps.
"""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.exceptions import Unauthorized

from ..common.access import Denial, NotAllowedError, acting_user
from ..hub import access


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
    try:
        await access.async_require_administrator(hass, entry, user, what)
    except NotAllowedError as err:
        if err.why is Denial.NO_MFA:
            raise AbortFlow("mfa_required") from err
        raise Unauthorized(user_id=user.id) from err
    return user.id
