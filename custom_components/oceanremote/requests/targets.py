"""What a call reaches: its targets resolved to entities, groups to their members."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from homeassistant.const import (
    ATTR_AREA_ID,
    ATTR_DEVICE_ID,
    ATTR_ENTITY_ID,
    ATTR_FLOOR_ID,
    ATTR_LABEL_ID,
    ENTITY_MATCH_ALL,
    ENTITY_MATCH_NONE,
)
from homeassistant.core import HomeAssistant, callback, split_entity_id, valid_entity_id
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity import entity_sources
from homeassistant.helpers.entity_component import DATA_INSTANCES
from homeassistant.helpers.group import get_group_entities
from homeassistant.helpers.target import (
    TargetSelection,
    async_extract_referenced_entity_ids,
)

TARGETS: Final = (
    ATTR_ENTITY_ID,
    ATTR_DEVICE_ID,
    ATTR_AREA_ID,
    ATTR_FLOOR_ID,
    ATTR_LABEL_ID,
)
_ADMIN_HANDLER: Final = "_async_admin_handler"
# Values inside values, counted; data is made of at most 8 kB of text.
_MAX_DEPTH: Final = 16


@dataclass(frozen=True, slots=True)
class Reach:
    """What a call would do: its data, with targets resolved, and all that it reaches."""

    data: dict[str, Any]
    entities: frozenset[str]
    everything: bool


@callback
def async_key_of(hass: HomeAssistant, entity_id: str) -> str:
    """Return what stays the same when an entity is renamed, its id if nothing does."""
    entry = er.async_get(hass).async_get(entity_id)
    return entity_id if entry is None else entry.id


@callback
def async_entity_of(hass: HomeAssistant, key: str) -> str:
    """Return the entity id of `async_key_of`'s key, the key if it is gone."""
    entry = er.async_get(hass).entities.get_entry(key)
    return key if entry is None else entry.entity_id


@callback
def is_administrative(hass: HomeAssistant, domain: str, service: str) -> bool:
    """Tell whether an action was registered for administrators only.

    Home Assistant marks such an action by its handler alone, and asks the account when
    it runs: this looks earlier, and is not the only wall.
    """
    found = hass.services.async_services_internal().get(domain, {}).get(service)
    target = None if found is None else found.job.target
    handler = target.func if isinstance(target, partial) else None
    return getattr(handler, "__name__", "") == _ADMIN_HANDLER


@callback
def async_reach(hass: HomeAssistant, domain: str, data: Mapping[str, Any]) -> Reach:
    """Resolve the targets of a call that is about to run.

    Where the domain's entities carry the action out, what is resolved takes the place
    of areas, devices, floors and labels: what is judged is what runs.
    """
    targets = {key: _listed(data[key]) for key in TARGETS if key in data}
    named = targets.get(ATTR_ENTITY_ID, [])
    everything = ENTITY_MATCH_ALL in named
    if ATTR_ENTITY_ID in targets:
        targets[ATTR_ENTITY_ID] = [
            entity
            for entity in named
            if entity not in (ENTITY_MATCH_ALL, ENTITY_MATCH_NONE)
        ]
    selected = async_extract_referenced_entity_ids(
        hass, TargetSelection(targets), primary_entities_only=False
    )
    reached = set(selected.referenced)
    by_entities = domain in hass.data.get(DATA_INSTANCES, {})
    reached |= {
        entity
        for entity in selected.indirectly_referenced
        if not by_entities or split_entity_id(entity)[0] == domain
    }
    rest = {key: value for key, value in data.items() if key not in TARGETS}
    if by_entities and targets:
        resolved = {**rest, ATTR_ENTITY_ID: sorted(reached)}
    else:
        resolved = {**rest, **targets}
    mentioned = {entity for entity in _mentions(rest) if _exists(hass, entity)}
    members = set(_with_members(hass, reached | mentioned | set(named)))
    return Reach(
        resolved,
        frozenset(
            async_key_of(hass, entity)
            for entity in members - {ENTITY_MATCH_ALL, ENTITY_MATCH_NONE}
        ),
        everything,
    )


def _listed(value: Any) -> list[str]:
    """Return ids as Home Assistant reads them: a list, or a text with commas."""
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list | tuple | set):
        parts = [parts]
    return [str(part).strip().lower() for part in parts]


def _mentions(value: Any, depth: int = _MAX_DEPTH) -> Iterator[str]:
    """Yield every entity id in a value, whatever it is there for."""
    if not depth:
        return
    match value:
        case str():
            yield from (
                part
                for part in map(str.strip, value.lower().split(","))
                if valid_entity_id(part)
            )
        case Mapping():
            for key, item in value.items():
                yield from _mentions(key, depth - 1)
                yield from _mentions(item, depth - 1)
        case list() | tuple() | set():
            for item in value:
                yield from _mentions(item, depth - 1)


def _exists(hass: HomeAssistant, entity_id: str) -> bool:
    return (
        hass.states.get(entity_id) is not None
        or er.async_get(hass).async_get(entity_id) is not None
    )


def _with_members(hass: HomeAssistant, entities: Iterable[str]) -> Iterator[str]:
    """Yield entities and, of those that are groups, every member, once each."""
    seen: set[str] = set()
    waiting = list(entities)
    while waiting:
        entity = waiting.pop()
        if entity in seen:
            continue
        seen.add(entity)
        yield entity
        waiting += _members(hass, entity)


def _members(hass: HomeAssistant, entity_id: str) -> list[str]:
    if not valid_entity_id(entity_id):
        return []
    found = get_group_entities(hass).get(entity_id)
    if found is not None and (group := getattr(found, "group", None)) is not None:
        return list(group.member_entity_ids)
    source = entity_sources(hass).get(entity_id)
    state = hass.states.get(entity_id)
    kinds = (split_entity_id(entity_id)[0], source["domain"] if source else "")
    if state is None or "group" not in kinds:
        return []
    return list(state.attributes.get(ATTR_ENTITY_ID, ()))
