"""Permanent tokens, counters, expiry and named secrets: pure changes of the vault."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from ...protocol.limits import MAX_U32
from ..errors import VaultFull
from ..records import (
    MAX_DEVICES,
    MAX_SECRET_SIZE,
    MAX_SECRETS_PER_OWNER,
    DeviceRecord,
    Snapshot,
    TokenRecord,
)
from .standing import check_name, get, put


@dataclass(frozen=True, slots=True)
class CounterNote:
    """A proved handshake counter, its time, and the registration it belongs to.

    `seen_at` is Unix time in seconds. A board that registers anew may keep its key. Its
    counter continues, but a copy of the old identity may have been ahead of it.
    """

    device_key: bytes
    enrolled_at: float | None
    counter: int
    seen_at: float

    def counts_for(self, record: DeviceRecord) -> bool:
        """Whether the record is still of that registration."""
        return (self.device_key, self.enrolled_at) == (
            record.device_key,
            record.enrolled_at,
        )


def rotate_token(
    snapshot: Snapshot,
    *,
    enrolment_id: str,
    token: bytes,
    now: float,
    known_as: int | None = None,
) -> Snapshot:
    """Make a new token current unless the last one is still unproved.

    `now` is Unix time in seconds: a token's age counts from when it was made.
    `known_as` is the generation that the device names when it comes in by our current
    token, which it holds as its previous one: until it has stored the new one it must
    find that token under the same name again.
    """
    record = get(snapshot, enrolment_id)
    if not record.trusted or record.current is None:
        raise ValueError(f"a {record.standing} device has no token to rotate")
    if record.previous is not None:
        return snapshot
    previous = record.current
    if known_as is not None:
        previous = replace(previous, generation=max(previous.generation, known_as))
    if previous.generation >= MAX_U32:
        raise VaultFull("the device has no generation of its token left")
    current = TokenRecord(
        generation=previous.generation + 1, secret=token, issued_at=now
    )
    return put(snapshot, replace(record, current=current, previous=previous))


def confirm_token(
    snapshot: Snapshot, *, enrolment_id: str, generation: int
) -> Snapshot:
    """Drop the previous token if the named one is current."""
    record = get(snapshot, enrolment_id)
    if record.previous is None or record.current is None:
        return snapshot
    if record.current.generation != generation:
        return snapshot
    return put(snapshot, replace(record, previous=None))


def put_secrets(
    snapshot: Snapshot, *, owner_id: str, values: Mapping[str, bytes | None]
) -> Snapshot:
    """Set or (None) delete named secrets of one owner."""
    check_name(owner_id)
    owned = dict(snapshot.secrets.get(owner_id, {}))
    for name, value in values.items():
        check_name(name)
        if value is None:
            owned.pop(name, None)
        elif len(value) > MAX_SECRET_SIZE:
            raise VaultFull("a named secret is too large")
        else:
            owned[name] = value
    if len(owned) > MAX_SECRETS_PER_OWNER:
        raise VaultFull("too many named secrets")
    secrets = dict(snapshot.secrets)
    secrets.pop(owner_id, None)
    if owned:
        secrets[owner_id] = MappingProxyType(owned)
    if len(secrets) > MAX_DEVICES:
        raise VaultFull("too many owners of named secrets")
    return replace(snapshot, secrets=MappingProxyType(secrets))


def add_secrets(
    snapshot: Snapshot, *, owner_id: str, values: Mapping[str, bytes]
) -> Snapshot:
    """Set those named secrets that the owner does not have."""
    owned = snapshot.secrets.get(owner_id, {})
    missing = {name: value for name, value in values.items() if name not in owned}
    if not missing:
        return snapshot
    return put_secrets(snapshot, owner_id=owner_id, values=missing)


def reserve_number(
    snapshot: Snapshot, *, owner_id: str, name: str, numbers: Sequence[int]
) -> Snapshot:
    """Give an owner that has none the first number that is nobody's."""
    if name in snapshot.secrets.get(owner_id, {}):
        return snapshot
    taken = {owned[name] for owned in snapshot.secrets.values() if name in owned}
    texts = (str(number).encode() for number in numbers)
    if (free := next((text for text in texts if text not in taken), None)) is None:
        raise VaultFull(f"every number is taken: {name}")
    return put_secrets(snapshot, owner_id=owner_id, values={name: free})


def overdue_handles(snapshot: Snapshot, now: float) -> set[bytes]:
    """Return the registration tokens that expired by `now` and are not marked so."""
    return {
        token.handle
        for record in snapshot.devices.values()
        if (token := record.registration) is not None
        and not token.used
        and not token.expired
        and token.is_over(now)
    }


def apply_notes(
    snapshot: Snapshot,
    counters: Mapping[str, CounterNote],
    expired_handles: Collection[bytes],
) -> Snapshot:
    """Record noted counters, and which registration tokens have expired."""
    changed: dict[str, DeviceRecord] = {}
    for record in snapshot.devices.values():
        update = record
        note = counters.get(record.enrolment_id)
        if (
            note is not None
            and note.counts_for(record)
            and note.counter > record.high_water
        ):
            update = replace(update, high_water=note.counter, seen_at=note.seen_at)
        open_token = record.registration
        if (
            open_token is not None
            and not open_token.expired
            and not open_token.used
            and open_token.handle in expired_handles
        ):
            update = replace(update, registration=replace(open_token, expired=True))
        if update is not record:
            changed[record.enrolment_id] = update
    if not changed:
        return snapshot
    return replace(snapshot, devices=MappingProxyType({**snapshot.devices, **changed}))
