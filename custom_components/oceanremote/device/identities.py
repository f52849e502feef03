"""All entities that a device has had: Home Assistant never forgets one.

An entity that is removed stays in the registry as a deleted one, to come back with its
name and its history; entries of a living config entry are never purged. So their number
is bounded here, for each device.
"""

from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from ..common.const import DOMAIN
from ..protocol.limits import MAX_ENTITIES
from .registry import own_unique_id
from .state import EntityIdentity

# Room for a whole other program beside the present one.
MAX_IDENTITIES: Final = 2 * MAX_ENTITIES


class Identities:
    """What the registry knows of one device, live or deleted, at this moment."""

    def __init__(self, hass: HomeAssistant, subentry_id: str) -> None:
        """Look into the registry."""
        registry = er.async_get(hass)
        own = own_unique_id(subentry_id, "")
        self._subentry_id = subentry_id
        self._known = {
            entry.unique_id
            for entries in (registry.entities, registry.deleted_entities)
            for entry in entries.values()
            if entry.platform == DOMAIN
            and entry.unique_id.startswith(f"{subentry_id}-")
            and not entry.unique_id.startswith(own)
        }

    def admit(self, identity: EntityIdentity) -> bool:
        """Whether an entity is known, or there is room for it; then it is known."""
        unique_id = identity.unique_id(self._subentry_id)
        if unique_id not in self._known and len(self._known) >= MAX_IDENTITIES:
            return False
        self._known.add(unique_id)
        return True
