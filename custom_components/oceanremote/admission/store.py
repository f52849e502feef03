"""Bans and proved addresses across restarts.

No secrets, and rebuilt by themselves: a plain `Store` is enough. A file that cannot be
read is replaced, and said so.
"""

from collections.abc import Callable
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store

from ..common.const import DOMAIN, LOGGER
from ..policy.admission import Admission
from ..policy.bans import StoredStateInvalidError

VERSION: Final = 1
KEY: Final = f"{DOMAIN}.bans"
SAVE_DELAY: Final = 5.0


async def async_wipe_bans(hass: HomeAssistant) -> None:
    """Delete what a hub that is removed has kept of addresses."""
    await Store[dict[str, Any]](hass, VERSION, KEY).async_remove()


class BanStore:
    """Loads and saves what admission must not forget."""

    def __init__(
        self, hass: HomeAssistant, admission: Admission, wall: Callable[[], float]
    ) -> None:
        """`wall` gives Unix seconds."""
        self._store: Store[dict[str, Any]] = Store(hass, VERSION, KEY)
        self._admission = admission
        self._wall = wall
        # Before it was read, what is in memory is not what must not be forgotten.
        self._open = False
        self._scheduled = False

    async def async_load(self) -> None:
        """Take over what was stored; from here on it may be replaced."""
        stored = await self._store.async_load()
        self._open = True
        if stored is None:
            return
        try:
            self._admission.proved.load(stored["proved"])
            self._admission.bans.load(stored["bans"], self._wall())
        except (StoredStateInvalidError, KeyError, TypeError) as err:
            LOGGER.warning("Stored bans were unreadable and are gone: %s", err)

    @callback
    def schedule(self) -> None:
        """Save within SAVE_DELAY, unless it was not loaded or is closed.

        One that is on its way is left alone: to ask again would put it off, and a
        storm would do so for ever.
        """
        if self._open and not self._scheduled:
            self._scheduled = True
            self._store.async_delay_save(self._take, SAVE_DELAY)

    async def async_close(self) -> None:
        """Save for the last time what was loaded: the next hub writes the same file."""
        if self._open:
            self._open = False
            await self._store.async_save(self._dump())

    def _take(self) -> dict[str, Any]:
        """Return what is to be written now; what comes later asks anew."""
        self._scheduled = False
        return self._dump()

    def _dump(self) -> dict[str, Any]:
        return self._admission.dump(self._wall())
