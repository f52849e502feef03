"""The descriptions that devices sent, kept as sent, so that entities outlive a restart.

All of it can be asked for again: what does not fit its own hash, or cannot be parsed any
more, is dropped and heals at the device's next connection.
"""

from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Any, override

from homeassistant.core import HomeAssistant, callback

from ..audit.containment import one_line
from ..common.const import DESCRIPTIONS_STORE, DOMAIN, LOGGER
from ..protocol import ProtocolError
from ..protocol.description import description_hash, parse_description
from ..protocol.entities import Description
from .device_store import DeviceStore

SAVE_DELAY = 5.0


@dataclass(frozen=True, slots=True)
class StoredDescription:
    """A whole description and its hash (SHA-256 over the bytes as sent)."""

    hash: bytes
    description: Description


class DescriptionStore(DeviceStore[bytes]):
    """Whole descriptions by subentry id."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Prepare; nothing is read before `async_load`."""
        super().__init__(hass, DESCRIPTIONS_STORE, SAVE_DELAY)
        self._hass = hass

    @override
    def _read(self, data: Any) -> bytes:
        try:
            return b64decode(data, validate=True)
        except TypeError as err:
            raise ValueError("no base64") from err

    @override
    def _write(self, item: bytes) -> str:
        return b64encode(item).decode()

    @override
    def _damaged(self, subentry_id: str) -> None:
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
        if (data := self._kept.get(subentry_id)) is None:
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
        self._keep(subentry_id, data)
