"""Bans and proved addresses across restarts.

No secrets, and rebuilt by themselves: a plain `Store` is enough. A file that cannot be
read is replaced, and said so.
"""

from collections.abc import Callable
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store

from ..const import DOMAIN, LOGGER
from ..policy.admission import Admission
from ..policy.bans import StoredStateInvalidError

VERSION: Final = 1
SAVE_DELAY: Final = 5.0


class BanStore:
    """Loads and saves what admission must not forget."""

    def __init__(
        self, hass: HomeAssistant, admission: Admission, wall: Callable[[], float]
    ) -> None:
        """`wall` gives Unix seconds."""
        self._store: Store[dict[str, Any]] = Store(hass, VERSION, f"{DOMAIN}.bans")
        self._admission = admission
        self._wall = wall

    async def async_load(self) -> None:
        """Take over what was stored."""
        stored = await self._store.async_load()
        if stored is None:
            return
        try:
            self._admission.proved.load(stored["proved"])
            self._admission.bans.load(stored["bans"], self._wall())
        except (StoredStateInvalidError, KeyError, TypeError) as err:
            LOGGER.warning("Stored bans were unreadable and are gone: %s", err)

    @callback
    def schedule(self) -> None:
        """Save soon."""
        self._store.async_delay_save(self._dump, SAVE_DELAY)

    async def async_save(self) -> None:
        """Save now."""
        await self._store.async_save(self._dump())

    async def async_wipe(self) -> None:
        """Forget everything."""
        await self._store.async_remove()

    def _dump(self) -> dict[str, Any]:
        return self._admission.dump(self._wall())
