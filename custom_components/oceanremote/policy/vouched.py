"""Addresses behind which a device lives: throttled at worst, never banned."""

from collections import OrderedDict
from collections.abc import Mapping
import math
from typing import Any

from .bans import FORMAT, StoredStateInvalidError
from .clients import AddressInvalidError, parse_key


class ProvedAddresses:
    """Addresses from which a device has proved itself lately: throttled, not banned.

    Only a proved device adds entries, at most `per_device` of its own, which displace
    no other device's. Wall-clock seconds.
    """

    def __init__(self, grace: float, per_device: int, capacity: int) -> None:
        """Remember for `grace` seconds; at most `capacity` devices."""
        self._grace = grace
        self._per_device = per_device
        self._capacity = capacity
        self._by_device: OrderedDict[str, OrderedDict[str, float]] = OrderedDict()
        self._holders: dict[str, dict[str, float]] = {}

    def __len__(self) -> int:
        """Return the number of addresses."""
        return len(self._holders)

    def add(self, key: str, enrolment_id: str, now: float) -> None:
        """Note that a device has proved itself from an address."""
        addresses = self._by_device.setdefault(enrolment_id, OrderedDict())
        self._by_device.move_to_end(enrolment_id)
        addresses[key] = now
        addresses.move_to_end(key)
        holders = self._holders.setdefault(key, {})
        holders.pop(enrolment_id, None)
        holders[enrolment_id] = now
        if len(addresses) > self._per_device:
            self._drop(enrolment_id, next(iter(addresses)))
        if len(self._by_device) > self._capacity:
            self.forget_device(next(iter(self._by_device)))

    def forget_device(self, enrolment_id: str) -> None:
        """Let a revoked or removed device vouch for no address any more."""
        for key in list(self._by_device.get(enrolment_id, ())):
            self._drop(enrolment_id, key)
        self._by_device.pop(enrolment_id, None)

    def vouched(self, key: str, now: float) -> bool:
        """Whether a device has proved itself from the address within the grace."""
        holders = self._holders.get(key)
        if holders is None:
            return False
        while holders:
            # One fresh holder answers; stale ones met on the way are dropped.
            enrolment_id = next(reversed(holders))
            if abs(now - holders[enrolment_id]) < self._grace:
                return True
            self._drop(enrolment_id, key)
        return False

    def count(self, key: str, now: float) -> int:
        """Return how many devices vouch for the address; 0 unless one does now."""
        return len(self._holders[key]) if self.vouched(key, now) else 0

    def vouched_by(self, key: str, enrolment_id: str, now: float) -> bool:
        """Whether this very device has proved itself from the address."""
        addresses = self._by_device.get(enrolment_id)
        seen = None if addresses is None else addresses.get(key)
        return seen is not None and abs(now - seen) < self._grace

    def dump(self) -> dict[str, Any]:
        """Return the table as JSON values."""
        rows = [
            [enrolment_id, key, seen]
            for enrolment_id, addresses in self._by_device.items()
            for key, seen in addresses.items()
        ]
        return {"format": FORMAT, "addresses": rows}

    def load(self, data: Mapping[str, Any]) -> None:
        """Replace the table by what `dump` returned.

        Raises StoredStateInvalidError and changes nothing for anything else.
        """
        try:
            if data["format"] != FORMAT:
                raise StoredStateInvalidError("unknown format of proved addresses")
            rows = [_read_proved(*row) for row in data["addresses"]]
        except (AddressInvalidError, KeyError, TypeError, ValueError) as err:
            raise StoredStateInvalidError("proved addresses are damaged") from err
        self._by_device.clear()
        self._holders.clear()
        for enrolment_id, key, seen in rows:
            self.add(key, enrolment_id, seen)

    def _drop(self, enrolment_id: str, key: str) -> None:
        del self._by_device[enrolment_id][key]
        holders = self._holders[key]
        del holders[enrolment_id]
        if not holders:
            del self._holders[key]


def _read_proved(enrolment_id: str, key: str, seen: float) -> tuple[str, str, float]:
    readable = isinstance(enrolment_id, str) and isinstance(key, str)
    if not readable or not math.isfinite(seen):
        raise StoredStateInvalidError("a proved address is unreadable")
    return enrolment_id, parse_key(key), float(seen)
