"""The section "Security" of the options."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import BooleanSelector
from homeassistant.helpers.translation import async_get_exception_message
import voluptuous as vol

from ..admission.settings import (
    CONF_APPROVAL,
    CONF_ESCALATE,
    CONF_HONEYPOT,
    CONF_MFA,
    CONF_RENEWAL,
    CONF_TLS,
    LIMITS,
    MAX_RENEWAL,
    SecurityOptions,
)
from ..common.access import acting_user, async_administrators_without_mfa
from ..common.const import DOMAIN
from .number_box import number_box

UNITS: Final[Mapping[str, str]] = {
    "failures_before_ban": "per 10 min",
    "anonymous_requests_per_minute": "per min",
    "user_requests_per_minute": "per min",
    "failed_registrations_per_minute": "per min",
    "api_requests_per_second": "per s",
    "device_messages_per_second": "per s",
    "device_message_burst": "at once",
}


def security_schema(options: Mapping[str, Any]) -> vol.Schema:
    """Return the fields, with what is in force as their defaults."""
    present = SecurityOptions.of(options)
    switches = {
        CONF_APPROVAL: present.approval_required,
        CONF_HONEYPOT: present.honeypot,
        CONF_MFA: present.mfa_required,
        CONF_ESCALATE: present.escalate_bans,
        CONF_TLS: present.limits.tls_required,
    }
    fields: dict[Any, Any] = {
        vol.Required(name, default=value): BooleanSelector()
        for name, value in switches.items()
    }
    days = vol.Required(CONF_RENEWAL, default=present.renew_tokens_after)
    fields[days] = number_box(0, MAX_RENEWAL, "d")
    for name, (low, high) in LIMITS.items():
        default = getattr(present.limits, name)
        fields[vol.Required(name, default=default)] = number_box(low, high, UNITS[name])
    return vol.Schema(fields)


async def async_locks_out(hass: HomeAssistant, chosen: Mapping[str, Any]) -> bool:
    """Whether these choices would lock the acting user out."""
    user = acting_user()
    if user is None or not chosen.get(CONF_MFA):
        return False
    return not await hass.auth.async_get_enabled_mfa(user)


async def async_hint(hass: HomeAssistant) -> str:
    """Return what an administrator should know here, as a paragraph; or nothing."""
    _, without = await async_administrators_without_mfa(hass)
    if not without:
        return ""
    names = {"names": ", ".join(without)}
    return "\n\n" + async_get_exception_message(DOMAIN, "hint_mfa", names)


def whole(chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was chosen, its numbers as whole numbers."""
    numbers = {*LIMITS, CONF_RENEWAL}
    return {
        name: int(value) if name in numbers else value for name, value in chosen.items()
    }
