"""Changes of standing, and what every change of the vault is built from.

All changes are pure functions, snapshot in, snapshot out, and `policy.trust` says
which of them a standing allows.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from types import MappingProxyType
from uuid import uuid4

from ...policy.trust import Standing, StandingEvent
from ..errors import UnknownDevice, VaultFull
from ..records import (
    MAX_DEVICES,
    MAX_NAME_LENGTH,
    MAX_TOMBSTONES,
    DeviceRecord,
    Snapshot,
)


def revoke(snapshot: Snapshot, *, enrolment_id: str, now: float) -> Snapshot:
    """Revoke, a pending identity as well, because its board may have stored it."""
    record = get(snapshot, enrolment_id)
    if record.standing is Standing.REVOKED:
        return snapshot
    pending = record.pending
    if pending is not None:
        registered = replace(
            record,
            mac=pending.mac,
            device_key=pending.device_key,
            current=pending.token,
            previous=None,
        )
        if record.current is None:
            record = registered
        elif pending.device_key != record.device_key:
            snapshot = keep_tombstone(snapshot, revoked(registered, now))
    return put(_pruned(snapshot), revoked(record, now))


def remove(snapshot: Snapshot, *, enrolment_id: str, now: float) -> Snapshot:
    """Revoke a device whose subentry is gone; only a tombstone may remain."""
    record = snapshot.devices.get(enrolment_id)
    if record is not None:
        snapshot = revoke(snapshot, enrolment_id=enrolment_id, now=now)
        snapshot = keep_tombstone(snapshot, snapshot.devices[enrolment_id])
    return forget(snapshot, enrolment_id=enrolment_id)


def mark_revoked_delivered(snapshot: Snapshot, *, enrolment_id: str) -> Snapshot:
    """Close the tombstone: its tokens are no longer of use to anyone."""
    record = get(snapshot, enrolment_id)
    if not record.tombstone:
        return snapshot
    if record.orphaned:
        return forget(snapshot, enrolment_id=enrolment_id)
    return put(snapshot, without_identity(record))


def change_standing(
    snapshot: Snapshot, *, enrolment_id: str, event: StandingEvent, suspected: bool
) -> Snapshot:
    """Let a person or a suspicion change the standing of a registered device.

    `suspected`: it is quarantined, although that is not on disk yet. With a release
    the next proved handshake counter becomes the mark. Raises
    TransitionRefusedError.
    """
    record = get(snapshot, enrolment_id)
    before = record
    if suspected and record.trusted:
        before = replace(record, standing=Standing.QUARANTINED)
    after = before.after(event)
    after = replace(after, restored=record.restored and not after.approved)
    if event is StandingEvent.RELEASE:
        after = replace(after, high_water=0)
    return snapshot if after == record else put(snapshot, after)


def forget(snapshot: Snapshot, *, enrolment_id: str) -> Snapshot:
    """Delete a device's record and named secrets."""
    if enrolment_id not in snapshot.devices and enrolment_id not in snapshot.secrets:
        return snapshot
    return replace(
        snapshot,
        devices=_without(snapshot.devices, enrolment_id),
        secrets=_without(snapshot.secrets, enrolment_id),
    )


def unknown_ids(
    devices: Mapping[str, DeviceRecord], known_ids: Collection[str]
) -> tuple[str, ...]:
    """Return the ids that lost their subentry; orphaned tombstones never had one."""
    return tuple(
        record.enrolment_id
        for record in devices.values()
        if record.enrolment_id not in known_ids and not record.orphaned
    )


def reconcile(snapshot: Snapshot, *, known_ids: frozenset[str], now: float) -> Snapshot:
    """Remove devices without a subentry, drop the secrets of unknown owners."""
    for enrolment_id in unknown_ids(snapshot.devices, known_ids):
        snapshot = remove(snapshot, enrolment_id=enrolment_id, now=now)
    secrets = {
        owner: values
        for owner, values in snapshot.secrets.items()
        if owner in known_ids
    }
    if len(secrets) == len(snapshot.secrets):
        return snapshot
    return replace(snapshot, secrets=MappingProxyType(secrets))


def get(snapshot: Snapshot, enrolment_id: str) -> DeviceRecord:
    """Return a record; raises UnknownDevice."""
    try:
        return snapshot.devices[enrolment_id]
    except KeyError:
        raise UnknownDevice(enrolment_id) from None


def put(snapshot: Snapshot, record: DeviceRecord) -> Snapshot:
    """Return the snapshot with one record added or replaced."""
    devices = {**snapshot.devices, record.enrolment_id: record}
    if len(devices) > MAX_DEVICES:
        raise VaultFull("the vault holds as many devices as it can")
    return replace(snapshot, devices=MappingProxyType(devices))


def revoked(record: DeviceRecord, now: float) -> DeviceRecord:
    """Return the record as revoked at `now`, with nothing open for registration."""
    return replace(
        record.after(StandingEvent.REVOKE),
        registration=None,
        pending=None,
        revoked_at=now,
    )


def without_identity(record: DeviceRecord) -> DeviceRecord:
    """Return the record with nothing left that would let a device in."""
    return replace(
        record,
        mac=None,
        device_key=None,
        current=None,
        previous=None,
        revoked_delivered=True,
    )


def keep_tombstone(snapshot: Snapshot, record: DeviceRecord) -> Snapshot:
    """Keep the tombstone of an identity under an id that no subentry has."""
    if not record.tombstone:
        return snapshot
    tombstone = replace(record, enrolment_id=uuid4().hex, orphaned=True, high_water=0)
    return put(_pruned(snapshot), tombstone)


def check_name(name: str) -> None:
    """Raise ValueError for anything that is not an id or name."""
    if not 0 < len(name) <= MAX_NAME_LENGTH:
        raise ValueError("an id or name has 1 to 64 characters")


def _pruned(snapshot: Snapshot) -> Snapshot:
    """Make room for one more tombstone by giving up the oldest."""
    tombstones = sorted(
        (record for record in snapshot.devices.values() if record.tombstone),
        key=lambda record: record.revoked_at or 0.0,
    )
    devices = dict(snapshot.devices)
    for record in tombstones[: max(0, len(tombstones) - MAX_TOMBSTONES + 1)]:
        devices[record.enrolment_id] = without_identity(record)
        if record.orphaned:
            del devices[record.enrolment_id]
    return replace(snapshot, devices=MappingProxyType(devices))


def _without[T](mapping: Mapping[str, T], key: str) -> Mapping[str, T]:
    return MappingProxyType(
        {name: value for name, value in mapping.items() if name != key}
    )
