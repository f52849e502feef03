"""The rules of registration (docs/protocol.md, "Registration"): pure functions.

`check_registration` judges an INIT through the lookup and again, under the vault's
lock, what is stored from it: between the two a token may have been withdrawn.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from ...policy.trust import Standing, StandingEvent
from ...protocol.errors import RefusalReason, Refused
from ...protocol.keys import RegistrationToken
from ..errors import VaultFull
from ..records import (
    DeviceRecord,
    EnrolmentRecord,
    PendingRecord,
    RegistrationRecord,
    Snapshot,
    TokenRecord,
)
from .standing import check_name, get, keep_tombstone, put, revoked, without_identity

# Seconds until a board with a valid token tries again, because our clock is wrong.
CLOCK_RETRY: Final = 60


def check_registration(snapshot: Snapshot, handle: bytes, mac: bytes) -> DeviceRecord:
    """Return the record that a board may register for with this token.

    Its expiry is checked by `check_time`, at INIT only. Raises
    Refused: unknown_handle, token_used, wrong_mac, mac_active_elsewhere.
    """
    record = snapshot.by_handle.get(handle)
    registration = None if record is None else record.registration
    if record is None or registration is None:
        raise Refused(RefusalReason.UNKNOWN_HANDLE)
    if registration.used:
        raise Refused(RefusalReason.TOKEN_USED, record.enrolment_id)
    if registration.expected_mac not in (None, mac):
        raise Refused(RefusalReason.WRONG_MAC, record.enrolment_id)
    if record.pending is not None and record.pending.mac != mac:
        raise Refused(RefusalReason.WRONG_MAC, record.enrolment_id)
    holder = snapshot.by_trusted_mac.get(mac)
    if holder is not None and holder.enrolment_id not in (
        record.enrolment_id,
        registration.replaces,
    ):
        raise Refused(RefusalReason.MAC_ACTIVE_ELSEWHERE, record.enrolment_id)
    return record


def check_time(
    record: DeviceRecord, now: float, seen_expired: Collection[bytes]
) -> None:
    """Raise Refused unless the record's registration token is valid at this time.

    `now` is Unix time in seconds. A token once found expired stays so when the clock is
    set back; one that is too early is valid again once the clock is right. A pending
    registration does not expire.
    """
    registration = record.registration
    if registration is None or record.pending is not None:
        return
    if registration.is_over(now) or registration.handle in seen_expired:
        raise Refused(RefusalReason.TOKEN_EXPIRED, record.enrolment_id)
    if registration.is_early(now):
        raise Refused(RefusalReason.TOKEN_EARLY, record.enrolment_id, CLOCK_RETRY)


def add_enrolment(
    snapshot: Snapshot,
    *,
    enrolment_id: str,
    token: RegistrationToken,
    issued_at: float,
    expires_at: float,
    expected_mac: bytes | None,
    replaces: str | None,
    enrolment: EnrolmentRecord | None,
) -> Snapshot:
    """Put a registration token into force; see `Vault.add_enrolment`."""
    check_name(enrolment_id)
    if token.handle in snapshot.by_handle:
        raise VaultFull("this registration token is in use")
    record = snapshot.devices.get(enrolment_id) or DeviceRecord(
        enrolment_id=enrolment_id
    )
    standing = record.after(StandingEvent.TOKEN_ISSUED).standing
    if standing is not record.standing:
        # It was revoked, and begins anew.
        snapshot = keep_tombstone(snapshot, record)
        record = DeviceRecord(
            enrolment_id=enrolment_id, standing=standing, enrolment=record.enrolment
        )
    return put(
        snapshot,
        replace(
            record,
            pending=None,
            enrolment=enrolment or record.enrolment,
            registration=RegistrationRecord(
                handle=token.handle,
                secret=token.secret,
                issued_at=issued_at,
                expires_at=float(expires_at),
                expected_mac=expected_mac,
                replaces=replaces,
            ),
        ),
    )


def allow_replacement(
    snapshot: Snapshot, *, enrolment_id: str, replaces: str
) -> Snapshot:
    """Name the device whose MAC the open registration may take over."""
    record = get(snapshot, enrolment_id)
    get(snapshot, replaces)
    if record.registration is None:
        raise Refused(RefusalReason.UNKNOWN_HANDLE)
    registration = replace(record.registration, replaces=replaces)
    return put(snapshot, replace(record, registration=registration))


def void_registration(snapshot: Snapshot, *, enrolment_id: str) -> Snapshot:
    """Withdraw the registration token and what is pending under it."""
    record = get(snapshot, enrolment_id)
    return put(snapshot, replace(record, registration=None, pending=None))


def store_pending(
    snapshot: Snapshot,
    *,
    enrolment_id: str,
    handle: bytes,
    mac: bytes,
    device_key: bytes,
    permanent_token: bytes,
) -> Snapshot:
    """Add the permanent token that is about to be issued; see `Vault`.

    Its generation is new to every record that knows the device key, so that a key
    and a generation always lead to one token.
    """
    record = check_registration(snapshot, handle, mac)
    if record.enrolment_id != enrolment_id:
        raise Refused(RefusalReason.UNKNOWN_HANDLE, "token of another device")
    if record.pending is not None and record.pending.device_key == device_key:
        return snapshot
    sharing = snapshot.by_device_key.get(device_key, ())
    generation = 1 + max(map(_newest_generation, (record, *sharing)))
    pending = PendingRecord(
        handle=handle,
        mac=mac,
        device_key=device_key,
        token=TokenRecord(generation=generation, secret=permanent_token),
    )
    return put(snapshot, replace(record, pending=pending))


def commit_registration(
    snapshot: Snapshot,
    *,
    enrolment_id: str,
    mac: bytes,
    device_key: bytes,
    counter: int,
    now: float,
    approved: bool = True,
) -> Snapshot:
    """Pin what is pending; see `Vault.commit_registration`."""
    record = get(snapshot, enrolment_id)
    pending = record.pending
    if pending is None:
        if record.trusted and (record.mac, record.device_key) == (mac, device_key):
            return snapshot
        raise Refused(RefusalReason.UNKNOWN_HANDLE, "nothing is pending")
    if pending.mac != mac or pending.device_key != device_key:
        raise Refused(RefusalReason.WRONG_MAC, "another board is pending")
    holder = snapshot.by_trusted_mac.get(mac)
    registration = record.registration
    if holder is not None and holder.enrolment_id != enrolment_id:
        if registration is None or registration.replaces != holder.enrolment_id:
            raise Refused(RefusalReason.MAC_ACTIVE_ELSEWHERE, holder.enrolment_id)
        snapshot = put(snapshot, without_identity(revoked(holder, now)))
    if record.trusted and record.mac != mac:
        snapshot = keep_tombstone(snapshot, revoked(record, now))
    after = record.after(StandingEvent.REGISTERED, approval_required=not approved)
    return put(
        snapshot,
        DeviceRecord(
            enrolment_id=enrolment_id,
            standing=after.standing,
            approved=after.approved,
            mac=mac,
            device_key=device_key,
            current=pending.token,
            registration=None
            if registration is None
            else replace(registration, secret=b"", used=True, replaces=None),
            high_water=counter,
            enrolled_at=now,
            enrolment=record.enrolment,
            seen_at=now,
        ),
    )


def loser_of(mac: bytes, before: Snapshot, after: Snapshot) -> str | None:
    """Return the device that had a MAC before and has been revoked since."""
    holder = before.by_trusted_mac.get(mac)
    now = None if holder is None else after.devices.get(holder.enrolment_id)
    if now is None or now.standing is not Standing.REVOKED:
        return None
    return now.enrolment_id


def _newest_generation(record: DeviceRecord) -> int:
    """Return the highest generation in a record, 0 without a token."""
    pending = None if record.pending is None else record.pending.token
    tokens = (record.current, record.previous, pending)
    return max((token.generation for token in tokens if token is not None), default=0)
