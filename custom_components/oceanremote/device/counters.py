"""Handshake counters of one device: each device key counts for itself."""

from collections.abc import Callable

from homeassistant.core import callback

from ..policy.trust import CounterWatch, HighWater


class DeviceCounters:
    """The watch over the key in force; another board brings another."""

    def __init__(self, high_water: Callable[[], int]) -> None:
        """`high_water` returns the vault's mark, 0 for none."""
        self._high_water = high_water
        self._watch = CounterWatch()
        self._device_key: bytes | None = None

    @callback
    def of(self, device_key: bytes, *, first: bool = False) -> CounterWatch:
        """Return the watch over a device key.

        `first` says that the vault's mark is the very handshake to be judged.
        """
        if device_key != self._device_key:
            mark = 0 if first else self._high_water()
            self._watch = CounterWatch(HighWater(mark) if mark else None)
            self._device_key = device_key
        return self._watch

    @callback
    def forget(self) -> None:
        """Go by the vault's mark again."""
        self._device_key = None
