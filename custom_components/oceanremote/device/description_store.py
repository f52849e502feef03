"""The descriptions that devices sent, kept as sent, so that entities outlive a restart.

A plain `Store`: nothing in it is secret, all of it can be asked for again. What does
not fit its own hash, or cannot be parsed any more, is dropped and heals at the
device's next connection.
"""

from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store

from ..audit.containment import one_line
from ..common.const import DESCRIPTIONS_STORE, DOMAIN, LOGGER
from ..protocol import ProtocolError
from ..protocol.description import description_hash, parse_description
from ..protocol.entities import Description

STORAGE_VERSION = 1
SAVE_DELAY = 5.0


@dataclass(frozen=True, slots=True)
class StoredDescription:
    """A whole description and its hash (SHA-256 over the bytes as sent)."""

    hash: bytes
    description: Description


class DescriptionStore:
    """Whole descriptions by subentry id."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Prepare; nothing is read before `async_load`."""
        self._store: Store[dict[str, Any]] = Store(
            hass, STORAGE_VERSION, DESCRIPTIONS_STORE
        )
        self._hass = hass
        self._descriptions: dict[str, bytes] = {}
        # Before it was read, what is in memory is not what must not be forgotten.
        self._open = False

    async def async_load(self) -> None:
        """Read what is there; whatever is not base64 counts as absent."""
        data = await self._store.async_load()
        self._open = True
        for subentry_id, encoded in (data if isinstance(data, dict) else {}).items():
            try:
                self._descriptions[subentry_id] = b64decode(encoded, validate=True)
            except TypeError, ValueError:
                LOGGER.warning(
                    "Dropped the damaged description of %s", self._name_of(subentry_id)
                )

    def _name_of(self, subentry_id: str) -> str:
        """Return a device's name for a person, its subentry's id if it has none."""
        entries = self._hass.config_entries.async_entries(DOMAIN)
        known = (entry.subentries.get(subentry_id) for entry in entries)
        found = next((subentry for subentry in known if subentry), None)
        return subentry_id if found is None else one_line(found.title)

    @callback
    def restore(self, subentry_id: str) -> StoredDescription | None:
        """Return a device's description, parsed by today's rules."""
        if (data := self._descriptions.get(subentry_id)) is None:
            return None
        try:
            return StoredDescription(description_hash(data), parse_description(data))
        except ProtocolError as err:
            LOGGER.warning(
                "Dropped the stored description of %s, the device will send it "
                "again: %s",
                self._name_of(subentry_id),
                err,
            )
            self.remove(subentry_id)
            return None

    @callback
    def save(self, subentry_id: str, data: bytes) -> None:
        """Keep a description; on disk some seconds later."""
        self._descriptions[subentry_id] = data
        self._schedule()

    @callback
    def remove(self, subentry_id: str) -> None:
        """Forget a device's description."""
        if self._descriptions.pop(subentry_id, None) is not None:
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
            self._store.async_delay_save(self._data, SAVE_DELAY)

    def _data(self) -> dict[str, Any]:
        return {
            subentry_id: b64encode(data).decode()
            for subentry_id, data in self._descriptions.items()
        }
