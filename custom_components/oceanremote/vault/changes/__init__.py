"""The changes to a vault's records, as values that a caller passes to the vault.

    await vault.apply(changes.revoke(enrolment_id))

The modules hold the rules: pure functions from one snapshot to the next.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from ...protocol.keys import RegistrationToken
from ..records import EnrolmentRecord, Snapshot
from . import hub_keys, recovery, registration, standing, tokens


@dataclass(frozen=True, slots=True)
class VaultChange:
    """One change, bound to what it is about.

    `next` takes the present snapshot and Unix time in seconds, and returns the next
    snapshot, or the same one where there is nothing to change. Where `at_once`, the
    change takes effect whatever the disk says.
    """

    next: Callable[[Snapshot, float], Snapshot]
    at_once: bool = False


# -- registration -----------------------------------------------------------


def add_enrolment(
    enrolment_id: str,
    token: RegistrationToken,
    expires_at: float,
    expected_mac: bytes | None = None,
    replaces: str | None = None,
    enrolment: EnrolmentRecord | None = None,
) -> VaultChange:
    """Put a registration token into force for a new or a known device.

    A known device keeps its current identity until the new registration is
    committed; its earlier registration token becomes void.
    `expires_at` is Unix time in seconds. `replaces` names a device whose MAC
    this registration may take over; it is revoked at the commit. With `enrolment`,
    a subentry that is lost in a crash can be made again.
    """
    return VaultChange(
        lambda snapshot, now: registration.add_enrolment(
            snapshot,
            enrolment_id=enrolment_id,
            token=token,
            issued_at=now,
            expires_at=expires_at,
            expected_mac=expected_mac,
            replaces=replaces,
            enrolment=enrolment,
        )
    )


def allow_replacement(enrolment_id: str, replaces: str) -> VaultChange:
    """Let the open registration of `enrolment_id` take over the MAC of another."""
    return VaultChange(
        lambda snapshot, _: registration.allow_replacement(
            snapshot, enrolment_id=enrolment_id, replaces=replaces
        )
    )


def void_registration(enrolment_id: str) -> VaultChange:
    """Withdraw the registration token and what is pending under it."""
    return VaultChange(
        lambda snapshot, _: registration.void_registration(
            snapshot, enrolment_id=enrolment_id
        )
    )


# -- standing ---------------------------------------------------------------


def revoke(enrolment_id: str) -> VaultChange:
    """Revoke for good; a tombstone stays until the device has heard of it."""
    return VaultChange(
        lambda snapshot, now: standing.revoke(
            snapshot, enrolment_id=enrolment_id, now=now
        ),
        at_once=True,
    )


def remove(enrolment_id: str) -> VaultChange:
    """Revoke a device whose subentry is gone, and forget all but its tombstone."""
    return VaultChange(
        lambda snapshot, now: standing.remove(
            snapshot, enrolment_id=enrolment_id, now=now
        ),
        at_once=True,
    )


def mark_revoked_delivered(enrolment_id: str) -> VaultChange:
    """Note that the device has heard of its revocation; it can no longer get in."""
    return VaultChange(
        lambda snapshot, _: standing.mark_revoked_delivered(
            snapshot, enrolment_id=enrolment_id
        )
    )


def reconcile(known_ids: Collection[str]) -> VaultChange:
    """Remove every device that no longer has a subentry (`standing.unknown_ids`).

    For set-up only: at any other time an enrolment may be ahead of its subentry.
    `known_ids` holds the ids of every subentry, whatever its type: named secrets of
    unknown owners are deleted.
    """
    known = frozenset(known_ids)
    return VaultChange(
        lambda snapshot, now: standing.reconcile(snapshot, known_ids=known, now=now)
    )


def recover(plan: recovery.Recovery) -> VaultChange:
    """Bring a restored vault up to what is known from elsewhere, in one write."""
    return VaultChange(
        lambda snapshot, now: recovery.recover(snapshot, plan=plan, now=now)
    )


def confirm(identities: Mapping[str, str]) -> VaultChange:
    """Trust devices again that wait since a restore (`recovery.confirmed`).

    `identities` are those that a person has decided about, by enrolment id.
    """
    return VaultChange(
        lambda snapshot, _: recovery.confirm(snapshot, identities=identities)
    )


# -- permanent tokens -------------------------------------------------------


def confirm_token(enrolment_id: str, generation: int) -> VaultChange:
    """Drop the previous token once the device proved the current one."""
    return VaultChange(
        lambda snapshot, _: tokens.confirm_token(
            snapshot, enrolment_id=enrolment_id, generation=generation
        )
    )


# -- the hub key ------------------------------------------------------------


def prepare_hub_key(private: bytes) -> VaultChange:
    """Keep a key pair that is to come, unless a roll-over is under way."""
    return VaultChange(lambda snapshot, _: hub_keys.prepare(snapshot, private=private))


def roll_over_hub_key() -> VaultChange:
    """Put the key pair that was prepared into force."""
    return VaultChange(lambda snapshot, _: hub_keys.roll_over(snapshot))


def destroy_former_hub_key() -> VaultChange:
    """Forget the key pair that was in force before."""
    return VaultChange(lambda snapshot, _: hub_keys.destroy_former(snapshot))


def note_hub_key(enrolment_id: str, key_id: bytes, *, proved: bool) -> VaultChange:
    """Note that a device holds a hub key, or has proved a session under it."""
    return VaultChange(
        lambda snapshot, _: hub_keys.note(
            snapshot, enrolment_id=enrolment_id, key_id=key_id, proved=proved
        )
    )


# -- named secrets ----------------------------------------------------------


def put_secret(owner_id: str, name: str, value: bytes | None) -> VaultChange:
    """Store a named secret of a subentry (None deletes it).

    The owner is the subentry's `enrolment_id`; it need not be a device.
    """
    return put_secrets(owner_id, {name: value})


def put_secrets(owner_id: str, values: Mapping[str, bytes | None]) -> VaultChange:
    """Store several named secrets of one subentry in one write."""
    return VaultChange(
        lambda snapshot, _: tokens.put_secrets(
            snapshot, owner_id=owner_id, values=values
        )
    )


def add_secrets(owner_id: str, values: Mapping[str, bytes]) -> VaultChange:
    """Store those named secrets of a subentry that it does not have yet."""
    return VaultChange(
        lambda snapshot, _: tokens.add_secrets(
            snapshot, owner_id=owner_id, values=values
        )
    )


def reserve_number(owner_id: str, name: str, numbers: Sequence[int]) -> VaultChange:
    """Store a number as a named secret, the first that no other owner has there.

    An owner that has one keeps it.
    """
    return VaultChange(
        lambda snapshot, _: tokens.reserve_number(
            snapshot, owner_id=owner_id, name=name, numbers=numbers
        )
    )
