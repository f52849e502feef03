"""What is compared: every entity's state, attributes and place in the registry."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import device_registry as dr, entity_registry as er

from .board import Board

# What names the entry itself, or belongs to the person: no integration decides it.
_NOT_COMPARED: Final = frozenset(
    {
        "aliases",
        "categories",
        "config_entry_id",
        "config_subentry_id",
        "created_at",
        "device_id",
        "entity_id",
        "id",
        "labels",
        "modified_at",
        "platform",
        "previous_unique_id",
        "suggested_object_id",
        "unique_id",
    }
)
# Their states say when this entity of Home Assistant was used: nothing of the board.
_SAYS_WHEN_USED: Final = frozenset({"button", "infrared", "radio_frequency"})
# What Home Assistant makes up for each entity, or remembers of what it asked for.
_MADE_UP: Final = {
    "camera": frozenset({"access_token", "entity_picture"}),
    "media_player": frozenset({"repeat", "shuffle"}),
}
_THERE: Final = "there"
# When Home Assistant heard of an event, or a receiver of a signal.
A_TIME: Final = "a time"


class Key(NamedTuple):
    """Who an entity is on either side."""

    platform: str
    device: str
    name: str


@dataclass(frozen=True)
class View:
    """All that there is to see of one side: by entity, by aspect."""

    aspects: Mapping[Key, Mapping[str, Any]]
    entity_ids: Mapping[Key, str]

    @property
    def available(self) -> bool:
        """Whether there are entities, and each that is enabled is there."""
        return bool(self.aspects) and all(
            seen.get("state", STATE_UNAVAILABLE) != STATE_UNAVAILABLE
            for seen in self.aspects.values()
            if not seen["registry.disabled_by"]
        )

    @property
    def gone(self) -> bool:
        """Whether every entity that has a state is unavailable."""
        return all(
            seen.get("state", STATE_UNAVAILABLE) == STATE_UNAVAILABLE
            for seen in self.aspects.values()
        )


def view(hass: HomeAssistant, board: Board, entry: ConfigEntry) -> View:
    """Return what one of the two integrations shows of the board."""
    registry = er.async_get(hass)
    aspects: dict[Key, dict[str, Any]] = {}
    entity_ids: dict[Key, str] = {}
    for entity in er.async_entries_for_config_entry(registry, entry.entry_id):
        if entry is board.ours and not _described(board, entity):
            continue
        part = _part_of(hass, entity)
        device = "" if part is None else part.name or ""
        key = Key(entity.domain, device, entity.original_name or "")
        assert key not in aspects, f"two {key} by {entry.domain}"
        aspects[key] = _aspects(hass, entity)
        if part is not None:
            aspects[key]["device.area"] = part.area_id
        entity_ids[key] = entity.entity_id
    return View(aspects, entity_ids)


def _described(board: Board, entity: er.RegistryEntry) -> bool:
    """Tell whether an entity is the board's, and not one that our hub adds to it."""
    return (
        entity.config_subentry_id == board.subentry_id
        and not entity.unique_id.startswith(f"{board.subentry_id}-own-")
    )


def _part_of(hass: HomeAssistant, entity: er.RegistryEntry) -> Any:
    """Return the sub-device that an entity is on, None for the board itself.

    Only the board has a MAC. Of what kind a sub-device is, is not compared: the board
    does not tell core, which shows it as a device reached through the board.
    """
    assert entity.device_id is not None
    device = dr.async_get(hass).async_get(entity.device_id)
    return None if getattr(device, "connections", None) else device


def _aspects(hass: HomeAssistant, entity: er.RegistryEntry) -> dict[str, Any]:
    found = {
        f"registry.{name}": value
        for name, value in entity.extended_dict.items()
        if name not in _NOT_COMPARED
    }
    if (state := hass.states.get(entity.entity_id)) is not None:
        found["state"] = _shown(entity.domain, state)
        made_up = _MADE_UP.get(entity.domain, frozenset())
        found |= {
            f"attributes.{name}": value
            for name, value in state.attributes.items()
            if name not in made_up
        }
    return found


def _shown(platform: str, state: State) -> str:
    """Return a state; of times only that it is one."""
    if state.state == STATE_UNAVAILABLE:
        return state.state
    if platform == "event" or state.attributes.get("device_class") == "receiver":
        return A_TIME if _is_time(state.state) else state.state
    return _THERE if platform in _SAYS_WHEN_USED else state.state


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
