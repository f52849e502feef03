"""The kinds of security events, and which of them a person should hear about."""

from enum import StrEnum
from types import MappingProxyType
from typing import Final


class AuditKind(StrEnum):
    """One value per kind; the log keeps them for years, so none is ever renamed.

    The set bounds what is counted by kind.
    """

    # Enrolment and tokens.
    TOKEN_ISSUED = "token_issued"
    REGISTERED = "registered"
    REGISTRATION_REFUSED = "registration_refused"
    TOKEN_ROTATED = "token_rotated"
    TRANSFERRED = "transferred"
    HUB_KEY = "hub_key"
    # Sessions.
    SESSION = "session"
    ROTATION = "rotation"
    REFUSED = "refused"
    CLOSED = "closed"
    REPLACED = "replaced"
    # Trust.
    APPROVED = "approved"
    QUARANTINED = "quarantined"
    RELEASED = "released"
    REVOKED = "revoked"
    CLONE = "clone"
    FLOOD = "flood"
    # Strangers.
    BANNED = "banned"
    UNBANNED = "unbanned"
    HONEYPOT = "honeypot"
    DECOY_CREATED = "decoy_created"
    DECOY = "decoy"
    DENIED = "denied"
    # The hub itself.
    COMMAND = "command"
    UPDATE = "update"
    REQUEST = "request"
    TUNNEL = "tunnel"
    POLICY = "policy"
    STORAGE = "storage"
    FAILURE = "failure"
    STARTED = "started"
    STOPPED = "stopped"
    RESTORED = "restored"
    BACKUP = "backup"
    EXPORTED = "exported"
    LOG_REPAIRED = "log_repaired"
    # Told of in Home Assistant's log, and kept in none.
    DESCRIPTION = "description"


# What is said of a command that is not carried out yet, and may be later.
COMMAND_WAITS: Final = "waits for the device"
_OF_A_DEVICE: Final = frozenset(
    {
        AuditKind.REGISTERED,
        AuditKind.QUARANTINED,
        AuditKind.CLONE,
        AuditKind.FLOOD,
        AuditKind.RESTORED,
    }
)
# Which notices about the same device an event of a kind ends. In addition, FLOOD ends
# with the device's silence, STORAGE with the next write, RESTORED with the decision
# about the last device, BANNED with the last ban. A used decoy, a repaired log and a
# registration are news: they stay until a person has read and dismissed them.
ENDED_BY: Final = MappingProxyType(
    {
        AuditKind.RELEASED: frozenset(
            {AuditKind.QUARANTINED, AuditKind.CLONE, AuditKind.RESTORED}
        ),
        AuditKind.REVOKED: _OF_A_DEVICE,
        AuditKind.REGISTERED: _OF_A_DEVICE - {AuditKind.REGISTERED},
    }
)
# Kinds that become a notification; the rest is for those who look.
NOTABLE: Final = frozenset(
    {
        AuditKind.REGISTERED,
        AuditKind.QUARANTINED,
        AuditKind.CLONE,
        AuditKind.FLOOD,
        AuditKind.BANNED,
        AuditKind.DECOY,
        AuditKind.RESTORED,
        AuditKind.STORAGE,
        AuditKind.LOG_REPAIRED,
    }
)
