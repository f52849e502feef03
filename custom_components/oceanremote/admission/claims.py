"""Which device a refused board claims to be: for a person to look at, no proof."""

from collections.abc import Mapping

from ..protocol import LinkClosed
from ..vault import Vault
from ..vault.records import DeviceRecord


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
        for enrolment_id, record in devices.items():
            if record.registration is not None:
                self._by_handle[record.registration.handle] = enrolment_id
            if record.device_key is not None:
                self._by_key[record.device_key] = enrolment_id
            if record.mac is not None and record.trusted:
                self._by_mac[record.mac] = enrolment_id
            if record.pending is not None:
                self._by_key.setdefault(record.pending.device_key, enrolment_id)
        self._seen = devices
