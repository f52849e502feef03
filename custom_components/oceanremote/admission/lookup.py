"""Whom a link may become, as the protocol asks for it: one lookup for each link.

    decoy? ─▶ what the vault knows ─▶ has it a subentry? ─▶ may it have our time now?

`protocol` and `policy` do not know each other: here a DeniedError becomes a Refused,
whose retry-after goes out in REJECT. A device whose subentry was removed is revoked,
whether or not the vault has been told yet; one whose subentry was never found waits.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Final

from ..policy.admission import Admission, Moment
from ..policy.limits import DeniedError
from ..policy.places import Purpose as PolicyPurpose, Ticket
from ..protocol import RefusalReason, Refused, RegistrationGrant, SessionGrant
from ..protocol.keys import Purpose
from ..vault.lookup import VaultLookup
from .answers import retry_after_seconds
from .decoys import Decoys

# Seconds after which a device that waits for its adoption dials again.
FOUND_RETRY: Final = 60

_PURPOSES: Final = {
    Purpose.REGISTRATION: PolicyPurpose.REGISTRATION,
    Purpose.SESSION: PolicyPurpose.SESSION,
}


@dataclass(frozen=True, slots=True)
class Known:
    """What the hub knows of devices.

    `has_subentry` tells whether a device is on Home Assistant's list, `is_found`
    whether it was not there at the start and nobody has decided yet. `owner_of` names
    the device that a key belongs to. `ping_interval_of` tells how often it is pinged,
    None: as the others.
    """

    vault: VaultLookup
    has_subentry: Callable[[str], bool]
    is_found: Callable[[str], bool]
    owner_of: Callable[[bytes], str | None] = field(repr=False)
    ping_interval_of: Callable[[str], int | None] = lambda _: None


class LinkLookup:
    """Implements `protocol.PeerLookup` for one link."""

    def __init__(
        self,
        ticket: Ticket,
        known: Known,
        admission: Admission,
        decoys: Decoys,
        moment: Callable[[], Moment],
    ) -> None:
        """Ask `admission` at each `moment` for the link that holds `ticket`."""
        self.ticket = ticket
        self._known = known
        self._admission = admission
        self._decoys = decoys
        self._moment = moment

    def admit(self, purpose: Purpose) -> None:
        """A handshake whose mac1 is valid asks for curve operations.

        Raises Refused. A proved link that rotates is not asked.
        """
        if self.ticket.counted:
            with _denials_refused():
                self._admission.on_init(self.ticket, _PURPOSES[purpose], self._moment())

    def knows_device_key(self, device_key: bytes) -> bool:
        """Return what the vault says; raises Refused when a known key must wait."""
        known = self._known.vault.knows_device_key(device_key)
        if known and self.ticket.counted:
            owner = self._known.owner_of(device_key) or ""
            with _denials_refused():
                self._admission.on_known_key(
                    self.ticket, device_key, owner, self._moment()
                )
        return known

    def find_session(
        self, device_key: bytes, claimed_mac: bytes, generation: int
    ) -> SessionGrant:
        """Return the vault's grant, as a tombstone where the subentry was removed.

        Raises Refused.
        """
        if self._names_decoy(claimed_mac):
            raise Refused(RefusalReason.UNKNOWN_KEY)
        grant = self._known.vault.find_session(device_key, claimed_mac, generation)
        if self._known.has_subentry(grant.enrolment_id):
            interval = self._known.ping_interval_of(grant.enrolment_id)
            return replace(grant, ping_interval=interval)
        if not grant.tombstone and self._known.is_found(grant.enrolment_id):
            # To be told of a revocation would wipe a device that may be adopted.
            raise Refused(RefusalReason.NOT_ADOPTED, grant.enrolment_id, FOUND_RETRY)
        return replace(grant, tombstone=True)

    def find_registration(
        self, handle: bytes, claimed_mac: bytes, device_key: bytes, now: float
    ) -> RegistrationGrant:
        """Return the vault's grant; raises Refused where there is no subentry."""
        address = self.ticket.address.key
        if self._decoys.shows_token(handle, address) or self._names_decoy(claimed_mac):
            raise Refused(RefusalReason.UNKNOWN_HANDLE)
        grant = self._known.vault.find_registration(
            handle, claimed_mac, device_key, now
        )
        if not self._known.has_subentry(grant.enrolment_id):
            raise Refused(RefusalReason.REVOKED, "no subentry")
        return grant

    def _names_decoy(self, claimed_mac: bytes) -> bool:
        return self._decoys.names_device(claimed_mac.hex(), self.ticket.address.key)


@contextmanager
def _denials_refused() -> Iterator[None]:
    try:
        yield
    except DeniedError as denied:
        raise Refused(
            RefusalReason.RATE_LIMITED, denied.denial.value, retry_after_seconds(denied)
        ) from denied
