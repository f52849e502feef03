"""The section "Security" of the options."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
)
import voluptuous as vol

from ..admission.settings import (
    CONF_APPROVAL,
    CONF_ESCALATE,
    CONF_HONEYPOT,
    CONF_MFA,
    CONF_TLS,
    LIMITS,
    SecurityOptions,
)

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
    for name, (low, high) in LIMITS.items():
        default = getattr(present.limits, name)
        fields[vol.Required(name, default=default)] = NumberSelector(
            NumberSelectorConfig(
                min=low,
                max=high,
                step=1,
                unit_of_measurement=UNITS[name],
                mode=NumberSelectorMode.BOX,
            )
        )
    return vol.Schema(fields)


def whole(chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was chosen, its numbers as whole numbers."""
    return {
        name: int(value) if name in LIMITS else value for name, value in chosen.items()
    }
