"""What one link asks of admission, in the protocol's own terms.

`protocol` and `policy` do not know each other: here a DeniedError becomes a Refused,
whose retry-after goes out in REJECT, and the vault's directory is asked only after
admission has agreed.
"""

from collections.abc import Callable
from typing import Final

from ..policy.admission import Admission, Moment
from ..policy.limits import DeniedError
from ..policy.places import Purpose as PolicyPurpose, Ticket
from ..protocol import (
    PeerLookup,
    RefusalReason,
    Refused,
    RegistrationGrant,
    SessionGrant,
)
from ..protocol.keys import Purpose
from .answers import retry_after_seconds

_PURPOSES: Final = {
    Purpose.REGISTRATION: PolicyPurpose.REGISTRATION,
    Purpose.SESSION: PolicyPurpose.SESSION,
}


class Door:
    """Admission of one link; implements `protocol.PeerLookup` over another one."""

    def __init__(
        self,
        admission: Admission,
        ticket: Ticket,
        inner: PeerLookup,
        *,
        moment: Callable[[], Moment],
        device_of: Callable[[bytes], str | None],
        is_decoy: Callable[[bytes], bool],
        is_decoy_mac: Callable[[bytes], bool],
    ) -> None:
        """Ask `admission`, then `inner`.

        `device_of` names the owner of a device key; `is_decoy` judges the handle of a
        registration token, `is_decoy_mac` a MAC address; both sound the alarm.
        """
        self.ticket = ticket
        self._admission = admission
        self._inner = inner
        self._moment = moment
        self._device_of = device_of
        self._is_decoy = is_decoy
        self._is_decoy_mac = is_decoy_mac

    def admit(self, purpose: Purpose) -> None:
        """A handshake whose mac1 is valid asks for curve operations.

        Raises Refused. A proved link that rotates is not asked.
        """
        if not self.ticket.counted:
            return
        try:
            self._admission.on_init(self.ticket, _PURPOSES[purpose], self._moment())
        except DeniedError as denied:
            raise _refused(denied) from denied

    def knows_device_key(self, device_key: bytes) -> bool:
        """Return what the directory says; raises Refused when a known key must wait."""
        known = self._inner.knows_device_key(device_key)
        if known and self.ticket.counted:
            device_id = self._device_of(device_key) or ""
            try:
                self._admission.on_known_key(
                    self.ticket, device_key, device_id, self._moment()
                )
            except DeniedError as denied:
                raise _refused(denied) from denied
        return known

    def find_session(
        self, device_key: bytes, claimed_mac: bytes, generation: int
    ) -> SessionGrant:
        """Return the directory's grant; raises Refused."""
        if self._is_decoy_mac(claimed_mac):
            raise Refused(RefusalReason.UNKNOWN_KEY)
        return self._inner.find_session(device_key, claimed_mac, generation)

    def find_registration(
        self, handle: bytes, claimed_mac: bytes, device_key: bytes, now: float
    ) -> RegistrationGrant:
        """Return the directory's grant; raises Refused."""
        if self._is_decoy(handle) or self._is_decoy_mac(claimed_mac):
            raise Refused(RefusalReason.UNKNOWN_HANDLE)
        return self._inner.find_registration(handle, claimed_mac, device_key, now)


def _refused(denied: DeniedError) -> Refused:
    return Refused(
        RefusalReason.RATE_LIMITED, denied.denial.value, retry_after_seconds(denied)
    )
