"""Lets the test plugin of one Home Assistant release run on the next.

Loaded with `-p tests.plugins.homeassistant_first`, before the plugins that pytest
finds by itself.
"""

# Home Assistant takes httpx's place, which must happen before respx imports it.
from homeassistant.components import logger
from homeassistant.components.logger import helpers
from homeassistant.helpers import entity_registry as er, restore_state
from homeassistant.helpers.restore_state import RestoreStateData, StoredState


def _last_states(self: RestoreStateData) -> dict[str, StoredState]:
    """Return the stored states by entity id, as the release before kept them."""
    known = [
        *self.last_states_by_entity_id.values(),
        *self.last_states_by_entity_registry_id.values(),
    ]
    return {stored.state.entity_id: stored for stored in known}


def _set_last_states(self: RestoreStateData, states: dict[str, StoredState]) -> None:
    """Index what the plugin's mock_restore_cache assigns as this release does."""
    registry = er.async_get(self.hass)
    self.last_states_by_entity_id = {}
    self.last_states_by_entity_registry_id = {}
    for entity_id, stored in states.items():
        if (entry := registry.async_get(entity_id)) is None:
            self.last_states_by_entity_id[entity_id] = stored
        else:
            stored.entity_registry_id = entry.id
            self.last_states_by_entity_registry_id[entry.id] = stored
    self.hass.bus.async_listen(
        er.EVENT_ENTITY_REGISTRY_UPDATED,
        self._async_entity_registry_entry_created,
        event_filter=restore_state._entity_registry_entry_created_filter,
    )


# The next release no longer re-exports what the plugin imports from here, and keeps
# stored states by the registry's ids.
logger._clear_logger_overwrites = helpers._clear_logger_overwrites
RestoreStateData.last_states = property(_last_states, _set_last_states)
