"""Notices before a person: persistent notifications, one per kind and device."""

from homeassistant.components import persistent_notification
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_exception_message

from ..common.const import DOMAIN
from ..policy.notify import Notice


@callback
def async_show(hass: HomeAssistant, notice: Notice, device_name: str | None) -> None:
    """Show a notice, in the place of the last one of its kind and device."""
    message = async_get_exception_message(
        DOMAIN,
        f"notice_{notice.kind}",
        {"device": device_name or "?", "count": str(notice.count)},
    )
    persistent_notification.async_create(
        hass,
        message,
        title="OceanRemote",
        notification_id=f"{DOMAIN}_{notice.kind}_{notice.device or 'hub'}",
    )
