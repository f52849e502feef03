"""The hub key that is rolled over: pure changes of the vault."""

from dataclasses import replace

from ..records import Snapshot
from .standing import get, put


def prepare(snapshot: Snapshot, *, private: bytes) -> Snapshot:
    """Keep a key pair that is to come; the one that is prepared already stays."""
    if snapshot.next_hub_private is not None or snapshot.former_hub_private is not None:
        return snapshot
    return replace(snapshot, next_hub_private=private)


def roll_over(snapshot: Snapshot) -> Snapshot:
    """Put what was prepared into force, and keep what was for those who missed it."""
    if snapshot.next_hub_private is None:
        return snapshot
    return replace(
        snapshot,
        hub_private=snapshot.next_hub_private,
        next_hub_private=None,
        former_hub_private=snapshot.hub_private,
    )


def destroy_former(snapshot: Snapshot) -> Snapshot:
    """Forget the former key: who comes by it is a stranger from now on."""
    return replace(snapshot, former_hub_private=None)


def note(
    snapshot: Snapshot, *, enrolment_id: str, key_id: bytes, proved: bool
) -> Snapshot:
    """Note that a device holds a hub key; where `proved`, that no other counts."""
    record = get(snapshot, enrolment_id)
    if not record.trusted:
        return snapshot
    after = replace(record, stored_hub_key=key_id)
    if proved:
        after = replace(after, proved_hub_key=key_id)
    return snapshot if after == record else put(snapshot, after)
