"""Who is behind a handshake: the vault's view, bounded by Home Assistant's own list.

A device whose subentry was removed is revoked, whether or not the vault has been told
yet; one whose subentry was never found is kept waiting. And a refused claim is traced
to the device that a person would look at.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from ..protocol import (
    LinkClosed,
    PeerLookup,
    RefusalReason,
    Refused,
    RegistrationGrant,
    SessionGrant,
)
from ..vault import Vault
from ..vault.records import DeviceRecord

# Seconds after which a device that waits for its adoption dials again.
FOUND_RETRY: Final = 60


class SubentryGate:
    """Implements `protocol.PeerLookup`: nobody passes without a subentry."""

    def __init__(
        self,
        inner: PeerLookup,
        has_subentry: Callable[[str], bool],
        is_found: Callable[[str], bool] = lambda _: False,
    ) -> None:
        """Ask `inner` first, then `has_subentry(device_id)`.

        `is_found`: no subentry was there at the start, and nobody has decided yet.
        """
        self._inner = inner
        self._has_subentry = has_subentry
        self._is_found = is_found

    def knows_device_key(self, device_key: bytes) -> bool:
        """Return what the vault says."""
        return self._inner.knows_device_key(device_key)

    def find_session(
        self, device_key: bytes, claimed_mac: bytes, generation: int
    ) -> SessionGrant:
        """Return the vault's grant, as a tombstone where the subentry was removed.

        Raises Refused.
        """
        grant = self._inner.find_session(device_key, claimed_mac, generation)
        if self._has_subentry(grant.device_id):
            return grant
        if not grant.tombstone and self._is_found(grant.device_id):
            # To be told of a revocation would wipe a device that may be adopted.
            raise Refused(RefusalReason.NOT_ADOPTED, grant.device_id, FOUND_RETRY)
        return replace(grant, tombstone=True)

    def find_registration(
        self, handle: bytes, claimed_mac: bytes, device_key: bytes, now: float
    ) -> RegistrationGrant:
        """Return the vault's grant; raises Refused where there is no subentry."""
        grant = self._inner.find_registration(handle, claimed_mac, device_key, now)
        if not self._has_subentry(grant.device_id):
            raise Refused(RefusalReason.REVOKED, "no subentry")
        return grant


class ClaimIndex:
    """Finds the device that a refused handshake named, by handle, device key or MAC.

    Built when it is first asked after a change of the vault: only refusals ask.
    """

    def __init__(self, vault: Vault) -> None:
        """Look into `vault`."""
        self._vault = vault
        self._seen: Mapping[str, DeviceRecord] | None = None
        self._by_handle: dict[bytes, str] = {}
        self._by_key: dict[bytes, str] = {}
        self._by_mac: dict[bytes, str] = {}

    def device_of(self, closed: LinkClosed) -> str | None:
        """Return the id of the claimed device; the claim is not proved."""
        devices = self._vault.devices
        if devices is not self._seen:
            self._build(devices)
        return (
            self._by_handle.get(closed.claimed_handle or b"")
            or self._by_key.get(closed.claimed_key or b"")
            # Of a board that holds nothing known only its address says who it was.
            or self._by_mac.get(closed.claimed_mac or b"")
        )

    def owner_of(self, device_key: bytes) -> str | None:
        """Return the id of the device that a key belongs to."""
        if self._vault.devices is not self._seen:
            self._build(self._vault.devices)
        return self._by_key.get(device_key)

    def _build(self, devices: Mapping[str, DeviceRecord]) -> None:
        self._by_handle = {}
        self._by_key = {}
        self._by_mac = {}
        for device_id, record in devices.items():
            if record.registration is not None:
                self._by_handle[record.registration.handle] = device_id
            if record.device_key is not None:
                self._by_key[record.device_key] = device_id
            if record.mac is not None and record.trusted:
                self._by_mac[record.mac] = device_id
            if record.pending is not None:
                self._by_key.setdefault(record.pending.device_key, device_id)
        self._seen = devices
