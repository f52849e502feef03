"""Changes to a vault that came back from a backup; pure functions.

`recover` is made once, before anybody is let in; `confirm` whenever an administrator
has decided about the devices that wait since then.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from ...policy.restore import Restriction
from ...policy.trust import Standing, StandingEvent
from ..records import DeviceRecord, RestoreRecord, Snapshot
from .standing import put, revoke


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What a vault that came back from a backup does not know.

    `restrictions` are imposed again; generations continue after `beyond`. Unless the
    log records everything that was changed since the backup (`log_is_whole`), every
    device has to be confirmed. `log_survived` says whether it records a part of it.
    """

    restrictions: Mapping[str, Restriction]
    beyond: int
    log_is_whole: bool
    log_survived: bool


def recover(snapshot: Snapshot, *, plan: Recovery, now: float) -> Snapshot:
    """Void every registration token and reimpose restrictions, all in one change."""
    devices = {
        enrolment_id: replace(
            record if plan.log_is_whole else _to_confirm(record),
            registration=None,
            pending=None,
        )
        for enrolment_id, record in snapshot.devices.items()
    }
    restore = snapshot.restore
    if not plan.log_is_whole:
        restore = RestoreRecord(
            found_at=now,
            backup_at=snapshot.written_at,
            log_survived=plan.log_survived,
        )
    snapshot = replace(
        snapshot,
        devices=MappingProxyType(devices),
        generation=max(snapshot.generation, plan.beyond),
        restore=restore,
    )
    for enrolment_id, restriction in plan.restrictions.items():
        snapshot = _impose(snapshot, enrolment_id, restriction, now)
    return snapshot


def confirm(snapshot: Snapshot, *, identities: Mapping[str, str]) -> Snapshot:
    """Trust devices again whose identity is still the one that a person saw."""
    confirmed = {
        enrolment_id: replace(record.after(StandingEvent.APPROVE), restored=False)
        for enrolment_id, identity in identities.items()
        if (record := snapshot.devices.get(enrolment_id)) is not None
        and record.to_confirm
        and record.identity == identity
    }
    if not confirmed:
        return snapshot
    devices = MappingProxyType({**snapshot.devices, **confirmed})
    return replace(snapshot, devices=devices)


def confirmed(
    before: Mapping[str, DeviceRecord], after: Mapping[str, DeviceRecord]
) -> tuple[str, ...]:
    """Return the devices that were waiting to be confirmed and are now trusted."""
    return tuple(
        enrolment_id
        for enrolment_id, record in after.items()
        if record.standing is Standing.ACTIVE
        and enrolment_id in before
        and before[enrolment_id].to_confirm
        and before[enrolment_id].identity == record.identity
    )


def _impose(
    snapshot: Snapshot, enrolment_id: str, restriction: Restriction, now: float
) -> Snapshot:
    record = snapshot.devices.get(enrolment_id)
    if record is None:
        # Making room for a tombstone has given up an older one.
        return snapshot
    if restriction is Restriction.QUARANTINED:
        if not record.trusted:
            return snapshot
        return put(snapshot, record.after(StandingEvent.SUSPECT))
    if restriction is Restriction.REPLACED and not record.trusted:
        # The vault has forgotten its one board altogether: nothing can come in.
        return snapshot
    return revoke(snapshot, enrolment_id=enrolment_id, now=now)


def _to_confirm(record: DeviceRecord) -> DeviceRecord:
    """Return a record that has to be confirmed, also once it leaves quarantine."""
    if not record.trusted:
        return record
    return replace(record.after(StandingEvent.RESTORED), restored=True)
