"""What an administrator may choose about security: the entry's options."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ..policy.settings import PolicySettings

CONF_SECURITY: Final = "security"
CONF_APPROVAL: Final = "approval_required"
CONF_HONEYPOT: Final = "honeypot"
CONF_MFA: Final = "mfa_required"
CONF_ESCALATE: Final = "escalate_bans"
CONF_TLS: Final = "tls_required"
CONF_RENEWAL: Final = "renew_tokens_after"

# Days after which a permanent token is renewed by itself; 0: never.
DEFAULT_RENEWAL: Final = 30
MAX_RENEWAL: Final = 365

# Limits that may be chosen, and their bounds; all of PolicySettings have defaults.
LIMITS: Final[Mapping[str, tuple[int, int]]] = {
    "failures_before_ban": (3, 1000),
    "anonymous_requests_per_minute": (1, 6000),
    "user_requests_per_minute": (10, 6000),
    "failed_registrations_per_minute": (1, 600),
    "api_requests_per_second": (1, 1000),
    "device_messages_per_second": (10, 10_000),
    "device_message_burst": (10, 100_000),
}


@dataclass(frozen=True, slots=True)
class SecurityOptions:
    """The choices in force."""

    limits: PolicySettings
    approval_required: bool = False
    honeypot: bool = True
    mfa_required: bool = False
    escalate_bans: bool = False
    renew_tokens_after: int = DEFAULT_RENEWAL

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> SecurityOptions:
        """Read the options of the config entry; what is not there has its default."""
        chosen: Mapping[str, Any] = options.get(CONF_SECURITY, {})
        limits = {name: chosen[name] for name in LIMITS if name in chosen}
        return cls(
            PolicySettings(tls_required=bool(chosen.get(CONF_TLS, False)), **limits),
            approval_required=bool(chosen.get(CONF_APPROVAL, False)),
            honeypot=bool(chosen.get(CONF_HONEYPOT, True)),
            mfa_required=bool(chosen.get(CONF_MFA, False)),
            escalate_bans=bool(chosen.get(CONF_ESCALATE, False)),
            renew_tokens_after=int(chosen.get(CONF_RENEWAL, DEFAULT_RENEWAL)),
        )
