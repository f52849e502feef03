"""Who may do what to a device, beyond what Home Assistant itself checks."""

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.components.http import KEY_HASS_USER, current_request
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN


@callback
def acting_user() -> User | None:
    """Return whose request is being answered; None where no request is.

    Home Assistant names the user to actions, but to no step of a flow.
    """
    request = current_request.get()
    return None if request is None else request.get(KEY_HASS_USER)


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
