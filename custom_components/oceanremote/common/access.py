"""Who may do what to a device, beyond what Home Assistant itself checks."""

from enum import StrEnum

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.components.http import KEY_HASS_USER, current_request
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN


@callback
def acting_user() -> User | None:
    """Return whose request is being answered; None where there is no request.

    Home Assistant names the user to actions, but to no step of a flow.
    """
    request = current_request.get()
    return None if request is None else request.get(KEY_HASS_USER)


class Denial(StrEnum):
    """Why an account may not do something, in the audit's words."""

    NO_ADMINISTRATOR = "not an administrator"
    NO_MFA = "no multi-factor authentication"
    NO_ACCOUNT = "the account is gone or switched off"
    NO_CONTROL = "the account may not control it any more"


class NotAllowedError(Exception):
    """An account may not do what it asks for."""

    def __init__(self, why: Denial) -> None:
        """Carry the reason."""
        super().__init__(why.value)
        self.why = why


async def async_check_administrator(
    hass: HomeAssistant, user: User, *, mfa_required: bool
) -> None:
    """Raise NotAllowedError unless a user may do an administrator's work.

    Whether *this* login used multi-factor authentication is not visible to
    integrations: what may be required is that the account has it.
    """
    if not user.is_admin:
        raise NotAllowedError(Denial.NO_ADMINISTRATOR)
    if mfa_required and not await hass.auth.async_get_enabled_mfa(user):
        raise NotAllowedError(Denial.NO_MFA)


async def async_check_caller(
    hass: HomeAssistant, user_id: str | None, subentry_id: str, entity_id: str | None
) -> None:
    """Raise NotAllowedError unless whoever gave a command may still give it.

    Automations have no user and may. Without an entity it is about the whole device.
    """
    if user_id is None:
        return
    user = await hass.auth.async_get_user(user_id)
    if user is None or not user.is_active:
        raise NotAllowedError(Denial.NO_ACCOUNT)
    if entity_id is None:
        allowed = may_control(hass, user, subentry_id)
    else:
        allowed = user.permissions.check_entity(entity_id, POLICY_CONTROL)
    if not allowed:
        raise NotAllowedError(Denial.NO_CONTROL)


async def async_administrators_without_mfa(
    hass: HomeAssistant,
) -> tuple[int, list[str]]:
    """Return the number of administrators, and the names of those without MFA.

    An account may have MFA; Home Assistant does not tell integrations whether *this
    login* used it.
    """
    administrators = [
        user for user in await hass.auth.async_get_users() if _counts(user)
    ]
    without = [
        user.name or "?"
        for user in administrators
        if not await hass.auth.async_get_enabled_mfa(user)
    ]
    return len(administrators), without


def _counts(user: User) -> bool:
    return user.is_admin and user.is_active and not user.system_generated


@callback
def may_control(hass: HomeAssistant, user: User, subentry_id: str) -> bool:
    """Return whether a user may control the device of a subentry.

    An administrator may; anybody else must be allowed to control every entity of the
    device that is in use.
    """
    if user.is_admin:
        return True
    entities = [
        entity
        for entity in er.async_get(hass).entities.values()
        if entity.platform == DOMAIN
        and entity.config_subentry_id == subentry_id
        and not entity.disabled
    ]
    return bool(entities) and all(
        user.permissions.check_entity(entity.entity_id, POLICY_CONTROL)
        for entity in entities
    )
