"""Errors of the protocol, in two directions: ours and theirs.

`LocalProtocolError` means that our own caller asked for something that the state of
the link does not allow. `RemoteProtocolError` means that the peer broke the protocol;
a connection turns it into a `LinkClosed` event and never lets it out.
"""

from enum import StrEnum


class CloseReason(StrEnum):
    """Why a link ended; for the hub's own log and audit, never sent to the peer."""

    MALFORMED_FRAME = "malformed_frame"
    OVERSIZE = "oversize"
    UNEXPECTED_FRAME = "unexpected_frame"
    UNSUPPORTED_VERSION = "unsupported_version"
    UNKNOWN_HUB_KEY = "unknown_hub_key"
    BAD_MAC1 = "bad_mac1"
    BAD_HANDSHAKE = "bad_handshake"
    REFUSED = "refused"
    IDENTITY_CHANGED = "identity_changed"
    NOT_PROVED = "not_proved"
    NOT_AUTHENTIC = "not_authentic"
    MALFORMED_MESSAGE = "malformed_message"
    UNEXPECTED_MESSAGE = "unexpected_message"
    BAD_DESCRIPTION = "bad_description"
    WRONG_STORED_HASH = "wrong_stored_hash"
    HANDSHAKE_TIMEOUT = "handshake_timeout"
    PING_TIMEOUT = "ping_timeout"
    EXPIRED = "expired"
    COUNTER_EXHAUSTED = "counter_exhausted"
    UNSUPPORTED = "unsupported"
    REVOKED = "revoked"
    REJECTED = "rejected"


class RefusalReason(StrEnum):
    """Why the hub refused a handshake; for its own log and audit only."""

    UNKNOWN_KEY = "unknown_key"
    UNKNOWN_HANDLE = "unknown_handle"
    TOKEN_EXPIRED = "token_expired"
    TOKEN_EARLY = "token_early"
    TOKEN_USED = "token_used"
    WRONG_MAC = "wrong_mac"
    MAC_ACTIVE_ELSEWHERE = "mac_active_elsewhere"
    GENERATION_UNKNOWN = "generation_unknown"
    REVOKED = "revoked"
    QUARANTINED = "quarantined"
    NOT_ADOPTED = "not_adopted"
    FORMER_HUB_KEY = "former_hub_key"
    REPLAYED_COUNTER = "replayed_counter"
    RATE_LIMITED = "rate_limited"
    STOPPING = "stopping"
    UNAVAILABLE = "unavailable"


class ProtocolError(Exception):
    """Base of every error that this package raises on purpose."""


class LocalProtocolError(ProtocolError):
    """Our caller asked for what the link's state, or a bound, does not allow."""


class KeyTextError(ProtocolError, ValueError):
    """A token, key or MAC in text form is not one; the text itself is not repeated."""


class RemoteProtocolError(ProtocolError):
    """The peer broke the protocol."""

    def __init__(self, reason: CloseReason, detail: str = "") -> None:
        """Keep the exact reason and a detail that names no secret."""
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.detail = detail


class Refused(ProtocolError):
    """Raised by a `PeerLookup` that will not let a handshake go on.

    `retry_after` (seconds) goes over the wire in clear: it may depend on the hub's
    load, its clock or its own start, never on what the hub knows against the device.
    None means the hub's usual value.
    """

    def __init__(
        self, reason: RefusalReason, detail: str = "", retry_after: int | None = None
    ) -> None:
        """Keep the exact reason for the hub's own log and audit."""
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.detail = detail
        self.retry_after = retry_after
