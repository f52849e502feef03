"""Something that is kept of each device, so that it outlives a restart.

A plain `Store`: nothing in it is secret. What cannot be read any more counts as absent.
"""

from abc import ABC, abstractmethod
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store

STORAGE_VERSION: Final = 1


class DeviceStore[ItemT](ABC):
    """Items by subentry id: in memory, and some seconds later on disk."""

    def __init__(self, hass: HomeAssistant, key: str, delay: float) -> None:
        """Prepare; nothing is read before `async_load`, `delay` is in seconds."""
        self._store: Store[dict[str, Any]] = Store(hass, STORAGE_VERSION, key)
        self._delay = delay
        self._kept: dict[str, ItemT] = {}
        # Before it was read, what is in memory is not what must not be forgotten.
        self._open = False

    @abstractmethod
    def _read(self, data: Any) -> ItemT:
        """Return what `_write` wrote; raises ValueError."""

    @abstractmethod
    def _write(self, item: ItemT) -> Any:
        """Return an item as JSON has it."""

    @abstractmethod
    def _damaged(self, subentry_id: str) -> None:
        """Say that what was kept of a device cannot be read."""

    async def async_load(self) -> None:
        """Read what is there; raises what Home Assistant's storage raises."""
        data = await self._store.async_load()
        self._open = True
        for subentry_id, item in (data if isinstance(data, dict) else {}).items():
            try:
                self._kept[subentry_id] = self._read(item)
            except ValueError:
                self._damaged(subentry_id)

    @callback
    def _keep(self, subentry_id: str, item: ItemT) -> None:
        self._kept[subentry_id] = item
        self._schedule()

    @callback
    def remove(self, subentry_id: str) -> None:
        """Forget a device."""
        if self._kept.pop(subentry_id, None) is not None:
            self._schedule()

    async def async_close(self) -> None:
        """Write what was loaded for the last time: the next set-up opens the file."""
        if self._open:
            self._open = False
            await self._store.async_save(self._data())

    async def async_wipe(self) -> None:
        """Delete the file."""
        await self._store.async_remove()

    def _schedule(self) -> None:
        if self._open:
            self._store.async_delay_save(self._data, self._delay)

    def _data(self) -> dict[str, Any]:
        return {name: self._write(item) for name, item in self._kept.items()}
