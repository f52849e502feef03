"""The vault as a handshake sees it: synchronous, without I/O, changing nothing."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from ..policy.trust import Standing
from ..protocol.errors import RefusalReason, Refused
from ..protocol.lookup import RegistrationGrant, SessionGrant
from .changes.registration import check_registration, check_time
from .records import DeviceRecord, Snapshot, TokenRecord

# A hub that stops is back in a moment, or gone for longer than anybody can tell.
STOPPING_RETRY: Final = 3


@dataclass(frozen=True, slots=True)
class _Identity:
    """One MAC and key by which a record may be reached, and its tokens."""

    record: DeviceRecord
    mac: bytes | None
    tokens: tuple[TokenRecord, ...]


class VaultLookup:
    """Implements `protocol.PeerLookup` over the vault's current snapshot."""

    def __init__(
        self,
        snapshot: Callable[[], Snapshot],
        wall_clock: Callable[[], float],
        *,
        stopping: Callable[[], bool],
        seen_expired: Collection[bytes],
        note_expired: Callable[[bytes], None],
    ) -> None:
        """Read through `snapshot`; expiry is judged by `wall_clock` (Unix time)."""
        self._snapshot = snapshot
        self._wall_clock = wall_clock
        self._stopping = stopping
        self._seen_expired = seen_expired
        self._note_expired = note_expired

    def knows_device_key(self, device_key: bytes) -> bool:
        """Return whether a key is pinned, pending or in a tombstone."""
        return device_key in self._snapshot().by_device_key

    def find_session(
        self, device_key: bytes, claimed_mac: bytes, generation: int
    ) -> SessionGrant:
        """Return the token that a device names by its generation, or else its newest.

        A pending registration counts: its board may have stored the token although
        its `stored` was lost. Raises Refused: unknown_key, wrong_mac.
        """
        found = self._snapshot().by_device_key.get(device_key, ())
        if not found:
            raise Refused(RefusalReason.UNKNOWN_KEY)
        identities = [
            identity
            for record in found
            for identity in _identities(record, device_key)
            if identity.mac == claimed_mac
        ]
        if not identities:
            raise Refused(RefusalReason.WRONG_MAC, found[0].enrolment_id)
        named = [
            (identity.record, token)
            for identity in identities
            for token in identity.tokens
            if token.generation == generation
        ]
        record, token = (
            named[0] if named else (identities[0].record, identities[0].tokens[0])
        )
        return SessionGrant(
            enrolment_id=record.enrolment_id,
            token=token.secret,
            generation=token.generation,
            tombstone=record.standing is Standing.REVOKED,
            hub_key_id=record.proved_hub_key,
        )

    def find_registration(
        self, handle: bytes, claimed_mac: bytes, device_key: bytes, now: float
    ) -> RegistrationGrant:
        """Return the registration token behind a handle.

        The expiry is judged by the wall clock, not by `now`, which is monotonic.
        Raises Refused: stopping, unknown_handle, token_used, wrong_mac,
        mac_active_elsewhere, token_expired, token_early; its detail is the enrolment id,
        if known.
        """
        if self._stopping():
            raise Refused(RefusalReason.STOPPING, retry_after=STOPPING_RETRY)
        record = check_registration(self._snapshot(), handle, claimed_mac)
        try:
            check_time(record, self._wall_clock(), self._seen_expired)
        except Refused as refused:
            # Written once: repeating an expired token costs no further write.
            over = refused.reason is RefusalReason.TOKEN_EXPIRED
            if over and record.registration and not record.registration.expired:
                self._note_expired(handle)
            raise
        if record.registration is None:
            raise Refused(RefusalReason.UNKNOWN_HANDLE)
        return RegistrationGrant(
            enrolment_id=record.enrolment_id, token=record.registration.secret
        )


def _identities(record: DeviceRecord, device_key: bytes) -> list[_Identity]:
    """Return what a record knows under a key: in force first, then pending."""
    found = []
    if record.device_key == device_key and record.current is not None:
        tokens = [record.current]
        if record.previous is not None:
            tokens.append(record.previous)
        found.append(_Identity(record, record.mac, tuple(tokens)))
    if record.pending is not None and record.pending.device_key == device_key:
        found.append(_Identity(record, record.pending.mac, (record.pending.token,)))
    return found
